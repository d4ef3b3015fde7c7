"""Energy counters of processor and GPU, where this process may read them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

__all__ = ["EnergyMeter", "find_meter", "no_meter"]

EnergyMeter = Callable[[], float | None]
"""Joules since some moment in the past; None where nothing can be read."""


def no_meter() -> float | None:
    """Reads nothing."""
    return None


def find_meter(gpu: bool, powercap: Path = Path("/sys/class/powercap")) -> tuple[EnergyMeter, str]:
    """A meter for what a network runs on, and in words what it counts.

    Args:
        gpu: the network runs on the first NVIDIA GPU, whose counter takes NVML (package nvidia-ml-py) and a
            GPU from Volta on. Otherwise the processor's packages are counted (RAPL), with all that runs on
            them; most systems let only root read that.
    """
    return _gpu_meter() if gpu else _package_meter(powercap)


def _package_meter(powercap: Path) -> tuple[EnergyMeter, str]:
    # intel-rapl:0 is a package, intel-rapl:0:0 a part of it; AMD's packages go by the same name.
    counters = [
        path / "energy_uj" for path in sorted(powercap.glob("intel-rapl:*")) if path.name.count(":") == 1
    ]

    def read() -> float | None:
        try:
            return sum(int(counter.read_text()) for counter in counters) / 1e6
        except (OSError, ValueError):
            return None

    if not counters or read() is None:
        return no_meter, "not readable (no RAPL counter in /sys/class/powercap that this user may read)"
    return read, "of the processor's packages, with all that ran on them (RAPL)"


def _gpu_meter() -> tuple[EnergyMeter, str]:
    try:
        import pynvml

        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByIndex(0)
        pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)
    except ImportError:
        return no_meter, "not readable (pip install nvidia-ml-py)"
    except pynvml.NVMLError as error:
        return no_meter, f"not readable (NVML: {error})"

    def read() -> float | None:
        try:
            return float(pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)) / 1e3
        except pynvml.NVMLError:
            return None

    return read, "of the GPU (NVML)"
