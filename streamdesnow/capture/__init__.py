"""Frames of cameras and files, each read in a process of its own.

What the pipeline sees: `source` (the seam), `factory`, `memory` (its twin for tests), `probe`.

On the pipeline's side: `worker` (one source), `supervision` (what to do about failures), `process` (start,
hear, end), `inbox` (frames not yet read). Between: `messages` over a `channel`, frames in `shared_slots` as
`parcel`s. In the capture process: `child`, `feed` (its loop), `outbox`, `pacing`, `continuity`.

How a source is read: `kinds` and `spec` (what it is), `reader` (the seam), `make_reader`, and the readers:
`av_reader` (with `access_units`, `av_errors`, `av_info`, `av_options`, `av_pixels`, `av_stamps`, `connect`,
`sniff`), `opencv_reader`, `images_reader`, `simulated_reader`. `cut_off` tells files that lack their end.
"""
