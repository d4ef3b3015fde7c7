"""The pipeline files that ship with streamdesnow."""

from __future__ import annotations

from pathlib import Path

from streamdesnow.errors import ConfigError

__all__ = ["example_pipeline", "example_pipelines"]


def example_pipeline(name: str) -> Path:
    """Path of a shipped pipeline file, for example `demo`; in a checkout the one under `pipelines/`.

    Raises:
        ConfigError: there is none of that name; lists those there are.
    """
    shipped = example_pipelines()
    if name not in shipped:
        raise ConfigError(
            f"no shipped pipeline is called {name!r}; there are: {', '.join(shipped) or 'none'}"
        )
    return shipped[name]


def example_pipelines() -> dict[str, Path]:
    """All shipped pipeline files by name."""
    package = Path(__file__).parents[1]
    folders = (package / "config" / "examples", package.parent / "pipelines")
    folder = next((each for each in folders if each.is_dir()), folders[0])
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}
