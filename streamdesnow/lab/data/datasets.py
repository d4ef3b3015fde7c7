"""Published sets of snowy pictures with their truth, told by how their folders are laid out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from streamdesnow.capture.images_reader import find_images
from streamdesnow.errors import ConfigError

__all__ = ["LOOKED_FOR", "Dataset", "Part", "matched"]

# Folders of snowy pictures by the set that calls them so (in lower case); the truth is always in `gt`.
_SNOWY = {"synthetic": "Snow100K", "snow": "CSD", "syn": "SRRS"}
_TRUTH, _MASK, _REAL = "gt", "mask", "realistic"
# Snow100K's archives unpack to media/jdway/GameSSD/overlapping/test/Snow100K-L.
_DEEPEST = 7
_SPLITS = ("train", "test")

LOOKED_FOR = (
    "looked, here and in the folders below, for `synthetic` and `gt` (Snow100K, also inside "
    "media/jdway/...), `Snow` and `Gt` (CSD, SRRS), `Syn` and `Gt` (SRRS)"
)


@dataclass(frozen=True, slots=True)
class Part:
    """One folder of pairs of a set: a subset such as Snow100K-L, or what is for training.

    Attributes:
        layout: `Snow100K`, `CSD` or `SRRS`: whose names the folders have.
        name: of the folder that holds them, as far as it tells subsets apart.
        split: `train` or `test` where the path says so; empty where not.
        snowy, truth: the folders.
        mask: folder of snow masks with the same names, where there is one.
    """

    layout: str
    name: str
    split: str
    snowy: Path
    truth: Path
    mask: Path | None

    def pairs(self) -> list[tuple[Path, Path]]:
        """Snowy pictures and their truths, in natural order of names.

        Raises:
            ConfigError: the folder is empty, or a picture has no truth of its name.
        """
        return matched(self.snowy, self.truth)


class Dataset:
    """A folder in the layout of Snow100K (Liu 2018), SRRS (Chen 2020) or CSD (Chen 2021).

    Args:
        root: the folder that the archives were unpacked to, or a subset in it.

    Attributes:
        parts: every folder of pairs below it.

    Raises:
        ConfigError: there is no such folder or no pairs in it; the message names what was looked for.
    """

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise ConfigError(f"{root}: no such folder; a data set is the folder that its archive unpacks to")
        self.root = root
        self.parts = tuple(_parts(root))
        if not self.parts:
            raise ConfigError(f"{root}: holds no pairs; {LOOKED_FOR}")

    def chosen(self, split: str) -> tuple[Part, ...]:
        """The parts of that split (`train` or `test`); else those that are not of the other, else all.

        Snow100K's pictures for training lie in `all`, beside `test`.
        """
        own = tuple(part for part in self.parts if part.split == split)
        return own or tuple(part for part in self.parts if not part.split) or self.parts

    def realistic(self) -> list[Path]:
        """Real snowy pictures without truth, as Snow100K brings them."""
        folders = [folder for folder, _ in _walk(self.root) if folder.name.lower() == _REAL]
        return [picture for folder in folders for picture in find_images(str(folder))]


def matched(snowy: Path, truth: Path) -> list[tuple[Path, Path]]:
    """Pictures of two folders that have the same name, whatever their endings.

    Raises:
        ConfigError: the first is empty, or a picture of it has no partner.
    """
    pictures = find_images(str(snowy))
    if not pictures:
        raise ConfigError(f"{snowy}: holds no pictures")
    partners = {path.stem: path for path in find_images(str(truth))}
    alone = [path.name for path in pictures if path.stem not in partners]
    if alone:
        raise ConfigError(f"{truth}: holds no picture named like {alone[0]} of {snowy}")
    return [(path, partners[path.stem]) for path in pictures]


def _parts(root: Path) -> Iterator[Part]:
    for folder, names in _walk(root):
        inside = {name.lower(): folder / name for name in names}
        for snowy, layout in _SNOWY.items():
            if snowy in inside and _TRUTH in inside:
                yield Part(
                    layout,
                    folder.name or str(folder),
                    _split(folder.relative_to(root).parts),
                    inside[snowy],
                    inside[_TRUTH],
                    inside.get(_MASK),
                )
                break


def _split(names: Sequence[str]) -> str:
    """Which split folders speak of, the innermost first: `Train`, `train2500` and `all/test` all do."""
    for name in reversed(names):
        for split in _SPLITS:
            if name.lower().startswith(split):
                return split
    return ""


def _walk(root: Path) -> Iterator[tuple[Path, list[str]]]:
    """Folders with the names of the folders in them, sorted, to the depth that archives go."""
    for place, names, _ in os.walk(root, followlinks=True):
        names.sort()
        folder = Path(place)
        yield folder, list(names)
        if len(folder.relative_to(root).parts) >= _DEEPEST:
            names.clear()
