"""Values as people write them in a pipeline file: `5s`, `10min`, `200GB`, `1280x720`, `~/recordings`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

__all__ = [
    "Bytes",
    "Duration",
    "FrameSize",
    "HomePath",
    "PositiveDuration",
    "format_bytes",
    "format_duration",
    "parse_bytes",
    "parse_duration",
    "parse_frame_size",
]

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


def _quantity(text: str, units: Mapping[str, float], example: str) -> float:
    match = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*([A-Za-z]*)\s*", text)
    # A bare number is in the base unit; as text it comes from an environment variable.
    factors = {"": 1.0} | {unit.lower(): factor for unit, factor in units.items()}
    if match is None or match[2].lower() not in factors:
        raise ValueError(f"expected a number and one of {', '.join(units)}, such as {example}")
    return float(match[1]) * factors[match[2].lower()]


def _in_largest_unit(value: float, units: Mapping[str, float]) -> str:
    fitting = [unit for unit, factor in units.items() if value and value % factor == 0]
    unit = max(
        fitting, key=lambda name: units[name], default=min(units, key=lambda name: abs(units[name] - 1))
    )
    return f"{value / units[unit]:g}{unit}"


def parse_duration(value: object) -> object:
    """Seconds from `250ms`, `5s`, `10min`, `2h`, `14d`, `1w`; a bare number is seconds."""
    return _quantity(value, _SECONDS, "10min") if isinstance(value, str) else value


def format_duration(seconds: float) -> str:
    """What `parse_duration` reads as `seconds`, in the largest unit that divides it: `10min`."""
    if seconds and seconds % 1:
        return f"{seconds * 1000:g}ms" if seconds < 1 else f"{seconds:g}s"
    # Weeks are read but not written: 14d says more than 2w beside 10d.
    return _in_largest_unit(seconds, {unit: _SECONDS[unit] for unit in ("s", "min", "h", "d")})


def parse_bytes(value: object) -> object:
    """Bytes from `500MB`, `200GB`, `2TiB`; a bare number is bytes."""
    return int(_quantity(value, _BYTES, "200GB")) if isinstance(value, str) else value


def format_bytes(count: int) -> str:
    """What `parse_bytes` reads as `count`, in the largest unit that divides it: `200GB`."""
    return _in_largest_unit(count, _BYTES)


def parse_frame_size(value: object) -> object:
    """(width, height) from `1280x720`."""
    if isinstance(value, tuple | list):
        return value
    match = re.fullmatch(r"\s*(\d+)\s*[xX]\s*(\d+)\s*", str(value))
    if match is None:
        raise ValueError("expected width x height, such as 1280x720")
    return int(match[1]), int(match[2])


_Seconds = Field(ge=0, examples=["500ms", "10min", "14d"], json_schema_extra={"unit": "duration"})
Duration = Annotated[float, BeforeValidator(parse_duration, json_schema_input_type=str | float), _Seconds]
"""Seconds; written as `10min`."""
PositiveDuration = Annotated[Duration, Field(gt=0)]
"""Seconds, more than 0."""

_Count = Field(ge=0, examples=["500MB", "200GB"], json_schema_extra={"unit": "bytes"})
Bytes = Annotated[int, BeforeValidator(parse_bytes, json_schema_input_type=str | int), _Count]
"""Bytes; written as `200GB`."""

_Side = Annotated[int, Field(ge=16, le=8192)]
_Size = Field(examples=["1280x720"], json_schema_extra={"unit": "size"})
FrameSize = Annotated[
    tuple[_Side, _Side], BeforeValidator(parse_frame_size, json_schema_input_type=str), _Size
]
"""(width, height) in pixels; written as `1280x720`."""

HomePath = Annotated[Path, AfterValidator(Path.expanduser)]
"""A path; `~` is the home folder, a relative one starts at the current folder, not at the pipeline file's."""
