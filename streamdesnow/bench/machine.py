"""Where a figure was taken: printed with every table."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from streamdesnow import __version__
from streamdesnow.engines.gpu import describe_gpu

__all__ = ["Machine", "describe", "this_machine"]

_UNITS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8", "asimd", "i8mm", "bf16")
_LIBRARIES = (
    "openvino",
    "onnxruntime",
    "onnxruntime-gpu",
    "tensorrt",
    "tensorrt-rtx",
    "torch",
    "av",
    "numpy",
)
_CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Machine:
    """What has to be known of a machine before figures are compared.

    Attributes:
        cpu: model of the processor.
        cores: how many this process may use.
        units: instructions that matter for networks, as Linux names them.
        memory: bytes.
        gpu: name and driver of the first NVIDIA GPU; empty without one.
        load: processes that wanted a core, on average over the last minute, before anything was measured.
        system: kernel and architecture.
        versions: of the libraries that take part.
        commit: of the checkout; empty for an installed package.
    """

    cpu: str
    cores: int
    units: tuple[str, ...]
    memory: int
    gpu: str
    load: float
    system: str
    versions: dict[str, str]
    commit: str

    @property
    def busy(self) -> bool:
        """Whether others were at work: figures are then those of what they left."""
        return self.load > 0.25 * self.cores

    def __str__(self) -> str:
        parts = [
            f"{self.cpu}, {self.cores} cores, {' '.join(self.units)}",
            f"{self.memory / 2**30:.0f} GiB" + (f", {self.gpu}" if self.gpu else ""),
            f"load {self.load:.1f} before" + (" (busy: figures are provisional)" if self.busy else ""),
            " ".join(f"{name} {number}" for name, number in self.versions.items()),
        ]
        return "; ".join([*parts, f"commit {self.commit}"] if self.commit else parts)


def this_machine() -> Machine:
    """What is known of this one."""
    gpu = describe_gpu(0)
    info = _text("/proc/cpuinfo")
    model = re.search(r"^model name\s*:\s*(.+)$", info, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", info, re.MULTILINE)
    present = set(flags[1].split()) if flags else set()
    memory = re.search(r"^MemTotal:\s*(\d+) kB$", _text("/proc/meminfo"), re.MULTILINE)
    return Machine(
        cpu=model[1] if model else platform.processor() or platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        units=tuple(unit for unit in _UNITS if unit in present),
        memory=int(memory[1]) * 1024 if memory else 0,
        gpu=f"{gpu.name}, driver {gpu.driver}" if gpu else "",
        load=os.getloadavg()[0],
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        versions={"streamdesnow": __version__, "Python": platform.python_version(), **_versions()},
        commit=_commit(),
    )


def describe() -> str:
    """This machine in one line."""
    return str(this_machine())


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _commit() -> str:
    # Not that of whatever repository the package happens to be installed below.
    if not (_CHECKOUT / ".git").exists():
        return ""
    command = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, cwd=_CHECKOUT, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()


def _text(path: str) -> str:
    file = Path(path)
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
