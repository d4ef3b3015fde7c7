"""The pipeline file's JSON Schema, which editors complete and check with."""

from __future__ import annotations

from typing import Any

from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.config.units import format_bytes, format_duration

__all__ = ["pipeline_schema"]


def pipeline_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a pipeline file, defaults as people write them (`10min`, not 600.0)."""
    schema: dict[str, Any] = _readable(PipelineConfig.model_json_schema())
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "streamdesnow pipeline"}
    return head | schema


def _readable(node: Any) -> Any:
    """The schema without titles that pydantic makes up, and with defaults in the documented units."""
    if isinstance(node, list):
        return [_readable(each) for each in node]
    if not isinstance(node, dict):
        return node
    result = {key: _readable_keyword(key, value) for key, value in node.items() if key not in ("title", "ge")}
    default = result.get("default")
    if isinstance(default, dict):
        # A section's defaults stand at its own keys.
        del result["default"]
    elif default is not None:
        result["default"] = _as_written(default, result.get("unit"))
    return result


def _readable_keyword(key: str, value: Any) -> Any:
    if key in ("properties", "$defs"):
        # Below these the keys are names, not keywords.
        return {name: _readable(each) for name, each in value.items()}
    return " ".join(value.split()) if key == "description" else _readable(value)


def _as_written(default: Any, unit: str | None) -> Any:
    match unit:
        case "duration":
            return format_duration(default)
        case "bytes":
            return format_bytes(default)
        case "size":
            return "x".join(str(side) for side in default)
    return default
