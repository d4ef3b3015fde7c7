"""Passwords in the pipeline file: as text, from an environment variable, or from a file of their own."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, SecretStr

from streamdesnow.config.base import Section
from streamdesnow.config.units import HomePath

__all__ = ["Secret", "SecretFile"]


class SecretFile(Section):
    """A password kept in a file, as container platforms and systemd hand them over."""

    file: HomePath
    """File that holds nothing but the password; one line break at its end does not count."""


def _read(value: object) -> object:
    if not isinstance(value, dict):
        return value
    path = SecretFile.model_validate(value).file
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}, which should hold the password, is not UTF-8 text") from error
    except OSError as error:
        raise ValueError(f"cannot read {path}, which should hold the password: {error.strerror}") from error


Secret = Annotated[SecretStr, BeforeValidator(_read, json_schema_input_type=str | SecretFile)]
"""Text that is never printed; written as text, `${NAME}` or `{file: PATH}`."""
