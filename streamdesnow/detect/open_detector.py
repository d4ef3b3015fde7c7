"""The detector that a pipeline file asks for."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.detection import Detection
from streamdesnow.detect.detector import Detector
from streamdesnow.detect.process_detector import ProcessDetector
from streamdesnow.errors import ConfigError
from streamdesnow.frame import Image

__all__ = ["ClassFilter", "open_detector"]

_FACTORY = "streamdesnow.detect.build:from_json"


def open_detector(config: DetectConfig) -> Detector:
    """A detector in a process of its own, open. Classes and confidence are the config's; zones, which differ
    by camera, are left to the caller (`streamdesnow.detect.zones.Zones`).

    Raises:
        DetectorUnavailable: its package is not installed, or its weights are missing or of another kind; says
            what to do.
        ConfigError: it knows no class of that name.
    """
    timeout = config.timeout
    detector = ProcessDetector(config.model, _FACTORY, config.model_dump_json(), timeout=timeout)
    chosen = detector if config.classes is None else ClassFilter(detector, config.classes)
    try:
        chosen.open()
    except Exception:
        chosen.close()
        raise
    return chosen


class ClassFilter:
    """A detector that reports some classes only; see `Detector`.

    Args:
        detector: not open yet.
        classes: by name.
    """

    def __init__(self, detector: Detector, classes: Collection[str]) -> None:
        self._detector = detector
        self._classes = frozenset(classes)

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of all classes, by number."""
        return self._detector.labels

    def open(self) -> None:
        """Open the detector and check the names; see `Detector.open`.

        Raises:
            ConfigError: it knows no class of that name.
        """
        self._detector.open()
        unknown = sorted(self._classes.difference(self.labels))
        if unknown:
            raise ConfigError("\n".join(f"detect.classes: {_advice(name, self.labels)}" for name in unknown))

    def detect(self, image: Image) -> tuple[Detection, ...]:
        """What of these classes is in a picture; see `Detector.detect`."""
        return tuple(each for each in self._detector.detect(image) if each.label in self._classes)

    def close(self) -> None:
        """Close the detector."""
        self._detector.close()


def _advice(name: str, labels: tuple[str, ...]) -> str:
    near = get_close_matches(name, labels, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"it knows {', '.join(labels)}"
    return f"the model knows no {name!r}; {hint}"
