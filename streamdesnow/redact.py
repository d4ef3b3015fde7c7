"""Takes credentials out of text before anybody reads it: logs, tables, errors, also those of libraries."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import quote

__all__ = ["MASK", "redact", "redact_data"]

MASK = "***"

# User information runs to the last @ before the path. Where a user forgot to percent-encode a / or # of
# the password, the @ comes later: after a colon, everything up to the last @ of the word is taken, which
# hides a little too much of some addresses that hold an @ in their path, and never too little.
_USER_INFO = re.compile(r"""([A-Za-z][A-Za-z0-9+.\-]*://)(?:[^\s/?#"'<>]*|[^\s/?#"'<>:]*:[^\s"'<>]*)@""")

_SECRET_NAMES = (
    r"(?:login)?pas(?:s(?:w|word|wd|phrase)?)?|pwd|psw|token|secret|signature|sig|auth|credentials?|"
    r"(?:api|access)?_?key"
)
# Only behind a separator of a URL, so that ordinary prose about keys stays readable.
_SECRET_PARAMETER = re.compile(
    rf"""([?&;/_]|%3F|%26)((?:[A-Za-z0-9]+[_\-])*(?:{_SECRET_NAMES}))=([^\s&;"'<>#]+)""", re.IGNORECASE
)
# Who may publish, in one word of the server's own making: `#!::u=me,s=secret`, `publish:gate:me:secret`.
_STREAM_ID = re.compile(r"([?&]streamid)=([^\s&;\"'<>]+)", re.IGNORECASE)
# The last part of the path is the key to a channel where streams are published by RTMP; short ones are names.
_STREAM_KEY = re.compile(r"""(rtmps?://[^\s/"'<>]+/[^\s?"'<>]*/)([^\s/?"'<>:]{16,})""", re.IGNORECASE)
_AUTHORIZATION = re.compile(r"(Authorization\s*[:=]\s*\w+\s+)\S[^\r\n]*", re.IGNORECASE)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without the credentials of any URL in it.

    User information (`rtsp://user:password@host`) and query parameters that name a secret (`key=`, `token=`,
    `password=` ...) become `***`, wherever in the text they stand.

    Args:
        text: anything that will be shown, for example `str(error)` of an FFmpeg error.
        secrets: passwords known to the caller; they are hidden as they are and percent-encoded. This catches
            what no pattern can, such as a password that holds a space or a quote.
    """
    forms = {form for secret in secrets if secret for form in (secret, quote(secret), quote(secret, safe=""))}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    text = _USER_INFO.sub(rf"\1{MASK}@", text)
    text = _STREAM_ID.sub(rf"\1={MASK}", text)
    text = _STREAM_KEY.sub(rf"\1{MASK}", text)
    text = _SECRET_PARAMETER.sub(rf"\1\2={MASK}", text)
    return _AUTHORIZATION.sub(rf"\1{MASK}", text)


def redact_data(data: Any, secrets: Collection[str] = ()) -> Any:
    """JSON values, `redact` applied to every text among them but those called `name`; arguments as there.

    Names are chosen to be seen, and whoever asks for a camera needs them as they are.
    """
    match data:
        case str():
            return redact(data, secrets)
        case dict():
            return {
                key: value if key == "name" else redact_data(value, secrets) for key, value in data.items()
            }
        case list() | tuple():
            return [redact_data(value, secrets) for value in data]
        case _:
            return data
