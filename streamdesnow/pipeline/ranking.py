"""The place of each camera when the machine cannot keep up, as the pipeline file says."""

from __future__ import annotations

from collections.abc import Mapping

from streamdesnow.config.named_models import shrinks
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.pipeline.parts import Restorer
from streamdesnow.pipeline.rank import Rank
from streamdesnow.pipeline.relief import Relief
from streamdesnow.restore.stream import Stream

__all__ = ["rank_of"]


def rank_of(config: PipelineConfig, camera: str, usual: Stream, restorers: Mapping[str, Restorer]) -> Rank:
    """One camera's place.

    Args:
        usual: what its usual network remembers of it. The smaller one goes by the same weather: a change of
            networks is no change of weather.
        restorers: the networks by name; the smaller one is among them if any camera needs it.
    """
    section = config.cameras[camera]
    smaller_model = config.overload.smaller_model
    smaller = None
    if shrinks(config, camera):
        smaller = smaller_model, restorers[smaller_model].stream(camera, beside=usual)
    policy = section.overload or config.overload.policy
    return Rank(section.priority, Relief(policy, smaller_model), smaller)
