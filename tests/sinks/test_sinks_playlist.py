from __future__ import annotations

import datetime as dt

import pytest

from streamdesnow.sinks.playlist import Entry, Playlist, next_sequence

AT = dt.datetime(2026, 1, 15, 12, 0, 0, tzinfo=dt.UTC)


def entry(number: int, *, header: str = "header.mp4", breaks: bool = False, duration: float = 2.0) -> Entry:
    return Entry(f"{number}.m4s", header, duration, AT, discontinuity=breaks)


def test_it_reads_as_the_standard_says() -> None:
    playlist = Playlist(window=3, target=2.0)
    playlist.add(entry(0))
    playlist.add(entry(1, header="other.mp4", breaks=True, duration=1.5))
    assert playlist.render(ended=True).splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-TARGETDURATION:2",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-DISCONTINUITY-SEQUENCE:0",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MAP:URI="header.mp4"',
        "#EXT-X-PROGRAM-DATE-TIME:2026-01-15T12:00:00.000+00:00",
        "#EXTINF:2.00000,",
        "0.m4s",
        "#EXT-X-DISCONTINUITY",
        '#EXT-X-MAP:URI="other.mp4"',
        "#EXT-X-PROGRAM-DATE-TIME:2026-01-15T12:00:00.000+00:00",
        "#EXTINF:1.50000,",
        "1.m4s",
        "#EXT-X-ENDLIST",
    ]


def test_only_the_newest_are_listed_and_numbers_go_on() -> None:
    playlist = Playlist(window=2, target=2.0, sequence=10, discontinuities=4)
    dropped = [old for number in range(4) for old in playlist.add(entry(number, breaks=number == 1))]
    text = playlist.render()
    assert [old.name for old in dropped] == ["0.m4s", "1.m4s"]
    assert "#EXT-X-MEDIA-SEQUENCE:12" in text
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:5" in text
    assert "ENDLIST" not in text
    assert playlist.next_number == 14


@pytest.mark.parametrize(("duration", "target"), [(2.04, 2), (2.49, 2), (2.5, 3), (7.2, 7)])
def test_the_target_covers_the_longest_segment_and_never_shrinks(duration: float, target: int) -> None:
    playlist = Playlist(window=2, target=2.0)
    for number, seconds in enumerate((duration, 1.0, 1.0, 1.0)):
        playlist.add(entry(number, duration=seconds))
    assert f"#EXT-X-TARGETDURATION:{target}\n" in playlist.render()


def test_a_later_run_goes_on_with_its_numbers() -> None:
    playlist = Playlist(window=3, target=2.0, sequence=5, discontinuities=1)
    for number in range(5):
        playlist.add(entry(number, breaks=number in (0, 3)))
    assert next_sequence(playlist.render()) == (10, 3)


@pytest.mark.parametrize("text", ["", "garbage", "#EXTM3U\n"])
def test_what_is_no_playlist_of_ours_starts_at_zero(text: str) -> None:
    assert next_sequence(text) == (0, 0)
