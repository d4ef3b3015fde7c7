"""Detectors that were trained elsewhere: their networks, their weights, and ONNX files of them."""
