"""What runs a network: TensorRT, onnxruntime, OpenVINO, torch."""

from streamdesnow.engines.engine import Engine, EngineInfo, State
from streamdesnow.engines.select import EngineTrial, open_engine, try_engines

__all__ = ["Engine", "EngineInfo", "EngineTrial", "State", "open_engine", "try_engines"]
