"""Durations, sizes and frame sizes as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from streamdesnow.config.units import (
    Bytes,
    Duration,
    FrameSize,
    HomePath,
    format_bytes,
    format_duration,
    parse_bytes,
    parse_duration,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("250ms", 0.25),
        ("5s", 5),
        ("1.5 min", 90),
        ("2h", 7200),
        ("14D", 1209600),
        ("1w", 604800),
        (".5s", 0.5),
    ],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert TypeAdapter(Duration).validate_python(text) == pytest.approx(seconds)


@pytest.mark.parametrize("value", [7, 7.0, "7"])
def test_a_bare_number_is_seconds_also_as_text(value: object) -> None:
    assert TypeAdapter(Duration).validate_python(value) == 7


@pytest.mark.parametrize("text", ["5 sec", "ten", "", "-5s", "5s5", "1e3s"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValidationError, match="10min"):
        TypeAdapter(Duration).validate_python(text)


@pytest.mark.parametrize("seconds", [0, 0.25, 0.5, 1.5, 5, 90, 600, 7200, 86400, 1209600])
def test_written_durations_read_back_the_same(seconds: float) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


def test_durations_are_written_in_the_largest_unit() -> None:
    assert [format_duration(each) for each in (0.5, 10, 600, 1209600)] == ["500ms", "10s", "10min", "14d"]


def test_byte_counts_are_read_and_written() -> None:
    assert TypeAdapter(Bytes).validate_python("200GB") == 200 * 10**9
    assert TypeAdapter(Bytes).validate_python("2TiB") == 2 * 2**40
    assert format_bytes(200 * 10**9) == "200GB"
    assert parse_bytes(format_bytes(3 * 2**20)) == 3 * 2**20


def test_frame_sizes_are_read() -> None:
    sizes = TypeAdapter(FrameSize)
    assert sizes.validate_python("1280x720") == sizes.validate_python((1280, 720)) == (1280, 720)


@pytest.mark.parametrize("value", ["1280", "1280x", 1280, None, {"w": 1}])
def test_what_is_no_frame_size_is_refused_with_an_example(value: object) -> None:
    with pytest.raises(ValidationError, match="1280x720"):
        TypeAdapter(FrameSize).validate_python(value)


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert TypeAdapter(HomePath).validate_python("~/recordings") == Path("/home/me/recordings")
