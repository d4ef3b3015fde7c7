"""TensorRT and TensorRT for RTX: two libraries with one interface."""

from __future__ import annotations

import importlib
import logging
import re
from dataclasses import dataclass
from typing import Any, Literal

from streamdesnow.engines.cuda import CudaDevice
from streamdesnow.errors import EngineUnavailable

__all__ = ["TURING", "Library", "LibraryName", "load_library"]

_log = logging.getLogger(__name__)

LibraryName = Literal["tensorrt", "tensorrt-rtx"]

TURING = (7, 5)
"""Compute capability that TensorRT 10 and later begin at."""


@dataclass(frozen=True, slots=True)
class Library:
    """One of the two, imported.

    Attributes:
        name: of the package.
        module: the package.
        logger: an `ILogger` that keeps the last error and passes the rest on to logging.
    """

    name: LibraryName
    module: Any
    logger: Any

    @property
    def version(self) -> str:
        """For example `10.13.3.9`, or `1.7.1.116` of TensorRT for RTX."""
        return str(self.module.__version__)

    @property
    def portable(self) -> bool:
        """Whether engines run on other GPUs than the one they are built on: they are finished where they run.

        Such a library also builds where there is no GPU.
        """
        return self.name == "tensorrt-rtx"

    @property
    def capabilities(self) -> tuple[tuple[int, int], ...]:
        """Compute capabilities to build for, where there is a choice; empty where it is the GPU here."""
        if not self.portable:
            return ()
        known = self.module.ComputeCapability.__members__
        numbers = (match for name in known if (match := re.fullmatch(r"SM(\d+)(\d)", name)))
        return tuple(sorted((int(match[1]), int(match[2])) for match in numbers))

    @property
    def usual_targets(self) -> tuple[tuple[int, int], ...]:
        """Those that are built for unless one is named."""
        return tuple(capability for capability in self.capabilities if capability != TURING)

    def targets(self, capability: tuple[int, int] | None) -> tuple[tuple[int, int], ...]:
        """What to build for, so that engines run on a GPU of this capability; empty for what is usual.

        TensorRT for RTX leaves Turing out unless asked, and an engine that includes it is a fifth larger.
        """
        return (TURING,) if self.portable and capability == TURING else ()

    def check_device(self, device: CudaDevice) -> None:
        """Raise EngineUnavailable if this library does not run on the device."""
        supported = self.capabilities
        major, minor = device.capability
        if supported and device.capability not in supported:
            known = ", ".join(f"{one}.{other}" for one, other in supported)
            raise EngineUnavailable(
                f"TensorRT for RTX {self.version} runs on compute capability {known}, and {device.name} has "
                f'{major}.{minor}: pip install "streamdesnow[tensorrt]"'
            )
        if device.capability < TURING:
            raise EngineUnavailable(
                f"TensorRT {self.version} needs compute capability 7.5 (Turing) or higher, and {device.name} "
                f"has {major}.{minor}; onnxruntime with CUDA runs on it"
            )

    def failure(self) -> str:
        """What the library said last of what went wrong; the reason is not part of what its calls return."""
        return str(self.logger.last) or "it does not say why"


def load_library(name: LibraryName) -> Library:
    """Import it.

    Raises:
        EngineUnavailable: it is not installed, or cannot be loaded.
    """
    try:
        module = importlib.import_module(name.replace("-", "_"))
    except (ImportError, OSError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise EngineUnavailable(
            f'{name} is not installed ({reason}): pip install "streamdesnow[{name}]"'
        ) from error
    return Library(name, module, _logger(module))


def _logger(module: Any) -> Any:
    """Made here, as its base class comes with the library."""

    class Logger(module.ILogger):  # type: ignore[misc]  # a class of a module known at run time
        def __init__(self) -> None:
            super().__init__()
            self.last = ""

        def log(self, severity: Any, message: str) -> None:
            if severity <= module.ILogger.ERROR:
                self.last = " ".join(message.split())
            # What goes wrong is raised by whoever called; the library's own words are for --verbose.
            _log.debug("%s: %s", module.__name__, message)

    return Logger()
