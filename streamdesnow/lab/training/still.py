"""Training of networks that see one picture."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from streamdesnow.frame import Image
from streamdesnow.lab.data.dataset_crops import DatasetCrops
from streamdesnow.lab.data.photos import Photos
from streamdesnow.lab.nets.deblurgan import DeblurGanGenerator
from streamdesnow.lab.nets.paper import PaperNet
from streamdesnow.lab.nets.still import StillNet
from streamdesnow.lab.training.feed import Feed, as_it_is, drawing_processes
from streamdesnow.lab.training.losses import PaperLoss, log_error
from streamdesnow.lab.training.recipe import AdversarialRecipe, StillRecipe
from streamdesnow.snowfall.snow import TRAINED, snow_in
from streamdesnow.snowfall.weather import Weather

__all__ = ["StillTask", "snowy_still", "still_net"]

_VALIDATION_STILLS = 16
_SNOW_FREE = 0.04
_FLOOR = 1e-4  # 40 dB


_Draw = Callable[[int, np.random.Generator], tuple[Image, Image]]
Net = PaperNet | StillNet | DeblurGanGenerator


def still_net(recipe: StillRecipe | AdversarialRecipe) -> Net:
    """The untrained network that a recipe names."""
    if isinstance(recipe, AdversarialRecipe):
        return DeblurGanGenerator(recipe.blocks, recipe.width)
    return PaperNet() if recipe.net == "paper" else StillNet()


def snowy_still(photos: Photos, side: int, rng: np.random.Generator) -> tuple[Image, Image]:
    """A crop of a photograph under drawn snow, and without: uint8 (side, side, 3) BGR each."""
    truth = np.ascontiguousarray(photos.crop(rng, side))
    if rng.random() < _SNOW_FREE:
        return truth, truth
    weather = Weather.sample(rng)
    pixels = min(max(weather.size * rng.uniform(400, 900), 0.8), side / 10)
    weather = weather.with_size(pixels / side)
    snow = snow_in(weather, str(rng.choice(TRAINED)), side, side, 25.0, int(rng.integers(2**31)))
    return snow.next().over(truth), truth


class _Stills(IterableDataset[tuple[Image, Image]]):
    def __init__(self, draw: _Draw, side: int, seed: int) -> None:
        self._draw, self._side, self._seed = draw, side, seed

    def __iter__(self) -> Iterator[tuple[Image, Image]]:
        info = torch.utils.data.get_worker_info()
        cv2.setNumThreads(1)
        rng = np.random.default_rng([self._seed, info.id if info else 0])
        while True:
            yield self._draw(self._side, rng)


def _source(recipe: StillRecipe | AdversarialRecipe, split: str) -> _Draw:
    """Draws pairs of a given side: from the data set if there is one, else of snow over photographs."""
    if recipe.dataset is not None:
        return DatasetCrops(recipe.dataset, split, recipe.pairs).draw
    return functools.partial(snowy_still, Photos(recipe.photos))


def _to_rgb(images: list[Image]) -> Tensor:
    """BGR uint8 pictures to float (N, 3, H, W) RGB 0..1."""
    return (
        torch.from_numpy(np.ascontiguousarray(np.stack(images)[..., ::-1].transpose(0, 3, 1, 2))).float()
        / 255
    )


class StillTask:
    """What a step is, what is validated and what is shown, for still networks.

    Raises:
        ConfigError: photographs or the data set are missing.
    """

    momenta: tuple[float, float] = (0.9, 0.999)

    def __init__(self, recipe: StillRecipe | AdversarialRecipe, device: torch.device) -> None:
        self.net = still_net(recipe)
        # A quarter faster on a CPU; torch's stub does not know the argument.
        self.net.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._recipe, self._device = recipe, device
        # Looked for now, not in a process that draws or after hours.
        self._draw, self._draw_unseen = _source(recipe, "train"), _source(recipe, "test")
        self._paper = PaperLoss(recipe.losses, recipe.vgg).to(device) if recipe.loss == "paper" else None
        self._stills: Feed[tuple[Image, Image]] | None = None
        self._fixed: list[tuple[Image, Image]] | None = None

    def start(self, seed: int) -> None:
        """Begin drawing data."""
        data = _Stills(self._draw, self._recipe.side, seed)
        workers = drawing_processes(self._recipe.workers, self._device.type)
        loader: DataLoader[tuple[Image, Image]] = DataLoader(
            data,
            batch_size=None,
            num_workers=workers,
            prefetch_factor=16 if workers else None,
            collate_fn=as_it_is,
        )
        self._stills = Feed(iter(loader))

    @property
    def waited_s(self) -> float:
        """Seconds for which steps waited for pictures, since `start`."""
        return self._stills.waited_s if self._stills else 0.0

    def batch(self) -> tuple[Tensor, Tensor]:
        """The next pictures with snow and without: float (N, 3, H, W) RGB 0..1 each."""
        assert self._stills is not None
        pairs = [next(self._stills) for _ in range(self._recipe.batch)]
        snowy, truth = (_to_rgb([p[k] for p in pairs]).to(self._device) for k in (0, 1))
        return snowy, truth

    def losses(self, step: int) -> dict[str, Tensor]:
        """The terms of the recipe's loss on the next batch; PSNRs are only logged."""
        snowy, truth = self.batch()
        restored = self.net(snowy).float()
        terms: dict[str, Tensor] = (
            self._paper(restored, truth)
            if self._paper is not None
            else {"error": log_error((restored - truth).square(), floor=_FLOOR)}
        )
        return terms | self.quality(snowy, restored, truth)

    @staticmethod
    @torch.no_grad()
    def quality(snowy: Tensor, restored: Tensor, truth: Tensor) -> dict[str, Tensor]:
        """Decibels before and after, for the log."""
        return {"psnr in": _psnr(snowy, truth), "psnr out": _psnr(restored, truth)}

    def gain(self, terms: dict[str, Tensor]) -> float | None:
        """Decibels that the step of these terms gained over its input."""
        return float(terms["psnr out"] - terms["psnr in"])

    def validate(self, net: Net) -> tuple[dict[str, float], Image]:
        """Decibels gained on stills that are not trained on; a picture: snowy, restored, truth a row."""
        if self._fixed is None:
            rngs = (np.random.default_rng([10**6, n]) for n in range(_VALIDATION_STILLS))
            self._fixed = [self._draw_unseen(256, rng) for rng in rngs]
        rows, gains = [], []
        for snowy, truth in self._fixed:
            inputs, wanted = (_to_rgb([image]).to(self._device) for image in (snowy, truth))
            with torch.no_grad():
                restored = net(inputs).float().clamp(0, 1)
            if not np.array_equal(snowy, truth):
                gains.append(float(_psnr(restored, wanted) - _psnr(inputs, wanted)))
            shown = (restored[0].cpu().numpy().transpose(1, 2, 0)[..., ::-1] * 255 + 0.5).astype(np.uint8)
            rows.append(np.hstack([snowy, shown, truth]))
        return {"gain": float(np.mean(gains))}, np.vstack(rows)


def _psnr(images: Tensor, truth: Tensor) -> Tensor:
    error = (images.clamp(0, 1) - truth).square().flatten(1).mean(1).clamp(min=1e-7)
    return (-10 * torch.log10(error)).mean()
