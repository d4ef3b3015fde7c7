"""onnxruntime's execution providers: which to ask for, with which options."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.gpu import describe_gpu
from streamdesnow.engines.network import state_shapes
from streamdesnow.engines.ort_session import CPU, CUDA
from streamdesnow.errors import EngineUnavailable
from streamdesnow.models.folder import ModelFolder

__all__ = ["MAX_BATCH", "PROVIDER_NAMES", "Provider", "cache_folder", "provider_precision", "providers"]

Provider = Literal["cpu", "cuda", "tensorrt"]
PROVIDER_NAMES: Mapping[Provider, str] = {
    "cpu": CPU,
    "cuda": CUDA,
    "tensorrt": "TensorrtExecutionProvider",
}
MAX_BATCH = 8
"""Frames in one call on a GPU; TensorRT builds for a range that ends here."""

_Options = dict[str, str]


def provider_precision(provider: Provider, asked: str, *, causal: bool, quantised: bool = False) -> str:
    """The precision to run with.

    Args:
        asked: the config's `engine.precision`.
        causal: the model has a memory.
        quantised: the model has a network in eight bits. It is run on the CPU where it is asked for; on its
            own it gains too little there.

    Raises:
        EngineUnavailable: this provider does not offer the one that was asked for.
    """
    # TensorRT may lay a causal model's slow averages in fp16 too, where small steps vanish.
    automatic = "fp16" if provider == "tensorrt" and not causal else "fp32"
    cpu = ("fp32", "int8") if quantised else ("fp32",)
    offered = {"cpu": cpu, "cuda": ("fp32",), "tensorrt": ("fp32", "fp16")}[provider]
    if asked == "auto":
        return automatic
    if asked not in offered:
        raise EngineUnavailable(
            f"{PROVIDER_NAMES[provider]} of onnxruntime runs in {' or '.join(offered)}, not in {asked}"
        )
    return asked


def providers(
    provider: Provider, model: ModelFolder, config: EngineConfig, version: str, size: tuple[int, int]
) -> list[tuple[str, _Options]]:
    """The provider asked for and those that run what it cannot, best first, each with its options.

    Args:
        size: (width, height) that TensorRT builds for; the other providers take any.
    """
    cpu: tuple[str, _Options] = (PROVIDER_NAMES["cpu"], {})
    if provider == "cpu":
        return [cpu]
    tf32 = "0" if config.precision == "fp32" else "1"
    cuda = (PROVIDER_NAMES["cuda"], {"device_id": str(config.device), "use_tf32": tf32})
    if provider == "cuda":
        return [cuda, cpu]
    return [(PROVIDER_NAMES["tensorrt"], _tensorrt_options(model, config, version, size)), cuda, cpu]


def cache_folder(config: EngineConfig) -> Path:
    """Where engines built for this machine are kept."""
    if config.cache is not None:
        return config.cache.expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "streamdesnow"


def _tensorrt_options(
    model: ModelFolder, config: EngineConfig, version: str, size: tuple[int, int]
) -> _Options:
    precision = provider_precision("tensorrt", config.precision, causal=model.card.kind == "causal")
    cache = _tensorrt_cache(model, config, version, precision, size)
    return {
        "device_id": str(config.device),
        "trt_fp16_enable": "True" if precision == "fp16" else "False",
        "trt_engine_cache_enable": "True",
        "trt_engine_cache_path": str(cache),
        "trt_timing_cache_enable": "True",
        "trt_timing_cache_path": str(cache),
        "trt_profile_min_shapes": _profile(model, size, batch=1),
        "trt_profile_opt_shapes": _profile(model, size, batch=1),
        "trt_profile_max_shapes": _profile(model, size, batch=MAX_BATCH),
    }


def _tensorrt_cache(
    model: ModelFolder, config: EngineConfig, version: str, precision: str, size: tuple[int, int]
) -> Path:
    """A folder for exactly one build: TensorRT itself does not notice when one of these changes."""
    gpu = describe_gpu(config.device)
    if gpu is None:
        raise EngineUnavailable(f"no NVIDIA GPU number {config.device}: nvidia-smi does not know it")
    key = f"ort{version}_{gpu.name}_{gpu.driver}_{precision}_{size[0]}x{size[1]}"
    folder = cache_folder(config) / "tensorrt" / model.digest[:16] / re.sub(r"[^\w.-]+", "-", key)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineUnavailable(
            f"engine cache {folder} cannot be made: {error.strerror}; set engine.cache"
        ) from error
    return folder


def _profile(model: ModelFolder, size: tuple[int, int], *, batch: int) -> str:
    width, height = size
    shapes = [(batch, height, width, 3), *state_shapes(model, batch=batch, width=width, height=height)]
    names = [model.card.input.name, *(state.input for state in model.card.states)]
    return ",".join(f"{name}:{'x'.join(map(str, shape))}" for name, shape in zip(names, shapes, strict=True))
