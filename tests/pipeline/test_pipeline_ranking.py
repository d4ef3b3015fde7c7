"""What changes when a camera goes over to the smaller model, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_models
from twins import TwinParts, TwinSource

from streamdesnow.clock import ManualClock
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.engines.memory import MemoryEngine
from streamdesnow.pipeline.assembly import make_lanes
from streamdesnow.restore import Desnower
from streamdesnow.snowfall.film import SimulatedFilm


@pytest.mark.parametrize("when", ["pipeline", "camera"])
def test_a_change_of_networks_is_no_change_of_weather(tmp_path: Path, when: str) -> None:
    twins = TwinParts(TwinSource("gate", live=True))
    sections = {"restore": {"when": "snowing"}} if when == "pipeline" else {}
    if when == "camera":
        sections["cameras"] = {"gate": {"source": "gate.mp4", "when": "snowing"}}
    config = twins.config(overload={"policy": "smaller-model"}, **sections)
    model = tiny_models.inverting(tmp_path / "inv")
    restorers = {
        name: Desnower(model, when=config.restore.when, runner=MemoryEngine(lambda image, _: 255 - image))
        for name in (config.model, config.overload.smaller_model)
    }
    (lane,), _ = make_lanes(config, twins.parts, restorers, ManualClock())
    film = SimulatedFilm(SimulatedConfig(snow="heavy", size=(320, 180), duration=2))
    frames = [film.snowy(index) for index in range(24)]
    for image in frames[:20]:
        lane.stream(image)
    for steps, name, image in (
        (1, config.overload.smaller_model, frames[20]),
        (-1, config.model, frames[21]),
    ):
        lane.relieve(steps)
        assert lane.model == name
        assert (lane.stream(image) == 255 - image).all()
        now = lane.snapshot()
        assert now.snowing
        assert now.snowfall is not None
        assert now.snowfall > 1.0
