"""What ships can be trained on: its weights come back out of the model folder."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
import yaml
from drawn_photos import draw_photos
from torch import nn

from streamdesnow.errors import ConfigError
from streamdesnow.lab.border.causal import CausalBorder
from streamdesnow.lab.border.model_weights import load_model_weights
from streamdesnow.lab.border.pixels import border_of
from streamdesnow.lab.nets.fixed_camera import FixedCameraNet
from streamdesnow.lab.training.causal import causal_net
from streamdesnow.lab.training.checkpoint import load_checkpoint
from streamdesnow.lab.training.load_weights import load_weights
from streamdesnow.lab.training.recipe import CausalRecipe, load_recipe
from streamdesnow.lab.training.still import still_net
from streamdesnow.lab.training.train import train
from streamdesnow.models.find import find_model
from streamdesnow.models.folder import ModelFolder
from streamdesnow.models.shapes import resolve_shape


def _untrained(name: str) -> nn.Module:
    recipe = load_recipe(name)
    return causal_net(recipe) if isinstance(recipe, CausalRecipe) else still_net(recipe)


def _first_frame(model: ModelFolder) -> dict[str, np.ndarray]:
    """A random frame and a random memory."""
    rng = np.random.default_rng(4)
    feeds: dict[str, np.ndarray] = {"frame": rng.integers(0, 256, (1, 32, 48, 3), np.uint8)}
    for state in model.card.states:
        shape = resolve_shape(state.shape, batch=1, width=48, height=32)
        feeds[state.input] = rng.integers(0, 2, shape).astype(state.dtype)
    return feeds


@pytest.mark.parametrize(
    ("recipe", "name"),
    [
        ("fixed-camera", "fixed-camera"),
        ("fixed-camera-small", "fixed-camera-small"),
        ("still", "still"),
        ("paper-short", "paper"),
    ],
)
def test_a_network_takes_the_weights_of_the_model_that_ships(recipe: str, name: str) -> None:
    net, model = _untrained(recipe), find_model(name)
    load_model_weights(net.eval(), model)
    feeds = _first_frame(model)
    shipped = onnxruntime.InferenceSession(str(model.onnx)).run(None, feeds)[0]
    with torch.no_grad():
        ours = border_of(net).eval()(*map(torch.from_numpy, feeds.values()))
    clean = ours[0] if isinstance(net, FixedCameraNet) else ours
    assert np.abs(clean.numpy().astype(int) - shipped.astype(int)).max() <= 1


def test_a_run_can_start_from_a_model_that_ships(tmp_path: Path) -> None:
    photos = (draw_photos(tmp_path / "photos"),)
    recipe = load_recipe("tune-fixed-camera").model_copy(update={"photos": photos, "workers": 0})
    assert recipe.start == Path("fixed-camera")
    checkpoint = train(recipe, tmp_path / "run", device="cpu", limit_s=0.0)
    shipped = _untrained("fixed-camera")
    load_model_weights(shipped, find_model("fixed-camera"))
    began = load_checkpoint(checkpoint)[1].state_dict()
    assert all(torch.equal(began[name], value) for name, value in shipped.state_dict().items())


def _without_additions(name: str, folder: Path) -> Path:
    """A copy of a model that ships, of whose weights those of motion and of pixels are gone."""
    shutil.copytree(find_model(name).path, folder)
    border = border_of(_untrained(name))
    assert isinstance(border, CausalBorder)
    network = onnx.load(folder / "model.onnx")
    kept = [weight for weight in network.graph.initializer if not weight.name.startswith(border.additions)]
    assert len(kept) < len(network.graph.initializer)
    del network.graph.initializer[:]
    network.graph.initializer.extend(kept)
    content = network.SerializeToString()
    (folder / "model.onnx").write_bytes(content)
    card = yaml.safe_load((folder / "model.yaml").read_text())
    card["onnx_sha256"] = hashlib.sha256(content).hexdigest()
    (folder / "model.yaml").write_text(yaml.safe_dump(card))
    return folder


def test_motion_and_pixels_can_be_added_to_a_model_without(tmp_path: Path) -> None:
    name = "fixed-camera-small"
    net, whole = _untrained(name), _untrained(name)
    load_weights(net, _without_additions(name, tmp_path / "plain"))
    load_weights(whole, Path(name))
    own = net.state_dict()
    shared = {
        key: weight
        for key, weight in whole.state_dict().items()
        if not key.startswith(FixedCameraNet.additions)
    }
    assert len(own) > len(shared)
    assert all(torch.equal(own[key], weight) for key, weight in shared.items())
    assert not net.get_parameter("head_expected.weight").any()
    assert not net.get_parameter("head_pixelwise.weight").any()


def test_a_start_that_fits_nothing_says_so(tmp_path: Path) -> None:
    photos = (draw_photos(tmp_path / "photos"),)
    recipe = load_recipe("tune-fixed-camera").model_copy(update={"photos": photos, "workers": 0})
    with pytest.raises(ConfigError, match=r"start: .*fixed-camera-small is another network"):
        train(recipe.model_copy(update={"start": Path("fixed-camera-small")}), tmp_path / "a", device="cpu")
    with pytest.raises(ConfigError, match=r"neither a checkpoint nor a model: .*did you mean 'fixed-camera'"):
        train(recipe.model_copy(update={"start": Path("fixed-camra")}), tmp_path / "b", device="cpu")


def test_a_resumed_run_no_longer_needs_what_it_started_from(tmp_path: Path) -> None:
    photos = (draw_photos(tmp_path / "photos"),)
    recipe = load_recipe("tune-fixed-camera-small").model_copy(update={"photos": photos, "workers": 0})
    first = train(recipe, tmp_path / "run", device="cpu", limit_s=0.0)
    began = load_checkpoint(first)[1].state_dict()
    gone = recipe.model_copy(update={"start": tmp_path / "gone.pt"})
    again = load_checkpoint(train(gone, tmp_path / "run", device="cpu", limit_s=0.0))[1].state_dict()
    assert all(torch.equal(again[name], value) for name, value in began.items())


def test_weights_come_from_a_model_or_a_checkpoint_and_from_nothing_else(tmp_path: Path) -> None:
    net = _untrained("fixed-camera-small")
    load_weights(net, Path("fixed-camera-small"))
    model = _untrained("fixed-camera-small")
    load_model_weights(model, find_model("fixed-camera-small"))
    assert all(torch.equal(a, b) for a, b in zip(net.parameters(), model.parameters(), strict=True))
    for name, content in (("words.pt", b"no weights"), ("list.pt", None)):
        path = tmp_path / name
        if content is None:
            torch.save([1, 2], path)
        else:
            path.write_bytes(content)
        with pytest.raises(ConfigError, match=rf"{name}: not a checkpoint that `streamdesnow train` wrote"):
            load_weights(net, path)
