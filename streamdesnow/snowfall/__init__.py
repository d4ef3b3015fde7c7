"""Drawn snow and the simulated street."""
