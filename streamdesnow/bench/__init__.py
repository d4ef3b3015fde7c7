"""How fast models run here, and how close that is to what this machine can do at all."""
