"""The pipeline's side of a capture process: starts it, hears it, ends it."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
from collections import deque
from dataclasses import dataclass

from streamdesnow.capture.channel import Channel, Disconnected
from streamdesnow.capture.messages import Arrived, Close, Message, NewSlots
from streamdesnow.capture.parcel import Parcel
from streamdesnow.capture.shared_slots import SharedSlots

__all__ = ["PROGRAM", "CaptureProcess", "Event", "Exited"]

# The program is given as text and not as a module: a module is looked for in the working directory first,
# where a user's file may be called like one of ours. The search path is the pipeline's own.
PROGRAM = (
    "import sys; fd = int(sys.argv[1]); sys.path[:] = sys.argv[2:]; "
    "from streamdesnow.capture.child import main; main(fd)"
)
_TERMINATION = 0.5


@dataclass(frozen=True, slots=True)
class Exited:
    """The process is gone. `how` says by which signal or exit code, and its last words."""

    how: str


Event = Message | Parcel | Exited


class CaptureProcess:
    """A capture process that can be started again and again. One thread uses it; any other may `wake` it.

    Args:
        program: Python that the process runs, given the descriptor of its socket and the search path as
            arguments.
    """

    def __init__(self, program: str = PROGRAM) -> None:
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self._slots: SharedSlots | None = None
        self._memory = 0
        self._last_words: deque[str] = deque(maxlen=3)
        self._selector = selectors.DefaultSelector()
        self._wake_in, self._wake_out = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._selector.register(self._wake_in, selectors.EVENT_READ)

    @property
    def running(self) -> bool:
        """Whether there is a process, as far as has been heard."""
        return self._process is not None

    @property
    def pid(self) -> int | None:
        """Number of the process."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start a process, after ending the one there is.

        Raises:
            OSError: the machine cannot start one.
        """
        self.kill()
        channel, theirs = Channel.pair()
        with theirs:
            command = [sys.executable, "-P", "-c", self._program, str(theirs.fileno()), *map(str, sys.path)]
            # A process has one source, and a machine many cameras: no threads for linear algebra.
            calm = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                env=os.environ | calm,
                # Ctrl-C in a terminal is for the pipeline, which then closes its cameras in good order.
                start_new_session=True,
            )
        self._channel = channel
        self._selector.register(channel, selectors.EVENT_READ)
        if self._process.stderr is not None:
            os.set_blocking(self._process.stderr.fileno(), False)
            self._selector.register(self._process.stderr, selectors.EVENT_READ)

    def send(self, message: Message) -> None:
        """Tell the process something; without effect if it is gone, which `receive` will tell."""
        if self._channel is not None:
            with contextlib.suppress(Disconnected):
                self._channel.send(message)

    def receive(self, timeout: float | None) -> list[Event]:
        """What the process says, as soon as it says something; empty after `timeout` seconds or `wake`."""
        events: list[Event] = []
        for key, _ in self._selector.select(timeout):
            if key.fileobj == self._wake_in:
                os.read(self._wake_in, 1024)
            elif key.fileobj is self._channel:
                events += self._hear()
            else:
                self._listen_to_complaints()
        return events

    def wake(self) -> None:
        """Make a waiting `receive` return. Callable from any thread."""
        os.write(self._wake_out, b"!")

    def stop(self) -> None:
        """Ask the process to end, and end it if it does not in half a second."""
        if self._process is not None:
            self.send(Close())
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_TERMINATION)
        self.kill()

    def kill(self) -> None:
        """End the process, whatever it is doing. Frames that were handed over stay readable."""
        process, channel = self._process, self._channel
        if process is None:
            return
        process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            # Stuck in the kernel, on a network file system that is gone for example, it dies later.
            process.wait(_TERMINATION)
        if channel is not None:
            self._selector.unregister(channel)
            channel.close()
        if process.stderr is not None:
            self._selector.unregister(process.stderr)
            process.stderr.close()
        self._process = self._channel = self._slots = None

    def close(self) -> None:
        """End the process and let go of everything. May be called twice."""
        self.kill()
        if self._wake_in >= 0:
            self._selector.close()
            os.close(self._wake_in)
            os.close(self._wake_out)
            self._wake_in = self._wake_out = -1

    def _hear(self) -> list[Event]:
        events: list[Event] = []
        while self._channel is not None:
            try:
                message, fd = self._channel.receive(wait=False)
                events += self._understand(message, fd)
            except BlockingIOError:
                break
            except (Disconnected, ValueError, TypeError, OSError):
                # Gone, or talking nonsense: a decoder that has overwritten its own memory may do either.
                events.append(self._bury())
        return events

    def _understand(self, message: Message, fd: int | None) -> list[Event]:
        if isinstance(message, NewSlots) and fd is not None:
            self._slots = SharedSlots.attach(fd, message.count, message.slot_bytes)
            self._memory = message.memory
            return []
        if fd is not None:
            os.close(fd)
        if isinstance(message, Arrived) and self._channel is not None:
            if self._slots is None or message.memory != self._memory:
                raise ValueError("a frame in memory that was never announced")
            return [Parcel(message, self._slots, self._channel)]
        return [message]

    def _bury(self) -> Exited:
        process = self._process
        code = None
        if process is not None:
            try:
                code = process.wait(_TERMINATION)
            except subprocess.TimeoutExpired:
                code = None
            self._listen_to_complaints()
        words = " / ".join(self._last_words)
        self.kill()
        return Exited(_how(code) + (f" ({words})" if words else ""))

    def _listen_to_complaints(self) -> None:
        if self._process is None or self._process.stderr is None:
            return
        text = self._process.stderr.read()
        if text:
            self._last_words.extend(line for line in text.decode(errors="replace").splitlines() if line)


def _how(code: int | None) -> str:
    if code is None:
        return "talked nonsense"
    if code >= 0:
        return f"ended with code {code}"
    return f"was ended by {signal.Signals(-code).name}"
