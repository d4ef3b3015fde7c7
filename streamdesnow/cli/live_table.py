"""The table that `run` shows on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group
from rich.table import Table
from rich.text import Text

from streamdesnow.capture.source import CaptureState
from streamdesnow.cli.figures import (
    detection_text,
    elapsed_text,
    latency_text,
    load_text,
    queue_text,
    snow_text,
)
from streamdesnow.redact import redact
from streamdesnow.status.snapshot import CameraSnapshot, PartState, PipelineSnapshot

__all__ = ["live_table"]

_STATE_STYLES = {
    CaptureState.STARTING: "cyan",
    CaptureState.RUNNING: "green",
    CaptureState.RETRYING: "yellow",
    CaptureState.FAILED: "bold red",
}
# In two lines each, so that everything fits into the 80 columns of an ordinary terminal.
_FIGURES = ("fps\nin/out", "\ndrops", "latency\np50/p95", "written\np50/p95", "\nrestarts")


def live_table(snapshot: PipelineSnapshot) -> Group:
    """One row a camera: state, rates, drops, latencies, restarts, queues; what there is to say beneath."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    # Long names and queues give way where the terminal is narrow; figures never do.
    table.add_column("\ncamera", overflow="fold")
    table.add_column("\nstate", no_wrap=True)
    for heading in _FIGURES:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("\nqueues", overflow="fold")
    for camera in snapshot.cameras:
        table.add_row(*_row(camera))
    models = ", ".join(f"{name}: {engine}" for name, engine in snapshot.models)
    head = Text(
        f"{elapsed_text(snapshot.seconds)}  {models}; latencies in ms",
        style="dim",
        overflow="ellipsis",
        no_wrap=True,
    )
    return Group(head, table, *_conditions(snapshot), *_detection(snapshot), *_messages(snapshot))


def _row(camera: CameraSnapshot) -> Iterator[Text]:
    yield Text(camera.name)
    yield Text(camera.state, style=_STATE_STYLES.get(camera.state, ""))
    yield Text(f"{camera.fps_in:.1f}/{camera.fps_out:.1f}")
    yield Text(str(camera.dropped), style="yellow" if camera.dropped else "")
    yield Text(latency_text(camera.restored).removesuffix(" ms"))
    yield Text(latency_text(camera.written).removesuffix(" ms"))
    yield Text(str(camera.restarts), style="yellow" if camera.restarts else "")
    yield Text("\n").join(
        Text(queue_text(sink), style="" if sink.state is PartState.RUNNING else "yellow")
        for sink in camera.sinks
    )


def _conditions(snapshot: PipelineSnapshot) -> Iterator[Text]:
    """Weather and load of the cameras of which there is something to say."""
    for camera in snapshot.cameras:
        snow, load = snow_text(camera), load_text(camera)
        if snow or load:
            text = ", ".join(text for text in (snow, load) if text)
            yield Text(f"{camera.name}: {text}", style="yellow" if camera.relief else "dim")


def _detection(snapshot: PipelineSnapshot) -> Iterator[Text]:
    detector = snapshot.detector
    if detector is None:
        return
    style = "dim" if detector.state is PartState.RUNNING else "yellow"
    failures = f", {detector.failures} failures" if detector.failures else ""
    yield Text(f"{detector.name}: {detector.state}{failures}", style=style)
    for camera in snapshot.cameras:
        if camera.detection is not None:
            yield Text(f"  {camera.name}: {detection_text(camera.detection)}")


def _messages(snapshot: PipelineSnapshot) -> Iterator[Text]:
    if snapshot.detector is not None and snapshot.detector.message:
        name, message = snapshot.detector.name, snapshot.detector.message
        yield Text(f"{name}: {redact(message).removeprefix(f'{name}: ')}", style="yellow")
    for camera in snapshot.cameras:
        if camera.detection is not None and camera.detection.error is not None:
            yield Text(redact(str(camera.detection.error)), style="yellow")
        told = [camera.message, *(sink.message for sink in camera.sinks)]
        for name, message in zip([camera.name, *(sink.name for sink in camera.sinks)], told, strict=True):
            if message:
                yield Text(f"{name}: {redact(message).removeprefix(f'{name}: ')}", style="yellow")
