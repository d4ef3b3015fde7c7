"""Detection on cleaned frames: detectors, tracks, overlay, events."""
