"""Training: runs, and goes on after a stop, from other weights, past what is no number."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from clips import write_clip

from streamdesnow.errors import ConfigError, ModelCorrupt, ModelNotFound
from streamdesnow.lab.nets.blocks import PlainBlock
from streamdesnow.lab.training.causal import CausalTask
from streamdesnow.lab.training.checkpoint import load_checkpoint
from streamdesnow.lab.training.collapse import CollapseWatch
from streamdesnow.lab.training.recipe import CausalRecipe
from streamdesnow.lab.training.train import Progress, train


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


def test_processes_that_draw_need_not_be_forks(recipe: CausalRecipe, tmp_path: Path) -> None:
    """They are none on macOS, and on Linux from Python 3.14 on."""
    drawn = recipe.model_copy(update={"workers": 1, "iterations": 2})
    (tmp_path / "recipe.json").write_text(drawn.model_dump_json())
    script = tmp_path / "script.py"
    script.write_text(
        "import multiprocessing\n"
        "from pathlib import Path\n"
        "from streamdesnow.lab.training.recipe import CausalRecipe\n"
        "from streamdesnow.lab.training.train import train\n"
        "if __name__ == '__main__':\n"
        "    multiprocessing.set_start_method('spawn')\n"
        "    recipe = CausalRecipe.model_validate_json(Path('recipe.json').read_text())\n"
        "    train(recipe, Path('run'), device='cpu')\n"
    )
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert load_checkpoint(tmp_path / "run/checkpoint.pt")[2] == 2


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
    monkeypatch.setattr("streamdesnow.lab.training.train._MOST_SPOILT", 5)
    with pytest.raises(ConfigError, match="5 times in a row; lower `rate`"):
        train(recipe.model_copy(update={"iterations": 10}), tmp_path / "run", device="cpu")
    after = load_checkpoint(tmp_path / "run/checkpoint.pt")[1].state_dict()
    assert all(torch.equal(weights[name], after[name]) for name in weights)


def test_a_run_that_comes_apart_ends_with_the_weights_of_before(
    recipe: CausalRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamdesnow.lab.training.train._SAVE_EVERY_S", 0.0)
    monkeypatch.setattr(CausalTask, "gain", lambda task, terms: gains.pop(0))
    monkeypatch.setattr("streamdesnow.lab.training.collapse._STEPS", 2)
    monkeypatch.setattr("streamdesnow.lab.training.collapse._PATIENCE", 3)
    gains: list[float] = [6.0] * 4 + [-40.0] * 8
    with pytest.raises(ConfigError, match="at step 6 frames come out worse than they went in"):
        train(recipe.model_copy(update={"iterations": 12}), tmp_path / "run", device="cpu")
    assert load_checkpoint(tmp_path / "run/checkpoint.pt")[2] == 4
    gains = [6.0] * 3 + [-40.0] * 2  # and so does one that ends meanwhile
    train(recipe.model_copy(update={"iterations": 9}), tmp_path / "run", device="cpu")
    assert load_checkpoint(tmp_path / "run/checkpoint.pt")[2] == 7


def test_light_and_heavy_snow_in_turns_are_no_collapse() -> None:
    watch = CollapseWatch()
    for gain in (12.0, 4.0, 0.0, float("nan"), None) * 200:
        watch.see(gain)
        assert watch.well
        assert not watch.collapsed


def test_a_network_that_comes_back_by_itself_is_let_alone_but_not_kept_meanwhile() -> None:
    watch = CollapseWatch()
    for gain in (7.0,) * 150 + (-30.0,) * 60 + (6.0,) * 400:
        watch.see(gain)
        assert not watch.collapsed
    assert watch.well
    for _ in range(60):
        watch.see(-30.0)
    assert not watch.well


def test_a_network_that_never_was_any_good_has_time_to_become_so() -> None:
    watch = CollapseWatch()
    for _ in range(800):
        watch.see(-20.0)
    assert watch.well
    assert not watch.collapsed


def test_a_causal_run_can_begin_with_stills_and_keep_them(recipe: CausalRecipe) -> None:
    task = CausalTask(recipe.model_copy(update={"stills": 3, "first": 2.0}), torch.device("cpu"))
    task.start(1)
    assert set(task.losses(2)) == {"first"}
    later = task.losses(3)
    assert set(later) == {"overall", "moving", "harm", "input", "first"}
    # Twice about -20 dB of snow: the weight counts.
    assert float(later["first"].detach()) < 1.3 * float(later["input"]) < 0


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


def test_a_run_with_motion_goes_on_from_weights_without(recipe: CausalRecipe, tmp_path: Path) -> None:
    before = train(recipe, tmp_path / "before", device="cpu")
    moving = recipe.model_copy(update={"motion": True, "expected": 1.0, "start": before})
    _, net, _ = load_checkpoint(train(moving, tmp_path / "run", device="cpu", limit_s=0.0))
    plain = load_checkpoint(before)[1].state_dict()
    assert all(torch.equal(net.state_dict()[name], weight) for name, weight in plain.items())
    _, net, _ = load_checkpoint(train(moving, tmp_path / "run", device="cpu"))
    assert net.get_parameter("head_expected.weight").abs().sum() > 0


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


def test_a_run_does_not_go_on_from_another_network(recipe: CausalRecipe, tmp_path: Path) -> None:
    checkpoint = train(recipe, tmp_path / "run", device="cpu", limit_s=0.0)
    with pytest.raises(ConfigError, match=r"checkpoint\.pt is of another network .*choose another folder"):
        train(recipe.model_copy(update={"width": 16}), tmp_path / "run", device="cpu")
    checkpoint.write_bytes(b"")
    with pytest.raises(ModelCorrupt, match=r"checkpoint\.pt: not a checkpoint"):
        train(recipe, tmp_path / "run", device="cpu")


def test_photographs_are_missed_before_anything_begins(recipe: CausalRecipe, tmp_path: Path) -> None:
    lost = recipe.model_copy(update={"photos": (tmp_path / "nowhere",), "workers": 1})
    with pytest.raises(ConfigError, match="nowhere: no photographs there"):
        train(lost, tmp_path / "run", device="cpu")
    assert not (tmp_path / "run").exists()


def test_a_missing_or_foreign_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"none\.pt"):
        load_checkpoint(tmp_path / "none.pt")
    torch.save({"weights": 1}, tmp_path / "other.pt")
    (tmp_path / "words.pt").write_bytes(b"no weights")
    (tmp_path / "empty.pt").touch()
    for name in ("other.pt", "words.pt", "empty.pt"):
        with pytest.raises(ModelCorrupt, match=name):
            load_checkpoint(tmp_path / name)


def test_recordings_can_be_trained_on_alone_and_beside_photographs(
    recipe: CausalRecipe, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "yard.mp4", 60, size=(256, 192))
    for photos in ((), recipe.photos):
        mixed = recipe.model_copy(update={"photos": photos, "clips": (clip,)})
        checkpoint = train(mixed, tmp_path / f"run-{len(photos)}", device="cpu")
        assert load_checkpoint(checkpoint)[2] == 4
    clip.unlink()
    with pytest.raises(ConfigError, match=r"yard\.mp4: no such file"):
        train(mixed, tmp_path / "none", device="cpu")
    assert not (tmp_path / "none").exists()
