"""A model folder is checked before anything is built from it."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_models
import yaml

from streamdesnow.errors import ModelCorrupt, ModelNotFound
from streamdesnow.models import ModelFolder
from streamdesnow.models.shapes import resolve_shape


def _edit(folder: Path, **changes: object) -> None:
    card = folder / "model.yaml"
    content = yaml.safe_load(card.read_text()) | changes
    card.write_text(yaml.safe_dump(content))


def test_a_sound_folder_gives_its_card_network_and_digest(tmp_path: Path) -> None:
    folder = ModelFolder(tiny_models.averaging(tmp_path / "avg"))
    assert folder.name == "avg"
    assert folder.card.kind == "causal"
    assert folder.card.states[0].shape == ("N", 12, "H/2", "W/2")
    assert folder.onnx.is_file()
    assert folder.digest == folder.card.onnx_sha256


def test_a_missing_folder_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="nowhere"):
        ModelFolder(tmp_path / "nowhere")


@pytest.mark.parametrize("missing", ["model.yaml", "model.onnx"])
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    path = tiny_models.blur(tmp_path / "m")
    (path / missing).unlink()
    with pytest.raises(ModelCorrupt, match=missing):
        ModelFolder(path)


def test_a_truncated_network_is_noticed_by_its_digest(tmp_path: Path) -> None:
    path = tiny_models.blur(tmp_path / "m")
    content = (path / "model.onnx").read_bytes()
    (path / "model.onnx").write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelCorrupt, match=r"model\.onnx is damaged"):
        ModelFolder(path)


def test_every_wrong_key_of_the_card_is_named_at_once(tmp_path: Path) -> None:
    path = tiny_models.blur(tmp_path / "m")
    _edit(path, side_multiple=0, kindness="great", kind="moving")
    with pytest.raises(ModelCorrupt) as caught:
        ModelFolder(path)
    for word in ("model.yaml", "side_multiple", "kindness: there is no such key", "kind"):
        assert word in str(caught.value)


@pytest.mark.parametrize("text", ["name: [", "just a sentence", "", "\x00"])
def test_a_card_that_is_no_mapping_is_corrupt(tmp_path: Path, text: str) -> None:
    path = tiny_models.blur(tmp_path / "m")
    (path / "model.yaml").write_text(text)
    with pytest.raises(ModelCorrupt, match=r"model\.yaml"):
        ModelFolder(path)


def test_a_card_in_another_encoding_is_corrupt(tmp_path: Path) -> None:
    path = tiny_models.blur(tmp_path / "m")
    (path / "model.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ModelCorrupt, match="cannot be read"):
        ModelFolder(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "still"},
        {"states": []},
        {"states": [{"input": "a", "output": "b", "shape": [1, 2]}]},
        {"states": [{"input": "a", "output": "b", "shape": ["N", "H-1"]}]},
        {"states": [{"input": "a", "output": "b", "shape": ["N", 0]}]},
        {"input": {"name": "frame", "dtype": "float32", "shape": ["N", "H", "W", 3]}},
    ],
)
def test_a_card_that_contradicts_itself_is_corrupt(tmp_path: Path, changes: dict[str, object]) -> None:
    path = tiny_models.averaging(tmp_path / "m")
    _edit(path, **changes)
    with pytest.raises(ModelCorrupt):
        ModelFolder(path)


def test_symbolic_shapes_become_numbers() -> None:
    shape = ("N", 48, "H/4", "W/4")
    assert resolve_shape(shape, batch=2, width=1280, height=720) == (2, 48, 180, 320)


@pytest.mark.parametrize("shape", [("H/7",), ("X",)])
def test_a_shape_that_does_not_divide_is_refused(shape: tuple[str]) -> None:
    with pytest.raises(ValueError, match=r"divided|is not"):
        resolve_shape(shape, batch=1, width=64, height=64)
