"""Finding models by name or path."""

from __future__ import annotations

import difflib
import logging
import os
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from streamdesnow.errors import ModelCorrupt, ModelNotFound
from streamdesnow.models.folder import CARD, ModelFolder

__all__ = ["MODELS_VARIABLE", "find_model", "list_models", "model_paths"]

MODELS_VARIABLE = "STREAMDESNOW_MODELS"
"""Environment variable: folders of model folders, separated as in PATH; they come before the shipped ones."""

_log = logging.getLogger(__name__)


def find_model(name_or_path: str | PathLike[str]) -> ModelFolder:
    """The model of that name, or in that folder.

    A name is looked up in the folders of `$STREAMDESNOW_MODELS`, then among the models that ship. What
    holds a path separator, or is a folder with a `model.yaml`, is a path.

    Raises:
        ModelNotFound: the message lists the names there are, the nearest first.
        ModelCorrupt: it is there and does not hold together.
    """
    text = os.fspath(name_or_path)
    path = Path(text).expanduser()
    if path.name != text or (path / CARD).is_file():
        return ModelFolder(path)
    known = model_paths()
    if text not in known:
        raise ModelNotFound(_not_found(text, list(known)))
    return ModelFolder(known[text])


def list_models() -> list[ModelFolder]:
    """Every model that can be named, sorted by name; one that is damaged is left out with a warning."""
    return list(_sound(model_paths()))


def model_paths() -> dict[str, Path]:
    """Names and folders of all models that can be named, sorted, unread: a folder may turn out damaged."""
    found: dict[str, Path] = {}
    for root in _roots():
        for card in root.glob(f"*/{CARD}"):
            found.setdefault(card.parent.name, card.parent)
    return dict(sorted(found.items()))


def _roots() -> Iterator[Path]:
    for folder in os.environ.get(MODELS_VARIABLE, "").split(os.pathsep):
        if folder:
            yield Path(folder).expanduser()
    package = Path(__file__).parents[1]
    yield package.parent / "models"  # a checkout
    yield package / "models" / "shipped"  # an installed wheel


def _sound(paths: dict[str, Path]) -> Iterator[ModelFolder]:
    for path in paths.values():
        try:
            yield ModelFolder(path)
        except ModelCorrupt as error:
            _log.warning("left out: %s", error)


def _not_found(name: str, known: list[str]) -> str:
    if not known:
        return f"there is no model {name!r}, nor any other; {MODELS_VARIABLE} may name a folder of models"
    nearest = difflib.get_close_matches(name, known, n=1)
    hint = f" (did you mean {nearest[0]!r}?)" if nearest else ""
    return f"there is no model {name!r}{hint}; there are {', '.join(known)}, or give a model folder's path"
