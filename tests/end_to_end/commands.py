"""Runs `streamdesnow run` as users do: a process, a pipeline file, log lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import yaml

Entry = dict[str, Any]


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Until something outside this process has made it true."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("did not come true in time")


def write_pipeline(folder: Path, **sections: object) -> Path:
    """A pipeline file; log lines come often."""
    path = folder / "pipeline.yaml"
    path.write_text(yaml.safe_dump({"log": {"interval": "200ms"}, **sections}))
    return path


def readable_frames(path: Path) -> int:
    """How many frames of a video can be decoded; 0 if it cannot be opened."""
    try:
        with av.open(str(path)) as container:
            return sum(1 for _ in container.decode(video=0))
    except (av.error.FFmpegError, IndexError):
        return 0


class RunCommand:
    """`streamdesnow run FILE --log-format json`; killed when the context ends, if it still runs."""

    def __init__(self, pipeline: Path, *arguments: str) -> None:
        program = "from streamdesnow.cli.app import main; main()"
        command = [sys.executable, "-c", program, "run", str(pipeline), "--log-format", "json", *arguments]
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
        )
        self.entries: list[Entry] = []
        self.text = ""
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def frames(self, camera: str) -> int:
        """Frames of a camera that were cleaned, as far as the log has told."""
        return max((data["frames_out"] for data in self._of(camera)), default=0)

    def written(self, camera: str, sink: str) -> int:
        """Frames that an output of a camera has written, as far as the log has told."""
        sinks = [each for data in self._of(camera) for each in data["sinks"]]
        return max((each["written"] for each in sinks if each["name"] == f"{sink}[{camera}]"), default=0)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait, unless the command ends before."""
        wait_for(lambda: condition() or self.process.poll() is not None)
        assert condition(), f"ended with {self.process.returncode}:\n{self.text}"

    def end(self, seconds: float = 60.0) -> int:
        """Wait for the end; the exit code."""
        self.process.wait(seconds)
        self._listener.join(10)
        return self.process.returncode

    @property
    def summary(self) -> Entry:
        """Data of the last log line."""
        return self.entries[-1]["data"]

    def children(self) -> list[int]:
        """Process ids of its capture processes."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for task in tasks for pid in task.read_text().split()]

    def _of(self, camera: str) -> list[Entry]:
        data = [entry["data"] for entry in list(self.entries) if "data" in entry]
        return [each for each in data if each.get("name") == camera]

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.text += line
            if line.startswith("{"):
                self.entries.append(json.loads(line))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._listener.join(10)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
