"""From trained weights to a model folder and its twin in eight bits."""
