from __future__ import annotations

import io
import json
import logging

import pytest
from rich.console import Console

from streamdesnow.cli.logs import logging_to

log = logging.getLogger("streamdesnow.somewhere")


def console() -> Console:
    return Console(file=io.StringIO(), width=20)


def test_lines_have_time_level_and_no_password(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to("lines", "info", console(), secrets=["pa ss"]):
        log.warning("gate: cannot open %s with pa ss", "rtsp://me:p@ss@10.0.0.5/live")
    line = capsys.readouterr().err
    assert "WARNING gate: cannot open rtsp://***@10.0.0.5/live with ***\n" in line


def test_tracebacks_are_redacted_too(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to("lines", "info", console()):
        try:
            raise ValueError("rtsp://me:secret@host/x")
        except ValueError:
            log.exception("failed")
    text = capsys.readouterr().err
    assert "ValueError: rtsp://***@host/x" in text
    assert "secret" not in text.replace("raise ValueError", "").replace('"rtsp://me:secret@host/x"', "")


def test_json_lines_hold_message_and_data(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to("json", "info", console()):
        log.info("gate: %s", "running", extra={"data": {"fps": 25.0}})
    entry = json.loads(capsys.readouterr().err)
    assert entry["message"] == "gate: running"
    assert entry["level"] == "info"
    assert entry["data"] == {"fps": 25.0}
    assert entry["time"][10] == "T"


def test_the_level_of_the_file_decides(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to("lines", "warning", console()):
        log.info("chatter")
        log.error("news")
    text = capsys.readouterr().err
    assert "chatter" not in text
    assert "news" in text


def test_lines_of_the_table_are_printed_on_its_console_unwrapped() -> None:
    target = console()
    with logging_to("table", "info", target):
        log.info("a message that is longer than the console is wide [not markup]")
    assert "a message that is longer than the console is wide [not markup]\n" in target.file.getvalue()


class Gone(io.StringIO):
    """A terminal that was closed."""

    def write(self, text: str) -> int:
        raise OSError(5, "Input/output error")


def test_a_terminal_that_went_away_stops_nobody_who_has_something_to_say() -> None:
    with logging_to("table", "info", Console(file=Gone())):
        log.warning("gate: retrying")


def test_nothing_is_left_behind(capsys: pytest.CaptureFixture[str]) -> None:
    before = list(logging.getLogger().handlers)
    with logging_to("lines", "info", console()):
        pass
    assert logging.getLogger().handlers == before
