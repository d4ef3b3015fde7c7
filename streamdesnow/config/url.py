"""Credentials of a URL: kept beside it in the pipeline file, put back when a connection is made."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

__all__ = ["Address", "is_url", "split_credentials", "with_credentials"]


class Address(NamedTuple):
    """A URL and the credentials that stood in it, percent-decoded."""

    url: str
    username: str | None
    password: str | None


def is_url(source: str) -> bool:
    """True for `scheme://...`, False for paths, globs and `device:0`."""
    scheme, separator, _ = source.partition("://")
    return bool(separator) and scheme[:1].isalpha() and all(c.isalnum() or c in "+.-" for c in scheme)


def split_credentials(url: str) -> Address:
    """Take user name and password out of a URL.

    `rtsp://me:p%40ss@10.0.0.5/live` gives `rtsp://10.0.0.5/live`, `me` and `p@ss`. An @ in the password
    needs no encoding, the characters / ? # do.

    Raises:
        ValueError: host or port cannot be told apart, which is what a / ? or # in a password leads to. The
            message does not quote the URL.
    """
    scheme, separator, rest = url.partition("://")
    end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    user_info, at_sign, host = rest[:end].rpartition("@")
    bare = f"{scheme}{separator}{host}{rest[end:]}"
    try:
        _ = urlsplit(bare).port
    except ValueError as error:
        if "@" not in rest:
            raise ValueError("the port must be a number from 0 to 65535") from error
        raise ValueError(
            "host and port cannot be told apart; if user name or password hold any of / ? # : "
            "give them as `username:` and `password:` instead of inside the address"
        ) from error
    if not at_sign:
        return Address(url, None, None)
    username, colon, password = user_info.partition(":")
    return Address(bare, unquote(username), unquote(password) if colon else None)


def with_credentials(url: str, username: str | None, password: str | None) -> str:
    """The URL to connect with: credentials percent-encoded and put in, replacing any that were there.

    Never print the result; `streamdesnow.redact.redact` makes it printable.
    """
    if not is_url(url) or (username is None and password is None):
        return url
    bare = split_credentials(url).url
    scheme, _, rest = bare.partition("://")
    user_info = quote(username or "", safe="")
    if password is not None:
        user_info += ":" + quote(password, safe="")
    return f"{scheme}://{user_info}@{rest}"
