"""`streamdesnow label`: photographs in, boxes of people and vehicles beside them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from streamdesnow.cli.console import error_console

__all__ = ["command"]

_CLASSES = ("person", "bicycle", "car", "motorbike", "bus", "truck")


def command(
    photos: Annotated[Path, typer.Argument(help="Folder of photographs; folders in it are labelled, too.")],
    detector: Annotated[
        str,
        typer.Option("--detector", help="Name or file of a detector's weights, as under `detect: model`."),
    ] = "tiny-yolov3",
    confidence: Annotated[
        float, typer.Option("--confidence", min=0.0, max=1.0, help="Least confidence of what is written.")
    ] = 0.4,
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", help=f"What to look for; may be repeated. Default: {', '.join(_CLASSES)}."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Look again at photographs that have boxes.")
    ] = False,
) -> None:
    """Find people and vehicles in photographs, so that they move through training scenes.

    Boxes go to `labels/NAME.txt` beside NAME.jpg, one a line, as YOLO's tools write and edit them. `train`
    takes them from there. Photographs that have boxes are left as they are.
    """
    from streamdesnow.capture.images_reader import load_image
    from streamdesnow.config.detect import DetectConfig
    from streamdesnow.detect.open_detector import open_detector
    from streamdesnow.lab.data.labelling import find_things
    from streamdesnow.lab.data.labels import labels_of, write_labels
    from streamdesnow.lab.data.photos import photographs

    found = photographs(photos)
    fresh = [path for path in found if replace or not labels_of(path).exists()]
    boxes = 0
    if fresh:
        config = DetectConfig(model=detector, confidence=confidence, classes=tuple(classes or _CLASSES))
        with closing(open_detector(config)) as opened:
            for path in track(fresh, "looking", console=error_console()):
                things = find_things(load_image(path), opened)
                write_labels(labels_of(path), things)
                boxes += len(things)
    kept = len(found) - len(fresh)
    typer.echo(
        f"{boxes} boxes in {len(fresh)} photographs" + (f"; {kept} that had some were left" if kept else "")
    )
