from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.comparison.page import About, render_page
from streamdesnow.comparison.record import Recorded, record
from streamdesnow.comparison.subject import ClipSubject, Shot, StreetSubject, photos_in
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.detect.memory import MemoryDetector
from streamdesnow.errors import SourceDamaged, SourceNotFound
from streamdesnow.frame import Image
from streamdesnow.sinks.video_writer import VideoWriter

SIZE = (160, 96)
ABOUT = About("a <detector>", 0.5, "1.2.3", "an engine & another", ["bad.jpg: is <no> picture"])


def dark(image: Image) -> Image:
    """Cleans by making everything black."""
    return image * np.uint8(0)


def find(image: Image) -> Iterable[Detection]:
    """A person in every picture, and a car where it is dark."""
    yield Detection("person", 0, 0.8, Box(10, 10, 30, 60))
    if image.mean() < 1:
        yield Detection("car", 2, 0.7, Box(60, 20, 120, 60))


@pytest.fixture
def detector() -> MemoryDetector:
    memory = MemoryDetector(find)
    memory.open()
    return memory


def of_street(detector: MemoryDetector, folder: Path) -> Recorded:
    return record(StreetSubject(0.2, SIZE), "blackener", dark, detector, folder, lambda: None)


def test_the_drawn_street_gives_a_film_a_picture_and_counts(detector: MemoryDetector, tmp_path: Path) -> None:
    steps: list[None] = []
    subject = StreetSubject(0.2, SIZE)
    recorded = record(subject, "blackener", dark, detector, tmp_path, lambda: steps.append(None))
    assert len(steps) == subject.frames == recorded.tally.pictures == 5
    total = recorded.tally.total
    assert (total.before, total.after, total.only_before, total.truth) == (5, 10, 0, 5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["street.mp4", "street.png"]
    assert recorded.film is not None
    with AvReader.for_file(recorded.film) as reader:
        frames = list(reader)
    assert [frame.pts * frame.time_base for frame in frames] == [Fraction(index, 25) for index in range(5)]
    assert frames[0].image.shape == (96, 320, 3)


def test_the_picture_shows_both_sides_with_boxes(detector: MemoryDetector, tmp_path: Path) -> None:
    recorded = of_street(detector, tmp_path)
    picture = cv2.imread(str(recorded.picture))
    assert picture is not None
    right = picture[:, 160:]
    # The cleaned side is black: all that is bright there was drawn.
    assert (right[:, 55:125].max(axis=2) > 200).any()
    assert picture[:, :160].mean() > right.mean()


def test_wide_pictures_are_shown_smaller_with_their_boxes(detector: MemoryDetector, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    cv2.imwrite(str(tmp_path / "photos" / "wide.png"), np.full((200, 1920, 3), 9, np.uint8))
    (subject,) = photos_in(tmp_path / "photos")
    recorded = record(subject, "blackener", dark, detector, tmp_path, lambda: None)
    picture = cv2.imread(str(recorded.picture))
    assert picture is not None
    assert picture.shape == (100, 1920, 3)
    assert recorded.film is None


def test_a_clip_is_taken_from_its_start_for_as_long_as_asked(tmp_path: Path) -> None:
    clip = tmp_path / "yard.mp4"
    with VideoWriter(clip) as writer:
        for index in range(20):
            writer.write(np.full((64, 64, 3), 10 * index, np.uint8), index, Fraction(1, 25))
    subject = ClipSubject(clip, 0.4)
    shots = list(subject)
    assert len(shots) == subject.frames == 10
    assert shots[0].pts == 0
    assert subject.title == "yard"


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match="nosuch"):
        ClipSubject(tmp_path / "nosuch.mp4", 1)
    with pytest.raises(SourceNotFound, match="nosuch"):
        photos_in(tmp_path / "nosuch")
    with pytest.raises(SourceNotFound, match="no pictures"):
        photos_in(tmp_path)


class Empty:
    name = title = "empty"
    film = True
    frames: int | None = 0

    def __iter__(self) -> Iterator[Shot]:
        return iter(())


def test_a_film_without_frames_leaves_nothing(detector: MemoryDetector, tmp_path: Path) -> None:
    with pytest.raises(SourceDamaged, match="empty"):
        record(Empty(), "blackener", dark, detector, tmp_path, lambda: None)
    assert list(tmp_path.iterdir()) == []


class References(HTMLParser):
    """Collects what a page would fetch or go to, and checks that its elements are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            value or "" for name, value in attrs if name in ("src", "href", "poster", "action", "data")
        ]
        if tag not in ("meta", "link", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_needs_nothing_but_itself(detector: MemoryDetector, tmp_path: Path) -> None:
    page = render_page([of_street(detector, tmp_path)], ABOUT)
    references = References()
    references.feed(page)
    assert references.open == []
    assert len(references.found) == 3
    assert all(each.startswith("data:") for each in references.found)
    text = re.sub(r"data:[a-z0-9/]+;base64,[A-Za-z0-9+/=]+", "", page)
    assert not re.search(r"https?:|//[a-z]|url\(|@import|<script", text)
    assert "prefers-color-scheme: dark" in page


def test_the_page_tells_counts_and_escapes_what_it_is_given(detector: MemoryDetector, tmp_path: Path) -> None:
    page = render_page([of_street(detector, tmp_path)], ABOUT)
    assert "5 boxes before, 10 after" in page
    assert "+5" in page
    assert "a &lt;detector&gt;" in page
    assert "bad.jpg: is &lt;no&gt; picture" in page
    assert "an engine &amp; another" in page


def test_a_film_too_large_for_the_page_is_named_in_it(
    detector: MemoryDetector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = of_street(detector, tmp_path)
    monkeypatch.setattr("streamdesnow.comparison.page.LARGEST_FILM", 10)
    page = render_page([recorded], ABOUT)
    assert "<video" not in page
    assert "street.mp4" in page
