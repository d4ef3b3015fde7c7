"""A viewer: decodes a stream and prints of each frame its stamp and when it was there to be seen.

    python benchmarks/stamp_reader.py rtsp://127.0.0.1:8554/camera.mp4
    python benchmarks/stamp_reader.py rtsp://127.0.0.1:8555/clean --listen   # waits to be pushed to

A program of its own: PyAV holds Python's global lock while it waits for a stream.
"""

from __future__ import annotations

import argparse
import time

import av
import av.error
import numpy as np

from streamdesnow.bench.stamps import read_stamp


def main() -> None:
    """Read until the stream ends or the process does."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url")
    parser.add_argument("--listen", action="store_true")
    args = parser.parse_args()
    options = {"rtsp_flags": "listen", "listen_timeout": "120"} if args.listen else {"rtsp_transport": "tcp"}
    with av.open(args.url, options=options) as container:
        stream = container.streams.video[0]
        stream.thread_type = "SLICE"  # threads by frame would hold frames back
        try:
            for frame in container.decode(stream):
                image = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
                seen = time.monotonic()
                print(read_stamp(image), seen, flush=True)
        except av.error.OSError:
            return  # how a connection that is gone looks


if __name__ == "__main__":
    main()
