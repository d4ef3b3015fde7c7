"""Which networks a pipeline file names."""

from __future__ import annotations

from streamdesnow.config.base import KeyPath
from streamdesnow.config.pipeline import PipelineConfig

__all__ = ["named_models", "shrinks"]


def named_models(config: PipelineConfig) -> dict[str, KeyPath]:
    """Each model that the file names, and where; the pipeline's own first, also if no camera uses it."""
    named: dict[str, KeyPath] = {config.model: ("model",)}
    for name, camera in config.cameras.items():
        if camera.model is not None:
            named.setdefault(camera.model, ("cameras", name, "model"))
    if any(shrinks(config, name) for name in config.cameras):
        named.setdefault(config.overload.smaller_model, ("overload", "smaller_model"))
    return named


def shrinks(config: PipelineConfig, camera: str) -> bool:
    """Whether a camera changes to the smaller model under overload."""
    return (config.cameras[camera].overload or config.overload.policy) == "smaller-model"
