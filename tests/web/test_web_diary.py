"""What happened of late."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from typing import Any

import pytest

from streamdesnow.web import diary as diary_module
from streamdesnow.web.diary import Diary

LOG = logging.getLogger("streamdesnow.somewhere")


def test_the_log_is_told_from_a_line_on_without_passwords(
    serve: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "streamdesnow")
    served = serve(password="s3 cret")
    login = "streamdesnow:s3 cret"
    assert served.get("/status", login)[0] == 200
    LOG.info("gate: snow begins")
    LOG.warning("push: rtsp://me:pw@h/x refuses s3 cret")
    LOG.info("gate: running, fps 25", extra={"data": {"fps": 25}})
    LOG.debug("nothing of note")
    lines = json.loads(served.get("/log", login)[1])
    assert [(line["level"], line["text"]) for line in lines[-2:]] == [
        ("info", "gate: snow begins"),
        ("warning", "push: rtsp://***@h/x refuses ***"),
    ]
    later = json.loads(served.get(f"/log?after={lines[-2]['number']}", login)[1])
    assert later == lines[-1:]
    assert served.get("/log")[0] == 401
    assert served.get("/log?after=x", login)[0] == 400


def test_only_the_last_lines_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diary_module, "_KEPT", 3)
    diary = Diary()
    for number in range(5):
        diary.handle(logging.LogRecord("x", logging.INFO, "", 0, "line %d", (number,), None))
    assert [(entry.number, entry.text) for entry in diary.after(0)] == [
        (3, "line 2"),
        (4, "line 3"),
        (5, "line 4"),
    ]


def test_what_fails_for_a_night_leaves_room_for_how_it_began() -> None:
    diary = Diary()
    for _ in range(1000):
        diary.handle(logging.LogRecord("x", logging.WARNING, "", 0, "detector: hangs", (), None))
    assert [entry.text for entry in diary.after(0)] == ["detector: hangs"]


def test_a_program_that_set_up_no_logging_still_hears_of_trouble() -> None:
    script = (
        "import logging\n"
        "from streamdesnow.web.diary import Diary\n"
        "log = logging.getLogger('streamdesnow'); log.addHandler(Diary()); log.warning('gate is away')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == "gate is away\n"


def test_a_server_that_is_closed_listens_to_the_log_no_more(serve: Any) -> None:
    before = list(logging.getLogger("streamdesnow").handlers)
    served = serve()
    assert len(logging.getLogger("streamdesnow").handlers) == len(before) + 1
    served.server.close()
    assert logging.getLogger("streamdesnow").handlers == before
