"""What runs a network: onnxruntime, OpenVINO, torch."""
