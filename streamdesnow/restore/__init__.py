"""Frames in, frames without falling snow out."""
