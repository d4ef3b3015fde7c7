"""What the page costs while somebody looks: CPU time of each picture, and of viewers of all cameras.

    python benchmarks/page.py
    python benchmarks/page.py --size 1920x1080 --cameras 8

A picture is composed, scaled and made a JPEG once, however many look at it. Then a page is served whose
cameras give as many frames as it shows, and viewers take them as a browser does: the difference between some
viewers and none, in CPU time a second of this process, is what looking costs beside cleaning; what viewers
themselves take is in it.
"""

from __future__ import annotations

import argparse
import asyncio
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction

from as_script import as_script

from streamdesnow.bench.machine import this_machine
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.frame import CleanedFrame, Frame
from streamdesnow.snowfall.film import SimulatedFilm
from streamdesnow.status.snapshot import PipelineSnapshot
from streamdesnow.web.gallery import SHOWS
from streamdesnow.web.newest import Newest
from streamdesnow.web.server import WebServer
from streamdesnow.web.view import View

_DRAWN = 10
_PICTURES = 100
_SECONDS = 8.0


def main() -> None:
    """Measure and print."""
    lines = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=lines)
    options.add_argument("--size", default="1280x720", help="of the cameras' frames (default: 1280x720)")
    options.add_argument("--width", type=int, default=1280, help="most pixels across (default: 1280)")
    options.add_argument("--cameras", type=int, default=4, help="default: 4")
    chosen = options.parse_args()
    frames = drawn(chosen.size)
    print(this_machine())
    print(f"{chosen.size}, pictures at most {chosen.width} across; CPU time")
    for show in SHOWS:
        newest = Newest()
        with ThreadPoolExecutor(1) as workers:
            view = View(newest, show, None, chosen.width, 80, workers)
            print(f"  {show:12s} {1000 * asyncio.run(cost(view, newest, frames)):5.1f} ms a picture")
    unseen = 0.0
    for viewers in (0, 1, 4):
        spent, pictures = looking(frames, chosen.cameras, chosen.width, viewers)
        unseen = unseen if viewers else spent
        print(
            f"  {chosen.cameras} cameras, {viewers} viewers: {100 * (spent - unseen):4.0f} % of a core more, "
            f"{pictures:.0f} pictures a second"
        )


def drawn(size: str) -> list[CleanedFrame]:
    """Frames of the simulated street, snowy and without snow."""
    film = SimulatedFilm(SimulatedConfig.model_validate({"size": size, "duration": 1.0}))
    return [
        CleanedFrame(Frame(film.snowy(n), n, Fraction(1, 25), 0.0), film.truth(n), 0.0) for n in range(_DRAWN)
    ]


async def cost(view: View, newest: Newest, frames: list[CleanedFrame]) -> float:
    """Seconds of CPU time a picture."""
    began = time.process_time()
    for n in range(_PICTURES):
        newest(frames[n % len(frames)])
        await view.picture()
    return (time.process_time() - began) / _PICTURES


def looking(frames: list[CleanedFrame], cameras: int, width: int, viewers: int) -> tuple[float, float]:
    """CPU seconds a second with so many viewers, and pictures a second that all of them got."""
    names = [f"camera{n}" for n in range(cameras)]
    config = PipelineConfig.model_validate(
        {
            "web": {"listen": "127.0.0.1:0", "width": width},
            "cameras": {name: {"source": "x.mp4"} for name in names},
            "outputs": [{"null": None}],
        }
    )
    assert config.web is not None
    server = WebServer(config, config.web, lambda: PipelineSnapshot(0.0, (), ()))
    server.open()
    with feeding(server, names, frames, config.web.max_fps):
        url = f"http://{server.address(10.0)}/live"
        taken = [0] * viewers
        for n in range(viewers):
            threading.Thread(target=take, args=(url, taken, n), daemon=True).start()
        time.sleep(1.0)
        began, before = time.process_time(), sum(taken)
        time.sleep(_SECONDS)
        spent, got = time.process_time() - began, sum(taken) - before
    server.close()
    return spent / _SECONDS, got / _SECONDS


@contextmanager
def feeding(server: WebServer, names: list[str], frames: list[CleanedFrame], fps: float) -> Iterator[None]:
    """Cameras that give frames at the rate at which the page shows them."""
    ended = threading.Event()
    onlookers = [server.onlooker(name) for name in names]

    def feed() -> None:
        number = 0
        while not ended.wait(1 / fps):
            number += 1
            for onlooker in onlookers:
                onlooker(frames[number % len(frames)])

    thread = threading.Thread(target=feed, daemon=True)
    thread.start()
    yield
    ended.set()
    thread.join()


def take(url: str, taken: list[int], number: int) -> None:
    """Take the parts of `/live` and count them, until the server ends."""
    with urllib.request.urlopen(url) as answer:
        while head := answer.read(4):
            header = answer.read(int.from_bytes(head, "big"))
            length = int(header.partition(b'"length": ')[2].partition(b"}")[0])
            taken[number] += bool(answer.read(length))


if __name__ == "__main__":
    as_script(main)
