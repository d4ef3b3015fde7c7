"""`streamdesnow models` tells what networks there are."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tiny_models import averaging, blur
from typer.testing import CliRunner, Result

from streamdesnow.cli.app import build_app


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models: `average` with scores and a README, `blur` without."""
    averaging(tmp_path / "average")
    blur(tmp_path / "blur")
    card = tmp_path / "average" / "model.yaml"
    content = yaml.safe_load(card.read_text())
    score = {"clip": "street", "snow": "heavy", "psnr_in": 24, "psnr_out": 36.5, "command": "make [score]"}
    content |= {"name": "average", "summary": "Averages [all] frames.", "scores": [score]}
    card.write_text(yaml.safe_dump(content))
    (tmp_path / "average" / "README.md").write_text("# Average\n\nIt **averages** what it saw.\n")
    monkeypatch.setenv("STREAMDESNOW_MODELS", str(tmp_path))
    return tmp_path


def models(*arguments: str) -> Result:
    return CliRunner().invoke(build_app(), ["models", *arguments], env={"COLUMNS": "160"})


@pytest.mark.usefixtures("folder")
def test_list_shows_kind_size_and_score_of_each_model() -> None:
    result = models("list")
    assert result.exit_code == 0
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("average")]
    assert "causal" in line
    assert "24.0 -> 36.5 dB" in line
    assert "Averages [all] frames." in line
    assert "not scored" in result.stdout


def test_show_prints_facts_scores_and_the_readme(folder: Path) -> None:
    result = models("show", "average")
    assert result.exit_code == 0
    for words in (
        "remembers each camera",
        "mean Nx12xH/2xW/2 float32",
        "36.50 dB",
        "make [score]",
        str(folder),
    ):
        assert words in result.stdout
    assert "It averages what it saw." in result.stdout


def test_show_takes_a_path(folder: Path) -> None:
    result = models("show", str(folder / "blur"))
    assert "every frame by itself" in result.stdout


@pytest.mark.usefixtures("folder")
def test_a_model_that_is_not_there_is_an_error_that_names_the_nearest() -> None:
    result = models("show", "blurr")
    assert result.exit_code == 4
    assert "did you mean 'blur'?" in result.stderr
