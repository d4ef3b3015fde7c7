"""Model folders small enough to reason about: still ones that blur or invert, a causal one that averages."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import onnx
import onnx.parser
import yaml

__all__ = ["averaging", "blur", "inverting", "quantised", "write_folder"]

_BLUR = """
<ir_version: 9, opset_import: ["": 18]>
blur (uint8[N,H,W,3] frame) => (uint8[N,H,W,3] clean)
<float[3,1,3,3] box = {BOX}> {
  planes = Transpose <perm = [0, 3, 1, 2]> (frame)
  x = Cast <to = 1> (planes)
  y = Conv <group = 3, pads = [1, 1, 1, 1]> (x, box)
  whole = Round (y)
  out = Cast <to = 2> (whole)
  clean = Transpose <perm = [0, 2, 3, 1]> (out)
}
""".replace("BOX", ", ".join(["0.11111111"] * 27))

_INVERTING = """
<ir_version: 9, opset_import: ["": 18]>
inverting (uint8[N,H,W,3] frame) => (uint8[N,H,W,3] clean)
<float white = {255.0}> {
  x = Cast <to = 1> (frame)
  y = Sub (white, x)
  clean = Cast <to = 2> (y)
}
"""

_AVERAGING = """
<ir_version: 9, opset_import: ["": 18]>
averaging (uint8[N,H,W,3] frame, float[N,12,H2,W2] mean, float[N,1,1,1] age)
  => (uint8[N,H,W,3] clean, float[N,12,H2,W2] mean_next, float[N,1,1,1] age_next)
<float one = {1.0}> {
  planes = Transpose <perm = [0, 3, 1, 2]> (frame)
  full = Cast <to = 1> (planes)
  x = SpaceToDepth <blocksize = 2> (full)
  age_next = Add (age, one)
  news = Sub (x, mean)
  share = Div (news, age_next)
  mean_next = Add (mean, share)
  y = DepthToSpace <blocksize = 2> (mean_next)
  whole = Round (y)
  out = Cast <to = 2> (whole)
  clean = Transpose <perm = [0, 2, 3, 1]> (out)
}
"""

_QUANTISED = """
<ir_version: 9, opset_import: ["": 18]>
quantised (uint8[N,H,W,3] frame) => (uint8[N,H,W,3] clean)
<float step = {STEP}, KIND zero = {ZERO},
 float fine = {0.01}, int8 none = {0}, int8[3,3,1,1] weights = {WEIGHTS}> {
  planes = Transpose <perm = [0, 3, 1, 2]> (frame)
  x = Cast <to = 1> (planes)
  q = QuantizeLinear (x, step, zero)
  d = DequantizeLinear (q, step, zero)
  w = DequantizeLinear (weights, fine, none)
  y = Conv (d, w)
  out = Cast <to = 2> (y)
  clean = Transpose <perm = [0, 2, 3, 1]> (out)
}
""".replace("WEIGHTS", "100, 0, 0, 0, 100, 0, 0, 0, 100")


def blur(folder: Path, side_multiple: int = 4) -> Path:
    """A still model: 3x3 box blur that sees zeros outside the frame; receptive field one pixel."""
    return write_folder(folder, _BLUR, kind="still", side_multiple=side_multiple, receptive_field=1)


def inverting(folder: Path, side_multiple: int = 1) -> Path:
    """A still model: 255 - frame."""
    return write_folder(folder, _INVERTING, kind="still", side_multiple=side_multiple, receptive_field=0)


def averaging(folder: Path, side_multiple: int = 4) -> Path:
    """A causal model: the mean of all frames since the memory was empty."""
    states = [
        {"input": "mean", "output": "mean_next", "shape": ["N", 12, "H/2", "W/2"]},
        {"input": "age", "output": "age_next", "shape": ["N", 1, 1, 1]},
    ]
    return write_folder(
        folder, _AVERAGING, kind="causal", side_multiple=side_multiple, receptive_field=0, states=states
    )


def quantised(folder: Path, kind: str = "int8", step: float = 2.0, zero: int = 0) -> Path:
    """A still model: one convolution in eight bits, which gives the frame back, rounded to steps."""
    text = _QUANTISED.replace("KIND", kind).replace("STEP", str(step)).replace("ZERO", str(zero))
    return write_folder(folder, text, kind="still", side_multiple=1, receptive_field=0)


def write_folder(folder: Path, network: str | bytes, **card: Any) -> Path:
    """Write `model.onnx` (ONNX text, or the bytes as they are) and a `model.yaml` with `card` added."""
    folder.mkdir(parents=True, exist_ok=True)
    content = network if isinstance(network, bytes) else _compiled(network)
    (folder / "model.onnx").write_bytes(content)
    pixels = {"dtype": "uint8", "shape": ["N", "H", "W", 3]}
    whole = {
        "name": folder.name,
        "summary": "for tests",
        "input": {"name": "frame", **pixels},
        "output": {"name": "clean", **pixels},
        "parameters": 27,
        "gmac_720p": 0.1,
        "onnx_sha256": hashlib.sha256(content).hexdigest(),
        "trained": "not at all",
        "licence": "Apache-2.0",
        **card,
    }
    (folder / "model.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")
    return folder


def _compiled(network: str) -> bytes:
    model = onnx.parser.parse_model(network)
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()
