"""Two networks compared by what training minimises, on the same windows."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch
import yaml
from tiny_recipe import tiny_recipe

from streamdesnow.errors import ConfigError
from streamdesnow.lab.training.train import train

_BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(_BENCHMARKS))
    return importlib.import_module("paired_loss")


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """A checkpoint, beside its recipe and photographs."""
    recipe = tiny_recipe(tmp_path / "photos", motion=True, expected=1.0)
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(recipe.model_dump(mode="json", exclude_none=True)))
    return train(recipe, tmp_path / "out", fused=False)


def _rows(
    benchmark: ModuleType,
    networks: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> list[list[str]]:
    folder = networks[0].parents[1]
    given = [folder / "tiny.yaml", folder / "photos", *networks, "--windows", "5"]
    monkeypatch.setattr(sys, "argv", ["paired_loss.py", *map(str, given)])
    benchmark.main()
    lines = capsys.readouterr().out.splitlines()
    return [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]


def test_terms_are_compared_by_how_long_streams_have_run(
    benchmark: ModuleType, trained: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    state = torch.load(trained, weights_only=True)
    state["average"]["head.bias"] += 1.0
    worse = trained.with_name("worse.pt")
    torch.save(state, worse)
    heading, *spans, overall = _rows(benchmark, [trained, worse], monkeypatch, capsys)
    assert heading == ["frames", "windows", "overall", "moving", "harm", "expected", "all"]
    assert [span[0] for span in spans] == ["1 to 2", "3 to 4"]
    assert overall[:2] == ["all", "5"]
    assert float(overall[2].split(" ±")[0]) > 0.1


def test_a_network_is_level_with_itself(
    benchmark: ModuleType, trained: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    again = trained.with_name("again.pt")
    again.write_bytes(trained.read_bytes())
    *_, overall = _rows(benchmark, [trained, again], monkeypatch, capsys)
    assert set(overall[2:]) == {"+0.00 ± 0.00"}


def test_networks_of_another_shape_than_the_recipes_are_refused(
    benchmark: ModuleType, trained: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["fixed-camera", str(trained.parents[1] / "photos"), str(trained), str(trained)]
    monkeypatch.setattr(sys, "argv", ["paired_loss.py", *given])
    with pytest.raises(ConfigError, match=r"checkpoint\.pt is another network than the recipe's"):
        benchmark.main()
