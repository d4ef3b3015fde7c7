"""From a model folder to its twin in eight bits, with what the twin loses."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from streamdesnow.lab.data.open_pairs import SnowChoice, open_pairs
from streamdesnow.lab.data.photos import Photos
from streamdesnow.lab.shipping.calibration import calibration_films, feeds_of
from streamdesnow.lab.shipping.precision_loss import PrecisionLoss, score_precisions
from streamdesnow.lab.shipping.quantise import eight_bits, write_twin
from streamdesnow.models.folder import CARD, NETWORK, QUANTISED, ModelFolder

__all__ = ["Quantisation", "quantise_model"]

_LEVELS = ("light", "medium", "heavy")
_STYLE = "streaks"
_WIDTH, _SEED = 320, 7


@dataclass(frozen=True, slots=True)
class Quantisation:
    """What `quantise_model` wrote.

    Attributes:
        model: the folder with its twin.
        losses: of every clip and region that was scored.
    """

    model: ModelFolder
    losses: Sequence[PrecisionLoss]


def quantise_model(
    model: ModelFolder,
    *,
    photos: Sequence[Path] = (),
    clips: Sequence[Path] = (),
    frames: int = 36,
    report: Callable[[str], None] = lambda step: None,
) -> Quantisation:
    """Write `model.int8.onnx` and its entry in `model.yaml`, where no other reader sees half of it.

    Args:
        model: a model folder; a twin that it has already is replaced.
        photos: folders of clean pictures to calibrate on, beside the simulated street.
        clips: videos to calibrate on as they are, such as recordings of the camera in snow.
        frames: of each level of snow on the simulated street that the loss is measured on.
        report: called with what is being done.

    Raises:
        ConfigError: a folder holds no pictures.
        SourceError: a clip cannot be read.
    """
    report("calibrating")
    films = calibration_films(Photos(photos) if photos else None, clips, seed=1)
    network = eight_bits(model, feeds_of(model, films))
    with tempfile.TemporaryDirectory() as scratch:
        trial = Path(scratch)
        for name in (NETWORK, CARD, *([QUANTISED] if model.int8 else [])):
            shutil.copyfile(model.path / name, trial / name)
        write_twin(ModelFolder(trial), network, 0.0, "")
        losses: list[PrecisionLoss] = []
        for pairs in open_pairs("street", None, SnowChoice(_LEVELS, (_STYLE,), _WIDTH, frames, _SEED)):
            report(f"measuring the loss: {pairs.name}")
            losses += score_precisions(ModelFolder(trial), ["int8"], pairs)
    command = f"streamdesnow models quantise {model.path.name} --frames {frames}"
    measured = f"street {', '.join(_LEVELS)}, style {_STYLE}; all, still and moving pixels; {command}"
    write_twin(model, network, max(loss.lost for loss in losses), measured)
    return Quantisation(ModelFolder(model.path), losses)
