"""A video is cleaned frame by frame: as many, at the same times, of the same size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import tiny_models
from clips import numbered_frames, write_clip, write_clip_with_sound

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.capture.reader import DecodedFrame
from streamdesnow.config.engine import EngineConfig
from streamdesnow.errors import ConfigError, SourceDamaged, SourceUnsupported, StorageFailed
from streamdesnow.files.video import clean_video
from streamdesnow.restore import Desnower

_CPU = EngineConfig(require="cpu", precision="fp32")


@pytest.fixture
def inverting(tmp_path: Path) -> Iterator[Desnower]:
    """A still test model: 255 - frame."""
    with Desnower(tiny_models.inverting(tmp_path / "inv", side_multiple=8), _CPU) as desnower:
        yield desnower


def _decoded(path: Path) -> list[DecodedFrame]:
    with AvReader.for_file(path) as reader:
        return list(reader)


def _seconds(frames: list[DecodedFrame]) -> list[Fraction]:
    return [frame.pts * frame.time_base for frame in frames]


@pytest.mark.parametrize("size", [(64, 48), (101, 77)])
def test_lossless_output_is_the_networks_bit_for_bit(
    inverting: Desnower, tmp_path: Path, size: tuple[int, int]
) -> None:
    source = write_clip(tmp_path / "in.mkv", 12, size=size, codec="ffv1", pix_fmt="bgr0")
    report = clean_video(source, tmp_path / "out.mkv", inverting, lossless=True)
    before, after = _decoded(source), _decoded(tmp_path / "out.mkv")
    assert (report.frames, report.size) == (12, size)
    assert len(after) == 12
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(other.image, 255 - one.image)


def test_time_stamps_survive_also_with_variable_frame_rate(inverting: Desnower, tmp_path: Path) -> None:
    pts = [0, 1001, 2002, 5005, 5006, 30030, 31031]
    source = write_clip(tmp_path / "in.mp4", 7, size=(64, 48), pts=pts, time_base=Fraction(1, 30000))
    for name, lossless in (("out.mp4", False), ("lossless.mp4", True)):
        clean_video(source, tmp_path / name, inverting, lossless=lossless)
        assert _seconds(_decoded(tmp_path / name)) == _seconds(_decoded(source))


def test_side_by_side_is_twice_as_wide(inverting: Desnower, tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", 3, size=(64, 48))
    report = clean_video(source, tmp_path / "out.mp4", inverting, side_by_side=True)
    assert report.size == (64, 48)
    assert {frame.image.shape for frame in _decoded(tmp_path / "out.mp4")} == {(48, 128, 3)}


@pytest.mark.parametrize(("name", "lossless"), [("out.mp4", False), ("out.mkv", False), ("full.mp4", True)])
@pytest.mark.parametrize("side_by_side", [False, True])
def test_pixels_keep_their_shape(
    inverting: Desnower, tmp_path: Path, name: str, lossless: bool, side_by_side: bool
) -> None:
    source = write_clip(tmp_path / "in.mp4", 3, size=(64, 48), sar=Fraction(16, 11))
    clean_video(source, tmp_path / name, inverting, lossless=lossless, side_by_side=side_by_side)
    assert {frame.sar for frame in _decoded(tmp_path / name)} == {Fraction(16, 11)}


def test_where_the_shape_of_pixels_cannot_be_noted_a_warning_says_so(
    inverting: Desnower, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = write_clip(tmp_path / "in.mp4", 3, size=(64, 48), sar=Fraction(16, 11))
    clean_video(source, tmp_path / "out.mkv", inverting, lossless=True)
    assert "not square" in caplog.text


@pytest.mark.parametrize("name", ["out.mp4", "out.mov", "out.mkv"])
@pytest.mark.parametrize("write", [write_clip_with_sound, write_clip])
def test_title_and_moment_of_recording_are_kept(
    inverting: Desnower, tmp_path: Path, name: str, write: Callable[..., Path]
) -> None:
    kept = {"title": "Gate", "creation_time": "2026-01-15T12:30:00.000000Z"}
    source = write(tmp_path / "in.mp4", metadata=kept)
    clean_video(source, tmp_path / name, inverting)
    with AvReader.for_file(tmp_path / name) as reader:
        assert reader.metadata == kept


def test_a_causal_model_remembers_from_frame_to_frame(tmp_path: Path) -> None:
    frames = [np.full((48, 64, 3), value, np.uint8) for value in (100, 110, 120)]
    source = write_clip(tmp_path / "in.mkv", frames, codec="ffv1", pix_fmt="bgr0", size=(64, 48))
    with Desnower(tiny_models.averaging(tmp_path / "avg"), _CPU) as desnower:
        clean_video(source, tmp_path / "out.mkv", desnower, lossless=True)
    assert [int(frame.image[0, 0, 0]) for frame in _decoded(tmp_path / "out.mkv")] == [100, 105, 110]


def test_progress_is_told_after_every_frame(inverting: Desnower, tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", 5, size=(64, 48))
    told: list[tuple[int, int | None]] = []
    clean_video(
        source, tmp_path / "out.mp4", inverting, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(number, 5) for number in range(1, 6)]


def test_a_file_that_is_cut_off_is_cleaned_as_far_as_it_goes_and_said_so(
    inverting: Desnower, tmp_path: Path
) -> None:
    frames = [np.random.default_rng(n).integers(0, 256, (48, 64, 3), dtype=np.uint8) for n in range(60)]
    content = write_clip(tmp_path / "in.mkv", frames, size=(64, 48)).read_bytes()
    source = tmp_path / "cut.mkv"
    source.write_bytes(content[: len(content) * 6 // 10])
    with pytest.raises(SourceDamaged, match=r"cut\.mkv: the file is cut off") as caught:
        clean_video(source, tmp_path / "out.mp4", inverting)
    kept = len(_decoded(tmp_path / "out.mp4"))
    assert 10 < kept < 60
    assert f"the {kept} frames" in str(caught.value)


def test_a_video_of_one_pixel_works(inverting: Desnower, tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mkv", 4, size=(1, 1), codec="ffv1", pix_fmt="bgr0")
    assert clean_video(source, tmp_path / "out.mp4", inverting).frames == 4
    assert len(_decoded(tmp_path / "out.mp4")) == 4


@pytest.mark.parametrize(
    ("content", "error"), [(b"", SourceDamaged), (b"not a film, whatever it is called\n", SourceUnsupported)]
)
def test_what_is_no_video_leaves_nothing_behind(
    inverting: Desnower, tmp_path: Path, content: bytes, error: type[Exception]
) -> None:
    source = tmp_path / "in.mp4"
    source.write_bytes(content)
    with pytest.raises(error, match=r"in\.mp4"):
        clean_video(source, tmp_path / "out.mp4", inverting)
    assert {path.name for path in tmp_path.iterdir()} == {"in.mp4", "inv"}


def test_an_ending_that_no_container_has_is_refused(inverting: Desnower, tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", 2, size=(64, 48))
    with pytest.raises(ConfigError, match=r"\.mp4"):
        clean_video(source, tmp_path / "out.xyz", inverting)


def test_a_destination_that_cannot_be_made_is_named(inverting: Desnower, tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", 2, size=(64, 48))
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match=r"out\.mp4"):
        clean_video(source, tmp_path / "file" / "out.mp4", inverting)


def test_an_error_on_the_way_leaves_nothing_behind(inverting: Desnower, tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", numbered_frames(40, (64, 48)), size=(64, 48))

    def give_up(done: int, total: int | None) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        clean_video(source, tmp_path / "out.mp4", inverting, progress=give_up)
    assert {path.name for path in tmp_path.iterdir()} == {"in.mp4", "inv"}
