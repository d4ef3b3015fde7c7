"""Where models are made: nets, data, losses, training, export, evaluation."""
