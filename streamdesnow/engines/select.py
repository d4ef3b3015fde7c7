"""Choosing what runs a network: the fastest that this machine can, unless the config says otherwise."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.engine import Engine, EngineInfo
from streamdesnow.engines.gpu import describe_gpu
from streamdesnow.engines.onnxruntime import OnnxRuntimeEngine
from streamdesnow.engines.openvino import OpenVinoEngine
from streamdesnow.engines.tensorrt import TensorRtEngine
from streamdesnow.engines.torch import TorchEngine
from streamdesnow.errors import EngineUnavailable
from streamdesnow.models.folder import ModelFolder

__all__ = ["EngineTrial", "open_engine", "try_engines"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    backend: str
    hardware: frozenset[str]
    build: Callable[[ModelFolder, EngineConfig], Engine]


@dataclass(frozen=True, slots=True)
class EngineTrial:
    """Whether one way to run a network works on this machine.

    Attributes:
        name: for people, for example `onnxruntime with CUDA`.
        info: what it runs on, if it works.
        reason: why it does not; empty if it does.
    """

    name: str
    info: EngineInfo | None = None
    reason: str = ""


# Fastest first. TensorRT counts as CUDA too: whoever requires CUDA wants the GPU.
_CANDIDATES = (
    _Candidate(
        "TensorRT",
        "tensorrt",
        frozenset({"tensorrt", "cuda"}),
        lambda model, config: TensorRtEngine(model, config, "tensorrt"),
    ),
    _Candidate(
        "TensorRT for RTX",
        "tensorrt",
        frozenset({"tensorrt", "cuda"}),
        lambda model, config: TensorRtEngine(model, config, "tensorrt-rtx"),
    ),
    _Candidate(
        "onnxruntime with TensorRT",
        "onnxruntime",
        frozenset({"tensorrt", "cuda"}),
        lambda model, config: OnnxRuntimeEngine(model, config, "tensorrt"),
    ),
    _Candidate(
        "onnxruntime with CUDA",
        "onnxruntime",
        frozenset({"cuda"}),
        lambda model, config: OnnxRuntimeEngine(model, config, "cuda"),
    ),
    _Candidate(
        "torch with CUDA",
        "torch",
        frozenset({"cuda"}),
        lambda model, config: TorchEngine(model, config, "cuda"),
    ),
    _Candidate("OpenVINO on the CPU", "openvino", frozenset({"cpu"}), OpenVinoEngine),
    _Candidate(
        "onnxruntime on the CPU",
        "onnxruntime",
        frozenset({"cpu"}),
        lambda model, config: OnnxRuntimeEngine(model, config, "cpu"),
    ),
    _Candidate(
        "torch on the CPU",
        "torch",
        frozenset({"cpu"}),
        lambda model, config: TorchEngine(model, config, "cpu"),
    ),
)


def open_engine(model: ModelFolder, config: EngineConfig | None = None) -> Engine:
    """The fastest engine that this machine can run and the config allows, open.

    Logs at level INFO what was taken, at level DEBUG why each faster one was not.

    Raises:
        EngineUnavailable: none; the message gives the reason for each and says what to install.
        ModelCorrupt: an engine that works cannot read the network.
    """
    config = config or EngineConfig()
    refused: list[str] = []
    for candidate in _allowed(config):
        engine = candidate.build(model, config)
        try:
            engine.open()
        except EngineUnavailable as error:
            refused.append(f"{candidate.name}: {error}")
            _log.debug("%s does not run on %s", model.name, refused[-1])
            continue
        asked = _asked(config)
        why = f"the fastest that works here{asked and f' with {asked}'}"
        _warn_of_idle_gpu(model, config, candidate, refused)
        more = f" ({len(refused)} faster ones do not; `streamdesnow doctor` says why)" if refused else ""
        _log.info("%s runs on %s: %s%s", model.name, engine.info, why, more)
        return engine
    raise EngineUnavailable(_nothing_left(config, refused))


def _warn_of_idle_gpu(
    model: ModelFolder, config: EngineConfig, chosen: _Candidate, refused: list[str]
) -> None:
    """Say so where there is a GPU and the network runs beside it: that is hardly what was meant."""
    gpu = describe_gpu(config.device) if refused and "cpu" in chosen.hardware else None
    if gpu is not None:
        reasons = "\n".join(f"  {reason.splitlines()[0]}" for reason in refused)
        _log.warning("%s does not use the %s and runs on the CPU:\n%s", model.name, gpu.name, reasons)


def try_engines(model: ModelFolder, config: EngineConfig | None = None) -> list[EngineTrial]:
    """Open and close every engine that the config allows, fastest first, to see which work here."""
    return [
        _try(candidate, model, config or EngineConfig()) for candidate in _allowed(config or EngineConfig())
    ]


def _try(candidate: _Candidate, model: ModelFolder, config: EngineConfig) -> EngineTrial:
    engine = candidate.build(model, config)
    try:
        engine.open()
        return EngineTrial(candidate.name, engine.info)
    except EngineUnavailable as error:
        return EngineTrial(candidate.name, reason=str(error))
    finally:
        engine.close()


def _allowed(config: EngineConfig) -> Iterator[_Candidate]:
    for candidate in _CANDIDATES:
        backend = config.backend in ("auto", candidate.backend)
        if backend and (config.require is None or config.require in candidate.hardware):
            yield candidate


def _asked(config: EngineConfig) -> str:
    """What the config leaves no choice in; empty if nothing."""
    asked = [f"backend {config.backend}"] if config.backend != "auto" else []
    asked += [f"require {config.require}"] if config.require else []
    asked += [f"precision {config.precision}"] if config.precision != "auto" else []
    return ", ".join(asked)


def _extra(config: EngineConfig) -> str:
    if config.backend == "torch":
        return "train"
    if config.backend == "tensorrt" or config.require == "tensorrt":
        return "tensorrt"
    return "gpu" if config.require == "cuda" else "cpu"


def _nothing_left(config: EngineConfig, refused: list[str]) -> str:
    asked, extra = _asked(config), _extra(config)
    if not refused:
        return f"no engine fits {asked}: openvino runs on CPUs only, tensorrt on NVIDIA GPUs only"
    condition = f" with {asked}" if asked else ""
    reasons = "\n".join(f"  {reason}" for reason in refused)
    return f'no engine can run the network{condition}; try: pip install "streamdesnow[{extra}]"\n{reasons}'
