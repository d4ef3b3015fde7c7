"""What comes out of training runs the same as a model folder, also mixed of several runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from drawn_photos import draw_photos
from onnx import numpy_helper
from tiny_recipe import tiny_still_recipe

from streamdesnow.errors import ConfigError
from streamdesnow.lab.shipping.export import Blend, export
from streamdesnow.lab.training.checkpoint import load_checkpoint
from streamdesnow.lab.training.recipe import CausalRecipe
from streamdesnow.lab.training.train import train
from streamdesnow.models.folder import ModelFolder


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


@pytest.mark.parametrize(("net", "loss"), [("paper", "paper"), ("still", "decibel")])
def test_networks_for_stills_train_and_export(net: str, loss: str, tmp_path: Path) -> None:
    recipe = tiny_still_recipe(net=net, loss=loss, photos=(draw_photos(tmp_path / "photos"),))
    checkpoint = train(recipe, tmp_path / "run", device="cpu")
    written = export(checkpoint, tmp_path / "tiny", summary="a test", trained="drawn pictures")
    assert written.largest_difference <= 1
    folder = ModelFolder(tmp_path / "tiny")
    assert folder.card.kind == "still"
    assert b".py" not in folder.onnx.read_bytes(), "names files of the machine that exported it"
