"""What the NVIDIA driver says of a GPU, without loading a CUDA library."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass

__all__ = ["Gpu", "describe_gpu"]

_QUERY = ("nvidia-smi", "--query-gpu=name,driver_version,memory.free", "--format=csv,noheader,nounits")


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU.

    Attributes:
        name: as the driver prints it, for example `NVIDIA GeForce RTX 4070`.
        driver: version of the driver.
        free: bytes of its memory that nobody uses now.
    """

    name: str
    driver: str
    free: int


def describe_gpu(device: int) -> Gpu | None:
    """The GPU that CUDA numbers `device`; None where there is no such GPU or no driver."""
    command = (*_QUERY, f"--id={_driver_number(device)}")
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
        name, driver, free = answer.stdout.splitlines()[0].rsplit(",", 2)
        return Gpu(name.strip(), driver.strip(), int(float(free)) * 2**20)
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None


def _driver_number(device: int) -> str:
    """CUDA_VISIBLE_DEVICES renumbers GPUs for CUDA; the driver's tool keeps its own numbers and UUIDs."""
    visible = [part.strip() for part in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if part.strip()]
    return visible[device] if device < len(visible) else str(device)
