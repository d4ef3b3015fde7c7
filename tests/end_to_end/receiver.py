"""A media server that takes one pushed stream, decodes it and writes the numbers of its frames, a line each.

A program of its own: PyAV holds Python's global lock while it waits for the stream.
"""

from __future__ import annotations

import sys

import av
from clips import read_number


def main(url: str) -> None:
    with av.open(url, options={"rtsp_flags": "listen", "listen_timeout": "60"}) as container:
        for frame in container.decode(video=0):
            print(read_number(255 - frame.to_ndarray(format="bgr24")), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
