"""The table that `run` shows on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group
from rich.table import Table
from rich.text import Text

from streamdesnow.capture.source import CaptureState
from streamdesnow.cli.figures import elapsed_text, latency_text, queue_text
from streamdesnow.pipeline.snapshot import CameraSnapshot, PipelineSnapshot, SinkState
from streamdesnow.redact import redact

__all__ = ["live_table"]

_STATE_STYLES = {
    CaptureState.STARTING: "cyan",
    CaptureState.RUNNING: "green",
    CaptureState.RETRYING: "yellow",
    CaptureState.FAILED: "bold red",
}
_FIGURES = ("fps in", "fps out", "dropped", "p50/p95", "written")


def live_table(snapshot: PipelineSnapshot) -> Group:
    """One row a camera: state, rates, drops, latencies, queues, restarts; what there is to say beneath."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("camera", no_wrap=True)
    table.add_column("state", no_wrap=True)
    for heading in _FIGURES:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("queues")
    table.add_column("restarts", justify="right")
    for camera in snapshot.cameras:
        table.add_row(*_row(camera))
    models = ", ".join(f"{name}: {engine}" for name, engine in snapshot.models)
    head = Text(f"{elapsed_text(snapshot.seconds)}  {models}", style="dim", overflow="ellipsis", no_wrap=True)
    return Group(head, table, *_messages(snapshot))


def _row(camera: CameraSnapshot) -> Iterator[Text]:
    yield Text(camera.name)
    yield Text(camera.state, style=_STATE_STYLES.get(camera.state, ""))
    yield Text(f"{camera.fps_in:.1f}")
    yield Text(f"{camera.fps_out:.1f}")
    yield Text(str(camera.dropped), style="yellow" if camera.dropped else "")
    yield Text(latency_text(camera.restored))
    yield Text(latency_text(camera.written))
    yield Text("\n").join(
        Text(queue_text(sink), style="" if sink.state is SinkState.RUNNING else "yellow")
        for sink in camera.sinks
    )
    yield Text(str(camera.restarts), style="yellow" if camera.restarts else "")


def _messages(snapshot: PipelineSnapshot) -> Iterator[Text]:
    for camera in snapshot.cameras:
        told = [camera.message, *(sink.message for sink in camera.sinks)]
        for name, message in zip([camera.name, *(sink.name for sink in camera.sinks)], told, strict=True):
            if message:
                yield Text(f"{name}: {redact(message).removeprefix(f'{name}: ')}", style="yellow")
