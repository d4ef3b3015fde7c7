"""`detect:` what is looked for in the cleaned frames, and where."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from streamdesnow.config.base import Section
from streamdesnow.config.events import EventsConfig
from streamdesnow.config.overlay import OverlayConfig
from streamdesnow.config.some_cameras import SomeCameras
from streamdesnow.config.tracking import TrackConfig
from streamdesnow.config.units import Duration

__all__ = ["DetectConfig", "Point", "ZoneConfig"]

_Share = Annotated[float, Field(ge=0, le=1)]
Point = tuple[_Share, _Share]
"""x and y as shares of the frame's width and height, from the top left corner."""


def _has_area(corners: tuple[Point, ...]) -> tuple[Point, ...]:
    if len(corners) < 3:
        raise ValueError(f"a zone has three corners or more, got {len(corners)}")
    return corners


class ZoneConfig(Section):
    """A part of the picture. Only what stands in one of a camera's zones counts: the middle of the lower edge
    of its box decides. A camera without zones is watched as a whole."""

    polygon: Annotated[tuple[Point, ...], AfterValidator(_has_area)]
    """Three corners or more, each `[x, y]` as shares of width and height, 0..1, from the top left:
    `[[0, 0.5], [1, 0.5], [1, 1]]`."""
    cameras: SomeCameras | None = None
    """Cameras that have this zone. Default: all."""


def _plain_polygon(value: object) -> object:
    return {"polygon": value} if isinstance(value, list | tuple) else value


_Polygon = list[tuple[float, float]] | ZoneConfig
Zone = Annotated[ZoneConfig, BeforeValidator(_plain_polygon, json_schema_input_type=_Polygon)]
"""A zone, or the corners alone."""


class DetectConfig(Section):
    """Looks for people, cars and other things in the cleaned frames, in a process of its own: however slow it
    is, the stream is not held up."""

    backend: Literal["auto", "onnx", "imageai"] = "auto"
    """`onnx`: YOLO-family files on onnxruntime, needs the `cpu` or `gpu` extra. `imageai`: YOLOv3, TinyYOLOv3
    and RetinaNet by ImageAI, needs the `detect` extra. `auto`: by the weights that are found, ONNX first."""
    model: str = "tiny-yolov3"
    """Path of a weights file (`.onnx`; `.pt` or `.pth` for ImageAI), or the name of one without its ending,
    which is looked for in the folders of `$STREAMDESNOW_DETECTORS` and then in
    `~/.local/share/streamdesnow/detectors`, where `streamdesnow models import` puts it."""
    every: Annotated[int, Field(ge=1)] = 1
    """Look at every Nth frame. While the detector is busy, frames pass it by and it takes the newest next."""
    max_fps: Annotated[float, Field(gt=0)] | None = None
    """Look at no more frames of a camera per second than this."""
    classes: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """What to look for, by the names of the model's classes: `[person, car]`. Default: all it knows."""
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Least confidence of what is reported."""
    score: Literal["class", "product"] = "class"
    """What confidence means with YOLOv3 networks. `class`: how sure the class is, where the network is more
    sure than not that there is something, which is what ImageAI prints. `product`: the two multiplied, as
    darknet and benchmarks count. Other networks know one kind only."""
    overlap: Annotated[float, Field(gt=0, le=1)] = 0.4
    """Two boxes of one class that overlap more than this (intersection over union) are one thing."""
    zones: dict[Annotated[str, Field(min_length=1)], Zone] = Field(default_factory=dict)
    """Parts of the picture by name, each a list of corners, or a section if it is of some cameras only."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """`auto`: the GPU where it works, else the CPU."""
    timeout: Duration = 60.0
    """A detector that takes longer over one frame is stuck: it is ended and started again."""
    compare: bool = False
    """Look at each frame before cleaning too, and report what either shows. Counts what only the frame before
    cleaning shows, so that cleaning is seen to hide nothing. Takes twice the time."""
    track: TrackConfig = TrackConfig()
    """How detections of one thing are joined into a track."""
    overlay: OverlayConfig = OverlayConfig()
    """What is drawn into the pictures."""
    events: EventsConfig | None = None
    """Where to write what comes and goes. Default: nowhere; `events:` alone writes with all defaults."""

    @model_validator(mode="before")
    @classmethod
    def _one_class_is_a_list(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("classes"), str):
            return data | {"classes": [data["classes"]]}
        return data

    @model_validator(mode="before")
    @classmethod
    def _bare_events(cls, data: Any) -> Any:
        if isinstance(data, dict) and "events" in data and data["events"] is None:
            return data | {"events": {}}
        return data
