from __future__ import annotations

import signal
import subprocess
import sys

import pytest

_SCRIPT = """
import threading, time
from streamdesnow.cli.stop_signals import StopSignals

asked = []
hangs = threading.Thread(target=threading.Event().wait, daemon=False)
with StopSignals(lambda: asked.append(True)):
    print("ready", flush=True)
    while not asked:
        time.sleep(0.01)
    print("asked", flush=True)
    {then}
"""


def started(then: str) -> subprocess.Popen[str]:
    script = _SCRIPT.format(then=then)
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_only_asks(number: signal.Signals) -> None:
    process = started("pass")
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "asked\n")
    assert "finishing files" in err


def test_the_second_signal_ends_at_once_even_if_a_thread_hangs() -> None:
    process = started("hangs.start(); print('hangs', flush=True); hangs.join()")
    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == ["asked\n", "hangs\n"]
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "at once" in err
