"""The terms that training minimises."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from streamdesnow.errors import ConfigError
from streamdesnow.lab.losses import PaperLoss, log_error, total_variation
from streamdesnow.lab.recipe import LossWeights


def test_ten_times_less_error_is_ten_decibels_at_any_level() -> None:
    for size in (1e-1, 1e-2):
        more, less = torch.full((2, 3, 9, 9), size), torch.full((2, 3, 9, 9), size / 10)
        assert float(log_error(more) - log_error(less)) == pytest.approx(10, abs=0.4)


def test_a_floor_keeps_nearly_perfect_pictures_from_pulling_harder_than_snowy_ones() -> None:
    def pull(size: float, floor: float) -> float:
        squared = torch.full((1, 3, 9, 9), size, requires_grad=True)
        log_error(squared, floor=floor).backward()
        assert squared.grad is not None
        return float(squared.grad.sum())

    assert pull(1e-5, floor=1e-7) / pull(1e-2, floor=1e-7) > 500
    assert pull(1e-5, floor=1e-4) / pull(1e-2, floor=1e-4) < 100


def test_weighted_error_looks_only_where_the_weight_is() -> None:
    squared = torch.zeros(1, 1, 20, 20)
    squared[..., :10] = 0.01
    weight = torch.zeros(1, 1, 20, 20)
    weight[..., :10] = 1
    assert float(log_error(squared, weight)) == pytest.approx(-20, abs=0.1)


def test_a_picture_with_hardly_any_moving_pixel_does_not_count() -> None:
    weight = torch.zeros(1, 1, 20, 20)
    weight[..., 0, :10] = 1
    assert float(log_error(torch.ones(1, 1, 20, 20), weight)) == 0


def test_total_variation_of_a_flat_picture_is_zero_and_of_a_step_its_square() -> None:
    flat = torch.full((1, 1, 4, 4), 0.3)
    assert float(total_variation(flat)) == 0
    step = torch.zeros(1, 1, 2, 2)
    step[..., 1] = 1
    assert float(total_variation(step)) == pytest.approx(1)


def test_the_paper_loss_is_least_when_nothing_is_wrong() -> None:
    loss = PaperLoss(LossWeights(), None)
    truth = torch.rand(1, 3, 16, 16)
    terms = loss(truth, truth)
    assert float(terms["mse"]) == 0
    assert "perceptual" not in terms
    worse = loss(truth.clone().add(0.1), truth)
    assert float(worse["mse"]) == pytest.approx(0.01)


def test_perceptual_features_come_from_a_state_dict(tmp_path: Path) -> None:
    torch.manual_seed(0)
    state = {"features.0.weight": torch.randn(64, 3, 3, 3) * 0.01, "features.0.bias": torch.zeros(64)}
    torch.save(state, tmp_path / "vgg.pt")
    loss = PaperLoss(LossWeights(), tmp_path / "vgg.pt")
    truth = torch.rand(1, 3, 16, 16)
    assert float(loss(truth, truth)["perceptual"]) == 0
    assert float(loss(truth.flip(-1), truth)["perceptual"]) > 0


def test_missing_or_foreign_vgg_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.pt"):
        PaperLoss(LossWeights(), tmp_path / "nowhere.pt")
    torch.save({"conv": torch.zeros(1)}, tmp_path / "other.pt")
    with pytest.raises(ConfigError, match="VGG-16"):
        PaperLoss(LossWeights(), tmp_path / "other.pt")
