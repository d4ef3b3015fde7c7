"""What is asked to be measured, and the cases that this makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from streamdesnow.config.engine import EngineConfig
from streamdesnow.errors import ConfigError
from streamdesnow.models.folder import ModelFolder
from streamdesnow.restore.desnower import engine_config

__all__ = ["ALL", "Case", "Choice"]

ALL = "all"
_REQUIRES = ("cpu", "cuda", "tensorrt")


@dataclass(frozen=True, slots=True)
class Case:
    """One model in one way of running it.

    Attributes:
        asked: the engine was asked for by name, so that its absence is worth a word.
    """

    model: ModelFolder
    engine: EngineConfig
    size: tuple[int, int]
    batch: int
    asked: bool

    def __str__(self) -> str:
        batch = f" batch {self.batch}" if self.batch > 1 else ""
        return f"{self.model.name} {self.size[0]}x{self.size[1]}{batch}"


@dataclass(frozen=True, slots=True)
class Choice:
    """What to measure: every combination.

    Attributes:
        models: found already.
        engines: words as `Desnower` takes them, or `all`: each that works here.
        precisions: as in `engine.precision`.
        sizes: (width, height).
        batches: frames in a call.
        threads: of the processor for the network; None: all.
        rounds: how often every case has its turn.
        seconds: that a turn takes; one call at least.
        ceilings: measure what the machine can reach too.
    """

    models: tuple[ModelFolder, ...]
    engines: tuple[str, ...] = ("auto",)
    precisions: tuple[str, ...] = ("auto",)
    sizes: tuple[tuple[int, int], ...] = ((640, 360), (1280, 720))
    batches: tuple[int, ...] = (1,)
    threads: int | None = None
    rounds: int = 3
    seconds: float = 1.5
    ceilings: bool = True

    def cases(self) -> Iterator[Case]:
        """Every combination, cheap ones first, so that an early end has something to show.

        Raises:
            ConfigError: there is no such engine or precision.
        """
        configs = [config for word in self.engines for config in self._configs(word)]
        models = sorted(self.models, key=lambda model: model.card.gmac_720p)
        for size in sorted(self.sizes, key=lambda size: size[0] * size[1]):
            for model in models:
                for batch in sorted(self.batches):
                    for config, asked in configs:
                        yield Case(model, config, size, batch, asked)

    def _configs(self, word: str) -> Iterator[tuple[EngineConfig, bool]]:
        for base in _engines(word):
            for precision in self.precisions:
                known = get_args(EngineConfig.model_fields["precision"].annotation)
                if precision not in known:
                    raise ConfigError(f"precision {precision!r} is unknown; there are {', '.join(known)}")
                changed = {"precision": precision, "threads": self.threads}
                yield base.model_copy(update=changed), word != ALL


def _engines(word: str) -> list[EngineConfig]:
    if word == ALL:
        return _everything()
    try:
        return [engine_config(word)]
    except ConfigError as error:
        raise ConfigError(f"{error}, {ALL}") from None


def _everything() -> list[EngineConfig]:
    """Every library on every device; most of them are missing on any one machine."""
    backends = get_args(EngineConfig.model_fields["backend"].annotation)
    return [
        EngineConfig.model_validate({"backend": backend, "require": device})
        for device in _REQUIRES
        for backend in backends
        if backend != "auto"
    ]
