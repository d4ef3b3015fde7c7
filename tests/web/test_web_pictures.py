"""Pictures: which, how large, how often, encoded once."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse
from typing import Any

import cv2
import numpy as np
import pytest
from served import cleaned

from streamdesnow.clock import ManualClock
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.frame import CleanedFrame
from streamdesnow.web import view as view_module
from streamdesnow.web.live import live_parts
from streamdesnow.web.newest import Newest
from streamdesnow.web.view import View


def decoded(jpeg: bytes) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image


def part(answer: HTTPResponse) -> tuple[dict[str, Any], bytes]:
    header = json.loads(answer.read(int.from_bytes(answer.read(4), "big")))
    return header, answer.read(header["length"])


def test_before_the_first_frame_there_is_no_picture_and_that_is_said(serve: Any) -> None:
    status, body, headers = serve().get("/latest.jpg?camera=gate")
    assert (status, body, headers["Retry-After"]) == (503, b"gate: no frame yet\n", "1")


@pytest.mark.parametrize(
    ("show", "left", "right"), [("clean", 20, 20), ("before", 250, 250), ("side_by_side", 250, 20)]
)
def test_what_is_shown_can_be_chosen(serve: Any, show: str, left: int, right: int) -> None:
    served = serve()
    served.show("gate", cleaned(size=(640, 320)))
    image = decoded(served.get(f"/latest.jpg?camera=gate&show={show}")[1])
    assert image.shape[1] == (1280 if show == "side_by_side" else 640)
    assert abs(int(image[-1, 0, 0]) - left) < 4
    assert abs(int(image[-1, -1, 0]) - right) < 4


def test_a_single_picture_comes_in_full_and_a_live_one_no_larger_than_it_may(serve: Any) -> None:
    served = serve(width=100)
    served.show("gate", cleaned(size=(640, 320)))
    assert decoded(served.get("/latest.jpg?camera=gate")[1]).shape == (320, 640, 3)
    assert decoded(served.get("/latest.jpg?camera=gate&width=64")[1]).shape == (32, 64, 3)
    for asked in ("", "&width=1000", "&width=90"):
        with urllib.request.urlopen(f"{served.url}/live?camera=gate{asked}", timeout=20) as answer:
            assert decoded(part(answer)[1]).shape == (50, 100, 3)


@pytest.mark.parametrize("size", [(333, 201), (2000, 2), (201, 333), (100, 7), (3999, 999), (64, 36)])
def test_pictures_of_any_size_become_no_wider_than_they_may(serve: Any, size: tuple[int, int]) -> None:
    served = serve()
    served.show("gate", cleaned(size=size))
    image = decoded(served.get("/latest.jpg?camera=gate&width=100")[1])
    width = min(100, size[0])
    assert image.shape[:2] == (max(1, round(size[1] * width / size[0])), width)
    assert abs(float(image.mean()) - 20) < 2


def test_pictures_are_drawn_after_everything_else_that_has_to_be_done(serve: Any) -> None:
    served = serve()
    served.show("gate", cleaned())
    assert served.get("/latest.jpg?camera=gate")[0] == 200
    drawing = [thread for thread in threading.enumerate() if thread.name.startswith("web pictures")]
    assert len(drawing) == 1
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert os.getpriority(os.PRIO_PROCESS, drawing[0].native_id or 0) == max(10, own)


def test_what_was_found_is_drawn_unless_it_is_not_wanted(serve: Any) -> None:
    served = serve(detect=True)
    found = Detection("person", 0, 0.9, Box(100, 100, 300, 200), track=1)
    served.show("gate", cleaned(tracks=(found,), size=(640, 320)))
    drawn, plain = (decoded(served.get(f"/latest.jpg?camera=gate&boxes={n}")[1]) for n in (1, 0))
    assert drawn.max() > 100
    assert plain.max() < 40


def test_wishes_that_cannot_be_met_are_told_so(serve: Any) -> None:
    served = serve()
    for path, status, words in (
        ("/latest.jpg", 400, "which camera? there are gate, yard"),
        ("/latest.jpg?camera=north", 404, "there is no camera 'north'; there are gate, yard"),
        ("/live?camera=north", 404, "there is no camera"),
        ("/live.mjpg?camera=gate&show=nice", 400, "expected one of clean, before, side_by_side, wipe"),
        ("/live?camera=gate&width=0", 400, "expected pixels, 1 to 16384, got '0'"),
        (f"/live?camera=gate&width={'9' * 5000}", 400, "expected pixels"),
        (f"/log?after={'9' * 5000}", 400, "expected the number of a line"),
        ("/nothing", 404, "Not Found"),
    ):
        got, body, _ = served.get(path)
        assert (got, words in body.decode()) == (status, True), body


def test_the_only_camera_need_not_be_named(serve: Any) -> None:
    served = serve(cameras=("gate",))
    served.show("gate", cleaned())
    assert served.get("/latest.jpg")[0] == 200


def test_live_brings_each_camera_and_only_what_is_new(serve: Any) -> None:
    served = serve(max_fps=60)
    for camera in ("gate", "yard"):
        served.show(camera, cleaned())
    with urllib.request.urlopen(f"{served.url}/live", timeout=20) as answer:
        assert {part(answer)[0]["camera"] for _ in range(2)} == {"gate", "yard"}
        served.show("yard", cleaned(1))
        header, jpeg = part(answer)
        assert (header["camera"], header["number"], len(jpeg)) == ("yard", 2, header["length"])


def test_with_nothing_to_show_the_server_says_that_it_is_there(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamdesnow.web.live._SILENCE_S", 0.05)
    with urllib.request.urlopen(f"{serve().url}/live", timeout=20) as answer:
        assert part(answer) == ({"length": 0}, b"")


def test_players_get_a_stream_of_jpegs_also_in_silence(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamdesnow.web.live._SILENCE_S", 0.05)
    served = serve()
    served.show("gate", cleaned())
    with urllib.request.urlopen(f"{served.url}/live.mjpg?camera=gate", timeout=20) as answer:
        assert answer.headers["Content-Type"] == "multipart/x-mixed-replace; boundary=streamdesnow-frame"
        for _ in range(2):  # of one frame: a viewer who is gone has to be noticed
            assert answer.readline() == b"--streamdesnow-frame\r\n"
            assert answer.readline() == b"Content-Type: image/jpeg\r\n"
            length = int(answer.readline().split(b":")[1])
            assert answer.readline() == b"\r\n"
            assert decoded(answer.read(length)).shape == (32, 64, 3)
            assert answer.readline() == b"\r\n"


def test_all_who_see_the_same_share_one_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[str] = []
    encode = cv2.imencode
    monkeypatch.setattr(
        view_module.cv2, "imencode", lambda *arguments: (encoded.append("once"), encode(*arguments))[1]
    )
    newest = Newest()
    newest(cleaned())

    async def look(workers: ThreadPoolExecutor) -> None:
        view = View(newest, "clean", None, None, 80, workers)
        pictures = await asyncio.gather(*(view.picture() for _ in range(5)))
        assert len({id(picture) for picture in pictures}) == 1
        newest(cleaned(1))
        again = await view.picture()
        assert again is not None
        assert again.number == 2

    with ThreadPoolExecutor(2) as workers:
        asyncio.run(look(workers))
    assert len(encoded) == 2


def test_a_viewer_who_leaves_while_a_picture_is_drawn_leaves_the_drawing_to_the_next() -> None:
    newest, drawing, most = Newest(), 0, 0

    class Slow:
        def draw(self, frame: CleanedFrame) -> CleanedFrame:
            nonlocal drawing, most
            drawing += 1
            most = max(most, drawing)
            time.sleep(0.1)
            drawing -= 1
            return frame

    async def look(workers: ThreadPoolExecutor) -> None:
        view = View(newest, "clean", Slow(), None, 80, workers)  # type: ignore[arg-type]
        newest(cleaned())
        leaver = asyncio.ensure_future(view.picture())
        await asyncio.sleep(0.02)
        leaver.cancel()
        newest(cleaned(1))
        assert await view.picture() is not None

    with ThreadPoolExecutor(2) as workers:
        asyncio.run(look(workers))
    assert most == 1


def test_a_slow_viewer_gets_the_newest_next_and_no_more_than_asked() -> None:
    newest, clock = Newest(), ManualClock()

    async def look(workers: ThreadPoolExecutor) -> None:
        view = View(newest, "clean", None, None, 80, workers)
        parts = live_parts({"gate": view}, 10.0, lambda: False, clock)
        numbers: Callable[[bytes], int] = lambda data: json.loads(data[4 : 4 + data[3]])["number"]  # noqa: E731
        newest(cleaned())
        assert numbers(await anext(parts)) == 1
        for index in range(1, 6):
            newest(cleaned(index))
        waiting = asyncio.ensure_future(anext(parts))
        await asyncio.sleep(0.1)
        assert not waiting.done()  # a tenth of a second has not passed yet
        clock.advance(0.11)
        assert numbers(await waiting) == 6
        await parts.aclose()

    with ThreadPoolExecutor(1) as workers:
        asyncio.run(look(workers))


def test_nothing_is_encoded_while_nobody_looks(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = threading.Event()
    monkeypatch.setattr(view_module.cv2, "imencode", lambda *_: encoded.set())
    served = serve()
    for index in range(20):
        served.show("gate", cleaned(index))
    assert served.get("/status")[0] == 200
    assert not encoded.is_set()
