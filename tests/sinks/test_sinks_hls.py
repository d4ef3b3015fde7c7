from __future__ import annotations

import contextlib
import itertools
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sink_frames import cleaned, probe

from streamdesnow.clock import ManualClock
from streamdesnow.config.output import HlsConfig
from streamdesnow.errors import StorageFailed
from streamdesnow.sinks.hls import HlsSink


def hls(folder: Path, clock: ManualClock | None = None, **settings: Any) -> HlsSink:
    config = HlsConfig(directory=folder, encoder="software", preset="ultrafast", **settings)
    sink = HlsSink(config, "gate", clock or ManualClock())
    sink.open()
    return sink


def write_endlessly(sink: HlsSink) -> None:
    for n in itertools.count():
        sink.write(cleaned(n))


def killed(sink: HlsSink) -> None:
    """All that the system does when a process is killed."""
    sink._folder.release()


def playlist(folder: Path) -> str:
    return (folder / "index.m3u8").read_text()


def listed(folder: Path) -> list[str]:
    return re.findall(r"^segment.*", playlist(folder), re.MULTILINE)


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_a_player_reads_every_frame_from_the_playlist(tmp_path: Path, codec: str) -> None:
    sink = hls(tmp_path, segment=1.0, codec=codec)
    for n in range(60):
        sink.write(cleaned(n))
    sink.close()
    video = probe(tmp_path / "index.m3u8")
    assert video.numbers == list(range(60))
    assert video.times == [Fraction(n, 25) for n in range(60)]
    assert video.keyframes == [0, 25, 50]


def test_segments_are_as_long_as_told_and_dated_by_the_wall_clock(tmp_path: Path) -> None:
    clock = ManualClock()
    sink = hls(tmp_path, clock, segment=1.0)
    for n in range(60):
        sink.write(cleaned(n))
        clock.advance(1 / 25)
    sink.close()
    assert re.findall(r"#EXTINF:([\d.]+)", playlist(tmp_path)) == ["1.00000", "1.00000", "0.40000"]
    assert re.findall(r"DATE-TIME:\S+T(\S+)\+", playlist(tmp_path)) == [
        "12:00:00.000", "12:00:01.000", "12:00:02.000",
    ]  # fmt: skip


def test_the_playlist_lists_only_files_that_are_there_and_old_ones_are_deleted(tmp_path: Path) -> None:
    sink = hls(tmp_path, segment=0.2, window=3)
    for n in range(100):
        sink.write(cleaned(n, size=(64, 48)))
        assert all((tmp_path / name).exists() for name in listed(tmp_path))
        assert len(listed(tmp_path)) <= 3
        assert len(list(tmp_path.glob("segment-*"))) <= 3 + 3
    assert not list(tmp_path.glob("*.part"))
    assert "#EXT-X-ENDLIST" not in playlist(tmp_path)
    sink.close()
    assert playlist(tmp_path).endswith("#EXT-X-ENDLIST\n")


def test_a_break_in_the_source_is_no_break_in_the_stream(tmp_path: Path) -> None:
    sink = hls(tmp_path, segment=1.0, window=9)
    for n in range(30):
        sink.write(cleaned(n))
    for n in range(30, 60):
        # The camera came back, with time stamps of its own.
        sink.write(cleaned(n, pts=n * 3600 + 12345, time_base=Fraction(1, 90000), discontinuity=n == 30))
    sink.close()
    video = probe(tmp_path / "index.m3u8")
    assert video.numbers == list(range(60))
    assert all(0.03 < later - earlier < 0.05 for earlier, later in pairwise(video.times))
    assert "#EXT-X-DISCONTINUITY\n" not in playlist(tmp_path)


def test_a_source_that_was_away_for_long_leaves_no_segment_of_that_length(tmp_path: Path) -> None:
    sink = hls(tmp_path, segment=1.0, window=9)
    for n in range(30):
        sink.write(cleaned(n))
    for n in range(30, 60):
        # Eight hours later: longer than one sample of MP4 can last.
        sink.write(cleaned(n, discontinuity=n == 30, captured_at=8 * 3600 + n / 25))
    sink.close()
    assert "TARGETDURATION:1\n" in playlist(tmp_path)
    assert playlist(tmp_path).count("#EXT-X-DISCONTINUITY\n") == 1
    assert max(map(float, re.findall(r"#EXTINF:([\d.]+)", playlist(tmp_path)))) < 1.1
    assert probe(tmp_path / "index.m3u8").numbers == list(range(60))


def test_a_folder_that_another_process_writes_is_left_alone(tmp_path: Path) -> None:
    first = hls(tmp_path, segment=0.4)
    for n in range(20):
        first.write(cleaned(n))
    with pytest.raises(StorageFailed, match="another process writes it"):
        hls(tmp_path)
    assert all((tmp_path / name).exists() for name in listed(tmp_path))
    first.close()
    hls(tmp_path).close()


def test_a_header_that_somebody_deleted_is_there_again_with_the_next_segment(tmp_path: Path) -> None:
    sink = hls(tmp_path, segment=0.4, window=2)
    for n in range(60):
        sink.write(cleaned(n))
        if n == 20:
            for path in tmp_path.glob("*.mp4"):
                path.unlink()
    sink.close()
    assert probe(tmp_path / "index.m3u8").numbers[-15:] == list(range(45, 60))


def test_another_frame_size_is_a_discontinuity_with_a_header_of_its_own(tmp_path: Path) -> None:
    sink = hls(tmp_path, segment=1.0, window=9)
    for n in range(60):
        sink.write(cleaned(n, size=(320, 240) if n < 30 else (640, 360)))
    sink.close()
    assert playlist(tmp_path).count("#EXT-X-DISCONTINUITY\n") == 1
    assert len(re.findall("EXT-X-MAP", playlist(tmp_path))) == 2
    video = probe(tmp_path / "index.m3u8")
    assert video.numbers == list(range(60))
    assert {image.shape for image in video.images} == {(240, 320, 3), (360, 640, 3)}


def test_a_second_run_goes_on_numbering_and_deletes_what_the_first_left(tmp_path: Path) -> None:
    for run in range(2):
        sink = hls(tmp_path, segment=0.4)
        for n in range(20):
            sink.write(cleaned(n))
        if run == 1:
            sink.close()
        else:
            killed(sink)
    assert listed(tmp_path) == [f"segment-00000{n}.m4s" for n in (1, 2)]
    assert re.search(r"#EXT-X-DISCONTINUITY\n", playlist(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "header-000001.mp4", "index.html", "index.m3u8", "segment-000001.m4s", "segment-000002.m4s",
    ]  # fmt: skip
    assert probe(tmp_path / "index.m3u8").numbers == list(range(20))


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_text("mine")
    hls(tmp_path).close()
    assert (tmp_path / "logo.png").read_text() == "mine"


def test_the_page_names_the_camera_and_fetches_nothing_from_elsewhere(tmp_path: Path) -> None:
    HlsSink(HlsConfig(directory=tmp_path), "<b>gate</b>", ManualClock()).open()
    page = (tmp_path / "index.html").read_text()
    assert "<title>&lt;b&gt;gate&lt;/b&gt;</title>" in page
    assert "http://" not in page
    assert "https://" not in page


def test_a_full_disk_is_reported_leaves_a_good_playlist_and_can_be_recovered_from(small_disk: Path) -> None:
    sink = hls(small_disk, segment=0.2, window=50)
    (small_disk / "filler").write_bytes(bytes(900_000))
    with pytest.raises(StorageFailed, match=r"hls\[gate\].*no space left"):
        write_endlessly(sink)
    with contextlib.suppress(StorageFailed):
        sink.close()
    assert all((small_disk / name).exists() for name in listed(small_disk))
    assert not list(small_disk.glob("*.part"))
    sink.open()
    sink.write(cleaned(0))
    sink.close()
    assert probe(small_disk / "index.m3u8").numbers == [0]
