"""Waits for one stream to be pushed to it: `stream_receiver.py URL [OPTION=VALUE ...]`.

Prints the stream's codec, then `number seconds sar` of every frame.
"""

from __future__ import annotations

import sys
from typing import BinaryIO

import av
import av.error
from clips import read_number
from srt_listener import SrtListener


def main(url: str, *options: str) -> None:
    given = dict(option.split("=", 1) for option in options)
    source: str | BinaryIO = SrtListener(url) if url.startswith("srt:") else url  # type: ignore[assignment]
    with av.open(source, format="mpegts" if url.startswith("srt:") else None, options=given) as container:
        stream = container.streams.video[0]
        print(stream.codec_context.name, flush=True)
        try:
            for frame in container.decode(stream):
                number = read_number(frame.to_ndarray(format="bgr24"))
                print(number, frame.time, stream.codec_context.sample_aspect_ratio, flush=True)
        except av.error.OSError:
            pass  # How a connection that is gone looks in RTMP.


if __name__ == "__main__":
    main(*sys.argv[1:])
