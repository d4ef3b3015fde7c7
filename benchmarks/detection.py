"""How much more a detector finds in cleaned pictures: mAP, recall and track breaks, in four arms.

    python benchmarks/detection.py ../shared/data --json out/detection.json

Arms: without snow, snowy, cleaned by each model, and cleaned by a causal temporal median. The snow is of a
style that no model trains on. The folder is laid out like this, and what is missing is left out:

    photos/train/coco128/*.jpg, labels/*.txt   COCO photographs with boxes, in YOLO's layout
    video/clean/*                              snow-free clips of fixed cameras
    weights/tiny-yolov3.pt                     the detector, unless --detector names one

Models for single pictures are scored on the photographs, against their boxes. `still` trained on crops of
these very photographs under other styles of snow, which may flatter it: `--photos` names another folder.
The median is given five snowy pictures of each in which nothing moves: the best case for it.

Causal models are scored on the clips and a drawn street, 480 pixels wide, from the 13th frame on. Truth is
what the detector finds in the snow-free clip, people and vehicles only: a chair that it imagines once would
weigh as much as all cars. `recovered` is the share of the mAP50 lost to snow that an arm brings back,
(cleaned - snowy) / (clean - snowy). Rows with snow `none` tell what cleaning costs where there is no snow.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from as_script import as_script
from engine_option import add_precision, engine_of

from streamdesnow.bench.machine import describe
from streamdesnow.capture.av_reader import AvReader
from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.detector import Detector
from streamdesnow.detect.open_detector import open_detector
from streamdesnow.frame import Image
from streamdesnow.lab.data.open_pairs import SnowChoice, open_pairs
from streamdesnow.lab.detectors.import_weights import import_weights
from streamdesnow.lab.scoring.baselines import CausalMedian
from streamdesnow.lab.scoring.detection.look import look_at_clip, look_at_photo, only
from streamdesnow.lab.scoring.detection.photos import labelled_photos
from streamdesnow.lab.scoring.detection.report import INPUT, NONE, Row, findings, markdown, rows
from streamdesnow.lab.scoring.detection.trial import Frames, Trial
from streamdesnow.lab.scoring.methods import Method, model_methods
from streamdesnow.models.find import model_paths
from streamdesnow.restore.desnower import Desnower
from streamdesnow.snowfall.snow import HELD_OUT

MODELS = ("fixed-camera", "fixed-camera-small", "still")
ROAD_USERS = frozenset({"person", "bicycle", "car", "motorbike", "bus", "truck"})
STREET, STREET_FPS = "street", 25.0
WIDTH, SKIP, SEED = 480, 12, 7
STYLE = HELD_OUT[0]
LEAST = 0.01
"""Confidence that average precision looks down to."""


def main() -> None:
    """Score and print."""
    args = _arguments()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="streamdesnow-")))
        config = DetectConfig(model=_weights(args, scratch), confidence=LEAST, score="product")
        detector = open_detector(config)
        stack.callback(detector.close)
        desnowers = {name: stack.enter_context(Desnower(name, engine_of(args))) for name in args.models}
        causal = {name: each for name, each in desnowers.items() if each.model.card.states}
        stills = {name: each for name, each in desnowers.items() if not each.model.card.states}
        tables = {}
        photos = args.photos or args.folder / "photos" / "train" / "coco128"
        if stills and photos.is_dir():
            tables["photographs"] = rows(list(_photo_trials(photos, stills, detector, args)))
        if causal:
            tables["fixed cameras"] = rows(list(_clip_trials(causal, detector, args)))
        engines = ", ".join(f"{name} on {each.info}" for name, each in desnowers.items())
    print(f"{describe()}\n{engines}; snow: {STYLE}; confidence {args.confidence}")
    _report(tables, args.json)


def _photo_trials(
    folder: Path, models: Mapping[str, Desnower], detector: Detector, args: argparse.Namespace
) -> Iterator[Trial]:
    photos = [photo.load() for photo in labelled_photos(folder, args.every_photo)]
    truth = tuple(boxes for _, boxes in photos)
    stills: dict[str, Callable[[Image], Image]] = {INPUT: lambda image: image, **models}
    for level in (NONE, *args.levels):
        temporal = {} if level == NONE else _median(args.median)
        found = [
            look_at_photo(image, (STYLE, level, number), stills, temporal, detector)
            for number, (image, _) in enumerate(photos)
        ]
        for arm in found[0] if found else ():
            frames = tuple(each[arm] for each in found)
            yield Trial(f"{len(photos)} photographs", level, arm, frames, truth, args.confidence)
        _tell(f"photographs, {level}")


def _clip_trials(
    models: Mapping[str, Desnower], detector: Detector, args: argparse.Namespace
) -> Iterator[Trial]:
    methods: dict[str, Method] = {INPUT: lambda: lambda image: image}
    methods |= model_methods({name: each.stream for name, each in models.items()}, video=True)
    for source, name, fps in _sources(args):
        truth: Frames = ()
        for level in (NONE, *args.levels):
            arms = methods if level == NONE else methods | _median(args.median)
            snow = SnowChoice((level,), (STYLE,), WIDTH, args.frames, SEED)
            (pairs,) = open_pairs(source, None, snow)
            found = look_at_clip(pairs, arms, detector, skip=SKIP, every=args.every)
            if level == NONE:
                truth = only(found[INPUT], ROAD_USERS, args.confidence)
            for arm, frames in found.items():
                yield Trial(
                    name, level, arm, only(frames, ROAD_USERS), truth, args.confidence, fps / args.every
                )
            _tell(f"{name}, {level}")


def _sources(args: argparse.Namespace) -> Iterator[tuple[str, str, float]]:
    """Source for `open_pairs`, name, frames per second."""
    folder = args.folder / "video" / "clean"
    found = [STREET, *(str(path) for path in sorted(folder.glob("*")) if path.is_file())]
    for source in args.clips or found:
        if source == STREET:
            yield source, source, STREET_FPS
            continue
        with AvReader.for_file(Path(source)) as reader:
            yield source, Path(source).stem, float(reader.info.fps or STREET_FPS)


def _median(frames: int) -> dict[str, Method]:
    return {f"median {frames}": lambda: CausalMedian(frames)}


def _weights(args: argparse.Namespace, scratch: Path) -> str:
    if args.detector:
        return str(args.detector)
    return str(import_weights(args.folder / "weights" / "tiny-yolov3.pt", scratch / "tiny-yolov3.onnx").path)


def _report(tables: Mapping[str, list[Row]], path: Path | None) -> None:
    for title, lines in tables.items():
        print(f"\n**{title}**\n\n{markdown(lines)}\n")
        for finding in findings(lines):
            print(f"- {finding}")
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {title: [row.as_json() for row in lines] for title, lines in tables.items()}
        path.write_text(json.dumps({"machine": describe(), **content}, indent=2) + "\n")


def _tell(done: str) -> None:
    print(f"  {done} done", file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="photographs, clips and weights, as above")
    shipped = [name for name in MODELS if name in model_paths()]
    parser.add_argument("--models", nargs="+", default=shipped, help="names, or model folders")
    parser.add_argument(
        "--clips", nargs="+", help="snow-free clips, or street. Default: the folder's, and street"
    )
    parser.add_argument("--photos", type=Path, help="another folder of pictures with labels/")
    add_precision(parser)
    parser.add_argument("--levels", nargs="+", default=["light", "medium", "heavy"])
    parser.add_argument("--frames", type=int, default=100, help="of each clip at most")
    parser.add_argument("--every", type=int, default=3, help="look at one frame in this many")
    parser.add_argument("--every-photo", type=int, default=1, help="take one photograph in this many")
    parser.add_argument("--median", type=int, default=5, help="frames that the temporal median spans")
    parser.add_argument("--confidence", type=float, default=0.3, help="what counts as found, beside mAP")
    parser.add_argument("--detector", help="name or file of a detector instead of TinyYOLOv3")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    return parser.parse_args()


if __name__ == "__main__":
    as_script(main)
