"""DeblurGAN: its networks, and training of a generator against a critic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from drawn_dataset import draw_pairs
from drawn_photos import draw_photos
from pydantic import ValidationError
from tiny_recipe import tiny_still_recipe

from streamdesnow.lab.nets.deblurgan import DeblurGanCritic, DeblurGanGenerator
from streamdesnow.lab.shipping.export import export
from streamdesnow.lab.training.adversarial import AdversarialTask
from streamdesnow.lab.training.checkpoint import load_checkpoint
from streamdesnow.lab.training.recipe import AdversarialRecipe, StillRecipe, load_recipe
from streamdesnow.lab.training.train import train
from streamdesnow.models.folder import ModelFolder


@pytest.fixture
def recipe(tmp_path: Path) -> AdversarialRecipe:
    return AdversarialRecipe(
        kind="adversarial",
        name="deblurgan",
        photos=(draw_photos(tmp_path / "photos"),),
        side=32,
        batch=2,
        iterations=2,
        rate=0.001,
        warmup=1,
        workers=0,
        validate_every=50,
        critic_steps=2,
        width=4,
        blocks=1,
    )


def test_an_untrained_generator_gives_back_its_input() -> None:
    snowy = torch.rand(2, 3, 24, 40)
    with torch.no_grad():
        assert torch.allclose(DeblurGanGenerator(blocks=1, width=4)(snowy), snowy, atol=1e-6)


def test_the_generator_is_as_large_as_published() -> None:
    parameters = sum(p.numel() for p in DeblurGanGenerator().parameters())
    assert parameters == pytest.approx(11.4e6, rel=0.01)


def test_dropout_rests_outside_training() -> None:
    net = DeblurGanGenerator(blocks=1, width=4)
    torch.nn.init.normal_(net.body[-2].weight, 0, 0.1)
    snowy = torch.rand(1, 3, 24, 24)
    with torch.no_grad():
        assert not torch.equal(net(snowy), net(snowy))
        net.eval()
        assert torch.equal(net(snowy), net(snowy))


def test_a_verdict_of_the_critic_sees_seventy_pixels() -> None:
    # Without normalisation, whose statistics reach everywhere.
    convs = [layer for layer in DeblurGanCritic(4).body if isinstance(layer, torch.nn.Conv2d)]
    image = torch.zeros(1, 3, 160, 160, requires_grad=True)
    verdicts = torch.nn.Sequential(*convs)(image)
    verdicts[0, 0, 9, 9].backward()
    assert image.grad is not None
    rows = np.flatnonzero(image.grad.abs().sum((0, 1, 3)))
    assert rows.max() - rows.min() + 1 == 70


def test_the_critic_learns_before_the_generator_does(recipe: AdversarialRecipe) -> None:
    torch.manual_seed(0)
    task = AdversarialTask(recipe, torch.device("cpu"))
    task.start(1)
    before = [p.clone() for p in task.critic.parameters()]
    untouched = [p.clone() for p in task.net.parameters()]
    terms = task.losses(0)
    assert any(not torch.equal(a, b) for a, b in zip(before, task.critic.parameters(), strict=True))
    assert all(torch.equal(a, b) for a, b in zip(untouched, task.net.parameters(), strict=True))
    assert {name for name, term in terms.items() if term.requires_grad} == {"adversarial", "content"}
    sum(terms[name] for name in ("adversarial", "content")).backward()
    assert all(p.requires_grad for p in task.critic.parameters())


def test_every_step_of_the_critic_sees_what_the_one_before_did(recipe: AdversarialRecipe) -> None:
    """Under autocast too, which keeps copies of weights in bfloat16."""
    task = AdversarialTask(recipe.model_copy(update={"rate": 0.05}), torch.device("cpu"))
    task.start(1)
    snowy, truth = task.batch()
    with torch.autocast("cpu", torch.bfloat16):
        distances = [float(task._teach(snowy, truth)) for _ in range(3)]
    assert len(set(distances)) == 3


def test_a_stopped_training_keeps_its_critic(recipe: AdversarialRecipe, tmp_path: Path) -> None:
    checkpoint = train(recipe, tmp_path / "run", device="cpu")
    kept = torch.load(checkpoint, weights_only=True)["extra"]["critic"]
    assert load_checkpoint(checkpoint)[2] == 2
    again = train(recipe.model_copy(update={"iterations": 3}), tmp_path / "run", device="cpu")
    after = torch.load(again, weights_only=True)["extra"]["critic"]
    change = max(float((after[key] - kept[key]).abs().max()) for key in kept)
    # Two of Adam's steps of 0.001 from where it was; a critic made anew would be further away.
    assert 0 < change < 0.01


def test_the_generator_exports_as_any_still_network(recipe: AdversarialRecipe, tmp_path: Path) -> None:
    checkpoint = train(recipe.model_copy(update={"iterations": 1}), tmp_path / "run", device="cpu")
    written = export(checkpoint, tmp_path / "deblurgan", summary="a test", trained="drawn pictures")
    assert written.largest_difference <= 1
    assert ModelFolder(tmp_path / "deblurgan").card.kind == "still"


def test_the_published_recipe_is_as_published() -> None:
    recipe = load_recipe("deblurgan")
    assert isinstance(recipe, AdversarialRecipe)
    assert (recipe.content, recipe.penalty, recipe.critic_steps) == (100, 10, 5)
    assert (recipe.batch, recipe.side, recipe.rate) == (1, 256, 1e-4)


def test_still_networks_train_on_a_published_set(tmp_path: Path) -> None:
    draw_pairs(tmp_path / "set/synthetic", tmp_path / "set/gt", count=2, side=256)
    recipe = tiny_still_recipe(net="still", loss="decibel", dataset=tmp_path / "set")
    checkpoint = train(recipe, tmp_path / "run", device="cpu")
    assert load_checkpoint(checkpoint)[2] == 1


def test_a_recipe_without_pictures_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"photos.*dataset"):
        StillRecipe(kind="still", name="x", side=32, batch=1, iterations=1, rate=0.1)
