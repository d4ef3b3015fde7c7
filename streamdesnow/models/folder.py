"""A model folder: `model.onnx`, perhaps its twin in eight bits, and the `model.yaml` that describes them."""

from __future__ import annotations

import hashlib
from os import PathLike
from pathlib import Path

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from streamdesnow.errors import ModelCorrupt, ModelNotFound
from streamdesnow.models.manifest import ModelManifest

__all__ = ["CARD", "NETWORK", "QUANTISED", "ModelFolder"]

CARD = "model.yaml"
NETWORK = "model.onnx"
QUANTISED = "model.int8.onnx"


class ModelFolder:
    """A model that was found to hold together: `model.yaml` is complete and `model.onnx` is the one it names.

    Attributes:
        path: the folder.
        card: the content of `model.yaml`.
        onnx: path of the network.
        int8: path of its twin in eight bits; None if the card names none.

    Raises:
        ModelNotFound: there is no such folder.
        ModelCorrupt: a file is missing or damaged, or the two do not belong together; names file and key.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path)
        if not self.path.is_dir():
            raise ModelNotFound(f"model folder {self.path} does not exist")
        self.card: ModelManifest = _read_card(self.path / CARD)
        self.onnx: Path = self.path / NETWORK
        _check_digest(self.onnx, "onnx_sha256", self.card.onnx_sha256)
        self.int8: Path | None = None
        if self.card.int8 is not None:
            self.int8 = self.path / QUANTISED
            _check_digest(self.int8, "int8.onnx_sha256", self.card.int8.onnx_sha256)

    @property
    def name(self) -> str:
        """Name of the model as its card gives it."""
        return self.card.name

    @property
    def digest(self) -> str:
        """SHA-256 of `model.onnx`, in hex: what caches of compiled networks are keyed by."""
        return self.card.onnx_sha256

    def network(self, precision: str) -> Path:
        """The file to run in this precision; all but `int8` are computed from the float network."""
        return self.int8 if precision == "int8" and self.int8 is not None else self.onnx

    def __repr__(self) -> str:
        return f"ModelFolder({str(self.path)!r})"


def _read_card(path: Path) -> ModelManifest:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelCorrupt(f"{path} is missing: every model folder has one beside {NETWORK}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ModelCorrupt(f"{path} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise ModelCorrupt(f"{path} is not YAML: {error}") from error
    try:
        return ModelManifest.model_validate(content)
    except ValidationError as error:
        problems = (f"  {_key(problem['loc'])}: {_said(problem)}" for problem in error.errors())
        raise ModelCorrupt("\n".join((f"{path} does not describe a model:", *problems))) from None


def _key(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) or "(the whole file)"


def _said(problem: ErrorDetails) -> str:
    match problem["type"]:
        case "extra_forbidden":
            return "there is no such key"
        case "model_type":
            return "should be keys and values, as `streamdesnow export` writes them"
    return problem["msg"]


def _check_digest(path: Path, key: str, expected: str) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelCorrupt(f"{path} cannot be read: {error.strerror}") from error
    if found != expected:
        raise ModelCorrupt(
            f"{path} is damaged or belongs to another {CARD}: its SHA-256 is {found[:12]}..., "
            f"{key} says {expected[:12]}...; copy the folder again"
        )
