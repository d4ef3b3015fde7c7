from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sink_frames import cleaned, probe

from streamdesnow.clock import ManualClock
from streamdesnow.config.output import RecordConfig
from streamdesnow.errors import StorageFailed
from streamdesnow.frame import CleanedFrame
from streamdesnow.sinks.recorder import RecordSink

HERE = Path(__file__).parent


def noisy(number: int) -> CleanedFrame:
    """A frame that takes many bytes; the number stays readable."""
    frame = cleaned(number)
    noise = np.random.default_rng(number).integers(0, 256, (160, 320, 3), np.uint8)
    frame.image[80:] = noise
    return frame


def recorder(folder: Path, fragment: float = 0.2) -> RecordSink:
    config = RecordConfig(
        directory=folder, encoder="software", preset="ultrafast", fragment=fragment, quality=10
    )
    return RecordSink(config, "gate", ManualClock())


def write_until_it_fails(sink: RecordSink, most: int = 500) -> tuple[int, StorageFailed]:
    for number in range(most):
        try:
            sink.write(noisy(number))
        except StorageFailed as error:
            return number, error
    raise AssertionError("it never failed")


@pytest.mark.parametrize(("frames", "fragment"), [(60, 1.0), (34, 0.4)])
def test_a_killed_process_loses_at_most_one_fragment(tmp_path: Path, frames: int, fragment: float) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent)])}
    with subprocess.Popen(
        [sys.executable, str(HERE / "record_until_killed.py"), str(tmp_path), str(fragment)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        bufsize=0,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for number in range(frames):
            assert int(child.stdout.readline()) == number
            child.stdin.write(b"\n")
        child.send_signal(signal.SIGKILL)
    (path,) = tmp_path.iterdir()
    numbers = probe(path).numbers
    assert numbers == list(range(len(numbers)))
    # The child may have written one frame more than it was last told to.
    assert len(numbers) >= frames - round(fragment * 25)


def test_a_full_disk_is_reported_and_what_was_recorded_stays_playable(small_disk: Path) -> None:
    sink = recorder(small_disk)
    sink.open()
    number, error = write_until_it_fails(sink)
    (path,) = small_disk.iterdir()
    assert str(path) in str(error)
    assert "record[gate]" in str(error)
    assert "no space left on device" in str(error)
    assert "what was recorded before is kept" in str(error)
    numbers = probe(path).numbers
    assert numbers == list(range(len(numbers)))
    assert number - 10 <= len(numbers) <= number
    sink.close()


def test_a_full_disk_before_the_first_fragment_leaves_nothing(small_disk: Path) -> None:
    sink = recorder(small_disk, fragment=0.04)
    sink.open()
    (small_disk / "filler").write_bytes(bytes(1000 * 1024))
    _, error = write_until_it_fails(sink)
    assert "nothing is left of it" in str(error)
    assert [path.name for path in small_disk.iterdir()] == ["filler"]


def test_recording_goes_on_when_there_is_space_again(small_disk: Path) -> None:
    sink = recorder(small_disk)
    sink.open()
    write_until_it_fails(sink)
    sink.close()
    (small_disk / "filler").write_bytes(bytes(shutil.disk_usage(small_disk).free))
    with pytest.raises(StorageFailed, match="no space left"):
        sink.open()
    for path in small_disk.iterdir():
        path.unlink()
    sink.open()
    sink.write(cleaned(7))
    sink.close()
    (path,) = small_disk.iterdir()
    assert probe(path).numbers == [7]


def test_a_disk_that_fills_while_the_recording_is_closed_loses_no_fragment(small_disk: Path) -> None:
    sink = recorder(small_disk)
    sink.open()
    for number in range(8):
        sink.write(noisy(number))
    (small_disk / "filler").write_bytes(bytes(shutil.disk_usage(small_disk).free))
    with pytest.raises(StorageFailed, match="no space left"):
        sink.close()
    numbers = probe(next(small_disk.glob("*.mp4"))).numbers
    assert len(numbers) >= 5
    assert numbers == list(range(len(numbers)))


def test_a_folder_that_vanishes_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    sink = recorder(folder)
    sink.open()
    sink.write(cleaned(0))
    shutil.rmtree(folder)
    _, error = write_until_it_fails(sink)
    assert "deleted while it was written" in str(error)
    sink.close()
    sink.open()
    sink.write(cleaned(1))
    sink.close()
    (path,) = folder.iterdir()
    assert probe(path).numbers == [1]


def test_a_read_only_folder_is_refused_before_the_first_frame(read_only_disk: Path) -> None:
    with pytest.raises(StorageFailed, match="read-only"):
        recorder(read_only_disk / "gate").open()
