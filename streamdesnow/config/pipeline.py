"""The pipeline file as a whole."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from streamdesnow.config.base import Section, problems_at
from streamdesnow.config.camera import CameraConfig, CameraName
from streamdesnow.config.detect import DetectConfig
from streamdesnow.config.engine import EngineConfig
from streamdesnow.config.fit import (
    cameras_of_zones,
    overlays_of_nothing,
    shared_events,
    shared_places,
    unknown_cameras,
)
from streamdesnow.config.gate import SnowfallConfig, When
from streamdesnow.config.output import OutputConfig
from streamdesnow.config.overload import OverloadConfig
from streamdesnow.config.recordings import mixed_recordings
from streamdesnow.config.units import Duration
from streamdesnow.config.web import WebConfig

__all__ = ["LogConfig", "PipelineConfig", "RestoreConfig"]


class RestoreConfig(Section):
    """How frames are cleaned."""

    when: When = "always"
    """`always`: every frame. `snowing`: only while snow falls; other frames pass as they are and the network
    rests. `never`: no frame. Each camera may have its own: `cameras.NAME.when`."""
    snowfall: SnowfallConfig = SnowfallConfig()
    """What counts as snowfall, for `when: snowing`."""
    cut: bool = True
    """Forget a camera's memory when the picture changes all at once (scene cut, pan, night switch)."""
    batch: int = Field(default=8, ge=1)
    """At most this many cameras of one frame size go through the network in one call."""
    wait: Duration = 0.0
    """How long a live frame may wait for those of other cameras to go through the network together, which
    pays on a GPU: `10ms`. 0: never."""


class LogConfig(Section):
    """What is printed while running."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """Least important line to print."""
    format: Literal["auto", "table", "lines", "json"] = "auto"
    """`auto`: a live table on a terminal, plain lines elsewhere."""
    interval: Duration = 10.0
    """Time between status lines, where there is no table."""


class PipelineConfig(Section):
    """A pipeline: cameras in, a network, outputs."""

    model: str = "fixed-camera"
    """Name of a shipped model or path of a model folder."""
    engine: EngineConfig = EngineConfig()
    """What runs the network."""
    restore: RestoreConfig = RestoreConfig()
    """How frames are cleaned."""
    cameras: dict[CameraName, CameraConfig] = Field(min_length=1)
    """Cameras by name; the name appears in files, tables and logs."""
    overload: OverloadConfig = OverloadConfig()
    """What happens to live cameras when the machine cannot keep up."""
    detect: DetectConfig | None = None
    """What is looked for in the cleaned frames. Default: nothing."""
    outputs: tuple[OutputConfig, ...] = Field(min_length=1)
    """Where results go; all at once, none holds back another."""
    web: WebConfig | None = None
    """A page to watch cameras on. Default: none; `web:` alone listens on this machine."""
    log: LogConfig = LogConfig()
    """What is printed."""

    def outputs_of(self, camera: str) -> tuple[OutputConfig, ...]:
        """The outputs that a camera's frames go to."""
        return tuple(output for output in self.outputs if output.settings.takes(camera))

    @model_validator(mode="before")
    @classmethod
    def _bare_sections(cls, data: object) -> object:
        # `detect:` or `web:` with nothing below it: that, with all its defaults.
        if not isinstance(data, dict):
            return data
        bare: dict[str, object] = {key: {} for key in ("detect", "web") if key in data and data[key] is None}
        return data | bare

    @model_validator(mode="after")
    def _outputs_fit(self) -> PipelineConfig:
        problems = [*unknown_cameras(self.cameras, self.outputs), *shared_places(self.cameras, self.outputs)]
        problems += mixed_recordings(self.cameras, self.outputs)
        problems += cameras_of_zones(self.cameras, self.detect)
        problems += shared_events(self.cameras, self.detect)
        problems += overlays_of_nothing(self.outputs, self.detect)
        if problems:
            raise problems_at(*problems)
        return self
