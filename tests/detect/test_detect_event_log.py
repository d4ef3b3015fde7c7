from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from streamdesnow.detect.event_log import EventLog
from streamdesnow.errors import StorageFailed


def log(path: Path, limit: int = 1000, files: int = 2) -> EventLog:
    return EventLog("events[gate]", path, limit, files)


def line(number: int) -> bytes:
    return f'{{"number": {number:04}}}\n'.encode()


def test_lines_are_appended_to_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a" / "events.jsonl"
    for number in range(2):
        events = log(path)
        events.append(line(number))
        events.close()
    assert path.read_bytes() == line(0) + line(1)


def test_a_long_file_becomes_number_1_and_the_oldest_are_deleted(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    events = log(path, limit=40)
    for number in range(9):
        events.append(line(number))
    assert path.read_bytes() == line(8)
    assert (tmp_path / "events.1.jsonl").read_bytes() == line(6) + line(7)
    assert (tmp_path / "events.2.jsonl").read_bytes() == line(4) + line(5)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_line_longer_than_the_limit_is_written_all_the_same(tmp_path: Path) -> None:
    events = log(tmp_path / "events.jsonl", limit=5, files=0)
    events.append(line(1))
    events.append(line(2))
    assert (tmp_path / "events.jsonl").read_bytes() == line(2)


@pytest.mark.parametrize("torn", [b'{"number": 00', b"x" * 200_000])
def test_a_torn_last_line_is_removed_when_the_file_is_opened(
    tmp_path: Path, torn: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(line(0) + torn)
    log(path, limit=10**6).append(line(1))
    assert path.read_bytes() == line(0) + line(1)
    assert f"ended within a line; its {len(torn)} bytes were removed" in caplog.text


def test_kill_9_leaves_whole_lines_only(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    program = (
        "import itertools, sys; from pathlib import Path\n"
        "from streamdesnow.detect.event_log import EventLog\n"
        "events = EventLog('events', Path(sys.argv[1]), 10**9, 1)\n"
        "for number in itertools.count():\n"
        '    events.append(b\'{"number": %d, "pad": "%s"}\\n\' % (number, b\'x\' * 3000))\n'
        "    if number == 50: print('go', flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
    content = path.read_bytes()
    assert content.endswith(b"\n")
    numbers = [json.loads(each)["number"] for each in content.splitlines()]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) > 50


def test_a_full_disk_is_named_leaves_no_part_of_a_line_and_can_be_recovered_from(small_disk: Path) -> None:
    path = small_disk / "events.jsonl"
    events = log(path, limit=10**6)
    events.append(line(0))
    filler = small_disk / "filler"
    filler.write_bytes(bytes((1 << 20) - 8192))
    with pytest.raises(StorageFailed, match=r"events\[gate\]: cannot write .*no space left.*free some space"):
        events.append(b"x" * 100_000 + b"\n")
    assert path.read_bytes() == line(0)
    filler.unlink()
    events.append(line(1))
    assert path.read_bytes() == line(0) + line(1)


def test_a_file_that_somebody_else_writes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    first = log(path)
    first.append(line(0))
    with pytest.raises(StorageFailed, match="another process writes it"):
        log(path).append(line(1))
    first.close()
    log(path).append(line(2))
    assert path.read_bytes() == line(0) + line(2)


def test_a_file_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    events = log(path)
    events.append(line(0))
    path.unlink()
    events.append(line(1))
    assert path.read_bytes() == line(1)
