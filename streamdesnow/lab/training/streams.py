"""Training data as it is drawn: endless scenes from worker processes, cut into windows of streams."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from streamdesnow.lab.scenes.scene import Scene
from streamdesnow.lab.scenes.supply import SceneSupply
from streamdesnow.lab.training.feed import as_it_is

__all__ = ["Window", "replayed", "scene_stream", "windows"]

_KEPT = 160


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A few frames of several streams.

    Attributes:
        snowy, truth: uint8 (T, N, 3, S, S), BGR.
        moving: bool (T, N, 1, S, S).
        starts: bool (N,), streams whose memory must be zeroed before this window.
    """

    snowy: Tensor
    truth: Tensor
    moving: Tensor
    starts: Tensor


class _Scenes(IterableDataset[Scene]):
    def __init__(self, supply: SceneSupply, length: tuple[int, int], window: int, seed: int) -> None:
        self._supply, self._seed = supply, seed
        self._windows = (length[0] // window, max(length[1] // window, 1))
        self._window = window

    def __iter__(self) -> Iterator[Scene]:
        info = torch.utils.data.get_worker_info()
        cv2.setNumThreads(1)
        rng = np.random.default_rng([self._seed, info.id if info else 0])
        while True:
            frames = int(rng.integers(self._windows[0], self._windows[1] + 1)) * self._window
            yield self._supply.scene(frames, rng)


def scene_stream(
    supply: SceneSupply, length: tuple[int, int], window: int, seed: int, workers: int
) -> Iterator[Scene]:
    """Endless new scenes, their length a multiple of `window`.

    Args:
        supply: where scenes come from; each process that draws has a copy.
        length: frames of the shortest and the longest scene.
        window: frames that are shown at a time.
        seed: of all choices.
        workers: processes that draw; 0: none, this one does.
    """
    data = _Scenes(supply, length, window, seed)
    loader: DataLoader[Scene] = DataLoader(
        data,
        batch_size=None,
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        collate_fn=as_it_is,
    )
    return iter(loader)


def replayed(scenes: Iterator[Scene], times: int, rng: np.random.Generator) -> Iterator[Scene]:
    """Every scene about `times` times, mirrored and recoloured, mixed with others: drawing is dear."""
    kept: list[Scene] = []
    for scene in scenes:
        if len(kept) < _KEPT:
            kept.append(scene)
        else:
            kept[int(rng.integers(_KEPT))] = scene
        yield scene
        for _ in range(times - 1):
            yield _varied(kept[int(rng.integers(len(kept)))], rng)


def _varied(scene: Scene, rng: np.random.Generator) -> Scene:
    turn = -1 if rng.random() < 0.5 else 1
    colours = rng.permutation(3)
    snowy, truth = (film[:, :, ::turn][..., colours] for film in (scene.snowy, scene.truth))
    return Scene(snowy, truth, scene.moving[:, :, ::turn])


def windows(scenes: Iterator[Scene], batch: int, window: int) -> Iterator[Window]:
    """`batch` streams side by side, `window` frames at a time; a stream that ends is followed by another."""
    current = [next(scenes) for _ in range(batch)]
    place = [0] * batch
    while True:
        for n, scene in enumerate(current):
            if place[n] + window > len(scene.snowy):
                current[n], place[n] = next(scenes), 0
        cuts = [slice(p, p + window) for p in place]
        yield Window(
            snowy=_stack([s.snowy[c] for s, c in zip(current, cuts, strict=True)]),
            truth=_stack([s.truth[c] for s, c in zip(current, cuts, strict=True)]),
            moving=torch.from_numpy(
                np.stack([s.moving[c] for s, c in zip(current, cuts, strict=True)], 1)[:, :, None]
            ),
            starts=torch.tensor([p == 0 for p in place]),
        )
        place = [p + window for p in place]


def _stack(films: list[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(np.stack(films, 1).transpose(0, 1, 4, 2, 3)))
