"""A camera: an RTSP server that encodes live, each frame with the moment at which it was drawn.

    python benchmarks/stamped_camera.py 8554 --size 1280x720 --fps 25

Serves rtsp://127.0.0.1:PORT/camera.mp4 until its standard input ends; prints `ready` once it listens. With
`--ahead` frames are encoded before that, each with the moment at which it will be sent: a real camera does
not encode on the machine that cleans its frames.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import av
from aio_rtsp_toolkit.server import RtspServer
from aio_rtsp_toolkit.server_session import RtspServerSession
from turning import there_and_back

from streamdesnow.bench.stamps import draw_stamp, ticks_at, ticks_now
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.frame import Image
from streamdesnow.snowfall.film import SimulatedFilm

_DRAWN = 25
_OPTIONS = {"preset": "ultrafast", "tune": "zerolatency", "crf": "23", "bf": "0"}
_SLACK = 1.5
"""Times the seconds that encoding ahead is expected to take; by then it has to be done."""


def main() -> None:
    """Draw, listen, serve."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("port", type=int)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--snow", choices=["none", "light", "medium", "heavy"], default="medium")
    parser.add_argument("--ahead", type=float, default=0.0, help="seconds to encode before the first is sent")
    args = parser.parse_args()
    config = {"size": args.size, "duration": 2.0, "snow": args.snow}
    street = SimulatedFilm(SimulatedConfig.model_validate(config))
    frames = [street.snowy(number) for number in range(_DRAWN)]
    folder = Path(tempfile.mkdtemp(prefix="streamdesnow-camera-"))
    threading.Thread(target=_end_with_input, args=(folder,), daemon=True).start()
    _write_template(folder / "camera.mp4", frames[0], args.fps)
    film = _encode_ahead(frames, args.fps, math.ceil(args.ahead * args.fps)) if args.ahead > 0 else None
    asyncio.run(_serve(folder, args.port, frames, args.fps, film))


def _write_template(path: Path, image: Image, fps: int) -> None:
    """What the server reads codec and parameter sets from; none of its frames is sent."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={**_OPTIONS, "g": str(fps)})
        stream.height, stream.width = image.shape[:2]
        stream.pix_fmt = "yuv420p"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))


class _Film(NamedTuple):
    """Encoded frames and whether each is a keyframe; the first is due at `begins`, monotonic seconds."""

    begins: float
    packets: list[tuple[bytes, bool]]


def _encode_ahead(frames: list[Image], fps: int, count: int) -> _Film:
    def packet(encoder: _Encoder, number: int, ticks: int) -> tuple[bytes, bool]:
        return encoder.encode(frames[there_and_back(number, len(frames))], number, ticks)

    trial, began = _Encoder(frames[0], fps), time.monotonic()
    for number in range(fps):
        packet(trial, number, 0)
    # The moment at which frames will be sent is drawn into them, so it has to be known now.
    begins = time.monotonic() + _SLACK * (time.monotonic() - began) / fps * count + 1.0
    encoder = _Encoder(frames[0], fps)
    packets = [packet(encoder, number, ticks_at(begins + number / fps)) for number in range(count)]
    if time.monotonic() > begins:
        raise SystemExit("the machine is too busy to encode the camera's film ahead in the time foreseen")
    time.sleep(begins - time.monotonic())
    return _Film(begins, packets)


async def _serve(folder: Path, port: int, frames: list[Image], fps: int, film: _Film | None) -> None:
    server = _Server(folder, port, frames, fps, film)
    await server.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


def _end_with_input(folder: Path) -> None:
    sys.stdin.read()
    shutil.rmtree(folder)
    # At once: clients would have to go first, and they play on for ever.
    os._exit(0)


class _Server(RtspServer):  # type: ignore[misc]  # the toolkit has no type hints that mypy sees
    def __init__(self, folder: Path, port: int, frames: list[Image], fps: int, film: _Film | None) -> None:
        super().__init__(str(folder), host="127.0.0.1", port=port)
        self.logger = _Quiet()
        self.frames, self.fps, self.film = frames, fps, film

    async def _handle_client(self, sock: Any) -> None:
        try:
            await _Session(self, sock).run()
        except OSError:
            return  # the client is gone


class _Session(RtspServerSession):  # type: ignore[misc]  # as above
    """Sends frames as they are drawn or as they are due, where the toolkit would send packets of a file."""

    async def _stream_media_once(self, suffix: str) -> None:
        await (self._live() if self.server.film is None else self._play(self.server.film))

    async def _live(self) -> None:
        frames, fps = self.server.frames, self.server.fps
        encoder = _Encoder(frames[0], fps)
        began = time.monotonic()
        number = -1
        for drawn in count():
            # One that is due only: a camera whose client does not read does not hurry afterwards.
            number = max(number + 1, int((time.monotonic() - began) * fps))
            await asyncio.sleep(max(0.0, began + number / fps - time.monotonic()))
            image = frames[there_and_back(drawn, len(frames))]
            data, key = await asyncio.to_thread(encoder.encode, image, number, ticks_now())
            await self._send(data, number, key)

    async def _play(self, film: _Film) -> None:
        fps, joined = self.server.fps, False
        for number in range(math.ceil((time.monotonic() - film.begins) * fps), len(film.packets)):
            data, key = film.packets[number]
            joined |= key
            await asyncio.sleep(max(0.0, film.begins + number / fps - time.monotonic()))
            if joined:
                await self._send(data, number, key)

    async def _send(self, data: bytes, number: int, key: bool) -> None:
        seconds = number / self.server.fps
        state = next(state for state in self.track_states.values() if state.rtp_channel is not None)
        # As if every frame had been due a second ago: sent at once, not paced.
        state.first_send_time, state.next_send_time = time.perf_counter() - seconds - 1, None
        await self._send_video_packet(state, data, seconds, 0.0, key)


class _Encoder:
    """Draws the stamp last."""

    def __init__(self, image: Image, fps: int) -> None:
        codec: Any = av.CodecContext.create("libx264", "w")
        codec.height, codec.width = image.shape[:2]
        codec.pix_fmt, codec.framerate = "yuv420p", fps
        codec.options = {**_OPTIONS, "g": str(fps)}
        self._codec = codec

    def encode(self, image: Image, number: int, ticks: int) -> tuple[bytes, bool]:
        """The frame as the toolkit takes it: units with their length in front, instead of start codes."""
        stamped = image.copy()
        draw_stamp(stamped, ticks)
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
