"""A network for stills as it was trained, run by torch on the CPU without an export."""

from __future__ import annotations

from pathlib import Path

import torch

from streamdesnow.errors import ConfigError
from streamdesnow.frame import Image
from streamdesnow.lab.border.pixels import StillBorder
from streamdesnow.lab.nets.deblurgan import DeblurGanGenerator
from streamdesnow.lab.nets.paper import PaperNet
from streamdesnow.lab.nets.still import StillNet
from streamdesnow.lab.scoring.methods import Method
from streamdesnow.lab.training.checkpoint import load_checkpoint
from streamdesnow.restore.padding import crop, pad

__all__ = ["checkpoint_method"]


def checkpoint_method(path: Path) -> Method:
    """The network of a `checkpoint.pt`, to be scored beside models.

    Raises:
        ModelNotFound: there is no such file.
        ModelCorrupt: it is not a checkpoint of ours.
        ConfigError: its network is not one for stills.
    """
    _, net, _ = load_checkpoint(path)
    if not isinstance(net, PaperNet | StillNet | DeblurGanGenerator):
        raise ConfigError(f"{path}: holds a network with memory; export it and give the model folder")
    border, multiple = StillBorder(net).eval(), net.side_multiple

    def restore(image: Image) -> Image:
        height, width = image.shape[:2]
        with torch.no_grad():
            clean = border(torch.from_numpy(pad(image, multiple))[None])
        return crop(clean[0].numpy(), width, height)

    return lambda: restore
