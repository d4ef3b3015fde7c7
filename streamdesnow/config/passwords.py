"""Every password of a pipeline file, to be hidden wherever it turns up."""

from __future__ import annotations

from streamdesnow.config.pipeline import PipelineConfig

__all__ = ["passwords_of"]


def passwords_of(config: PipelineConfig) -> tuple[str, ...]:
    """Those of cameras, of servers that results are pushed to, and of the page."""
    found = [camera.password for camera in config.cameras.values()]
    found += [output.push.password for output in config.outputs if output.push is not None]
    found += [] if config.web is None else [config.web.password]
    return tuple(password.get_secret_value() for password in found if password is not None)
