"""The methods that are scored: models, and what does without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from streamdesnow.frame import Image
from streamdesnow.lab.scoring.baselines import CausalMedian, LowQuantile
from streamdesnow.lab.scoring.zheng2013 import Zheng2013

__all__ = ["STILL_BASELINES", "Method", "baselines", "best_median", "model_methods"]

Restore = Callable[[Image], Image]
Method = Callable[[], Restore]
"""Makes a restoration without memories; that is called frame by frame, uint8 (H, W, 3) BGR."""

_MEDIANS = (3, 5, 9)

STILL_BASELINES: Mapping[str, Method] = {"zheng2013": Zheng2013}
"""What cleans one picture without a network, by name; scored where it is asked for."""


def baselines(video: bool) -> dict[str, Method]:
    """The input as it is and, for video, causal medians of 3, 5 and 9 frames and a running low quantile."""
    methods: dict[str, Method] = {"input": lambda: lambda image: image}
    if video:
        methods |= {_median_name(frames): _median(frames) for frames in _MEDIANS}
        methods["low quantile"] = LowQuantile
    return methods


def best_median(figures: Mapping[str, float]) -> float:
    """The highest figure of the causal medians among those of all methods, by name."""
    return max(figures[_median_name(frames)] for frames in _MEDIANS)


def model_methods(models: Mapping[str, Callable[[str], Restore]], video: bool) -> dict[str, Method]:
    """Models, each by its name as a function that gives a camera's stream by the camera's name.

    For stills every picture is a camera of its own, so that nothing is remembered of the one before.
    """
    return {name: _fresh(stream, video) for name, stream in models.items()}


def _median_name(frames: int) -> str:
    return f"median {frames}"


def _median(frames: int) -> Method:
    return lambda: CausalMedian(frames)


def _fresh(stream: Callable[[str], Restore], video: bool) -> Method:
    if video:
        return lambda: stream("eval")
    return lambda: lambda image: stream("eval")(image)
