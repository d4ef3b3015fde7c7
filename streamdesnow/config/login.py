"""Addresses with a login: of cameras, and of servers that results are pushed to."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from urllib.parse import urlsplit

from streamdesnow.config.base import problems_at
from streamdesnow.config.url import is_url, split_credentials

__all__ = ["check_address", "check_one_login", "split_login"]

_OF_A_HOST = ("rtsp", "rtsps", "http", "https", "rtmp", "rtmps")
"""The others may wait for whoever calls."""


def check_address(url: str, schemes: Sequence[str]) -> None:
    """Raise ValueError unless `url` starts with one of `schemes` and has a host and port that make sense."""
    scheme = url.partition("://")[0].lower()
    if scheme not in schemes:
        near = get_close_matches(scheme, schemes, n=1)
        known = ", ".join(f"{each}://" for each in schemes)
        advice = f"did you mean {near[0]}://?" if near else f"expected {known}"
        raise ValueError(f"{scheme}:// is not an address that can be used here; {advice}")
    address = urlsplit(split_credentials(url).url)
    if scheme in _OF_A_HOST and not address.hostname:
        raise ValueError(f"expected a host: {scheme}://HOST/...")


def split_login(data: object, key: str) -> object:
    """The section `data` with the login in its address `key` moved to `username` and `password`.

    So there is one place for credentials after loading, and nobody has to look for them in an address.
    """
    if not isinstance(data, dict) or not isinstance(data.get(key), str) or not is_url(data[key]):
        return data
    try:
        url, username, password = split_credentials(data[key])
    except ValueError:
        return (
            data  # reported where the address itself is checked, together with the section's other problems
        )
    if username is None or data.get("username") is not None or data.get("password") is not None:
        return data
    return {**data, key: url, "username": username, "password": password}


def check_one_login(address: object, username: object, password: object, key: str) -> None:
    """Raise a problem at `key` if credentials are given twice, or for something that takes none."""
    if not isinstance(address, str) or not is_url(address):
        useless = {"username": username, "password": password}
        problems = [((name,), "only addresses take a login") for name, given in useless.items() if given]
        if problems:
            raise problems_at(*problems)
    elif split_credentials(address).username is not None:
        raise problems_at(((key,), "there is a login in the address and another beside it; keep one of them"))
