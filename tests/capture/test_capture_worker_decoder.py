"""The pipeline hears what decodes each camera, once, and does without hardware whose driver crashes."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import cast

import pytest
from clips import read_number, write_clip

from streamdesnow.capture.messages import Open
from streamdesnow.capture.process import PROGRAM, CaptureProcess, Exited
from streamdesnow.capture.source import CaptureState
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.capture.worker import CaptureWorker
from streamdesnow.clock import ManualClock, SystemClock
from streamdesnow.config.camera import CameraConfig

_PATIENCE = 30.0

# A capture process that finds hardware whose driver does as it is told.
_WITH_HARDWARE = """
import os, signal
from streamdesnow.capture import av_reader
from streamdesnow.capture.hardware import Candidate
class Driver:
    def decode(self, packet):
        {action}
def found(stream, wanted):
    if wanted != "software":
        yield Candidate("nvdec", Driver())
av_reader.hardware_decoders = found
{program}
"""


def _numbers(clip: Path, program: str = PROGRAM, **settings: object) -> tuple[list[int], CaptureWorker]:
    config = CameraConfig.model_validate({"source": str(clip), **settings})
    spec = SourceSpec.from_config("gate", config)
    worker = CaptureWorker(spec, config.stall, config.retry, SystemClock(), CaptureProcess(program))
    worker.open()
    numbers = []
    deadline = time.monotonic() + _PATIENCE
    while worker.status.state not in (CaptureState.ENDED, CaptureState.FAILED):
        assert time.monotonic() < deadline, worker.status
        frame = worker.read(1.0)
        if frame is not None:
            numbers.append(read_number(frame.image))
    worker.close()
    return numbers, worker


def _said(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    return [(record.levelno, record.message) for record in caplog.records if "decodes with" in record.message]


def test_hardware_that_is_asked_for_and_missing_is_a_warning_with_the_reason(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    numbers, _ = _numbers(write_clip(tmp_path / "clip.mp4", 20), decoder="vaapi")
    assert numbers == list(range(20))
    ((level, message),) = _said(caplog)
    if "software" in message:
        assert level == logging.WARNING
        assert "gate: " in message
        assert "software (vaapi: " in message


def test_software_that_was_asked_for_is_not_worth_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    _numbers(write_clip(tmp_path / "clip.mp4", 5), decoder="software")
    assert _said(caplog) == []


def test_hardware_that_refuses_the_stream_is_said_to_be_replaced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    program = _WITH_HARDWARE.format(action="return []", program=PROGRAM)
    numbers, worker = _numbers(write_clip(tmp_path / "clip.mp4", 20), program)
    assert numbers == list(range(20))
    assert worker.status.restarts == 0
    first, second = (message for _, message in _said(caplog))
    assert first.endswith("decodes with nvdec")
    assert second.endswith("decodes with software (nvdec: it gives no picture)")


class _Orders:
    """A capture process that dies of every order, and remembers which decoder was asked for."""

    pid = None
    running = True

    def __init__(self) -> None:
        self.decoders: list[str] = []

    def send(self, order: Open) -> None:
        self.decoders.append(order.spec.decoder)

    def receive(self, timeout: float) -> list[Exited]:
        return [Exited("was ended by SIGKILL")]

    def kill(self) -> None: ...


def test_hardware_is_given_another_chance_after_an_hour() -> None:
    clock, orders = ManualClock(), _Orders()
    config = CameraConfig(source="rtsp://127.0.0.1/x")
    spec = SourceSpec.from_config("gate", config)
    worker = CaptureWorker(spec, config.stall, config.retry, clock, cast(CaptureProcess, orders))
    for wait in (3.0, 3.0, 3600.0, 3.0):
        worker.run_once()
        clock.advance(wait)
    assert orders.decoders == ["auto", "software", "software", "auto"]


def test_a_driver_that_crashes_costs_one_restart_and_no_frame(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    program = _WITH_HARDWARE.format(action="os.kill(os.getpid(), signal.SIGSEGV)", program=PROGRAM)
    numbers, worker = _numbers(write_clip(tmp_path / "clip.mp4", 20), program)
    assert numbers == list(range(20))
    assert worker.status.restarts == 1
