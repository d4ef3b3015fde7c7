"""Which engines run a network here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from streamdesnow.config.engine import EngineConfig
from streamdesnow.doctor.finding import Finding, Level
from streamdesnow.engines.select import try_engines
from streamdesnow.errors import EngineUnavailable, StreamDesnowError
from streamdesnow.models.find import find_model

__all__ = ["engine_findings"]


def engine_findings(models: Sequence[str], config: EngineConfig) -> Iterator[Finding]:
    """A finding for each engine that the config allows, fastest first; a problem if none of them works.

    Args:
        models: names or paths; the first is loaded to try them, the others must be there.
        config: as in the pipeline file.
    """
    yield from _tried(models[0], config)
    for model in models[1:]:
        try:
            find_model(model)
        except StreamDesnowError as error:
            yield Finding.of_error("model", error)


def _tried(model: str, config: EngineConfig) -> Iterator[Finding]:
    try:
        folder = find_model(model)
        trials = try_engines(folder, config)
    except StreamDesnowError as error:
        yield Finding.of_error("model", error)
        return
    chosen = next((trial for trial in trials if trial.info), None)
    for trial in trials:
        if trial.info:
            advice = f"this one will run {folder.name}" if trial is chosen else ""
            yield Finding(Level.GOOD, trial.name, str(trial.info), advice)
        else:
            # Reasons of libraries run over many lines; the first one says what is missing.
            yield Finding(Level.ABSENT, trial.name, trial.reason.splitlines()[0])
    if chosen is None:
        extra = "gpu" if config.require in ("cuda", "tensorrt") else "cpu"
        none = EngineUnavailable("none of the engines that the configuration allows works here")
        yield Finding.of_error("engine", none, f'pip install "streamdesnow[{extra}]", or change `engine:`')
