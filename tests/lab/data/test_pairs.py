from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import write_clip

from streamdesnow.errors import ConfigError, SourceDamaged, SourceNotFound
from streamdesnow.frame import Image
from streamdesnow.lab.data.drawn_snow import DrawnSnow
from streamdesnow.lab.data.open_pairs import SnowChoice, open_pairs
from streamdesnow.lab.data.pairs import Pair, Pairs
from streamdesnow.lab.metrics import psnr_of, squared_error
from streamdesnow.snowfall.weather import Weather

HEAVY = SnowChoice(levels=("heavy",), styles=("streaks",), width=None, frames=None, seed=1)


def scene(count: int = 20, side: int = 48) -> list[Image]:
    """A grey scene that a dark box crosses."""
    frames = [np.full((side, side * 2, 3), 110, np.uint8) for _ in range(count)]
    for number, frame in enumerate(frames):
        frame[20:30, 4 * number : 4 * number + 12] = 30
    return frames


def lossless(path: Path, frames: list[Image]) -> Path:
    return write_clip(path, frames, codec="ffv1", pix_fmt="bgr0")


def only(source: Path | str, truth: Path | None = None, snow: SnowChoice = HEAVY) -> Pairs:
    (pairs,) = open_pairs(str(source), truth, snow)
    return pairs


def collect(pairs: Pairs) -> list[Pair]:
    return list(pairs)


def test_snow_is_drawn_over_a_clean_clip(tmp_path: Path) -> None:
    frames = scene()
    pairs = only(lossless(tmp_path / "clean.mkv", frames))
    found = collect(pairs)
    assert pairs.video
    assert [np.array_equal(pair.truth, frame) for pair, frame in zip(found, frames, strict=True)] == [
        True
    ] * 20
    assert all((pair.snowy != pair.truth).any() for pair in found)
    assert found[10].moving is not None
    assert found[10].moving[25, 46]
    assert not found[10].moving[5].any()


def test_pairs_are_the_same_each_time(tmp_path: Path) -> None:
    pairs = only(lossless(tmp_path / "clean.mkv", scene(6)))
    for first, second in zip(collect(pairs), collect(pairs), strict=True):
        assert np.array_equal(first.snowy, second.snowy)


def test_clips_are_scaled_and_cut_to_length(tmp_path: Path) -> None:
    choice = SnowChoice(("light",), ("streaks",), width=64, frames=5, seed=1)
    found = collect(only(lossless(tmp_path / "clean.mkv", scene()), snow=choice))
    assert [pair.truth.shape for pair in found] == [(32, 64, 3)] * 5


def test_every_combination_of_level_and_style_is_scored(tmp_path: Path) -> None:
    clip = lossless(tmp_path / "clean.mkv", scene(3))
    choice = SnowChoice(("light", "heavy"), ("sprites", "streaks"), None, None, 1)
    names = [pairs.name for pairs in open_pairs(str(clip), None, choice)]
    assert names == [
        "clean light sprites",
        "clean light streaks",
        "clean heavy sprites",
        "clean heavy streaks",
    ]


def test_a_folder_of_snowy_truth_and_mask_is_a_clip(tmp_path: Path) -> None:
    frames = scene(4)
    masks = [np.zeros_like(frame) for frame in frames]
    masks[2][:10] = 255
    for name, clip in (("truth", frames), ("snowy", [frame + 20 for frame in frames]), ("moving", masks)):
        lossless(tmp_path / f"{name}.mkv", clip)
    found = collect(only(tmp_path))
    assert np.array_equal(found[3].snowy, frames[3] + 20)
    assert found[2].moving is not None
    assert found[2].moving[:10].all()
    assert not found[2].moving[10:].any()


def test_two_folders_of_pictures_are_stills(tmp_path: Path) -> None:
    for folder, value in (("synthetic", 90), ("gt", 50)):
        (tmp_path / folder).mkdir()
        for name in ("b", "a"):
            ending = "jpg" if folder == "synthetic" else "png"
            cv2.imwrite(str(tmp_path / folder / f"{name}.{ending}"), np.full((16, 16, 3), value, np.uint8))
    pairs = only(tmp_path)
    found = collect(pairs)
    assert not pairs.video
    assert [(int(pair.snowy[0, 0, 0]), int(pair.truth[0, 0, 0]), pair.moving) for pair in found] == [
        (90, 50, None),
        (90, 50, None),
    ]


def test_two_pictures_are_compared_whatever_they_are_called(tmp_path: Path) -> None:
    for name, value in (("with", 90), ("without", 50)):
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.full((16, 16, 3), value, np.uint8))
    (pair,) = collect(only(tmp_path / "with.png", tmp_path / "without.png"))
    assert (pair.snowy[0, 0, 0], pair.truth[0, 0, 0]) == (90, 50)


def test_a_picture_without_partner_is_named(tmp_path: Path) -> None:
    for folder, names in (("snowy", ("a", "b")), ("truth", ("a",))):
        (tmp_path / folder).mkdir()
        for name in names:
            cv2.imwrite(str(tmp_path / folder / f"{name}.png"), np.zeros((16, 16, 3), np.uint8))
    with pytest.raises(ConfigError, match=r"named like b\.png"):
        only(tmp_path)


def test_clips_of_different_length_are_refused(tmp_path: Path) -> None:
    snowy, truth = lossless(tmp_path / "a.mkv", scene(5)), lossless(tmp_path / "b.mkv", scene(4))
    with pytest.raises(SourceDamaged, match="ends at frame 4"):
        collect(only(snowy, truth))


def test_clips_of_different_size_are_refused(tmp_path: Path) -> None:
    snowy, truth = lossless(tmp_path / "a.mkv", scene(3)), lossless(tmp_path / "b.mkv", scene(3, side=64))
    with pytest.raises(SourceDamaged, match="differ in size"):
        collect(only(snowy, truth))


def test_a_folder_without_pairs_says_what_it_should_hold(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"snowy\.mkv and truth\.mkv, or folders"):
        only(tmp_path)


def test_a_missing_source_is_named() -> None:
    with pytest.raises(SourceNotFound, match=r"nowhere\.mkv"):
        only("nowhere.mkv")


def test_an_unknown_style_is_refused(tmp_path: Path) -> None:
    clip = lossless(tmp_path / "clean.mkv", scene(2))
    with pytest.raises(ConfigError, match="confetti"):
        only(clip, snow=SnowChoice(("heavy",), ("confetti",), None, None, 1))


@pytest.mark.parametrize("shade", [40, 160])
@pytest.mark.parametrize("psnr", [22.0, 24.0, 34.0])
def test_dark_and_pale_clips_are_brought_to_one_input(tmp_path: Path, shade: int, psnr: float) -> None:
    clip = lossless(tmp_path / "clean.mkv", [np.full((90, 160, 3), shade, np.uint8)] * 9)
    (pairs,) = open_pairs(str(clip), None, replace(HEAVY, psnr=psnr))
    assert pairs.name == f"clean heavy {psnr:g} dB streaks"
    errors = [squared_error(pair.snowy, pair.truth).mean() for pair in pairs]
    assert psnr_of(float(np.mean(errors))) == pytest.approx(psnr, abs=0.1)
    assert isinstance(pairs, DrawnSnow)
    day = Weather.of_level("heavy")
    assert pairs.weather.coverage == day.coverage or pairs.weather.opacity == 1, "more only where it must"


def test_the_street_is_brought_to_an_input() -> None:
    choice = SnowChoice(("medium",), ("sprites",), 128, 6, 1, psnr=27)
    errors = [squared_error(pair.snowy, pair.truth).mean() for pair in only("street", snow=choice)]
    assert psnr_of(float(np.mean(errors))) == pytest.approx(27, abs=0.1)


def test_what_no_snow_comes_to_is_refused(tmp_path: Path) -> None:
    clip = lossless(tmp_path / "clean.mkv", [np.full((90, 160, 3), 90, np.uint8)] * 3)
    with pytest.raises(ConfigError, match=r"clean heavy 1 dB streaks: comes to 1\d\.\d dB at the nearest"):
        only(clip, snow=replace(HEAVY, psnr=1))
    with pytest.raises(ConfigError, match="nothing falls"):
        only(clip, snow=SnowChoice(("none",), ("streaks",), None, None, 1, psnr=24))


@pytest.mark.parametrize("psnr", [34.0, 40.0, 44.0])
def test_faint_snow_over_a_black_film_comes_near_an_input(tmp_path: Path, psnr: float) -> None:
    """Errors of eight bits go by steps there."""
    pairs = only(
        lossless(tmp_path / "b.mkv", [np.zeros((90, 160, 3), np.uint8)] * 6), snow=replace(HEAVY, psnr=psnr)
    )
    errors = [squared_error(pair.snowy, pair.truth).mean() for pair in pairs]
    assert psnr_of(float(np.mean(errors))) == pytest.approx(psnr, abs=0.5)


def test_only_films_without_snow_are_brought_to_an_input(tmp_path: Path) -> None:
    photo, film = tmp_path / "photos/photo.png", lossless(tmp_path / "clean.mkv", scene(2))
    photo.parent.mkdir()
    cv2.imwrite(str(photo), np.full((16, 16, 3), 90, np.uint8))
    for source, truth in ((photo.parent, None), (film, film)):
        with pytest.raises(ConfigError, match="only a film without snow can be brought to 24 dB"):
            only(source, truth, snow=replace(HEAVY, psnr=24))


def test_the_simulated_street_knows_what_moves() -> None:
    found = collect(only("street", snow=SnowChoice(("light",), ("streaks",), 128, 3, 1)))
    assert [pair.truth.shape for pair in found] == [(72, 128, 3)] * 3
    assert found[0].moving is not None
    assert 0 < found[0].moving.mean() < 0.4
