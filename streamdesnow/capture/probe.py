"""Opens a source to see whether it can be opened and what it is, with a limit on the time it may take."""

from __future__ import annotations

from streamdesnow.capture.messages import Alive, Failed, Open, Opened
from streamdesnow.capture.process import CaptureProcess, Exited
from streamdesnow.capture.reader import SourceInfo
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.clock import Clock, SystemClock
from streamdesnow.config.camera import CameraConfig
from streamdesnow.errors import CaptureError, SourceDamaged, SourceUnreachable
from streamdesnow.redact import redact

__all__ = ["probe_source"]

_STARTUP = 30.0


def probe_source(
    name: str, config: CameraConfig, timeout: float = 10.0, clock: Clock | None = None
) -> SourceInfo:
    """Open a source in a process of its own, close it again, and say what it is.

    Args:
        name: of the camera, for messages.
        config: its section of the pipeline file.
        timeout: seconds that opening may take.
        clock: measures them.

    Raises:
        CaptureError: why it cannot be opened; the same subclasses and messages as while running, and
            SourceUnreachable after `timeout` seconds.
    """
    clock = clock or SystemClock()
    spec = SourceSpec.from_config(name, config)
    process = CaptureProcess()
    # The source's time begins when the process does.
    deadline = clock.monotonic() + _STARTUP
    try:
        process.start()
        process.send(Open(spec))
        while (left := deadline - clock.monotonic()) > 0:
            for event in process.receive(left):
                if isinstance(event, Alive):
                    deadline = min(deadline, clock.monotonic() + timeout)
                if isinstance(event, Opened):
                    process.stop()
                    return event.info
                if isinstance(event, Failed):
                    raise event.error
                if isinstance(event, Exited):
                    how = redact(event.how, spec.secrets)
                    raise SourceDamaged(f"{spec.name}: the decoder crashed while opening; its process {how}")
    except OSError as error:
        raise CaptureError(f"{spec.name}: no capture process can be started: {error.strerror}") from None
    finally:
        process.close()
    raise SourceUnreachable(f"{spec.name}: does not answer within {timeout:g} s")
