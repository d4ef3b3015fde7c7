"""`streamdesnow label`: photographs in, boxes of people and vehicles beside them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from streamdesnow.cli.console import error_console
from streamdesnow.errors import CaptureError, ConfigError

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
    from streamdesnow.detect.coco import COCO
    from streamdesnow.detect.open_detector import open_detector
    from streamdesnow.lab.data.labelling import coco_name, find_things
    from streamdesnow.lab.data.labels import by_labels, write_labels
    from streamdesnow.lab.data.photos import photographs

    wanted = [coco_name(name) for name in classes or _CLASSES]
    for name in wanted:
        if name not in COCO:
            raise ConfigError(f"--class {name}: none of COCO's 80 classes; they are {', '.join(COCO)}")
    found = by_labels(photographs(photos))
    fresh = [(labels, path) for labels, path in found.items() if replace or not labels.exists()]
    boxes = damaged = 0
    if fresh:
        config = DetectConfig(model=detector, confidence=confidence)
        with closing(open_detector(config)) as opened:
            for labels, path in track(fresh, "looking", console=error_console()):
                try:
                    photo = load_image(path)
                except CaptureError as error:
                    error_console().print(f"warning: {error}", markup=False, highlight=False)
                    damaged += 1
                    continue
                things = find_things(photo, opened, wanted)
                write_labels(labels, things)
                boxes += len(things)
    kept = len(found) - len(fresh)
    typer.echo(
        f"{boxes} boxes in {len(fresh) - damaged} photographs"
        + (f"; {kept} that had some were left" if kept else "")
        + (f"; {damaged} could not be read" if damaged else "")
    )
