from __future__ import annotations

import errno
from pathlib import Path

import pytest

from streamdesnow.errors import StorageFailed
from streamdesnow.sinks.boxes import playable_length
from streamdesnow.storage.write import OutputFile, atomic_write, check_writable, storage_failed


def test_the_error_names_who_which_file_why_and_what_to_do() -> None:
    error = storage_failed("record[gate]", Path("/a/b.mp4"), OSError(errno.ENOSPC, "No space left on device"))
    assert str(error) == (
        "record[gate]: cannot write /a/b.mp4: no space left on device; free some space, or limit what is kept"
    )


def test_a_writable_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    check_writable("x", tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_read_only_folder_is_refused(read_only_disk: Path) -> None:
    with pytest.raises(StorageFailed, match=rf"x: cannot write {read_only_disk}: read-only file system"):
        check_writable("x", read_only_disk)


def test_a_file_in_the_way_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match="choose another folder"):
        check_writable("x", tmp_path / "file" / "sub")


def test_a_full_disk_is_refused_before_anything_is_written(small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(bytes((1 << 20) - 4096))
    with pytest.raises(StorageFailed, match="no space left"):
        check_writable("x", small_disk)
    assert [path.name for path in small_disk.iterdir()] == ["filler"]


def test_a_whole_file_is_written_or_the_old_one_stays(small_disk: Path) -> None:
    target = small_disk / "playlist"
    atomic_write("x", target, b"old")
    with pytest.raises(StorageFailed, match="playlist"):
        atomic_write("x", target, bytes(2 << 20))
    assert target.read_bytes() == b"old"
    assert [path.name for path in small_disk.iterdir()] == ["playlist"]


def test_muxers_never_see_a_full_disk_and_nothing_is_written_after_it(small_disk: Path) -> None:
    with OutputFile(small_disk / "x") as file:
        assert file.write(bytes(900_000)) == 900_000
        assert file.write(bytes(900_000)) == 900_000
        assert file.error is not None
        assert file.error.errno == errno.ENOSPC
        assert file.tell() == 1_800_000
        assert file.seek(0) == 1_800_000
        file.write(b"late")
    assert (small_disk / "x").read_bytes()[:4] == bytes(4)


def test_an_existing_file_is_not_overwritten_unless_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("old")
    with pytest.raises(FileExistsError):
        OutputFile(tmp_path / "x")
    OutputFile(tmp_path / "x", replace=True).close()
    assert (tmp_path / "x").read_text() == ""


def test_a_file_that_lost_its_name_is_noticed(tmp_path: Path) -> None:
    with OutputFile(tmp_path / "x") as file:
        file.write(b"data")
        (tmp_path / "x").unlink()
        file.sync()
        assert isinstance(file.error, FileNotFoundError)


def box(kind: bytes, length: int) -> bytes:
    return (8 + length).to_bytes(4, "big") + kind + bytes(length)


@pytest.mark.parametrize(
    ("content", "playable"),
    [
        (b"", 0),
        (box(b"ftyp", 16) + box(b"moov", 50), 0),
        (box(b"ftyp", 16) + box(b"moof", 8) + box(b"mdat", 100), 24 + 16 + 108),
        (box(b"ftyp", 16) + box(b"moof", 8) + box(b"mdat", 100) + box(b"moof", 8), 24 + 16 + 108),
        (box(b"moof", 8) + box(b"mdat", 4) + box(b"moof", 8) + box(b"mdat", 9)[:-1], 16 + 12),
        (b"\0\0\0\1mdat" + (116).to_bytes(8, "big") + bytes(100), 116),
        (b"\0\0\0\0mdat", 0),
        (b"not an mp4 at all", 0),
    ],
)
def test_a_broken_recording_is_playable_up_to_its_last_complete_fragment(
    tmp_path: Path, content: bytes, playable: int
) -> None:
    (tmp_path / "x").write_bytes(content)
    assert playable_length(tmp_path / "x") == playable
