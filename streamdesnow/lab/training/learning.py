"""Which weights of a network learn."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from streamdesnow.errors import ConfigError

__all__ = ["learning_weights"]


def learning_weights(net: nn.Module, layers: Sequence[str]) -> list[nn.Parameter]:
    """The weights of these layers, or of all if none is named; those of the others get no gradients any more.

    Raises:
        ConfigError: the network has no such layer.
    """
    known = dict(net.named_children())
    missing = [layer for layer in layers if layer not in known]
    if missing:
        raise ConfigError(f"learns: the network has no layer {', '.join(missing)}; it has {', '.join(known)}")
    for name, layer in known.items():
        layer.requires_grad_(not layers or name in layers)
    return [weight for weight in net.parameters() if weight.requires_grad]
