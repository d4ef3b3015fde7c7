"""A camera: an RTSP server that encodes live, each frame with the moment at which it was drawn.

    python benchmarks/stamped_camera.py 8554 --size 1280x720 --fps 25

Serves rtsp://127.0.0.1:PORT/camera.mp4 until its standard input ends; prints `ready` once it listens.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from itertools import count
from pathlib import Path
from typing import Any

import av
from aio_rtsp_toolkit.server import RtspServer
from aio_rtsp_toolkit.server_session import RtspServerSession
from turning import there_and_back

from streamdesnow.bench.stamps import draw_stamp, ticks_now
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.frame import Image
from streamdesnow.snowfall.film import SimulatedFilm

_DRAWN = 25
_OPTIONS = {"preset": "ultrafast", "tune": "zerolatency", "crf": "23", "bf": "0"}


def main() -> None:
    """Draw, listen, serve."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("port", type=int)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--snow", choices=["none", "light", "medium", "heavy"], default="medium")
    args = parser.parse_args()
    config = {"size": args.size, "duration": 2.0, "snow": args.snow}
    film = SimulatedFilm(SimulatedConfig.model_validate(config))
    frames = [film.snowy(number) for number in range(_DRAWN)]
    folder = Path(tempfile.mkdtemp(prefix="streamdesnow-camera-"))
    threading.Thread(target=_end_with_input, args=(folder,), daemon=True).start()
    _write_template(folder / "camera.mp4", frames[0], args.fps)
    asyncio.run(_serve(folder, args.port, frames, args.fps))


def _write_template(path: Path, image: Image, fps: int) -> None:
    """What the server reads codec and parameter sets from; none of its frames is sent."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={**_OPTIONS, "g": str(fps)})
        stream.height, stream.width = image.shape[:2]
        stream.pix_fmt = "yuv420p"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))


async def _serve(folder: Path, port: int, frames: list[Image], fps: int) -> None:
    server = _Server(folder, port, frames, fps)
    await server.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


def _end_with_input(folder: Path) -> None:
    sys.stdin.read()
    shutil.rmtree(folder)
    # At once: clients would have to go first, and they play on for ever.
    os._exit(0)


class _Server(RtspServer):  # type: ignore[misc]  # the toolkit has no type hints that mypy sees
    def __init__(self, folder: Path, port: int, frames: list[Image], fps: int) -> None:
        super().__init__(str(folder), host="127.0.0.1", port=port)
        self.logger = _Quiet()
        self.frames, self.fps = frames, fps

    async def _handle_client(self, sock: Any) -> None:
        try:
            await _Session(self, sock).run()
        except OSError:
            return  # the client is gone


class _Session(RtspServerSession):  # type: ignore[misc]  # as above
    """Sends frames as they are drawn, where the toolkit would send packets of a file."""

    async def _stream_media_once(self, suffix: str) -> None:
        frames, fps = self.server.frames, self.server.fps
        state = next(state for state in self.track_states.values() if state.rtp_channel is not None)
        encoder = _Encoder(frames[0], fps)
        began = time.perf_counter()
        number = -1
        for drawn in count():
            # One that is due only: a camera whose client does not read does not hurry afterwards.
            number = max(number + 1, int((time.perf_counter() - began) * fps))
            await asyncio.sleep(max(0.0, began + number / fps - time.perf_counter()))
            image = frames[there_and_back(drawn, len(frames))]
            data, key = await asyncio.to_thread(encoder.encode, image, number)
            # As if every frame had been due a second ago: sent at once, not paced.
            state.first_send_time, state.next_send_time = time.perf_counter() - number / fps - 1, None
            await self._send_video_packet(state, data, number / fps, 0.0, key)


class _Encoder:
    """Draws the stamp last, so that it is older than the frame by no more than its encoding."""

    def __init__(self, image: Image, fps: int) -> None:
        codec: Any = av.CodecContext.create("libx264", "w")
        codec.height, codec.width = image.shape[:2]
        codec.pix_fmt, codec.framerate = "yuv420p", fps
        codec.options = {**_OPTIONS, "g": str(fps)}
        self._codec = codec

    def encode(self, image: Image, number: int) -> tuple[bytes, bool]:
        """The frame as the toolkit takes it: units with their length in front, instead of start codes."""
        stamped = image.copy()
        draw_stamp(stamped, ticks_now())
        frame = av.VideoFrame.from_ndarray(stamped, format="bgr24")
        frame.pts = number
        packets = self._codec.encode(frame)
        units = [
            unit for packet in packets for unit in re.split(rb"\x00\x00\x00?\x01", bytes(packet)) if unit
        ]
        data = b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)
        return data, any(packet.is_keyframe for packet in packets)


class _Quiet:
    """The toolkit prints every request by default; only what went wrong is worth it."""

    def debug(self, message: str) -> None: ...

    def info(self, message: str) -> None: ...

    def warning(self, message: str) -> None: ...

    def error(self, message: str) -> None:
        """On standard error."""
        print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
