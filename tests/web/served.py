"""A server over cameras that a test holds in its hand, and its answers."""

from __future__ import annotations

import base64
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from email.message import Message
from fractions import Fraction

import numpy as np

from streamdesnow.capture.source import CaptureState
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.detect.detection import Detection
from streamdesnow.frame import CleanedFrame, Frame
from streamdesnow.status.snapshot import CameraSnapshot, PipelineSnapshot
from streamdesnow.web.server import WebServer


def cleaned(
    index: int = 0, tracks: tuple[Detection, ...] = (), size: tuple[int, int] = (64, 32)
) -> CleanedFrame:
    """A frame that is white before cleaning and dark after."""
    width, height = size
    before = Frame(np.full((height, width, 3), 250, np.uint8), index, Fraction(1, 25), 0.0, "gate", index)
    return CleanedFrame(before, np.full((height, width, 3), 20, np.uint8), 0.0, tracks)


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Until the server has come to it."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.02)


class Served:
    """A server, and what it is told of its cameras.

    Args:
        names: of the cameras.
        web: the `web` section; it listens on a port that is free.
        detect: whether something is looked for.
        outputs: of the pipeline.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        web: dict[str, object],
        *,
        detect: bool = False,
        outputs: Sequence[dict[str, object]] = ({"null": None},),
    ) -> None:
        config = PipelineConfig.model_validate(
            {
                "web": {"listen": "127.0.0.1:0"} | web,
                "cameras": {name: {"source": "a.mp4"} for name in names},
                "outputs": outputs,
                **({"detect": {}} if detect else {}),
            }
        )
        assert config.web is not None
        self.cameras = [
            CameraSnapshot(name, CaptureState.RUNNING, live=True, frames_in=9, frames_out=8) for name in names
        ]
        self.server = WebServer(config, config.web, self.snapshot)
        self.server.open()

    @property
    def url(self) -> str:
        address = self.server.address(20.0)
        assert address is not None
        return f"http://{address}"

    def snapshot(self) -> PipelineSnapshot:
        return PipelineSnapshot(90.0, (("fixed-camera", "openvino"),), tuple(self.cameras))

    def show(self, camera: str, frame: CleanedFrame) -> None:
        self.server.onlooker(camera)(frame)

    def get(self, path: str, login: str | None = None, **headers: str) -> tuple[int, bytes, Message]:
        """Status, body and headers."""
        if login is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), error.headers
