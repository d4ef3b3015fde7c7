from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import av
import pytest

from streamdesnow.config.output import RecordConfig
from streamdesnow.errors import EncoderUnavailable
from streamdesnow.sinks import codecs
from streamdesnow.sinks.codecs import EncoderPicker, live_recipe
from streamdesnow.sinks.hardware import HARDWARE, Kind, hardware_recipe, refusal
from streamdesnow.sinks.recipe import Recipe

LOGGER = "streamdesnow.sinks.codecs"
IN_THE_WHEEL: tuple[Kind, ...] = ("nvenc", "qsv")


def _works(*names: str) -> Callable[[Recipe, int, int], str]:
    """A machine on which these encoders work, and no others."""
    return lambda recipe, width, height: "" if recipe.encoder in names else "no such device"


@pytest.fixture
def no_hardware(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codecs, "refusal", _works())


@pytest.mark.parametrize("kind", IN_THE_WHEEL)
@pytest.mark.parametrize(("codec", "software"), [("h264", "libx264"), ("h265", "libx265")])
@pytest.mark.usefixtures("no_hardware")
def test_hardware_that_is_asked_for_and_missing_is_replaced_with_one_warning(
    kind: Kind, codec: Literal["h264", "h265"], software: str, caplog: pytest.LogCaptureFixture
) -> None:
    picker = EncoderPicker("record[gate]", RecordConfig(codec=codec, encoder=kind))
    with caplog.at_level(logging.DEBUG, LOGGER):
        assert [picker.pick(320, 240).encoder for _ in range(3)] == [software] * 3
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.message.startswith(f"record[gate]: encoding with {software}")
    assert f"{HARDWARE[kind].encoders[codec]}: no such device" in record.message


@pytest.mark.usefixtures("no_hardware")
def test_auto_tries_all_hardware_but_its_absence_is_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    picker = EncoderPicker("x", RecordConfig())
    with caplog.at_level(logging.DEBUG, LOGGER):
        assert [picker.pick(320, 240).encoder for _ in range(2)] == ["libx264"] * 2
    (record,) = caplog.records
    assert record.levelno == logging.INFO
    assert "h264_nvenc: no such device; h264_qsv: no such device" in record.message


def test_hardware_that_works_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codecs, "refusal", _works("h264_nvenc", "hevc_nvenc", "h264_qsv"))
    assert EncoderPicker("x", RecordConfig()).pick(320, 240).encoder == "h264_nvenc"
    assert EncoderPicker("x", RecordConfig(codec="h265")).pick(320, 240).encoder == "hevc_nvenc"


def test_the_next_hardware_is_used_where_the_first_does_not_work(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(codecs, "refusal", _works("h264_qsv"))
    with caplog.at_level(logging.DEBUG, LOGGER):
        assert EncoderPicker("x", RecordConfig()).pick(320, 240).encoder == "h264_qsv"
    assert "encoding with h264_qsv (h264_nvenc: no such device)" in caplog.text


def test_hardware_that_this_build_has_no_encoder_for_is_said_to_be_missing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(av, "codecs_available", {"libx264"})
    picker = EncoderPicker("x", RecordConfig(encoder="vaapi"))
    assert [picker.pick(320, 240).encoder for _ in range(2)] == ["libx264"] * 2
    (record,) = caplog.records
    assert "vaapi: this build of FFmpeg has none" in record.message


def test_software_is_used_without_trying_hardware(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, LOGGER):
        assert EncoderPicker("x", RecordConfig(encoder="software")).pick(320, 240).encoder == "libx264"
    assert not caplog.records


def test_what_is_here_works_or_is_replaced() -> None:
    known = {hardware.encoders["h264"] for hardware in HARDWARE.values()} | {"libx264"}
    assert EncoderPicker("x", RecordConfig()).pick(320, 240).encoder in known


@pytest.mark.parametrize("kind", HARDWARE)
def test_trying_an_encoder_ends_with_a_frame_or_a_reason(kind: Kind) -> None:
    encoder = HARDWARE[kind].encoders["h264"]
    if encoder not in av.codecs_available:
        pytest.skip(f"this build of FFmpeg has no {encoder}")
    why = refusal(hardware_recipe(kind, encoder, 23), 320, 240)
    assert "\n" not in why
    if not any(Path("/dev").glob("nvidia[0-9]*")) and not any(Path("/dev").glob("dri/render*")):
        assert why, "it says that hardware encodes which is not there"


def test_trying_really_encodes() -> None:
    assert refusal(live_recipe("libx264", 23, "veryfast"), 320, 240) == ""
    assert refusal(Recipe("libx264", {"preset": "no such preset"}), 320, 240)
    assert refusal(Recipe("libx264", {}, pix_fmt="nv12", device="vaapi"), 320, 240)


def test_a_build_without_the_encoder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av, "codecs_available", {"mpeg4"})
    with pytest.raises(EncoderUnavailable, match=r"record\[gate\].*libx265.*pip install av"):
        EncoderPicker("record[gate]", RecordConfig(codec="h265")).check()


@pytest.mark.parametrize("encoder", ["libx264", "libx265"])
def test_every_option_of_a_software_recipe_is_one_that_the_encoder_knows(encoder: str) -> None:
    assert set(live_recipe(encoder, 23, "veryfast").options) <= _known(encoder)


@pytest.mark.parametrize("kind", IN_THE_WHEEL)
@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_every_option_of_a_hardware_recipe_is_one_that_the_encoder_knows(
    kind: Kind, codec: Literal["h264", "h265"]
) -> None:
    encoder = HARDWARE[kind].encoders[codec]
    assert set(hardware_recipe(kind, encoder, 0).options) <= _known(encoder)


def _known(encoder: str) -> set[str]:
    options = av.CodecContext.create(encoder, "w").supported_options
    return {option.name for option in (*options.generic, *options.private)}
