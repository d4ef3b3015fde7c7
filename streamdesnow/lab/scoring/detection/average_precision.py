"""Mean average precision as COCO defines it, by the `supervision` library."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from streamdesnow.detect.detection import Detection

if TYPE_CHECKING:
    import supervision

__all__ = ["AveragePrecision", "average_precision"]


@dataclass(frozen=True, slots=True)
class AveragePrecision:
    """Mean over classes, 0..1; NaN where there is nothing to find.

    Attributes:
        map50: a box counts as found from an intersection over union of 0.5 on.
        map50_95: mean over the thresholds 0.50, 0.55, ..., 0.95.
    """

    map50: float
    map50_95: float


def average_precision(
    found: Iterable[Sequence[Detection]], truth: Iterable[Sequence[Detection]]
) -> AveragePrecision:
    """Score what was found in a set of pictures.

    Classes that no picture holds are left out, as in COCO; so should be a threshold on confidence.

    Args:
        found: of each picture, with `class_id` and `confidence`.
        truth: of the same pictures.

    Raises:
        ValueError: they are not as many.
    """
    from supervision.metrics import MeanAveragePrecision

    metric = MeanAveragePrecision()
    known = list(truth)
    if not any(known):
        return AveragePrecision(math.nan, math.nan)
    metric.update([_converted(each) for each in found], [_converted(each) for each in known])
    result = metric.compute()
    return AveragePrecision(float(result.map50), float(result.map50_95))


def _converted(detections: Sequence[Detection]) -> supervision.Detections:
    import supervision

    boxes = [(each.box.left, each.box.top, each.box.right, each.box.bottom) for each in detections]
    return supervision.Detections(
        xyxy=np.array(boxes, np.float64).reshape(-1, 4),
        confidence=np.array([each.confidence for each in detections], np.float64),
        class_id=np.array([each.class_id for each in detections], np.int64),
    )
