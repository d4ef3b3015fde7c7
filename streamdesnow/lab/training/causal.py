"""Training of networks with memory, through time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from streamdesnow.frame import Image
from streamdesnow.lab.metrics import squared_error
from streamdesnow.lab.nets.fixed_camera import FixedCameraNet
from streamdesnow.lab.nets.memory import Memory
from streamdesnow.lab.nets.places import to_frame
from streamdesnow.lab.scenes.scene import Scene
from streamdesnow.lab.scenes.supply import SceneSupply
from streamdesnow.lab.training.choice import choice_error
from streamdesnow.lab.training.codes import from_codes, from_image, to_image
from streamdesnow.lab.training.feed import Feed, drawing_processes
from streamdesnow.lab.training.fused import fuse
from streamdesnow.lab.training.idle_channels import wake_idle_channels
from streamdesnow.lab.training.losses import harm_done, log_error
from streamdesnow.lab.training.recipe import CausalRecipe
from streamdesnow.lab.training.streams import Window, replayed, scene_stream, windows

__all__ = [
    "CausalTask",
    "causal_net",
    "restored_film",
]

_VALIDATION_SCENES = 12
_VALIDATION_FRAMES = 36
_VALIDATION_SIDE = 192
_WARM = 12
_WAKING_WINDOWS = 12
_STILLS = 3  # frames of each stream in a step of the stills that training begins with
_FIRST_FLOOR = 1e-3  # 30 dB: with less, frames without snow forbid any try
_EXPECTED_FLOOR = 1e-3  # 30 dB: what is foreseen better than that is foreseen
_MOVING_FLOOR = 1e-4  # 40 dB: what moves is never restored as well as what stands still


def causal_net(recipe: CausalRecipe) -> FixedCameraNet:
    """The untrained network that a recipe describes."""
    return FixedCameraNet(
        recipe.width,
        recipe.deep,
        recipe.blocks,
        recipe.carried,
        recipe.hidden,
        rectified=recipe.rectified,
        motion=recipe.motion,
        pixelwise=recipe.pixelwise,
    )


def _squared(values: Tensor, wanted: Tensor) -> Tensor:
    """Squared errors of the network's values, as of pixels in 0..1."""
    return ((values.float() - wanted) * (64 / 255)).square()


@torch.no_grad()
def restored_film(net: FixedCameraNet, film: Image, device: torch.device | str = "cpu") -> Iterator[Image]:
    """What a network makes of uint8 (T, H, W, 3), frame by frame; it begins with nothing remembered."""
    height, width = film.shape[1:3]
    memory = net.zero_memory(1, height, width, device)
    for image in film:
        restored, memory = net(from_image(image, device), memory)
        yield to_image(restored)


class CausalTask:
    """What a step is, what is validated and what is shown, for `FixedCameraNet`.

    Raises:
        ConfigError, CaptureError: photographs or clips are missing, unfit or cannot be read.
    """

    momenta = (0.9, 0.999)

    def __init__(self, recipe: CausalRecipe, device: torch.device, *, fused: bool = False) -> None:
        self.net = causal_net(recipe).to(device)
        self._of_frame = fuse(self._frame_terms) if fused else self._frame_terms
        self._recipe, self._device = recipe, device
        # Looked at now, not in a process that draws or after hours.
        sources = recipe.photos, recipe.clips, recipe.recorded
        self._supply = SceneSupply(*sources, recipe.side, recipe.length[1])
        self._unseen = SceneSupply(*sources, _VALIDATION_SIDE, _VALIDATION_FRAMES, validation=True)
        self._feed: Feed[Scene] | None = None
        self._windows: Iterator[Window] | None = None
        self._memory: Memory | None = None
        self._scenes: list[Scene] | None = None
        self._rng = np.random.default_rng()

    def start(self, seed: int) -> None:
        """Begin drawing data; a resumed run gives another seed than the run before."""
        r = self._recipe
        self._rng = np.random.default_rng([seed, 2])
        workers = drawing_processes(r.workers, self._device.type)
        self._feed = Feed(scene_stream(self._supply, r.length, r.window, seed, workers))
        scenes = replayed(self._feed, r.replays, np.random.default_rng(seed))
        self._windows = windows(scenes, r.batch, r.window)

    @property
    def waited_s(self) -> float:
        """Seconds for which steps waited for scenes, since `start`."""
        return self._feed.waited_s if self._feed else 0.0

    def losses(self, step: int) -> dict[str, Tensor]:
        """The terms of the loss on the next window, with gradients."""
        assert self._windows is not None
        if self._recipe.wake_every and step and step % self._recipe.wake_every == 0:
            wake_idle_channels(self.net, self._look)
        window = next(self._windows)
        if step < self._recipe.stills:
            return {"first": self._first_frames(window, min(_STILLS, self._recipe.window))}
        return self.window_losses(window)

    def window_losses(self, window: Window) -> dict[str, Tensor]:
        """The terms of the loss on this window; what is remembered is that of the window before.

        Args:
            window: of as many streams as the recipe's `batch`.
        """
        memory = self._carried_over(window.starts)
        r = self._recipe
        frames: list[dict[str, Tensor]] = []
        for snowy, truth, mask in zip(window.snowy, window.truth, window.moving, strict=True):
            frame, wanted, moves = (film.to(self._device) for film in (snowy, truth, mask))
            of_frame, memory = self._of_frame(frame, wanted, moves, memory)
            frames.append(of_frame)
        self._memory = Memory(*(m.detach() for m in memory))
        terms = {name: torch.stack([of_frame[name] for of_frame in frames]).mean() for name in frames[0]}
        if r.first:
            terms["first"] = r.first * self._first_frames(window, 1)
        return terms

    def _frame_terms(
        self, snowy: Tensor, truth: Tensor, mask: Tensor, memory: Memory
    ) -> tuple[dict[str, Tensor], Memory]:
        """The terms of the loss on one frame of each stream, and the memory after it.

        Args:
            snowy, truth: uint8 (N, 3, H, W).
            mask: bool (N, 1, H, W), what moves.
            memory: before the frame.
        """
        r = self._recipe
        frame, wanted, moves = from_codes(snowy), from_codes(truth), mask.float()
        proposal = self.net.propose(frame, memory)
        restored, memory = self.net.settle(proposal)
        error, untouched = _squared(restored, wanted), _squared(frame, wanted)
        terms = {
            "overall": log_error(error),
            "moving": r.moving * log_error(error, moves, _MOVING_FLOOR),
            "harm": r.harm * harm_done(error, untouched, moves),
            "input": log_error(untouched),
        }
        if r.residue:
            # As for a first frame: through the mixture, where memory is chosen, a residue does not learn.
            unmixed = _squared(to_frame(proposal.repaired), wanted)
            terms["residue"] = r.residue * log_error(unmixed, moves, _FIRST_FLOOR)
        if r.expected:
            missed = _squared(to_frame(proposal.memories[-1]), wanted)
            terms["expected"] = r.expected * log_error(missed, moves, _EXPECTED_FLOOR)
        if r.choice:
            terms["choice"] = r.choice * choice_error(proposal, wanted)
        return terms, memory

    def _look(self) -> None:
        """Go through a few windows without learning."""
        assert self._windows is not None
        for _ in range(_WAKING_WINDOWS):
            window = next(self._windows)
            memory = self._carried_over(window.starts)
            for snowy in window.snowy:
                _, memory = self.net(from_codes(snowy.to(self._device)), memory)
            self._memory = memory

    def _first_frames(self, window: Window, count: int) -> Tensor:
        """The error on `count` frames of each stream with nothing remembered.

        This teaches to restore from one picture. What moves, and needs that, is a pixel in thirty; here every
        pixel does. A network that learned to use its memory first never learns it, and through the mixture
        no network does: the way to be rid of a bad residue is to choose memory, though it is the same.
        """
        r = self._recipe
        places = self._rng.choice(r.window, count, replace=False)
        frame, wanted = (
            from_codes(films[places].flatten(0, 1).to(self._device)) for films in (window.snowy, window.truth)
        )
        memory = self.net.zero_memory(count * r.batch, r.side, r.side, self._device)
        proposal = self.net.propose(frame, memory)
        restored = to_frame(proposal.repaired)
        return log_error(_squared(restored, wanted), floor=_FIRST_FLOOR)

    def _carried_over(self, starts: Tensor) -> Memory:
        r = self._recipe
        if self._memory is None:
            self._memory = self.net.zero_memory(r.batch, r.side, r.side, self._device)
        starts = starts.to(self._device).view(-1, 1, 1, 1)
        # Not multiplied: what is no number would stay so.
        return Memory(*(m.masked_fill(starts, 0.0) for m in self._memory))

    def gain(self, terms: dict[str, Tensor]) -> float | None:
        """Decibels that the step of these terms gained over its input; None for stills."""
        return float((terms["input"] - terms["overall"]).detach()) if "overall" in terms else None

    def validate(self, net: FixedCameraNet) -> tuple[dict[str, float], Image]:
        """Decibels gained on scenes that are not trained on, and a picture: snowy, restored, truth a row."""
        if self._scenes is None:
            self._scenes = [
                self._unseen.scene(_VALIDATION_FRAMES, np.random.default_rng([10**6, n]))
                for n in range(_VALIDATION_SCENES)
            ]
        gains: dict[str, list[float]] = {"gain": [], "gain moving": []}
        rows = []
        for scene in self._scenes:
            errors = np.zeros((2, 2))
            for t, shown in enumerate(restored_film(net, scene.snowy, self._device)):
                if t >= _WARM:
                    for k, image in enumerate((scene.snowy[t], shown)):
                        square = squared_error(image, scene.truth[t])
                        errors[k] += [square.mean(), square[scene.moving[t]].sum()]
            if errors[0, 0] > 1:
                gains["gain"].append(10 * np.log10(errors[0, 0] / max(errors[1, 0], 1e-3)))
            if errors[0, 1] > 100:
                gains["gain moving"].append(10 * np.log10(errors[0, 1] / max(errors[1, 1], 1e-3)))
            rows.append(np.hstack([scene.snowy[-1], shown, scene.truth[-1]]))
        return {name: float(np.mean(values)) for name, values in gains.items()}, np.vstack(rows)
