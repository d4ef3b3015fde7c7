"""Live cameras in memory, fed at a steady rate."""

from __future__ import annotations

import threading
import time
from fractions import Fraction

from cameras_report import Setting
from turning import there_and_back

from streamdesnow.capture.memory import MemorySource
from streamdesnow.clock import Clock
from streamdesnow.config.camera import CameraConfig, SimulatedConfig
from streamdesnow.frame import Frame, Image
from streamdesnow.snowfall.film import SimulatedFilm

__all__ = ["MemoryCameras"]

_FILM = 50
_TICK = Fraction(1, 90_000)


class MemoryCameras:
    """Cameras that show the simulated street, each a moment later than the one before."""

    def __init__(self, setting: Setting) -> None:
        self._fps = setting.fps
        self._images = _film(setting.size, setting.snow)
        self._sources: dict[str, MemorySource] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._feed, daemon=True)

    def source(self, name: str, config: CameraConfig, clock: Clock) -> MemorySource:
        """For `Parts`."""
        self._sources[name] = MemorySource(live=True, camera=name)
        return self._sources[name]

    def start(self) -> None:
        """Begin to feed."""
        self._thread.start()

    def stop(self) -> None:
        """Feed no more."""
        self._stopping.set()
        self._thread.join()

    def _feed(self) -> None:
        began, interval = time.monotonic(), 1 / self._fps
        offsets = {name: number * interval / len(self._sources) for number, name in enumerate(self._sources)}
        index = 0
        while not self._stopping.is_set():
            for name, source in self._sources.items():
                delay = began + index * interval + offsets[name] - time.monotonic()
                if delay > 0 and self._stopping.wait(delay):
                    return
                image = self._images[there_and_back(index, len(self._images))]
                pts = round(index * interval / _TICK)
                source.add(Frame(image, pts, _TICK, time.monotonic(), name, index, index == 0))
            index += 1


def _film(size: str, snow: str) -> list[Image]:
    film = SimulatedFilm(SimulatedConfig.model_validate({"size": size, "snow": snow, "duration": 0}))
    return [film.snowy(number) for number in range(_FILM)]
