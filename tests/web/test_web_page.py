"""The page as an operator sees it: a real pipeline, a real browser."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright
from rtsp_server import free_port
from tiny_models import inverting

from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.pipeline.parts import real_parts
from streamdesnow.pipeline.supervisor import Pipeline
from streamdesnow.pipeline.worker import Worker

PASSWORD = "p:w ß"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
MIDDLE = """async image => {
  do { await image.decode().catch(() => {}); } while (!image.naturalWidth); // the next one may be on its way
  const canvas = document.createElement("canvas"), context = canvas.getContext("2d");
  canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  return [canvas.width, canvas.height, pixels.reduce((sum, value) => sum + value) / pixels.length];
}"""
"""Width, height and mean of a picture, opaque alpha included."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Of a pipeline with two cameras that work and one that does not; its network inverts."""
    with tempfile.TemporaryDirectory() as folder:
        street = {"source": {"size": "160x90", "duration": 0, "fps": 10, "snow": "none"}, "realtime": True}
        dead = {"source": f"rtsp://me:t0psecret@127.0.0.1:{free_port()}/x"}
        port = free_port()
        config = PipelineConfig.model_validate(
            {
                "model": str(inverting(Path(folder) / "inverting")),
                "engine": {"backend": "onnxruntime", "threads": 1},
                "cameras": {"gate": street, "yard": street, "north": dead},
                "outputs": [
                    {"images": {"directory": f"{folder}/{{camera}}", "every": 100}},
                    {"record": {"directory": f"{folder}/film/{{camera}}", "segment": 2, "cameras": ["yard"]}},
                ],
                "web": {"listen": f"127.0.0.1:{port}", "password": PASSWORD},
            }
        )
        pipeline = Pipeline(config, parts=real_parts())
        running = Worker("run", pipeline.run)
        running.start()
        yield f"http://127.0.0.1:{port}/"
        pipeline.stop()
        assert running.join(20)


@pytest.fixture
def page() -> Iterator[Page]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        login = {"username": "streamdesnow", "password": PASSWORD}
        page = browser.new_page(http_credentials=login)  # type: ignore[arg-type]
        page.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
    assert complaints == []


def recording(number: int) -> dict[str, Any]:
    """As the server lists them."""
    name = f"r{number:03d}.mp4"
    return {"output": 0, "name": name, "show": "clean", "ended": 1e9 + 60 * number, "size": 1, "grows": False}


def moves_on(page: Page, camera: str) -> None:
    """Pictures of the camera go on coming."""
    image = page.locator("article", has=page.get_by_text(camera, exact=True)).locator(".picture img")
    before = int(image.get_attribute("data-number") or 0)
    newer = "([image, number]) => Number(image.dataset.number) > number + 3"
    page.wait_for_function(newer, arg=[image.element_handle(), before])


def test_all_cameras_are_seen_live_with_what_is_wrong(page: Page, address: str) -> None:
    page.goto(address)
    for camera in ("gate", "yard"):
        moves_on(page, camera)
    expect(page.locator("#health")).to_have_text("trouble")
    expect(page.locator("#troubles li")).to_have_count(1)
    expect(page.locator("#troubles li")).to_contain_text("north: retrying")
    expect(page.locator("article").nth(2)).to_contain_text("no picture yet")
    expect(page.locator("article").nth(0)).to_contain_text("160x90")
    expect(page.locator("#models")).to_contain_text("onnxruntime")
    page.get_by_text("What happened").click()
    expect(page.locator("#log li").last).to_contain_text("north: ")
    assert "t0psecret" not in page.content()


def test_before_and_after_can_be_compared_and_a_camera_chosen(page: Page, address: str) -> None:
    page.goto(address)
    moves_on(page, "gate")
    means = {}
    for show, width in (("clean", 160), ("before", 160), ("side_by_side", 320), ("wipe", 160)):
        page.locator(f"input[value={show}]").check(force=True)
        page.wait_for_function("show => location.hash.includes(`show=${show}`)", arg=show)
        moves_on(page, "gate")
        got, _, means[show] = page.locator("article img").first.evaluate(MIDDLE)
        assert got == width, show
    # The network inverts: with alpha at 255 both means of colour add up to 255.
    clean, before = ((mean - 255 / 4) * 4 / 3 for mean in (means["clean"], means["before"]))
    assert clean + before == pytest.approx(255, abs=6)
    page.locator(".picture").nth(1).click()
    expect(page.locator("article.chosen .name")).to_have_text("yard")
    expect(page.locator("article").first).to_be_hidden()
    moves_on(page, "yard")
    assert page.url.endswith("#show=wipe&camera=yard")
    page.reload()
    expect(page.locator("article.chosen .name")).to_have_text("yard")
    page.keyboard.press("Escape")
    expect(page.locator("article").first).to_be_visible()


def test_recordings_of_a_camera_are_seen_and_played(page: Page, address: str) -> None:
    page.goto(address)
    moves_on(page, "gate")
    page.locator(".picture").nth(0).click()
    expect(page.locator("#recordings")).to_be_hidden()
    page.keyboard.press("Escape")
    page.locator(".picture").nth(1).click()
    page.locator("#recordings").scroll_into_view_if_needed()
    tile = page.locator("#recordings li", has=page.locator("canvas.drawn")).last
    expect(tile).to_contain_text("MB")
    pixels = "canvas => [...canvas.getContext('2d').getImageData(0, 0, 320, 180).data]"
    assert np.std(tile.locator("canvas").evaluate(pixels)) > 20
    page.locator("#before").fill("2020-01-01T00:00")
    expect(page.locator("#recordings li")).to_have_count(0)
    page.locator("#before").fill("")
    expect(tile).to_be_visible()
    tile.locator("button").click()
    video = page.locator("#player video")
    expect(video).to_be_visible()
    page.wait_for_function("video => video.currentTime > 0.3", arg=video.element_handle())
    assert video.evaluate("video => video.videoWidth") == 160
    with page.expect_download() as download:
        page.locator("#player a").click()
    assert download.value.path().stat().st_size > 1000
    page.keyboard.press("Escape")
    expect(page.locator("#player")).to_be_hidden()
    expect(page.locator("article.chosen .name")).to_have_text("yard")
    moves_on(page, "yard")
    page.keyboard.press("Escape")
    expect(page.locator("#recordings")).to_be_hidden()


def test_the_list_of_recordings_follows_what_comes_and_goes(page: Page, address: str) -> None:
    there = [recording(number) for number in range(10)]

    def answer(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        before = float(query.get("before", ["inf"])[0])
        listed = [each for each in reversed(there) if each["ended"] < before]
        route.fulfill(json=listed[: int(query["most"][0])])

    def shows(first: int, last: int) -> None:
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        names = [f"r{number:03d}" for number in range(first, last - 1, -1)]
        expect(page.locator("#recordings li span")).to_have_text(names)

    page.route("**/recordings?*", answer)
    page.goto(f"{address}#camera=gate")
    shows(9, 0)
    expect(page.locator("#earlier")).to_be_hidden()
    there.extend(recording(number) for number in range(10, 15))
    shows(14, 0)
    there.extend(recording(number) for number in range(15, 80))
    shows(79, 56)
    page.locator("#earlier").click()
    shows(79, 32)
    del there[:40]
    page.locator("#earlier").click()
    shows(79, 32)
    expect(page.locator("#earlier")).to_be_hidden()
    del there[:-3]
    shows(79, 77)


def test_the_picture_in_full_size_opens_by_itself(page: Page, address: str) -> None:
    page.goto(address)
    moves_on(page, "gate")
    with page.expect_popup() as opened:
        page.locator(".still").first.click()
    assert opened.value.locator("img").evaluate("image => image.naturalWidth") == 160


def test_a_page_that_stays_open_follows_a_pipeline_that_starts_anew(page: Page, address: str) -> None:
    """With a camera less, and a log that begins again."""
    page.goto(address)
    moves_on(page, "gate")
    page.locator(".picture").nth(2).click()
    expect(page.locator("article.chosen .name")).to_have_text("north")

    def another_run(route: Route) -> None:
        data = route.fetch().json()
        route.fulfill(json=data | {"run": "another", "cameras": data["cameras"][:2]})

    page.route("**/status", another_run)
    expect(page.locator("article")).to_have_count(2)
    expect(page.locator("article").first).to_be_visible()
    for camera in ("gate", "yard"):
        moves_on(page, camera)
    page.get_by_text("What happened").click()
    expect(page.locator("#log li").last).to_contain_text("north: ")
