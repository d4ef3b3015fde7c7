"""The pipeline's side of a detector's process: starts it, asks it, ends it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from typing import IO

from streamdesnow.detect.wire import Message, Wire

__all__ = ["DetectorProcess"]

# Given as text and not as a module: a module is looked for in the working directory first, where a user's
# file may be called like one of ours. The search path is the pipeline's own.
_PROGRAM = (
    "import sys; fd, factory = int(sys.argv[1]), sys.argv[2]; sys.path[:] = sys.argv[3:]; "
    "from streamdesnow.detect.child import main; main(fd, factory)"
)
_TERMINATION = 2.0


class DetectorProcess:
    """A running process. What it prints is swallowed, but for the last lines of errors; the files that it
    leaves in its temporary folder are removed with it.

    Args:
        factory: `module:function`, which makes a detector from its config as JSON.

    Raises:
        OSError: the machine cannot start one.
    """

    def __init__(self, factory: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="streamdesnow-", ignore_cleanup_errors=True)
        self._wire, theirs = Wire.pair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM, str(theirs.fileno()), factory, *map(str, sys.path)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                # Threads that spin between frames take the cores from decoder and encoder.
                env=os.environ | {"TMPDIR": self._folder.name, "OMP_WAIT_POLICY": "PASSIVE"},
                start_new_session=True,
            )
        self._words: deque[str] = deque(maxlen=3)
        self._listener = threading.Thread(target=self._listen, args=(self._process.stderr,), daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def ask(self, message: Message, pixels: bytes | memoryview = b"", *, timeout: float) -> Message:
        """Say something and hear the answer.

        Raises:
            TimeoutError: it did not come in `timeout` seconds.
            HungUp: the process is gone.
        """
        deadline = time.monotonic() + timeout
        self._wire.send(message, pixels, timeout)
        answer, _ = self._wire.receive(max(0.0, deadline - time.monotonic()))
        return answer

    def end(self) -> str:
        """End it, whatever it is doing. Callable from any thread, more than once.

        Returns:
            how it went: by itself, with its last words, or not.
        """
        code = self._process.poll()
        self._wire.close()
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            # Stuck in the kernel, in a GPU's driver for example, it dies later.
            self._process.wait(_TERMINATION)
        self._listener.join(_TERMINATION)
        self._folder.cleanup()
        words = " / ".join(self._words)
        return _how(code) + (f" ({words})" if words else "")

    def bury(self) -> str:
        """End it after it hung up; how it went, with its last words."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_TERMINATION)
        return self.end()

    def _listen(self, complaints: IO[bytes] | None) -> None:
        if complaints is not None:
            with complaints:
                for line in complaints:
                    if text := line.decode(errors="replace").strip():
                        self._words.append(text)


def _how(code: int | None) -> str:
    if code is None:
        return "was ended"
    return f"ended with code {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"
