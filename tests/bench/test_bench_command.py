"""`streamdesnow bench` on real engines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from streamdesnow.bench.bench import bench
from streamdesnow.bench.choice import Choice
from streamdesnow.cli.app import build_app
from streamdesnow.errors import ConfigError
from streamdesnow.models.find import find_model

_SHORT = ("--model", "fixed-camera", "--size", "64x64", "--rounds", "1", "--seconds", "0")


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(build_app(), ["bench", *arguments])


def test_it_prints_a_table_and_writes_json_and_a_roofline(tmp_path: Path) -> None:
    results, plot = tmp_path / "bench.json", tmp_path / "roofline.png"
    options = ("-p", "fp32", "--profile", "titan-x", "--json", str(results), "--plot", str(plot))
    answer = _run(*_SHORT, *options)
    assert answer.exit_code == 0, answer.output
    content = json.loads(results.read_text())
    (row,) = content["results"]
    assert (row["model"], row["size"], row["batch"], row["calls"]) == ("fixed-camera", [64, 64], 1, 1)
    assert row["fps"] > 0
    assert row["share_of_peak"] > 0
    assert content["ceilings"][0]["engine"] == row["engine"]
    assert {each["kind"] for each in content["projections"]} == {"projection, not a measurement"}
    assert "projection, not a measurement" in answer.output
    assert content["machine"]["cpu"] in answer.output
    assert plot.read_bytes().startswith(b"\x89PNG")


_BARE = (*_SHORT, "--no-ceilings")


def test_engines_precisions_and_batches_are_combined() -> None:
    answer = _run(
        *_BARE, "-e", "openvino", "-e", "onnxruntime", "-p", "fp32", "-b", "1", "-b", "2", "--json", "-"
    )
    assert answer.exit_code == 0, answer.output
    rows = json.loads(answer.stdout)["results"]
    assert {(row["engine"]["backend"], row["batch"]) for row in rows} == {
        ("openvino", 1),
        ("openvino", 2),
        ("onnxruntime", 1),
        ("onnxruntime", 2),
    }


def test_what_does_not_run_here_is_left_out_with_a_reason() -> None:
    answer = _run(*_BARE, "-e", "openvino", "-e", "onnxruntime", "-p", "bf16", "--json", "-")
    if answer.exit_code == 0:  # a processor with bf16
        left_out = json.loads(answer.stdout)["left_out"]
        assert any("not in bf16" in each["reason"] for each in left_out)
    else:
        assert "not in bf16" in answer.output


def test_nothing_that_runs_is_an_error_of_engines() -> None:
    answer = _run(*_BARE, "-e", "onnxruntime", "-p", "bf16")
    assert answer.exit_code == 4
    assert "not in bf16" in answer.output


def test_unknown_engines_and_sizes_are_named() -> None:
    assert "'fast' is unknown" in _run(*_BARE, "-e", "fast").output
    assert _run("--size", "large").exit_code == 2
    with pytest.raises(ConfigError, match="fp64"):
        list(Choice((), precisions=("fp64",)).cases())


def test_an_interruption_leaves_what_was_measured() -> None:
    choice = Choice(
        (find_model("fixed-camera"),), sizes=((64, 64), (96, 64)), rounds=1, seconds=0.0, ceilings=False
    )
    timed: list[str] = []

    def tell(what: str, share: float) -> None:
        timed.extend([what] if " on openvino" in what else [])
        if any("96x64" in each for each in timed):
            raise KeyboardInterrupt

    report = bench(choice, tell)
    assert not report.complete
    assert [result.size for result in report.results] == [(64, 64)]
