"""How old frames were over the course of a run, and whether they grew older."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from streamdesnow.bench.roofline import pyplot

__all__ = ["Ages", "Sample", "Window", "draw", "together"]


@dataclass(frozen=True, slots=True)
class Window:
    """Some seconds of a run.

    Attributes:
        at: seconds since the run began, of its middle.
        fps: frames that came out.
        p50, p95: of their ages, seconds.
    """

    at: float
    fps: float
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Sample:
    """What the processes use at a moment.

    Attributes:
        at: seconds since the run began.
        memory: bytes.
        cpu: CPU seconds so far, of all processes but the cameras', and of those.
    """

    at: float
    memory: int
    cpu: tuple[float, float]


@dataclass(slots=True)
class Ages:
    """Frames that came out.

    Attributes:
        at: when each did, monotonic seconds, in order.
        age: how old it was then, seconds.
    """

    at: list[float] = field(default_factory=list)
    age: list[float] = field(default_factory=list)

    def add(self, at: float, age: float) -> None:
        """Note a frame."""
        self.at.append(at)
        self.age.append(age)

    def between(self, since: float, until: float) -> Ages:
        """Those that came out in that time."""
        kept = [(at, age) for at, age in zip(self.at, self.age, strict=True) if since <= at < until]
        return Ages([at for at, _ in kept], [age for _, age in kept])

    def quantiles(self) -> tuple[float, float]:
        """Median and 95th percentile in seconds; NaN without frames."""
        if not self.age:
            return float("nan"), float("nan")
        median, high = np.quantile(self.age, (0.5, 0.95))
        return float(median), float(high)

    def windows(self, since: float, until: float, seconds: float) -> list[Window]:
        """The time from `since` to `until` in windows of so many seconds; those without frames are left out.

        `Window.at` counts from `since`.
        """
        edges = np.arange(since, until - seconds / 2, seconds)
        found = []
        for edge in edges:
            part = self.between(edge, edge + seconds)
            if part.age:
                found.append(Window(edge + seconds / 2 - since, len(part.age) / seconds, *part.quantiles()))
        return found

    def slope(self, since: float, until: float) -> float:
        """By how much the median age of a second grows, seconds per second.

        The median of the slopes between any two seconds (Theil-Sen): a single hiccup does not tilt it.
        """
        windows = self.windows(since, until, 1.0)
        if len(windows) < 3:
            return float("nan")
        at = np.array([each.at for each in windows])
        age = np.array([each.p50 for each in windows])
        one, two = np.triu_indices(len(windows), 1)
        return float(np.median((age[two] - age[one]) / (at[two] - at[one])))


def together(all_ages: Sequence[Ages]) -> Ages:
    """Those of several cameras as one."""
    pairs = sorted((at, age) for ages in all_ages for at, age in zip(ages.at, ages.age, strict=True))
    return Ages([at for at, _ in pairs], [age for _, age in pairs])


def draw(
    path: Path,
    windows: dict[str, list[Window]],
    samples: Sequence[Sample],
    marks: Sequence[float],
    title: str,
    footer: str,
) -> None:
    """Latency of each camera, frames a second of all, and memory, over time.

    Args:
        windows: by camera.
        marks: seconds at which an overload policy took a step; thin lines.
    """
    plt = pyplot()
    figure, (top, middle, bottom) = plt.subplots(3, 1, figsize=(10, 9), sharex=True, layout="constrained")
    for name, each in windows.items():
        x = [window.at for window in each]
        (line,) = top.plot(x, [1e3 * window.p50 for window in each], label=name)
        top.plot(x, [1e3 * window.p95 for window in each], ":", color=line.get_color())
        middle.plot(x, [window.fps for window in each])
    bottom.plot([each.at for each in samples], [each.memory / 2**20 for each in samples], color="black")
    for axes, label in (
        (top, "ms old (p50, dotted p95)"),
        (middle, "fps of each camera"),
        (bottom, "MiB of all processes"),
    ):
        axes.set(ylabel=label, ylim=(0, None))
        axes.grid(True, alpha=0.2)
        for mark in marks:
            axes.axvline(mark, color="grey", linewidth=0.5, alpha=0.6)
    bottom.set(xlabel="seconds")
    if windows:
        top.legend(fontsize=7, ncols=4)
    figure.suptitle(title)
    figure.supxlabel(footer[:300], fontsize=6, wrap=True)
    figure.savefig(path, dpi=120, format="png")
    plt.close(figure)
