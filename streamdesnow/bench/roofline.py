"""The roofline as a picture: what was reached, under what could be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from streamdesnow.bench.report import Report, short_name
from streamdesnow.errors import ConfigError

__all__ = ["draw_roofline", "pyplot"]

_WIDTH = 400
"""Characters of the line that names the machine, at most."""


def pyplot() -> Any:
    """matplotlib, set up to write files.

    Raises:
        ConfigError: it is not installed.
    """
    try:
        import matplotlib
    except ImportError as error:
        raise ConfigError(
            'plots are drawn by matplotlib, which is not installed: pip install "streamdesnow[bench]"'
        ) from error
    matplotlib.use("agg")
    import matplotlib.pyplot

    return matplotlib.pyplot


def draw_roofline(report: Report, path: Path) -> None:
    """Write a PNG: a roof an engine, a point a result.

    Raises:
        ConfigError: matplotlib is missing.
        OSError: the file cannot be written.
    """
    plt = pyplot()
    figure, axes = plt.subplots(figsize=(9, 6), layout="constrained")
    points = [result for result in report.results if result.ceiling is not None]
    intensities = [result.work.intensity for result in points] or [1.0]
    # Far enough to the left that the slope of the roof shows.
    ridges = [each.roof.flops / each.roof.bandwidth for each in report.ceilings]
    span = np.geomspace(min(*intensities, *ridges) / 20, max(intensities) * 4, 200)
    colours: dict[str, Any] = {}
    for ceiling in report.ceilings:
        name, roof = short_name(ceiling.engine), ceiling.roof
        label = f"{name}: {roof.flops / 1e9:.0f} GFLOP/s, {roof.bandwidth / 1e9:.1f} GB/s (measured)"
        (line,) = axes.plot(span, np.minimum(roof.flops, roof.bandwidth * span), label=label)
        colours[name] = line.get_color()
    for result in points:
        colour = colours[short_name(result.engine)]
        axes.plot(result.work.intensity, result.flops, "o", color=colour)
        batch = f" x{result.batch}" if result.batch > 1 else ""
        text = f"{result.model.name} {result.size[0]}x{result.size[1]}{batch}: {result.fps:.1f} fps"
        axes.annotate(
            text,
            (result.work.intensity, result.flops),
            xytext=(0, -14),
            textcoords="offset points",
            fontsize=8,
            ha="center",
        )
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="operations per byte that cannot be avoided (FLOP/byte)",
        ylabel="operations per second (FLOP/s)",
        title="Roofline",
    )
    axes.grid(True, which="both", alpha=0.2)
    if report.ceilings:
        axes.legend(loc="lower right", fontsize=8)
    figure.supxlabel(str(report.machine)[:_WIDTH], fontsize=6, wrap=True)
    figure.savefig(path, dpi=120, format="png")
    plt.close(figure)
