"""Loading a pipeline file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from streamdesnow.config.document import Document
from streamdesnow.config.environment import expand_document
from streamdesnow.config.explain import explain, real_path
from streamdesnow.config.override import apply_override
from streamdesnow.config.parse import parse_yaml
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.config.problem import Place, Problem, config_error
from streamdesnow.config.shipped import example_pipelines
from streamdesnow.errors import ConfigError

__all__ = ["load_document", "load_pipeline", "validate"]


def load_pipeline(
    path: str | os.PathLike[str], overrides: Iterable[str] = (), environ: Mapping[str, str] = os.environ
) -> PipelineConfig:
    """Read a pipeline file.

    Relative paths in it start at the current folder.

    Args:
        path: the YAML file, or the name of a shipped one where no file is called so.
        overrides: `key=value` each, as given to `--set`; keys are joined by dots, values are YAML.
        environ: where `${NAME}` is looked up.

    Raises:
        ConfigError: the file cannot be read or is wrong; lists everything found, with line and column.
    """
    return validate(load_document(path, overrides, environ))


def load_document(
    path: str | os.PathLike[str], overrides: Iterable[str] = (), environ: Mapping[str, str] = os.environ
) -> Document:
    """Values and places of a pipeline file, overridden and with variables replaced, not yet validated.

    Raises:
        ConfigError: the file cannot be read, is not YAML or is empty.
    """
    name = os.fspath(path)
    file = Path(path) if Path(path).exists() else example_pipelines().get(name, Path(path))
    document = parse_yaml(_read(file), name)
    if document.value is None and not document.problems:
        message = "the file is empty; expected at least `cameras:` and `outputs:`"
        document.problems.append(Problem(Place(name), (), message))
    if document.value is None:
        raise config_error(document.problems)
    for override in overrides:
        apply_override(document, override)
    expand_document(document, environ)
    return document


def validate(document: Document) -> PipelineConfig:
    """The pipeline that a document describes.

    Raises:
        ConfigError: lists everything that is wrong, what was found while reading included.
    """
    found = document.problems
    try:
        pipeline = _validate(document)
    except ValidationError as error:
        known = {problem.path for problem in found}
        later = explain(error, document, PipelineConfig)
        raise config_error([*found, *(each for each in later if each.path not in known)]) from None
    if found:
        raise config_error(found)
    return pipeline


def _validate(document: Document) -> PipelineConfig:
    try:
        return PipelineConfig.model_validate(document.value)
    except ValidationError as error:
        # Where text is expected, `password: 1234` means these digits: take what was typed and look again.
        typed = [real_path(document, each) for each in error.errors() if each["type"] in _TEXT_EXPECTED]
        typed = [path for path in typed if path in document.written and document.at(path) is not None]
        for path in typed:
            document.put(path, document.written[path])
        if not typed:
            raise
    return PipelineConfig.model_validate(document.value)


_TEXT_EXPECTED = frozenset(("string_type", "path_type"))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        folder = path.parent
        files = {each.stem: each for each in folder.iterdir()} if folder.is_dir() else {}
        near = get_close_matches(path.stem, files, n=1)
        advice = f"; did you mean {files[near[0]]}?" if near else ""
        if not near and str(folder) in (".", "pipelines"):
            advice = f"; shipped ones are called {', '.join(example_pipelines())}"
        raise ConfigError(f"{path}: no such file{advice}") from None
    except IsADirectoryError:
        raise ConfigError(f"{path}: is a folder; expected a pipeline file in YAML") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not a text file in UTF-8 (byte {error.start}); expected YAML") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
