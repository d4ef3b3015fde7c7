"""TensorRT and TensorRT for RTX, by the interface that both have."""

from streamdesnow.engines.tensorrt.engine import TensorRtEngine

__all__ = ["TensorRtEngine"]
