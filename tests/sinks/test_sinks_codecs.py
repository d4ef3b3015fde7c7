from __future__ import annotations

import logging
from typing import Literal

import av
import pytest

from streamdesnow.config.output import RecordConfig
from streamdesnow.errors import EncoderUnavailable
from streamdesnow.sinks import codecs
from streamdesnow.sinks.codecs import EncoderPicker, Recipe, live_recipe

LOGGER = "streamdesnow.sinks.codecs"


def _without_gpu(recipe: Recipe, width: int, height: int) -> None:
    raise ValueError("no such device")


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codecs, "_try_out", _without_gpu)


@pytest.mark.parametrize(("codec", "software"), [("h264", "libx264"), ("h265", "libx265")])
@pytest.mark.usefixtures("no_gpu")
def test_without_a_gpu_nvenc_falls_back_to_software_and_says_so_once(
    codec: Literal["h264", "h265"], software: str, caplog: pytest.LogCaptureFixture
) -> None:
    picker = EncoderPicker("record[gate]", RecordConfig(codec=codec, encoder="nvenc"))
    with caplog.at_level(logging.DEBUG, LOGGER):
        assert [picker.pick(320, 240).encoder for _ in range(3)] == [software] * 3
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "record[gate]" in record.message
    assert "no such device" in record.message
    assert software in record.message


@pytest.mark.usefixtures("no_gpu")
def test_auto_tries_the_gpu_first_but_its_absence_is_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, LOGGER):
        assert EncoderPicker("x", RecordConfig()).pick(320, 240).encoder == "libx264"
    assert [record.levelno for record in caplog.records] == [logging.INFO]


def test_a_gpu_that_works_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codecs, "_try_out", lambda *_: None)
    assert EncoderPicker("x", RecordConfig()).pick(320, 240).encoder == "h264_nvenc"
    assert EncoderPicker("x", RecordConfig(codec="h265")).pick(320, 240).encoder == "hevc_nvenc"


def test_software_is_used_without_trying_the_gpu(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, LOGGER):
        assert EncoderPicker("x", RecordConfig(encoder="software")).pick(320, 240).encoder == "libx264"
    assert not caplog.records


def test_the_real_gpu_encoder_works_here_or_is_replaced() -> None:
    assert EncoderPicker("x", RecordConfig()).pick(320, 240).encoder in {"h264_nvenc", "libx264"}


def test_a_build_without_the_encoder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av, "codecs_available", {"mpeg4"})
    with pytest.raises(EncoderUnavailable, match=r"record\[gate\].*libx265.*pip install av"):
        EncoderPicker("record[gate]", RecordConfig(codec="h265")).check()


@pytest.mark.parametrize("encoder", ["libx264", "libx265", "h264_nvenc", "hevc_nvenc"])
def test_every_option_of_a_recipe_is_one_that_the_encoder_knows(encoder: str) -> None:
    known = av.CodecContext.create(encoder, "w").supported_options
    names = {option.name for option in (*known.generic, *known.private)}
    assert set(live_recipe(encoder, 23, "veryfast").options) <= names
