"""The pipeline files that ship with streamdesnow."""

from __future__ import annotations

from pathlib import Path

from streamdesnow.errors import ConfigError

__all__ = ["example_pipeline"]


def example_pipeline(name: str) -> Path:
    """Path of a shipped pipeline file, for example `demo`; in a checkout the one under `pipelines/`.

    Raises:
        ConfigError: there is none of that name; lists those there are.
    """
    package = Path(__file__).parents[1]
    folders = (package / "config" / "examples", package.parent / "pipelines")
    folder = next((each for each in folders if each.is_dir()), folders[0])
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in folder.glob("*.yaml"))) or "none"
        raise ConfigError(f"no shipped pipeline is called {name!r}; there are: {known}")
    return path
