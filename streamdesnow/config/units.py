"""Durations and sizes as people write them in a pipeline file: `5s`, `10min`, `14d`, `200GB`, `1280x720`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

__all__ = ["Bytes", "Duration", "FrameSize", "parse_bytes", "parse_duration", "parse_frame_size"]

_SECONDS = {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_BYTES = {
    "B": 1,
    "kB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
}


def _quantity(text: str, units: dict[str, float] | dict[str, int], example: str) -> float:
    match = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*([A-Za-z]+)\s*", text)
    names = {unit.lower(): factor for unit, factor in units.items()}
    if match is None or match[2].lower() not in names:
        raise ValueError(f"expected a number and one of {', '.join(units)}, such as {example}")
    return float(match[1]) * names[match[2].lower()]


def parse_duration(value: object) -> object:
    """Seconds from `250ms`, `5s`, `10min`, `2h`, `14d`, `1w`; a bare number is seconds."""
    return _quantity(value, _SECONDS, "10min") if isinstance(value, str) else value


def parse_bytes(value: object) -> object:
    """Bytes from `500MB`, `200GB`, `2TiB`; a bare number is bytes."""
    return int(_quantity(value, _BYTES, "200GB")) if isinstance(value, str) else value


def parse_frame_size(value: object) -> object:
    """(width, height) from `1280x720`."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"\s*(\d+)\s*[xX]\s*(\d+)\s*", value)
    if match is None:
        raise ValueError("expected width x height, such as 1280x720")
    return int(match[1]), int(match[2])


Duration = Annotated[float, BeforeValidator(parse_duration, json_schema_input_type=str | float), Field(ge=0)]
Bytes = Annotated[int, BeforeValidator(parse_bytes, json_schema_input_type=str | int), Field(ge=0)]
_Side = Annotated[int, Field(ge=16, le=8192)]
FrameSize = Annotated[tuple[_Side, _Side], BeforeValidator(parse_frame_size, json_schema_input_type=str)]
