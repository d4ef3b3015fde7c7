"""Capture, restoration and sinks, joined by bounded queues and watched over."""
