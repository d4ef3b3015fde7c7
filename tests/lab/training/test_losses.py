"""The terms that training minimises."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from streamdesnow.errors import ConfigError
from streamdesnow.lab.training.losses import PaperLoss, harm_done, log_error, total_variation
from streamdesnow.lab.training.recipe import LossWeights


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


def test_harm_is_what_got_clearly_worse_where_it_counts() -> None:
    before, after = torch.full((1, 3, 20, 20), 0.01), torch.full((1, 3, 20, 20), 0.01)
    counts = torch.ones(1, 1, 20, 20)
    assert float(harm_done(after, before, counts)) == 0
    after[..., :10] = 0.25  # an error of 0.5 where it was 0.1
    assert float(harm_done(after, before, counts)) == pytest.approx((0.4 - 10 / 255) / 2, abs=1e-3)
    counts[..., :10] = 0
    assert float(harm_done(after, before, counts)) == 0


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


def vgg19_state() -> dict[str, torch.Tensor]:
    """The first ten convolutions of a VGG-19 under torchvision's names."""
    torch.manual_seed(0)
    state, channels = {}, 3
    places = {0: 64, 2: 64, 5: 128, 7: 128, 10: 256, 12: 256, 14: 256, 16: 256, 19: 512, 21: 512}
    for place, width in places.items():
        state[f"features.{place}.weight"] = torch.randn(width, channels, 3, 3) * (2 / 9 / channels) ** 0.5
        state[f"features.{place}.bias"] = torch.randn(width) * 0.1
        channels = width
    return state


def test_vgg19_is_told_by_its_layers_and_sees_pixels_as_torchvision_does(tmp_path: Path) -> None:
    state = vgg19_state()
    torch.save(state, tmp_path / "vgg19.pt")
    loss = PaperLoss(LossWeights(), tmp_path / "vgg19.pt")
    assert isinstance(loss.features, torch.nn.Sequential)
    convs = [layer for layer in loss.features if isinstance(layer, torch.nn.Conv2d)]
    assert [conv.out_channels for conv in convs] == [64, 64, 128, 128, 256, 256, 256, 256, 512, 512]
    rgb = torch.rand(1, 3, 12, 12)
    mean, deviation = (
        torch.tensor(v).view(1, 3, 1, 1) for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    )
    wanted = torch.nn.functional.conv2d(
        (rgb - mean) / deviation, state["features.0.weight"], state["features.0.bias"]
    )
    found = convs[0](rgb * 255 - loss.mean)[..., 1:-1, 1:-1]
    assert torch.allclose(found, wanted, atol=1e-4)


def test_torchvisions_vgg16_is_told_by_its_classifier(tmp_path: Path) -> None:
    state = {key: value for key, value in vgg19_state().items() if int(key.split(".")[1]) <= 2}
    torch.save(state, tmp_path / "bare.pt")
    torch.save(state | {"classifier.0.weight": torch.zeros(1)}, tmp_path / "whole.pt")
    bare, whole = (PaperLoss(LossWeights(), tmp_path / f"{name}.pt").features for name in ("bare", "whole"))
    assert isinstance(bare, torch.nn.Sequential)
    assert isinstance(whole, torch.nn.Sequential)
    ratio = bare[0].weight[0, :, 0, 0] / whole[0].weight[0, :, 0, 0]
    assert torch.allclose(ratio, 255 * torch.tensor([0.229, 0.224, 0.225]), rtol=1e-4)
