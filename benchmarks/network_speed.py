"""How fast models run through the engines of this machine, frames in memory, one camera.

    python benchmarks/network_speed.py --sizes 640x360 1280x720

Every engine is warmed up, then timed in turn over several rounds; the table gives the median of all calls,
their 95th percentile, and frames per second at the median. Compare rows of one run only.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np
from machine import describe

from streamdesnow.config.engine import EngineConfig
from streamdesnow.errors import EngineError
from streamdesnow.restore.desnower import Desnower


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", nargs="+", default=["fixed-camera", "paper"])
    parser.add_argument("--backends", nargs="+", default=["openvino", "onnxruntime", "torch"])
    parser.add_argument("--sizes", nargs="+", default=["640x360", "1280x720"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0, help="per engine and round")
    args = parser.parse_args()
    print(describe())
    print("| model | size | engine | median ms | p95 ms | frames/s |\n|---|---|---|---|---|---|")
    for model in args.models:
        for size in args.sizes:
            width, height = map(int, size.split("x"))
            for label, times in _timed(
                model, width, height, args.backends, args.rounds, args.seconds
            ).items():
                middle, late = statistics.median(times), sorted(times)[int(0.95 * len(times))]
                figures = f"{middle * 1e3:.1f} | {late * 1e3:.1f} | {1 / middle:.1f}"
                print(f"| {model} | {size} | {label} | {figures} |", flush=True)


def _timed(
    model: str, width: int, height: int, backends: list[str], rounds: int, seconds: float
) -> dict[str, list[float]]:
    frames = np.random.default_rng(0).integers(0, 256, (8, height, width, 3), dtype=np.uint8)
    opened: dict[str, Desnower] = {}
    for backend in backends:
        desnower = Desnower(model, EngineConfig.model_validate({"backend": backend}))
        try:
            opened[str(desnower.info)] = desnower
        except EngineError as error:
            print(f"{backend}: {error}")
    streams = {label: desnower.stream("bench") for label, desnower in opened.items()}
    times: dict[str, list[float]] = {label: [] for label in opened}
    for stream in streams.values():
        stream(frames[0])
    for _ in range(rounds):
        for label, stream in streams.items():
            end, count = time.perf_counter() + seconds, 0
            while time.perf_counter() < end or count < 3:
                began = time.perf_counter()
                stream(frames[count % len(frames)])
                times[label].append(time.perf_counter() - began)
                count += 1
    for desnower in opened.values():
        desnower.close()
    return times


if __name__ == "__main__":
    main()
