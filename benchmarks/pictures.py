"""Before/after pictures for the README and the model cards.

    python benchmarks/pictures.py street docs/before-after.png
    python benchmarks/pictures.py campus.avi models/fixed-camera/campus.jpg --frame 35

Draws snow over a snow-free clip (or the simulated street), cleans it, and writes one frame: on the left as
the camera sees it, on the right cleaned. `--crop x,y,w,h` enlarges a part.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from as_script import as_script

from streamdesnow.lab.data.open_pairs import SnowChoice, open_pairs
from streamdesnow.restore.desnower import Desnower


def main() -> None:
    """Draw one picture."""
    args = _arguments()
    snow = SnowChoice((args.level,), (args.style,), args.width, args.frame + 1, args.seed)
    pairs = next(open_pairs(args.source, None, snow))
    with Desnower(args.model) as desnower:
        stream = desnower.stream("picture")
        for pair in pairs:
            clean = stream(pair.snowy)
    both = [_cropped(image, args.crop) for image in (pair.snowy, clean)]
    border = np.full((both[0].shape[0], 4, 3), 255, np.uint8)
    if not cv2.imwrite(str(args.picture), np.hstack([both[0], border, both[1]])):
        raise SystemExit(f"{args.picture}: cannot be written")
    print(f"{args.picture}: frame {args.frame} of {pairs.name}")


def _cropped(image: np.ndarray, crop: str | None) -> np.ndarray:
    if crop is None:
        return image
    x, y, w, h = map(int, crop.split(","))
    larger = max(1, image.shape[1] // w)
    return cv2.resize(image[y : y + h, x : x + w], None, fx=larger, fy=larger, interpolation=cv2.INTER_CUBIC)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", help="a snow-free clip, or street")
    parser.add_argument("picture", type=Path)
    parser.add_argument("--model", default="fixed-camera")
    parser.add_argument("--level", default="heavy")
    parser.add_argument("--style", default="particles")
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--frame", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--crop", help="x,y,w,h in pixels: enlarge this part")
    return parser.parse_args()


if __name__ == "__main__":
    as_script(main)
