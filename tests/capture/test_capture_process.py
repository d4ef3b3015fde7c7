"""Capture processes start, are heard, and end, with nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from clips import read_number, write_clip

from streamdesnow.capture.kinds import SourceKind
from streamdesnow.capture.messages import Ended, Failed, Open, Opened
from streamdesnow.capture.parcel import Parcel
from streamdesnow.capture.process import CaptureProcess, Event, Exited
from streamdesnow.capture.spec import SourceSpec

PATIENCE = 20.0


@pytest.fixture
def process() -> Iterator[CaptureProcess]:
    process = CaptureProcess()
    yield process
    process.close()


def film(path: Path) -> SourceSpec:
    return SourceSpec(camera="clip", kind=SourceKind.FILE, location=str(path))


def until(process: CaptureProcess, kind: type[Event]) -> list[Event]:
    """Events up to and with the first of a kind; parcels are released as they come."""
    events: list[Event] = []
    deadline = time.monotonic() + PATIENCE
    while not any(isinstance(event, kind) for event in events):
        assert time.monotonic() < deadline, f"no {kind.__name__} among {events}"
        for event in process.receive(1.0):
            events.append(event)
            if isinstance(event, Parcel) and kind is not Parcel:
                event.release()
    return events


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie answers signals and is dead all the same.
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while is_alive(pid):
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.01)


def test_a_film_comes_through_whole(process: CaptureProcess, tmp_path: Path) -> None:
    process.start()
    process.send(Open(film(write_clip(tmp_path / "clip.mkv", 30))))
    numbers = []
    ended = False
    while not ended:
        for event in process.receive(PATIENCE):
            if isinstance(event, Parcel):
                numbers.append(read_number(event.unpack()))
            ended = ended or isinstance(event, Ended)
    assert numbers == list(range(30))


def test_it_stays_for_another_try_after_a_failure(process: CaptureProcess, tmp_path: Path) -> None:
    process.start()
    pid = process.pid
    process.send(Open(film(tmp_path / "gone.mkv")))
    until(process, Failed)
    process.send(Open(film(write_clip(tmp_path / "gone.mkv", 3))))
    assert any(isinstance(event, Opened) for event in until(process, Ended))
    assert process.pid == pid


def test_unread_slots_are_not_written_again(process: CaptureProcess, tmp_path: Path) -> None:
    process.start()
    process.send(Open(film(write_clip(tmp_path / "clip.mkv", 30))))
    parcels: list[Parcel] = []
    while len(parcels) < 4:
        parcels += [event for event in process.receive(PATIENCE) if isinstance(event, Parcel)]
    # All slots are taken. A second passes until the process says that it waits, and nothing else comes.
    assert not any(isinstance(event, Parcel) for event in process.receive(PATIENCE))
    assert [read_number(parcel.unpack()) for parcel in parcels] == [0, 1, 2, 3]


def test_a_killed_process_is_noticed_and_its_frames_stay(process: CaptureProcess, tmp_path: Path) -> None:
    process.start()
    process.send(Open(film(write_clip(tmp_path / "clip.mkv", 30))))
    parcel = next(event for event in until(process, Parcel) if isinstance(event, Parcel))
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    (exited,) = [event for event in until(process, Exited) if isinstance(event, Exited)]
    assert "SIGKILL" in exited.how
    assert not process.running
    assert read_number(parcel.unpack()) == 0


def test_it_can_be_started_again(process: CaptureProcess, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mkv", 3)
    for _ in range(2):
        process.start()
        process.send(Open(film(clip)))
        until(process, Ended)


def test_a_hanging_process_is_killed(process: CaptureProcess) -> None:
    process.start()
    assert process.pid is not None
    pid = process.pid
    os.kill(pid, signal.SIGSTOP)
    process.stop()
    assert not is_alive(pid)


def test_ctrl_c_and_a_service_managers_sigterm_do_not_end_it(process: CaptureProcess, tmp_path: Path) -> None:
    process.start()
    process.send(Open(film(tmp_path / "gone.mkv")))
    until(process, Failed)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGINT)
    os.kill(process.pid, signal.SIGTERM)
    process.send(Open(film(write_clip(tmp_path / "clip.mkv", 3))))
    until(process, Ended)


def test_a_waiting_receive_can_be_woken(process: CaptureProcess) -> None:
    process.wake()
    assert process.receive(PATIENCE) == []


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mkv", 3)
    before = set(Path("/proc/self/fd").iterdir())
    process = CaptureProcess()
    process.start()
    process.send(Open(film(clip)))
    until(process, Ended)
    process.close()
    assert set(Path("/proc/self/fd").iterdir()) == before


PARENT = """
import sys, time
from streamdesnow.capture.kinds import SourceKind
from streamdesnow.capture.messages import Open
from streamdesnow.capture.parcel import Parcel
from streamdesnow.capture.process import CaptureProcess
from streamdesnow.capture.spec import SourceSpec

process = CaptureProcess()
process.start()
process.send(Open(SourceSpec(camera="clip", kind=SourceKind.FILE, location=sys.argv[1], loop=True)))
while not any(isinstance(event, Parcel) for event in process.receive(10)):
    pass
print(process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("stuck", [False, True])
def test_it_dies_with_a_parent_that_is_killed(tmp_path: Path, stuck: bool) -> None:
    clip = write_clip(tmp_path / "clip.mkv", 30)
    command = [sys.executable, "-c", PARENT, str(clip)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        if stuck:
            os.kill(pid, signal.SIGSTOP)
        parent.kill()
    wait_until_gone(pid)


def test_the_users_main_module_is_not_imported_again(tmp_path: Path) -> None:
    script = tmp_path / "main.py"
    script.write_text(
        "print('main runs', flush=True)\n" + PARENT.replace("time.sleep(60)", "process.close()")
    )
    # A file of the user that is called like a module of ours must not be mistaken for it.
    (tmp_path / "av.py").write_text("raise RuntimeError('not me')")
    clip = write_clip(tmp_path / "clip.mkv", 3)
    done = subprocess.run(
        [sys.executable, "-P", str(script), str(clip)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.count("main runs") == 1
    assert done.stderr == ""
