"""`docs/configuration.md`: every key of the pipeline file, written from the schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamdesnow.config.schema import pipeline_schema

__all__ = ["configuration_reference"]

_HEAD = """\
# The pipeline file

<!-- Written by `streamdesnow schema --markdown`; change the docstrings in streamdesnow/config instead. -->

One YAML file says where frames come from, what cleans them and where they go:

```yaml
cameras:
  gate:
    source: rtsp://10.0.0.5/stream1
    username: ${GATE_USER}
    password: ${GATE_PASSWORD}
outputs:
  - record:
      directory: recordings/{camera}
```

`streamdesnow check FILE` tests it without running anything, `streamdesnow run FILE` runs it. The files
under `pipelines/` show every kind of camera and output. For completion in an editor, write the JSON Schema
with `streamdesnow schema --output pipeline.schema.json` and begin the file with
`# yaml-language-server: $schema=pipeline.schema.json`.

## What can be written

- **Durations**: `250ms`, `5s`, `10min`, `2h`, `14d`, `1w`; a bare number is seconds.
- **Sizes**: `500MB`, `200GB`, `2TiB`; a bare number is bytes. Frame sizes: `1280x720`.
- **Paths**: relative ones start at the folder that streamdesnow is started in, not at the file's; `~` is the
  home folder; `{camera}` is replaced by the camera's name where the table says so.
- **`${NAME}`** in any text is replaced by the environment variable, `${NAME:-default}` by the default if it
  is not set or empty. `$${` stands for `${`.
- **Passwords** may hold any character: `password: "p@ss:/#"`. Better kept outside the file:
  `password: ${GATE_PASSWORD}`, or `password: {file: /run/secrets/gate}`, a file that holds nothing else.
  A login inside an address (`rtsp://me:p%40ss@10.0.0.5/live`) is accepted; there, the characters / ? # % of
  a password are percent-encoded. Credentials are left out of everything that is printed.
- **A key without a value** keeps its default. Words such as `off`, `yes` or `0123` are text (YAML 1.2).
- **`--set key=value`** on the command line changes one value: keys are joined by dots, list items are
  numbered from 0 (the number after the last adds one), values are YAML:
  `--set cameras.gate.source=street.mp4`, `--set outputs.0.record.segment=1min`,
  `--set 'outputs.1={hls: {}}'`.
"""


def configuration_reference() -> str:
    """The page as Markdown."""
    schema = pipeline_schema()
    return "\n".join([_HEAD, *_sections(schema, schema, "")])


def _sections(section: dict[str, Any], schema: dict[str, Any], path: str) -> Iterator[str]:
    """A section's table, then those of the sections below it."""
    title = f"`{path}`" if path else "Top level"
    yield f"## {title}\n\n{section['description']}\n\n{_table(section, schema)}"
    for key, each in section["properties"].items():
        for inner, suffix in _inner_sections(each, schema):
            yield from _sections(inner, schema, f"{path}.{key}{suffix}".removeprefix("."))


def _table(section: dict[str, Any], schema: dict[str, Any]) -> str:
    required = section.get("required", ())
    rows = ["| key | value | default | |", "|---|---|---|---|"]
    for key, each in section["properties"].items():
        inner = [found["description"] for found, _ in _inner_sections(each, schema)]
        meaning = each.get("description") or " ".join(inner)
        rows.append(f"| `{key}` | {_type(each, schema)} | {_default(each, key in required)} | {meaning} |")
    return "\n".join(rows) + "\n"


def _inner_sections(node: dict[str, Any], schema: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Sections that may stand at a key, and what comes between the key and theirs."""
    if "$ref" in node:
        yield schema["$defs"][_name(node)], ""
    for alternative in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _inner_sections(alternative, schema)
    for child, suffix in (("additionalProperties", ".NAME"), ("items", ".0")):
        if isinstance(node.get(child), dict):
            for inner, rest in _inner_sections(node[child], schema):
                yield inner, suffix + rest


def _type(node: dict[str, Any], schema: dict[str, Any]) -> str:
    """What may be written, in a few words."""
    if "unit" in node:
        return {"duration": "duration", "bytes": "size", "size": "frame size"}[node["unit"]]
    if "$ref" in node:
        return "section"
    if "enum" in node:
        return ", ".join(f"`{word}`" for word in node["enum"])
    alternatives = (*node.get("anyOf", ()), *node.get("oneOf", ()))
    if alternatives:
        words = [_type(each, schema) for each in alternatives if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(words))
    if node["type"] == "array":
        return "list"
    if node["type"] == "object":
        return "sections by name" if "additionalProperties" in node else "section"
    if node.get("const"):
        return f"`{node['const']}`"
    word = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true`, `false`"}
    name = "path" if node.get("format") == "path" else word[node["type"]]
    return f"{name}{_limits(node)}"


def _limits(node: dict[str, Any]) -> str:
    limits = (("minimum", ">="), ("exclusiveMinimum", ">"), ("maximum", "<="), ("exclusiveMaximum", "<"))
    found = [f"{sign} {node[key]:g}" for key, sign in limits if key in node]
    return f" {', '.join(found)}" if found else ""


def _default(node: dict[str, Any], required: bool) -> str:
    if required:
        return "**needed**"
    default = node.get("default")
    if default is None:
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _name(node: dict[str, Any]) -> str:
    name: str = node["$ref"].rpartition("/")[2]
    return name
