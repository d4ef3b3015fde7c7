"""Models are found by name or path."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import tiny_models

from streamdesnow.errors import ModelNotFound
from streamdesnow.models import find_model, list_models, model_paths


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two models that the environment variable names."""
    tiny_models.blur(tmp_path / "shelf" / "tiny-blur")
    tiny_models.averaging(tmp_path / "shelf" / "tiny-averaging")
    monkeypatch.setenv("STREAMDESNOW_MODELS", str(tmp_path / "shelf"))
    return tmp_path / "shelf"


def test_a_name_is_looked_up_in_the_folders_of_the_environment_variable(shelf: Path) -> None:
    assert find_model("tiny-blur").path == shelf / "tiny-blur"


def test_a_path_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_models.blur(tmp_path / "mine")
    assert find_model(tmp_path / "mine").name == "mine"
    monkeypatch.chdir(tmp_path)
    assert find_model("mine").name == "mine"
    assert find_model("./mine").name == "mine"


@pytest.mark.usefixtures("shelf")
def test_an_unknown_name_is_answered_with_the_nearest_and_all_names() -> None:
    with pytest.raises(ModelNotFound) as caught:
        find_model("tiny-blurr")
    assert "did you mean 'tiny-blur'?" in str(caught.value)
    assert "tiny-averaging" in str(caught.value)


def test_an_unknown_path_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="nowhere"):
        find_model(tmp_path / "nowhere")


def test_a_damaged_model_is_left_out_of_the_list_with_a_warning(
    shelf: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (shelf / "tiny-blur" / "model.onnx").write_bytes(b"")
    with caplog.at_level(logging.WARNING):
        names = {model.name for model in list_models()}
    assert "tiny-averaging" in names
    assert "tiny-blur" not in names
    assert "tiny-blur" in caplog.text
    assert "tiny-blur" in model_paths()


def test_the_first_of_two_models_of_one_name_is_taken(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_models.averaging(tmp_path / "other" / "tiny-blur")
    monkeypatch.setenv("STREAMDESNOW_MODELS", f"{tmp_path / 'other'}:{shelf}")
    assert find_model("tiny-blur").card.kind == "causal"
