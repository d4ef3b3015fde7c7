"""What OpenVINO runs a model in: eight bits, bfloat16, float16 or float32."""

from __future__ import annotations

import logging
from typing import Any

from streamdesnow.engines.openvino_network import compile_network
from streamdesnow.engines.processor import multiplies_int8
from streamdesnow.errors import EngineFailed, EngineUnavailable
from streamdesnow.models.folder import ModelFolder

__all__ = ["choose_precision"]

_log = logging.getLogger(__name__)

_PROBE = 8
"""Sides of the frames that compiling is tried with, in multiples that the model asks for."""


def choose_precision(core: Any, model: ModelFolder, asked: str) -> tuple[str, str]:
    """What to run in, and what layers compute in that are not in eight bits.

    Eight bits are quicker than bfloat16, and that is quicker than float32. With bfloat16 the plugin narrows
    convolutions and what lies between them; a memory's own arithmetic, in front of them, stays float32.

    Args:
        core: an `openvino.Core`.
        model: the model folder.
        asked: `engine.precision`.

    Raises:
        EngineUnavailable: this processor, or this model, does not offer what was asked for.
    """
    offered = _offered(core, model)
    quick = "bf16" if "bf16" in offered else "fp32"
    if asked == "auto":
        twin = model.card.int8
        eight_bits = twin is not None and twin.unseen and multiplies_int8()
        # Beside float32 eight bits lose to bfloat16 alone: if they cannot stand beside it, that is taken.
        return ("int8" if eight_bits and _runs_beside(core, model, quick) else quick), quick
    if asked not in offered:
        raise EngineUnavailable(
            f"OpenVINO on this processor runs {model.name} in {', '.join(offered)}, not in {asked}"
        )
    if asked == "int8":
        return asked, quick if _runs_beside(core, model, quick) else "fp32"
    return asked, asked


def _runs_beside(core: Any, model: ModelFolder, floats: str) -> bool:
    """Whether the twin in eight bits compiles with its other layers in `floats`.

    On processors with AMX OpenVINO 2026.4 has no convolution of bfloat16 and eight-bit weights, which is what
    it makes of steps that are not centred on zero.
    """
    if floats == "fp32":
        return True
    side = _PROBE * model.card.side_multiple
    try:
        compile_network(core, model, model.network("int8"), (side, side), floats)
    except EngineFailed as error:
        _log.debug("not in eight bits beside %s: %s", floats, error)
        return False
    return True


def _offered(core: Any, model: ModelFolder) -> list[str]:
    capabilities = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    floats = [name for name in ("bf16", "fp16") if name.upper() in capabilities]
    return ["fp32", *floats, *(["int8"] if model.int8 is not None else [])]
