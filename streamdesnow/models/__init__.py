"""Model folders: find, read, check."""

from streamdesnow.models.find import find_model, list_models, model_paths
from streamdesnow.models.folder import ModelFolder
from streamdesnow.models.manifest import ModelManifest

__all__ = ["ModelFolder", "ModelManifest", "find_model", "list_models", "model_paths"]
