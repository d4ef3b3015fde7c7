"""Where models are made: nets, data, scenes, training, scoring, and what ships."""
