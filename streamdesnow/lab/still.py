"""Training of networks that see one picture: the paper's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from streamdesnow.frame import Image
from streamdesnow.lab.losses import PaperLoss
from streamdesnow.lab.nets.paper import PaperNet
from streamdesnow.lab.photos import Photos
from streamdesnow.lab.recipe import StillRecipe
from streamdesnow.snowfall.snow import TRAINED, snow_in
from streamdesnow.snowfall.weather import Weather

__all__ = ["StillTask", "snowy_still"]

_VALIDATION_STILLS = 8


def snowy_still(photos: Photos, side: int, rng: np.random.Generator) -> tuple[Image, Image]:
    """A crop of a photograph under drawn snow, and without: uint8 (side, side, 3) BGR each."""
    truth = np.ascontiguousarray(photos.crop(rng, side))
    weather = Weather.sample(rng)
    pixels = min(max(weather.size * rng.uniform(400, 900), 0.8), side / 10)
    weather = weather.with_size(pixels / side)
    snow = snow_in(weather, str(rng.choice(TRAINED)), side, side, 25.0, int(rng.integers(2**31)))
    return snow.next().over(truth), truth


class _Stills(IterableDataset[tuple[Image, Image]]):
    def __init__(self, folders: tuple[Path, ...], side: int, seed: int) -> None:
        self._folders, self._side, self._seed = folders, side, seed

    def __iter__(self) -> Iterator[tuple[Image, Image]]:
        info = torch.utils.data.get_worker_info()
        cv2.setNumThreads(1)
        rng = np.random.default_rng([self._seed, info.id if info else 0])
        photos = Photos(self._folders)
        while True:
            yield snowy_still(photos, self._side, rng)


def _to_rgb(images: list[Image]) -> Tensor:
    """BGR uint8 pictures to float (N, 3, H, W) RGB 0..1."""
    return (
        torch.from_numpy(np.ascontiguousarray(np.stack(images)[..., ::-1].transpose(0, 3, 1, 2))).float()
        / 255
    )


class StillTask:
    """What a step is, what is validated and what is shown, for still networks."""

    def __init__(self, recipe: StillRecipe, device: torch.device) -> None:
        self.net = PaperNet().to(device)
        self._recipe, self._device = recipe, device
        self._loss = PaperLoss(recipe.losses, recipe.vgg).to(device)
        self._stills: Iterator[tuple[Image, Image]] | None = None
        self._fixed: list[tuple[Image, Image]] | None = None

    def start(self, seed: int) -> None:
        """Begin drawing data."""
        data = _Stills(self._recipe.photos, self._recipe.side, seed)
        workers = self._recipe.workers
        self._stills = iter(
            DataLoader(
                data,
                batch_size=None,
                num_workers=workers,
                prefetch_factor=16 if workers else None,
                collate_fn=lambda pair: pair,
            )
        )

    def losses(self) -> dict[str, Tensor]:
        """The weighted terms of the paper's loss on the next batch; PSNRs are only logged."""
        assert self._stills is not None
        pairs = [next(self._stills) for _ in range(self._recipe.batch)]
        snowy, truth = (_to_rgb([p[k] for p in pairs]).to(self._device) for k in (0, 1))
        restored = self.net(snowy).float()
        terms: dict[str, Tensor] = self._loss(restored, truth)
        with torch.no_grad():
            terms["psnr in"], terms["psnr out"] = _psnr(snowy, truth), _psnr(restored, truth)
        return terms

    def validate(self, net: PaperNet) -> tuple[dict[str, float], Image]:
        """Decibels gained on stills that are not trained on; a picture: snowy, restored, truth a row."""
        if self._fixed is None:
            photos = Photos(self._recipe.photos)
            self._fixed = [
                snowy_still(photos, 256, np.random.default_rng([10**6, n])) for n in range(_VALIDATION_STILLS)
            ]
        rows, gains = [], []
        for snowy, truth in self._fixed:
            inputs, wanted = (_to_rgb([image]).to(self._device) for image in (snowy, truth))
            with torch.no_grad():
                restored = net(inputs).float().clamp(0, 1)
            gains.append(float(_psnr(restored, wanted) - _psnr(inputs, wanted)))
            shown = (restored[0].cpu().numpy().transpose(1, 2, 0)[..., ::-1] * 255 + 0.5).astype(np.uint8)
            rows.append(np.hstack([snowy, shown, truth]))
        return {"gain": float(np.mean(gains))}, np.vstack(rows)


def _psnr(images: Tensor, truth: Tensor) -> Tensor:
    error = (images.clamp(0, 1) - truth).square().flatten(1).mean(1).clamp(min=1e-7)
    return (-10 * torch.log10(error)).mean()
