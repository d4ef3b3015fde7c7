from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from clips import numbered_frame, read_number, write_clip
from typer.testing import CliRunner

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.capture.reader import DecodedFrame
from streamdesnow.cli.app import build_app
from streamdesnow.cli.snow_options import SnowLevel, SnowStyle
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.snowfall.film import SimulatedFilm
from streamdesnow.snowfall.snow import LEVELS, STYLES


def simulate(*arguments: object) -> Any:
    return CliRunner().invoke(build_app(), ["simulate", *(str(argument) for argument in arguments)])


def frames_of(path: Path) -> list[DecodedFrame]:
    with AvReader.for_file(path) as reader:
        return list(reader)


SMALL = ("--size", "128x72", "--duration", "200ms")


def test_a_lossless_clip_is_the_simulated_film_bit_for_bit(tmp_path: Path) -> None:
    result = simulate(tmp_path / "new", *SMALL, "--seed", 5, "--snow", "medium", "--lossless")
    assert result.exit_code == 0, result.output
    film = SimulatedFilm(SimulatedConfig(size=(128, 72), duration=0.2, seed=5, snow="medium"))
    snowy, truth = frames_of(tmp_path / "new/snowy.mkv"), frames_of(tmp_path / "new/truth.mkv")
    moving = frames_of(tmp_path / "new/moving.mkv")
    assert len(snowy) == len(truth) == len(moving) == 5
    for index in range(5):
        assert np.array_equal(snowy[index].image, film.snowy(index))
        assert np.array_equal(truth[index].image, film.truth(index))
        assert np.array_equal(moving[index].image[..., 0] > 127, film.moving(index))


def test_the_usual_clip_is_mp4_and_its_settings_are_told(tmp_path: Path) -> None:
    result = simulate(tmp_path / "new", *SMALL, "--style", "streaks", "--fps", "12.5")
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "README.txt",
        "moving.mkv",
        "settings.json",
        "snowy.mp4",
        "truth.mp4",
    ]
    settings = json.loads((tmp_path / "new/settings.json").read_text())
    assert settings["style"] == "streaks"
    assert settings["size"] == [128, 72]
    assert settings["frames"] == 2
    stamps = [frame.pts * frame.time_base for frame in frames_of(tmp_path / "new/snowy.mp4")]
    assert stamps == [0, Fraction(2, 25)]


def test_a_clip_of_odd_size_can_be_scored(tmp_path: Path) -> None:
    from streamdesnow.lab.data.open_pairs import SnowChoice, open_pairs

    result = simulate(tmp_path / "clip", "--size", "65x49", "--fps", "5", "--duration", "0.6s")
    assert result.exit_code == 0, result.output
    (pairs,) = open_pairs(str(tmp_path / "clip"), None, SnowChoice(("heavy",), ("streaks",), None, None, 7))
    (first, *_) = pairs
    assert first.moving is not None
    assert first.moving.shape == first.truth.shape[:2] == first.snowy.shape[:2] == (50, 66)


def test_snow_falls_over_a_clip_of_ones_own_and_keeps_its_time_stamps(tmp_path: Path) -> None:
    pts = [0, 40, 120, 160, 300]
    clip = write_clip(
        tmp_path / "own.mkv", 5, codec="ffv1", pix_fmt="bgr0", pts=pts, time_base=Fraction(1, 1000)
    )
    result = simulate(tmp_path / "new", "--background", clip, "--lossless", "--snow", "light")
    assert result.exit_code == 0, result.output
    truth, snowy = frames_of(tmp_path / "new/truth.mkv"), frames_of(tmp_path / "new/snowy.mkv")
    assert [read_number(frame.image) for frame in truth] == [0, 1, 2, 3, 4]
    assert [frame.pts * frame.time_base for frame in snowy] == [Fraction(stamp, 1000) for stamp in pts]
    assert all((a.image != b.image).any() for a, b in zip(snowy, truth, strict=True))
    assert not (tmp_path / "new/moving.mkv").exists(), "nobody told what moves"


def test_a_clip_of_ones_own_is_cut_and_scaled(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "own.mkv", 20, codec="ffv1", pix_fmt="bgr0")
    result = simulate(tmp_path / "new", "--background", clip, *SMALL, "--lossless")
    assert result.exit_code == 0, result.output
    truth = frames_of(tmp_path / "new/truth.mkv")
    assert len(truth) == 5
    assert truth[0].image.shape == (72, 128, 3)


def test_snow_falls_over_a_photograph(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "own.png"), numbered_frame(9))
    result = simulate(
        tmp_path / "new", "--background", tmp_path / "own.png", "--duration", "120ms", "--lossless"
    )
    assert result.exit_code == 0, result.output
    truth = frames_of(tmp_path / "new/truth.mkv")
    assert len(truth) == 3
    assert np.array_equal(truth[2].image, numbered_frame(9))


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("mine")
    result = simulate(tmp_path, *SMALL)
    assert result.exit_code == 2
    assert "not empty" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["keep.txt"]


@pytest.mark.parametrize("arguments", [(), ("there", "--serve", "rtsp://127.0.0.1:8554/street")])
def test_it_wants_a_folder_or_an_address(arguments: tuple[str, ...]) -> None:
    result = simulate(*arguments)
    assert result.exit_code == 2
    assert "one of the two" in result.output


def test_a_missing_background_is_named(tmp_path: Path) -> None:
    result = simulate(tmp_path / "new", "--background", "nowhere.mp4")
    assert result.exit_code == 3
    assert "nowhere.mp4" in result.output


@pytest.mark.parametrize("size", ["huge", "8x8"])
def test_a_size_that_makes_no_sense_is_explained(tmp_path: Path, size: str) -> None:
    result = simulate(tmp_path / "new", "--size", size)
    assert result.exit_code == 2
    assert "--size" in result.output


def test_options_offer_every_level_and_style() -> None:
    assert tuple(SnowLevel) == LEVELS
    assert tuple(SnowStyle) == STYLES
