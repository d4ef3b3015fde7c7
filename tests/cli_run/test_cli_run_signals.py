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


def started(then: str, hangup: str = "SIG_DFL") -> subprocess.Popen[str]:
    script = f"import signal; signal.signal(signal.SIGHUP, signal.{hangup})" + _SCRIPT.format(then=then)
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
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


def test_what_is_to_go_on_without_its_terminal_does() -> None:
    process = started("pass", hangup="SIG_IGN")
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "asked\n")


def test_the_first_signal_asks_also_when_nobody_reads_any_more() -> None:
    process = started("pass")
    assert process.stderr is not None
    process.stderr.close()
    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    assert process.stdout.read() == "asked\n"
    assert process.wait(20) == 0
