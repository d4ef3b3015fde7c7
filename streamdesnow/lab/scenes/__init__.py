"""Training scenes: a fixed camera over a photograph, and things that move through it."""
