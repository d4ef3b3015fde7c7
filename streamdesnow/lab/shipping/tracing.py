"""From a network to its ONNX graph."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import onnx
import torch
from torch import Tensor, nn

__all__ = ["traced"]

_OPSET = 18


def traced(
    net: nn.Module,
    example: tuple[Tensor, ...],
    inputs: Sequence[str],
    outputs: Sequence[str],
    dynamic_shapes: tuple[dict[int, Any], ...] | None = None,
) -> onnx.ModelProto:
    """The optimised graph of a network.

    Args:
        net: what to trace.
        example: what it may be given.
        inputs, outputs: names, in order.
        dynamic_shapes: of each input the axes that may be of other sizes; left out, none may.
    """
    with _quiet():
        program = torch.onnx.export(
            net,
            example,
            input_names=inputs,
            output_names=outputs,
            dynamic_shapes=dynamic_shapes,
            opset_version=_OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    program.optimize()
    return program.model_proto


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter's notes on its own deprecations and on packages we do not use help nobody."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        log.setLevel(logging.ERROR)
        try:
            yield
        finally:
            log.setLevel(level)
