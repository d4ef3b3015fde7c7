"""A real Chromium that opens pages and tells what their videos do."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

__all__ = ["State", "watch"]

State = dict[str, Any]
"""What a video did at one moment; see the script below."""

_PAGE = """<!doctype html><script>
const frames = Object.entries(PAGES).map(([name, url]) => {
  const frame = document.createElement("iframe");
  frame.src = url;
  frame.width = 320; frame.height = 240;
  document.documentElement.append(frame);
  return [name, frame];
});

function look([name, frame]) {
  const page = frame.contentDocument, video = page && page.querySelector("video");
  if (!video) return null;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  let pixel = null;
  if (video.videoWidth) {
    const context = canvas.getContext("2d");
    // The middle of the picture.
    context.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1);
    pixel = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  }
  const ranges = video.buffered, last = ranges.length - 1;
  return {
    name, time: video.currentTime, width: video.videoWidth, height: video.videoHeight, pixel,
    duration: Number.isFinite(video.duration) ? video.duration : null,
    end: last < 0 ? 0 : ranges.end(last), error: video.error && video.error.message,
    native: video.canPlayType("application/vnd.apple.mpegurl"), ended: video.ended,
    said: (page.querySelector("p") || {}).textContent || "",
  };
}

async function report() {
  const states = frames.map(look).filter(Boolean);
  await fetch("/report", { method: "POST", body: JSON.stringify(states) });
  setTimeout(report, 100);
}
report();
</script>"""


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, page: str, states: dict[str, list[State]], **keywords: Any) -> None:
        self._page = page
        self._states = states
        super().__init__(*args, **keywords)

    def do_GET(self) -> None:
        if self.path != "/watch":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self._page.encode())

    def do_POST(self) -> None:
        for state in json.loads(self.rfile.read(int(self.headers["Content-Length"]))):
            self._states[state["name"]].append(state)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


def watch(
    folder: Path,
    pages: Mapping[str, str],
    done: Callable[[Mapping[str, list[State]]], bool],
    most: float = 90.0,
) -> dict[str, list[State]]:
    """Serve `folder`, open `pages` (name to path) in Chromium, tell what their videos did until `done`."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    states: dict[str, list[State]] = defaultdict(list)
    page = _PAGE.replace("PAGES", json.dumps(dict(pages)))
    handler = partial(_Handler, directory=str(folder), page=page, states=states)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        chromium = _start(program, f"http://127.0.0.1:{server.server_port}/watch", folder / ".profile")
        try:
            deadline = time.monotonic() + most
            while not done(states) and time.monotonic() < deadline and chromium.poll() is None:
                time.sleep(0.1)
        finally:
            os.killpg(chromium.pid, signal.SIGKILL)
            chromium.wait()
            server.shutdown()
    return states


def _start(program: str, url: str, profile: Path) -> subprocess.Popen[bytes]:
    quiet = ["background-networking", "component-update", "sync", "quic", "gpu", "extensions", "default-apps"]
    return subprocess.Popen(
        [
            program, "--headless", "--no-sandbox", "--no-first-run", *(f"--disable-{name}" for name in quiet),
            "--autoplay-policy=no-user-gesture-required", f"--user-data-dir={profile}",
            # Whatever it wants to fetch on its own, it finds nobody.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", url,
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
