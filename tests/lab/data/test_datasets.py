"""Published sets are told by their folders, whatever depth an archive buries them at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn_dataset import draw_pairs

from streamdesnow.errors import ConfigError, SourceDamaged
from streamdesnow.lab.data.dataset_crops import DatasetCrops
from streamdesnow.lab.data.datasets import Dataset


def snow100k(root: Path) -> Path:
    """As the archives of Snow100K unpack."""
    inner = root / "media/jdway/GameSSD/overlapping"
    for part in ("train", "test/Snow100K-S", "test/Snow100K-L"):
        draw_pairs(inner / part / "synthetic", inner / part / "gt", count=4 if part == "train" else 2)
        (inner / part / "mask").mkdir()
    draw_pairs(root / "realistic", root / "unused")
    return root


def test_pictures_for_training_are_those_that_are_not_for_testing(tmp_path: Path) -> None:
    """As the released archives unpack: `all` beside the folder of the test pictures."""
    inner = tmp_path / "media/jdway/GameSSD/overlapping/test/Snow100K-L"
    draw_pairs(inner / "synthetic", inner / "gt", count=2)
    draw_pairs(tmp_path / "Snow100K-training/all/synthetic", tmp_path / "Snow100K-training/all/gt", count=3)
    found = Dataset(tmp_path)
    assert [part.name for part in found.chosen("train")] == ["all"]
    assert [part.name for part in found.chosen("test")] == ["Snow100K-L"]


def test_snow100k_is_found_below_the_folders_of_its_archive(tmp_path: Path) -> None:
    found = Dataset(snow100k(tmp_path))
    names = [(part.layout, part.name, part.split, len(part.pairs())) for part in found.parts]
    assert names == [
        ("Snow100K", "Snow100K-L", "test", 2),
        ("Snow100K", "Snow100K-S", "test", 2),
        ("Snow100K", "train", "train", 4),
    ]
    assert all(part.mask is not None for part in found.parts)
    assert [part.name for part in found.chosen("train")] == ["train"]
    assert len(found.realistic()) == 3


def test_a_single_folder_of_pairs_serves_every_purpose(tmp_path: Path) -> None:
    draw_pairs(tmp_path / "synthetic", tmp_path / "gt")
    found = Dataset(tmp_path)
    assert found.chosen("train") == found.chosen("test") == found.parts


@pytest.mark.parametrize(
    ("train", "snowy", "layout"),
    [("Train", "Snow", "CSD"), ("train2500", "Snow", "CSD"), ("Train", "Syn", "SRRS")],
)
def test_csd_and_srrs_are_told_by_their_names(tmp_path: Path, train: str, snowy: str, layout: str) -> None:
    for part in (train, "Test"):
        draw_pairs(tmp_path / part / snowy, tmp_path / part / "Gt", ending="tif")
    found = Dataset(tmp_path)
    assert {part.layout for part in found.parts} == {layout}
    assert [part.name for part in found.chosen("train")] == [train]
    assert [part.name for part in found.chosen("test")] == ["Test"]
    assert found.parts[0].mask is None


def test_a_folder_without_pairs_says_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    with pytest.raises(ConfigError, match=r"synthetic.*gt.*Snow100K.*CSD, SRRS"):
        Dataset(tmp_path)
    with pytest.raises(ConfigError, match=r"nowhere: no such folder"):
        Dataset(tmp_path / "nowhere")


def test_a_picture_without_truth_is_named(tmp_path: Path) -> None:
    draw_pairs(tmp_path / "synthetic", tmp_path / "gt")
    (tmp_path / "gt/1.jpg").unlink()
    with pytest.raises(ConfigError, match=r"named like 1\.jpg"):
        Dataset(tmp_path).parts[0].pairs()


def test_crops_come_from_the_training_part_and_show_the_same_place(tmp_path: Path) -> None:
    crops = DatasetCrops(snow100k(tmp_path))
    assert len(crops) == 4
    rng = np.random.default_rng(1)
    for _ in range(5):
        snowy, truth = crops.draw(32, rng)
        assert snowy.shape == truth.shape == (32, 32, 3)
        # Dots only brighten; elsewhere the pictures agree but for compression.
        assert np.median(np.abs(snowy.astype(int) - truth)) < 8


def test_so_many_pairs_are_chosen_and_always_the_same(tmp_path: Path) -> None:
    root = snow100k(tmp_path)
    assert len(DatasetCrops(root, count=2)) == 2
    drawn = [DatasetCrops(root, count=2).draw(32, np.random.default_rng(3))[0] for _ in range(2)]
    assert np.array_equal(*drawn)


def test_pairs_too_small_or_of_different_size_are_named(tmp_path: Path) -> None:
    draw_pairs(tmp_path / "synthetic", tmp_path / "gt", count=1, side=48)
    with pytest.raises(ConfigError, match=r"0\.jpg: 48x48 pixels are less than crops of 64"):
        DatasetCrops(tmp_path).draw(64, np.random.default_rng(0))
    draw_pairs(tmp_path / "spare", tmp_path / "gt", count=1, side=64)
    with pytest.raises(SourceDamaged, match="differs in size"):
        DatasetCrops(tmp_path).draw(32, np.random.default_rng(0))
