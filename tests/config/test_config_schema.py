"""The JSON Schema and the reference page say what the loader does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from streamdesnow.config.keys import known_keys
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.config.reference import configuration_reference
from streamdesnow.config.schema import pipeline_schema

ROOT = Path(__file__).parents[2]
PIPELINES = sorted((ROOT / "pipelines").glob("*.yaml"))


def properties(node: Any) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(node, list):
        return [found for each in node for found in properties(each)]
    if not isinstance(node, dict):
        return []
    own = list(node.get("properties", {}).items())
    return own + [found for each in node.values() for found in properties(each)]


def test_the_schema_is_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(pipeline_schema())


def test_every_key_is_described_or_is_a_section_that_is() -> None:
    for name, node in properties(pipeline_schema()):
        assert "description" in node or "$ref" in node, name


def test_defaults_are_written_as_people_write_them() -> None:
    definitions = pipeline_schema()["$defs"]
    assert definitions["RecordConfig"]["properties"]["segment"]["default"] == "10min"
    assert definitions["SimulatedConfig"]["properties"]["size"]["default"] == "960x540"


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.stem)
def test_editors_find_no_fault_with_the_shipped_files(path: Path) -> None:
    class Core(yaml.SafeLoader):
        """Reads keys as text, as editors and our loader do."""

    values = yaml.load(path.read_text().replace("null:", "'null':"), Core)
    jsonschema.validate(values, pipeline_schema())


@pytest.mark.parametrize(
    "wrong",
    [
        {"cameras": {"a": {"source": "x", "sorce": 1}}, "outputs": [{"null": {}}]},
        {"cameras": {"a": {"source": "x"}}, "outputs": [{"record": {"cameras": []}}]},
    ],
)
def test_editors_mark_what_the_loader_refuses(wrong: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, pipeline_schema())


def test_the_reference_page_is_up_to_date() -> None:
    written = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert written == configuration_reference(), (
        "run: streamdesnow schema --markdown -o docs/configuration.md"
    )


def test_every_key_stands_in_the_reference_page() -> None:
    page = configuration_reference()
    for name, _ in properties(pipeline_schema()):
        assert f"| `{name}` |" in page


def test_known_keys_follow_names_numbers_and_alternatives() -> None:
    assert "source" in known_keys(PipelineConfig, ("cameras", "any"))
    assert "snow" in known_keys(PipelineConfig, ("cameras", "any", "source"))
    assert known_keys(PipelineConfig, ("cameras", "any", "password")) == ("file",)
    assert "segment" in known_keys(PipelineConfig, ("outputs", 3, "record"))
    assert known_keys(PipelineConfig, ("cameras",)) == ()
    assert known_keys(PipelineConfig, ("model", "x")) == ()
