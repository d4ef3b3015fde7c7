"""`streamdesnow schema` prints what may be written."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from streamdesnow.cli.app import build_app
from streamdesnow.config.reference import configuration_reference
from streamdesnow.config.schema import pipeline_schema
from streamdesnow.detect.event import event_schema


def test_json_goes_to_standard_output() -> None:
    result = CliRunner().invoke(build_app(), ["schema"])
    assert json.loads(result.stdout) == pipeline_schema()


def test_json_goes_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.schema.json"
    result = CliRunner().invoke(build_app(), ["schema", "--output", str(path)])
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads(path.read_text()) == pipeline_schema()


def test_events_have_a_schema_of_their_own() -> None:
    result = CliRunner().invoke(build_app(), ["schema", "--events"])
    assert json.loads(result.stdout) == event_schema()
    Draft202012Validator.check_schema(event_schema())
    both = CliRunner().invoke(build_app(), ["schema", "--events", "--markdown"])
    assert both.exit_code == 2


def test_the_reference_page_is_printed_as_markdown() -> None:
    result = CliRunner().invoke(build_app(), ["schema", "--markdown"])
    assert result.stdout == configuration_reference()


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none" / "schema.json"
    result = CliRunner().invoke(build_app(), ["schema", "--output", str(path)])
    assert result.exit_code == 5
    assert f"{path}: cannot be written: No such file or directory" in result.stderr
