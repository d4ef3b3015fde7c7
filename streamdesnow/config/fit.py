"""Checks that outputs fit the cameras: what no single section can see."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches

from streamdesnow.config.base import KeyPath
from streamdesnow.config.detect import DetectConfig
from streamdesnow.config.output import (
    HlsConfig,
    ImagesConfig,
    NullConfig,
    OutputConfig,
    OutputSettings,
    PushConfig,
)

__all__ = [
    "cameras_of_zones",
    "overlays_of_nothing",
    "shared_events",
    "shared_places",
    "unknown_cameras",
]

Problem = tuple[KeyPath, str]


def unknown_cameras(cameras: Collection[str], outputs: Sequence[OutputConfig]) -> Iterator[Problem]:
    """Outputs that are limited to cameras that there are not."""
    for number, output in enumerate(outputs):
        path = ("outputs", number, output.kind, "cameras")
        yield from _unknown(output.settings.cameras or (), cameras, path)


def cameras_of_zones(cameras: Collection[str], detect: DetectConfig | None) -> Iterator[Problem]:
    """Zones that are limited to cameras that there are not."""
    for name, zone in (detect.zones if detect is not None else {}).items():
        yield from _unknown(zone.cameras or (), cameras, ("detect", "zones", name, "cameras"))


def overlays_of_nothing(outputs: Sequence[OutputConfig], detect: DetectConfig | None) -> Iterator[Problem]:
    """Outputs that are to show what was found where nothing is looked for."""
    for number, output in enumerate(outputs):
        if detect is None and not isinstance(output.settings, NullConfig) and output.settings.overlay:
            yield (
                ("outputs", number, output.kind, "overlay"),
                "there is nothing to draw without a `detect:` section; add one, or leave this out",
            )


def shared_events(cameras: Collection[str], detect: DetectConfig | None) -> Iterator[Problem]:
    """Events of several cameras in one file: their track numbers would be mixed up."""
    if detect is None or detect.events is None or "{camera}" in str(detect.events.directory):
        return
    if len(cameras) > 1:
        problem = f"{len(cameras)} cameras would use the same place; put {{camera}} into it"
        yield ("detect", "events", "directory"), problem


def _unknown(names: Sequence[str], cameras: Collection[str], path: KeyPath) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if name not in cameras:
            near = get_close_matches(name, cameras, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(cameras)}"
            yield (*path, index), f"there is no camera {name!r}; {advice}"


def shared_places(cameras: Collection[str], outputs: Sequence[OutputConfig]) -> Iterator[Problem]:
    """Outputs of which one would overwrite another's playlist, pictures or stream.

    Recordings may share a folder, as their names never collide: see `config.recordings`.
    """
    owners: dict[tuple[str, str], int] = {}
    for number, output in enumerate(outputs):
        key, place = _place(output.settings)
        if place is None:
            continue
        path = ("outputs", number, output.kind, key)
        served = [name for name in cameras if output.settings.takes(name)]
        if len(served) > 1 and "{camera}" not in place:
            yield path, f"{len(served)} cameras would use the same place; put {{camera}} into it"
            continue
        for name in served:
            other = owners.setdefault((output.kind, place.replace("{camera}", name)), number)
            if other != number:
                yield path, f"outputs.{other} already uses this place for camera {name!r}; choose another"
                break


def _place(settings: OutputSettings) -> tuple[str, str | None]:
    match settings:
        case PushConfig():
            return "url", settings.url
        case HlsConfig() | ImagesConfig():
            return "directory", str(settings.directory)
        case _:
            return "directory", None
