"""Training of DeblurGAN: a generator against a critic (Kupyn et al. 2018, section 3; WGAN-GP)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from streamdesnow.lab.nets.deblurgan import DeblurGanCritic
from streamdesnow.lab.training.losses import PaperLoss
from streamdesnow.lab.training.recipe import AdversarialRecipe, LossWeights
from streamdesnow.lab.training.schedule import rate_at
from streamdesnow.lab.training.still import StillTask

__all__ = ["AdversarialTask"]


class AdversarialTask(StillTask):
    """A step: several steps of the critic on one batch, then the generator's losses on it.

    The generator minimises minus the critic's verdict plus `content` times the squared distance of VGG
    features (conv3_3 in the paper; up to the last convolution in the weights given). Scales of features
    differ between published weights, so distances are relative to the power of the truth's features.
    Without such weights it is the squared error of pixels.
    """

    momenta = (0.5, 0.999)  # of both networks, as in the published code

    def __init__(self, recipe: AdversarialRecipe, device: torch.device) -> None:
        super().__init__(recipe, device)
        self.critic = DeblurGanCritic(recipe.width).to(device)
        self._weights = recipe
        self._vgg = PaperLoss(LossWeights(), recipe.vgg).to(device)
        self._optimiser = torch.optim.Adam(self.critic.parameters(), lr=recipe.rate, betas=self.momenta)

    def losses(self, step: int) -> dict[str, Tensor]:
        """The generator's weighted terms on the next batch; the critic has been trained on it before."""
        for group in self._optimiser.param_groups:
            group["lr"] = rate_at(self._weights, step)
        snowy, truth = self.batch()
        restored = self.net(snowy).float()
        made = restored.detach()
        for _ in range(self._weights.critic_steps):
            distance = self._teach(made, truth)
        # The critic only passes gradients on here; collecting its own would be work for nothing.
        self.critic.requires_grad_(False)
        verdict = -self.critic(restored).mean()
        self.critic.requires_grad_(True)
        terms = {"adversarial": verdict, "content": self._weights.content * self._content(restored, truth)}
        return terms | {"critic": distance} | self.quality(snowy, restored, truth)

    def gain(self, terms: dict[str, Tensor]) -> float | None:
        """None: against a critic a generator may lose for long, and be the better for it."""
        return None

    def extra_state(self) -> dict[str, Any]:
        """What has to survive a stop beside the generator."""
        return {"critic": self.critic.state_dict(), "critic optimiser": self._optimiser.state_dict()}

    def load_extra_state(self, state: dict[str, Any]) -> None:
        """Go on with what `extra_state` gave."""
        self.critic.load_state_dict(state["critic"])
        self._optimiser.load_state_dict(state["critic optimiser"])

    def _teach(self, made: Tensor, truth: Tensor) -> Tensor:
        """One step of the critic; returns its estimate of the distance between truths and what was made."""
        distance: Tensor = self.critic(truth).mean() - self.critic(made).mean()
        loss = self._weights.penalty * self._penalty(made, truth) - distance
        self._optimiser.zero_grad(set_to_none=True)
        with torch.autocast(made.device.type, enabled=False):
            loss.backward()  # type: ignore[no-untyped-call]
        self._optimiser.step()
        # Else the next of its steps would be computed with weights of before this one.
        torch.clear_autocast_cache()
        return distance.detach()

    def _penalty(self, made: Tensor, truth: Tensor) -> Tensor:
        """How far the critic's slope between made and true pictures is from 1 (Gulrajani et al. 2017)."""
        share = torch.rand(len(truth), 1, 1, 1, device=truth.device)
        between = (share * truth + (1 - share) * made).requires_grad_(True)
        (slope,) = torch.autograd.grad(self.critic(between).sum(), between, create_graph=True)
        # The critic sees pixels of -1..1: a step there is half of one here.
        penalty: Tensor = (slope.flatten(1).norm(dim=1) / 2 - 1).square().mean()
        return penalty

    def _content(self, restored: Tensor, truth: Tensor) -> Tensor:
        features = self._vgg.features
        if features is None:
            return (restored - truth).square().mean()
        with torch.no_grad():
            wanted = features(truth * 255 - self._vgg.mean)
        found = features(restored * 255 - self._vgg.mean)
        distance: Tensor = (found - wanted).square().mean() / wanted.square().mean()
        return distance
