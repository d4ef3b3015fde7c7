"""The models that a pipeline file names."""

from __future__ import annotations

from streamdesnow.config.document import Document
from streamdesnow.config.named_models import named_models
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.config.problem import Problem
from streamdesnow.errors import ModelError
from streamdesnow.models.find import find_model
from streamdesnow.models.folder import ModelFolder

__all__ = ["file_models"]


def file_models(config: PipelineConfig, document: Document) -> tuple[list[ModelFolder], list[Problem]]:
    """Folders of the models that are there, and what is wrong with the others, and where they are named."""
    found, problems = [], []
    for model, path in named_models(config).items():
        try:
            found.append(find_model(model))
        except ModelError as error:
            problems.append(Problem(document.place(path), path, str(error)))
    return found, problems
