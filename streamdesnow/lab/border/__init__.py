"""The border between lab and runtime: networks as they ship, and weights that come back from there."""
