"""Scenes cut from recordings: what moves there, when, at what rate, and what cannot be trained on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from clips import read_number, write_clip

from streamdesnow.errors import ConfigError, SourceDamaged, SourceNotFound, SourceUnsupported
from streamdesnow.frame import Image
from streamdesnow.lab.scenes.recorded import Recordings, cut_scene

_SIDE, _LONGEST = 64, 8


def passing_square(frames: int, size: tuple[int, int] = (160, 96), square: int = 16) -> Iterator[Image]:
    """A bright square crosses a ramp of greys, five pixels a frame."""
    width, height = size
    ground = np.repeat(np.linspace(40, 120, width)[None, :, None], height, 0).repeat(3, 2).astype(np.uint8)
    for t in range(frames):
        image = ground.copy()
        left = 5 * t % (width - square)
        image[40 : 40 + square, left : left + square] = 220
        yield image


def numbers(film: Image) -> list[int]:
    """What `numbered_frame` wrote into frames that were not cut, mirrored or not."""
    mirrored = film[0, -1, 0, 0] > film[0, -1, -1, 0]
    return [read_number(np.ascontiguousarray(image[:, ::-1] if mirrored else image)) for image in film]


def test_scenes_are_cut_around_what_moves_and_know_where_it_is(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "yard.mkv", passing_square(60), codec="ffv1", pix_fmt="bgr0")
    recordings = Recordings([clip], _SIDE, _LONGEST)
    seen = 0
    for seed in range(12):
        footage = recordings.footage(_LONGEST, np.random.default_rng(seed))
        film, moving = footage.film, footage.moving
        assert film.shape == (_LONGEST, _SIDE, _SIDE, 3)
        assert moving.shape == film.shape[:3]
        assert footage.fps in (25.0, 12.5)
        assert footage.whole == 160
        bright = film[..., 0] > 180
        seen += bool(bright.any())
        # All of the square is known to move, and the place it has just left; the rest of the yard is not.
        assert moving[bright].all()
        assert (moving[1:] & bright[:-1]).sum() == bright[:-1].sum()
        assert moving.mean() < 0.35
    assert seen >= 8


def test_a_recording_that_is_scaled_down_is_never_smaller_than_a_scene(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "large.mkv", passing_square(20, (1600, 96)), codec="ffv1", pix_fmt="bgr0")
    footage = Recordings([clip], _SIDE, _LONGEST).footage(_LONGEST, np.random.default_rng(0))
    assert footage.film.shape[1:3] == (_SIDE, _SIDE)
    assert 400 <= footage.whole <= 1600


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_frames_follow_one_another_and_the_end_is_kept_for_validation(tmp_path: Path, suffix: str) -> None:
    clip = write_clip(tmp_path / f"numbered.{suffix}", 120, size=(_SIDE * 2, _SIDE * 2))
    trained: set[int] = set()
    spared: set[int] = set()
    for validation, shown in ((False, trained), (True, spared)):
        recordings = Recordings([clip], 2 * _SIDE, _LONGEST, validation=validation)
        for seed in range(15):
            footage = recordings.footage(_LONGEST, np.random.default_rng(seed))
            found = numbers(footage.film)
            assert {b - a for a, b in pairwise(found)} == {round(25 / footage.fps)}
            shown |= set(found)
    assert max(trained) < 102 <= min(spared)


def test_a_short_recording_shares_its_end(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "short.mp4", _LONGEST, size=(_SIDE * 2, _SIDE * 2))
    for validation in (False, True):
        recordings = Recordings([clip], 2 * _SIDE, _LONGEST, validation=validation)
        footage = recordings.footage(_LONGEST, np.random.default_rng(1))
        assert numbers(footage.film) == list(range(_LONGEST))
        assert footage.fps == 25


def test_snow_is_drawn_over_most_scenes(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "yard.mkv", passing_square(60), codec="ffv1", pix_fmt="bgr0")
    recordings = Recordings([clip], _SIDE, _LONGEST)
    scenes = [cut_scene(recordings, _LONGEST, np.random.default_rng(seed)) for seed in range(24)]
    assert all(s.snowy.shape == s.truth.shape == (_LONGEST, _SIDE, _SIDE, 3) for s in scenes)
    snowy = [not np.array_equal(s.snowy, s.truth) for s in scenes]
    assert 0.7 < np.mean(snowy) < 1
    again = cut_scene(recordings, _LONGEST, np.random.default_rng(3))
    assert np.array_equal(again.snowy, scenes[3].snowy)


def snowed_in(image: Image, rng: np.random.Generator) -> Image:
    """With three hundred flakes of 3x3 pixels."""
    image = image.copy()
    for y, x in zip(rng.integers(0, 357, 300), rng.integers(0, 637, 300), strict=True):
        image[y : y + 3, x : x + 3] = 250
    return image


def test_moments_in_which_snow_falls_are_passed_over(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    yard = passing_square(80, (640, 360))
    frames = (image if t < 40 else snowed_in(image, rng) for t, image in enumerate(yard))
    clip = write_clip(tmp_path / "winter.mkv", frames, codec="ffv1", pix_fmt="bgr0")
    recordings = Recordings([clip], _SIDE, _LONGEST)
    for seed in range(40):  # more than half of all tries show snow, and it is not left out for that
        footage = recordings.footage(_LONGEST, np.random.default_rng(seed))
        # At the very end a flake cannot be told from what stays.
        assert (footage.film[:-2] > 235).sum() == 0


def test_a_recording_of_nothing_but_snow_is_left_out_and_named_if_it_is_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamdesnow.lab.scenes.recorded._WINTER", 5)
    rng = np.random.default_rng(0)
    frames = (snowed_in(image, rng) for image in passing_square(30, (640, 360)))
    write_clip(tmp_path / "storm.mkv", frames, codec="ffv1", pix_fmt="bgr0")
    with pytest.raises(ConfigError, match=r"storm\.mkv: shows falling snow, rain or shaking wherever"):
        Recordings([tmp_path], _SIDE, _LONGEST)
    with pytest.raises(ConfigError, match="in the part kept for validation"):
        Recordings([tmp_path], _SIDE, _LONGEST, validation=True)
    write_clip(tmp_path / "calm.mkv", passing_square(30, (640, 360)), codec="ffv1", pix_fmt="bgr0")
    recordings = Recordings([tmp_path], _SIDE, _LONGEST)
    for seed in range(16):
        recordings.footage(_LONGEST, np.random.default_rng(seed))
    assert len(recordings) == 1


def test_folders_are_searched_to_the_bottom(tmp_path: Path) -> None:
    (tmp_path / "gate/monday").mkdir(parents=True)
    write_clip(tmp_path / "gate/one.mp4", 20)
    write_clip(tmp_path / "gate/monday/two.mkv", 20)
    (tmp_path / "gate/notes.txt").write_text("no film")
    assert len(Recordings([tmp_path / "gate"], _SIDE, _LONGEST)) == 2


def test_what_is_unfit_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    write_clip(tmp_path / "good.mp4", 20)
    write_clip(tmp_path / "short.mp4", 3)
    (tmp_path / "text.mp4").write_text("no film at all" * 100)
    assert len(Recordings([tmp_path], _SIDE, _LONGEST)) == 1
    (tmp_path / "good.mp4").unlink()
    with pytest.raises(ConfigError, match=r"short\.mp4: too short"):
        Recordings([tmp_path], _SIDE, _LONGEST)


def test_of_a_year_some_recordings_are_taken_from_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamdesnow.lab.scenes.recording._MOST", 3)
    for day in range(7):
        write_clip(tmp_path / f"day-{day}.mp4", 8 + day, size=(_SIDE * 2, _SIDE * 2))
    recordings = Recordings([tmp_path], 2 * _SIDE, _LONGEST)
    assert [r.path.name for r in recordings._recordings] == ["day-0.mp4", "day-2.mp4", "day-4.mp4"]


def test_a_recording_that_was_deleted_meanwhile_is_left_out(tmp_path: Path) -> None:
    for name in ("old", "new"):
        write_clip(tmp_path / f"{name}.mp4", 20, size=(_SIDE * 2, _SIDE * 2))
    recordings = Recordings([tmp_path], 2 * _SIDE, _LONGEST)
    (tmp_path / "old.mp4").unlink()
    for seed in range(20):
        assert len(recordings.footage(_LONGEST, np.random.default_rng(seed)).film) == _LONGEST
    assert len(recordings) == 1


def test_what_cannot_be_trained_on_is_named(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 20, size=(128, 96))
    (tmp_path / "empty").mkdir()
    for path, side, longest, told in (
        (tmp_path / "gone.mp4", _SIDE, _LONGEST, "gone.mp4: no such file"),
        (tmp_path / "empty", _SIDE, _LONGEST, "empty: no video files"),
        (clip, 100, _LONGEST, "128x96 is too small to cut scenes of 100x100"),
        (clip, _SIDE, 30, "too short, 20 frames; .* up to 30"),
    ):
        with pytest.raises((ConfigError, SourceNotFound), match=told):
            Recordings([path], side, longest)
    (tmp_path / "text.mp4").write_text("no film at all" * 100)
    with pytest.raises((SourceDamaged, SourceUnsupported), match=r"text\.mp4"):
        Recordings([tmp_path / "text.mp4"], _SIDE, _LONGEST)


def test_a_recording_that_breaks_off_is_looked_at_elsewhere(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "cut.ts", 200, size=(_SIDE * 2, _SIDE * 2))
    recordings = Recordings([clip], 2 * _SIDE, _LONGEST)
    whole = clip.read_bytes()
    clip.write_bytes(whole[: len(whole) * 9 // 10])
    for seed in range(6):
        assert len(recordings.footage(_LONGEST, np.random.default_rng(seed)).film) == _LONGEST
    clip.write_bytes(whole[:400])
    with pytest.raises(SourceDamaged, match="no other is left"):
        recordings.footage(_LONGEST, np.random.default_rng(0))
