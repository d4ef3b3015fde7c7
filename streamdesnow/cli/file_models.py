"""The models that a pipeline file names."""

from __future__ import annotations

from streamdesnow.config.base import KeyPath
from streamdesnow.config.document import Document
from streamdesnow.config.named_models import named_models
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.config.problem import Problem
from streamdesnow.errors import ModelError
from streamdesnow.models.find import find_model
from streamdesnow.models.folder import ModelFolder

__all__ = ["file_models", "missing_models"]


def file_models(config: PipelineConfig, document: Document) -> tuple[list[ModelFolder], list[Problem]]:
    """Folders of the models that are there, and what is wrong with the others, and where they are named."""
    return _find({path: model for model, path in named_models(config).items()}, document)


def missing_models(document: Document) -> list[Problem]:
    """What is wrong with the models that a file names, whatever else is wrong with it."""
    cameras = document.value.get("cameras") if isinstance(document.value, dict) else None
    paths: list[KeyPath] = [("model",)]
    paths += [("cameras", name, "model") for name in (cameras if isinstance(cameras, dict) else ())]
    known = {problem.path for problem in document.problems}
    written = {path: document.at(path) for path in paths if document.has(path) and path not in known}
    return _find({path: model for path, model in written.items() if isinstance(model, str)}, document)[1]


def _find(named: dict[KeyPath, str], document: Document) -> tuple[list[ModelFolder], list[Problem]]:
    """The models of these names, and what is wrong with those that are not there."""
    found, problems = [], []
    for path, model in named.items():
        try:
            found.append(find_model(model))
        except ModelError as error:
            problems.append(Problem(document.place(path), path, str(error)))
    return found, problems
