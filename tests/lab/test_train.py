"""Training: runs, goes on after a stop, and what comes out can be exported and runs the same."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
import yaml
from drawn_photos import draw_photos
from onnx import numpy_helper
from pydantic import ValidationError
from tiny_recipe import tiny_recipe

from streamdesnow.errors import ConfigError, ModelCorrupt, ModelNotFound
from streamdesnow.lab.nets.blocks import PlainBlock
from streamdesnow.lab.shipping.export import Blend, export
from streamdesnow.lab.training.causal import CausalTask
from streamdesnow.lab.training.checkpoint import load_checkpoint
from streamdesnow.lab.training.recipe import CausalRecipe, StillRecipe, load_recipe, parse_recipe
from streamdesnow.lab.training.train import Progress, train
from streamdesnow.models.folder import ModelFolder


@pytest.fixture
def recipe(tmp_path: Path) -> CausalRecipe:
    return tiny_recipe(tmp_path / "photos")


def test_a_run_writes_a_checkpoint_a_log_and_pictures(recipe: CausalRecipe, tmp_path: Path) -> None:
    seen: list[Progress] = []
    checkpoint = train(recipe, tmp_path / "run", device="cpu", report=seen.append)
    assert load_checkpoint(checkpoint)[2] == 4
    assert seen[-1].step == 4
    assert "gain" in seen[-1].validation
    assert 0 < seen[-1].waiting <= 1  # without workers the step itself draws
    with (tmp_path / "run/log.csv").open(newline="") as file:
        logged = list(csv.DictReader(file))
    assert [row["step"] for row in logged] == ["4"]
    assert float(logged[0]["overall"]) == pytest.approx(seen[-1].losses["overall"], rel=1e-4)
    assert {"rate", "waiting", "gain"} < set(logged[0])
    assert (tmp_path / "run/samples-000004.png").stat().st_size > 0


def test_a_recipe_may_let_some_layers_learn_alone(recipe: CausalRecipe, tmp_path: Path) -> None:
    begun = load_checkpoint(train(recipe, tmp_path / "all", device="cpu", limit_s=0.0))[1].state_dict()
    alone = recipe.model_copy(update={"learns": ("head",), "average": 0.0})
    ended = load_checkpoint(train(alone, tmp_path / "head", device="cpu"))[1].state_dict()
    changed = {name.partition(".")[0] for name in begun if not torch.equal(begun[name], ended[name])}
    assert changed == {"head"}
    with pytest.raises(ConfigError, match=r"learns: the network has no layer haed; it has stem, .*head"):
        train(recipe.model_copy(update={"learns": ("haed",)}), tmp_path / "none", device="cpu")


def test_a_step_whose_slope_is_no_number_is_left_out(
    recipe: CausalRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = CausalTask.losses
    steps: list[int] = []

    def spoilt(task: CausalTask, step: int) -> dict[str, torch.Tensor]:
        steps.append(step)
        terms = losses(task, step)
        return {name: term * float("nan") for name, term in terms.items()} if step == 1 else terms

    monkeypatch.setattr(CausalTask, "losses", spoilt)
    train(recipe, tmp_path / "run", device="cpu")
    assert steps == [0, 1, 2, 3]
    weights = load_checkpoint(tmp_path / "run/checkpoint.pt")[1].state_dict()
    assert all(torch.isfinite(weight).all() for weight in weights.values())


def test_a_run_without_numbers_ends_with_the_weights_of_before(
    recipe: CausalRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = load_checkpoint(train(recipe, tmp_path / "run", device="cpu", limit_s=0.0))[1].state_dict()
    losses = CausalTask.losses
    monkeypatch.setattr(
        CausalTask, "losses", lambda task, step: {"all": losses(task, step)["overall"] * float("inf")}
    )
    with pytest.raises(ConfigError, match="20 times in a row; lower `rate`"):
        train(recipe.model_copy(update={"iterations": 30}), tmp_path / "run", device="cpu")
    after = load_checkpoint(tmp_path / "run/checkpoint.pt")[1].state_dict()
    assert all(torch.equal(weights[name], after[name]) for name in weights)


def test_a_causal_run_can_begin_with_stills_and_keep_them(recipe: CausalRecipe) -> None:
    task = CausalTask(recipe.model_copy(update={"stills": 3, "first": 2.0}), torch.device("cpu"))
    task.start(1)
    assert set(task.losses(2)) == {"first"}
    later = task.losses(3)
    assert set(later) == {"overall", "moving", "harm", "input", "first"}
    # Twice about -20 dB of snow: the weight counts.
    assert float(later["first"].detach()) < 1.5 * float(later["input"]) < 0


def test_a_recipe_may_ask_for_the_loss_on_what_is_chosen(recipe: CausalRecipe) -> None:
    task = CausalTask(recipe.model_copy(update={"choice": 2.0}), torch.device("cpu"))
    task.start(1)
    choice = task.losses(0)["choice"]
    assert choice.requires_grad
    assert float(choice.detach()) > 0


def test_a_residue_can_be_taught_where_memory_is_chosen(recipe: CausalRecipe) -> None:
    task = CausalTask(recipe.model_copy(update={"residue": 2.0, "window": 4}), torch.device("cpu"))
    bias = task.net.head.bias
    assert bias is not None
    choices = slice(0, 3 * 16)
    with torch.no_grad():
        bias[choices] = 40.0  # what is seen has no share in anything
    task.start(1)
    terms = next(found for found in map(task.losses, range(12)) if float(found["residue"].detach()) < 0)
    for term, learns in (("moving", False), ("residue", True)):
        (slope,) = torch.autograd.grad(terms[term], bias, retain_graph=True)
        assert (slope[choices.stop :].abs().sum() > 1e-6) == learns


def test_channels_that_died_are_woken_on_the_way(recipe: CausalRecipe) -> None:
    task = CausalTask(recipe.model_copy(update={"wake_every": 2}), torch.device("cpu"))
    block = next(module for module in task.net.modules() if isinstance(module, PlainBlock))
    assert block.first.bias is not None
    with torch.no_grad():
        block.first.bias[0] = -1e3
    task.start(1)
    for step, still_dead in enumerate((True, True, False)):
        task.losses(step)
        assert (block.first.bias[0].item() < -100) is still_dead


def test_a_run_that_was_stopped_goes_on_where_it_was(recipe: CausalRecipe, tmp_path: Path) -> None:
    checkpoint = train(recipe, tmp_path / "run", device="cpu", limit_s=0.0)
    assert load_checkpoint(checkpoint)[2] == 0
    train(recipe.model_copy(update={"iterations": 2}), tmp_path / "run", device="cpu")
    _, before, steps = load_checkpoint(checkpoint)
    assert steps == 2
    train(recipe, tmp_path / "run", device="cpu")
    _, after, steps = load_checkpoint(checkpoint)
    assert steps == 4
    assert any(not torch.equal(a, b) for a, b in zip(before.parameters(), after.parameters(), strict=True))


@pytest.mark.timeout(300)  # torch traces the network for half a minute, more beside other work
@pytest.mark.parametrize("motion", [False, True], ids=["without motion", "with motion"])
def test_a_causal_network_exports_to_a_folder_that_agrees_with_torch(
    recipe: CausalRecipe, tmp_path: Path, motion: bool
) -> None:
    recipe = recipe.model_copy(update={"motion": motion, "expected": float(motion)})
    checkpoint = train(recipe, tmp_path / "run", device="cpu")
    written = export(checkpoint, tmp_path / "tiny", summary="a test", trained="drawn pictures")
    assert written.largest_difference <= 1
    manifest = ModelFolder(tmp_path / "tiny").card
    assert manifest.kind == "causal"
    assert manifest.activation_bytes < 1000
    assert [s.input for s in manifest.states] == [
        "previous",
        "background",
        "spread",
        "learned",
        "features",
        "age",
        *(["restored", "flow"] if motion else []),
    ]


def test_a_run_with_motion_goes_on_from_weights_without(recipe: CausalRecipe, tmp_path: Path) -> None:
    before = train(recipe, tmp_path / "before", device="cpu")
    moving = recipe.model_copy(update={"motion": True, "expected": 1.0, "start": before})
    _, net, _ = load_checkpoint(train(moving, tmp_path / "run", device="cpu", limit_s=0.0))
    plain = load_checkpoint(before)[1].state_dict()
    assert all(torch.equal(net.state_dict()[name], weight) for name, weight in plain.items())
    _, net, _ = load_checkpoint(train(moving, tmp_path / "run", device="cpu"))
    assert net.get_parameter("head_expected.weight").abs().sum() > 0


def test_expecting_without_motion_is_refused(recipe: CausalRecipe) -> None:
    with pytest.raises(ValidationError, match="set motion: true"):
        parse_recipe({**recipe.model_dump(), "expected": 1.0})


def test_a_run_can_start_from_the_weights_of_another(recipe: CausalRecipe, tmp_path: Path) -> None:
    first = train(recipe, tmp_path / "first", device="cpu")
    second = recipe.model_copy(update={"start": first, "seed": 9})
    began = train(second, tmp_path / "second", device="cpu", limit_s=0.0)
    weights = [load_checkpoint(path)[1].state_dict() for path in (first, began)]
    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])
    other = second.model_copy(update={"width": 16})
    with pytest.raises(ConfigError, match=r"start: .*is another network"):
        train(other, tmp_path / "third", device="cpu")
    with pytest.raises(ConfigError, match="neither a checkpoint nor a model"):
        train(recipe.model_copy(update={"start": tmp_path / "none.pt"}), tmp_path / "fourth", device="cpu")


@pytest.mark.timeout(300)  # torch traces the network for half a minute, more beside other work
def test_weights_of_several_runs_can_be_mixed(recipe: CausalRecipe, tmp_path: Path) -> None:
    first = train(recipe, tmp_path / "first", device="cpu")
    later = [
        train(recipe.model_copy(update={"start": first, "seed": seed}), tmp_path / f"{seed}", device="cpu")
        for seed in (8, 9)
    ]
    words = {"summary": "a test", "trained": "drawn pictures"}
    blends = [Blend(later[0], 0.25), Blend(first, 0.5)]
    mixed = export(later[1], tmp_path / "mixed", blends=blends, **words)
    assert mixed.largest_difference <= 1
    before, one, other = (load_checkpoint(path)[1].state_dict()["down.weight"] for path in (first, *later))
    graph = onnx.load(str(tmp_path / "mixed/model.onnx"))
    stored = [numpy_helper.to_array(t).astype(np.float32).ravel() for t in graph.graph.initializer]
    wanted = (0.5 * before + 0.25 * one + 0.25 * other).numpy().ravel()
    assert all(not np.allclose(wanted, weight.ravel(), atol=1e-4) for weight in (before, one, other))
    assert any(s.size == wanted.size and np.allclose(s, wanted, atol=1e-4) for s in stored)
    wide = train(recipe.model_copy(update={"width": 16}), tmp_path / "wide", device="cpu", limit_s=0.0)
    with pytest.raises(ConfigError, match="another network"):
        export(first, tmp_path / "none", blends=[Blend(wide, 0.25)], **words)
    with pytest.raises(ConfigError, match=r"sum up to 1\.2"):
        export(first, tmp_path / "none", blends=[Blend(path, 0.6) for path in later], **words)


@pytest.mark.timeout(300)  # torch traces the network for half a minute, more beside other work
def test_what_a_blend_lacks_is_mixed_in_as_it_was_drawn(recipe: CausalRecipe, tmp_path: Path) -> None:
    plain = train(recipe, tmp_path / "plain", device="cpu", limit_s=0.0)
    with_more = recipe.model_copy(update={"start": plain, "pixelwise": True, "average": 0.0})
    trained = train(with_more, tmp_path / "trained", device="cpu")
    words = {"summary": "a test", "trained": "drawn pictures"}
    export(trained, tmp_path / "mixed", blends=[Blend(plain, 0.75)], **words)
    learned = load_checkpoint(trained)[1].state_dict()["head_pixelwise.bias"].numpy()
    graph = onnx.load(str(tmp_path / "mixed/model.onnx")).graph
    stored = next(numpy_helper.to_array(t) for t in graph.initializer if t.name == "net.head_pixelwise.bias")
    assert np.abs(learned).max() > 1e-4
    assert np.allclose(stored.astype(np.float32), learned / 4, atol=1e-5)


def test_a_run_does_not_go_on_from_another_network(recipe: CausalRecipe, tmp_path: Path) -> None:
    checkpoint = train(recipe, tmp_path / "run", device="cpu", limit_s=0.0)
    with pytest.raises(ConfigError, match=r"checkpoint\.pt is of another network .*choose another folder"):
        train(recipe.model_copy(update={"width": 16}), tmp_path / "run", device="cpu")
    checkpoint.write_bytes(b"")
    with pytest.raises(ModelCorrupt, match=r"checkpoint\.pt: not a checkpoint"):
        train(recipe, tmp_path / "run", device="cpu")


@pytest.mark.parametrize(("net", "loss"), [("paper", "paper"), ("still", "decibel")])
def test_networks_for_stills_train_and_export(net: str, loss: str, tmp_path: Path) -> None:
    recipe = StillRecipe(
        kind="still",
        net=net,
        loss=loss,
        name="tiny",
        photos=(draw_photos(tmp_path / "photos"),),
        side=32,
        batch=1,
        iterations=1,
        rate=0.001,
        workers=0,
        validate_every=1,
    )
    checkpoint = train(recipe, tmp_path / "run", device="cpu")
    written = export(checkpoint, tmp_path / "tiny", summary="a test", trained="drawn pictures")
    assert written.largest_difference <= 1
    folder = ModelFolder(tmp_path / "tiny")
    assert folder.card.kind == "still"
    assert b".py" not in folder.onnx.read_bytes(), "names files of the machine that exported it"


@pytest.mark.parametrize(
    "name",
    [
        "fixed-camera",
        "fixed-camera-small",
        "tune-fixed-camera",
        "tune-fixed-camera-small",
        "paper",
        "paper-short",
        "still",
        "deblurgan",
        "deblurgan-short",
    ],
)
def test_shipped_recipes_are_valid(name: str) -> None:
    assert load_recipe(name).iterations > 0


def test_photographs_are_missed_before_anything_begins(recipe: CausalRecipe, tmp_path: Path) -> None:
    lost = recipe.model_copy(update={"photos": (tmp_path / "nowhere",), "workers": 1})
    with pytest.raises(ConfigError, match="nowhere: no photographs there"):
        train(lost, tmp_path / "run", device="cpu")
    assert not (tmp_path / "run").exists()


def test_the_paper_recipe_is_the_published_one() -> None:
    recipe = load_recipe("paper")
    assert isinstance(recipe, StillRecipe)
    assert (recipe.batch, recipe.rate, recipe.schedule) == (8, 1e-4, "constant")
    assert recipe.iterations * recipe.batch == 10 * 10_000
    weights = recipe.losses
    assert (weights.mse, weights.perceptual, weights.variation) == (1.0, 10.0, 0.0001)


def test_a_wrong_recipe_says_which_key_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({"kind": "causal", "name": "x", "photos": ["p"], "side": 64, "batchh": 2}))
    with pytest.raises(ConfigError, match=r"mine\.yaml:1:1: batchh: unknown key; did you mean 'batch'\?"):
        load_recipe(str(path))
    path.write_text("kind: causal\nname: x\nphotos: [p]\nside: wide\nbatch: 2\niterations: 1\nrate: 0.1\n")
    with pytest.raises(ConfigError, match=r"mine\.yaml:4:7: side: expected a whole number, got 'wide'"):
        load_recipe(str(path))
    path.write_text("kind: casual\n")
    with pytest.raises(ConfigError, match=r"mine\.yaml:1:.*'causal'"):
        load_recipe(str(path))
    with pytest.raises(ConfigError, match="paper-short"):
        load_recipe("nothing")


def test_a_missing_or_foreign_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"none\.pt"):
        load_checkpoint(tmp_path / "none.pt")
    torch.save({"weights": 1}, tmp_path / "other.pt")
    (tmp_path / "words.pt").write_bytes(b"no weights")
    (tmp_path / "empty.pt").touch()
    for name in ("other.pt", "words.pt", "empty.pt"):
        with pytest.raises(ModelCorrupt, match=name):
            load_checkpoint(tmp_path / name)
