"""File names made of the wall clock, a camera and what is shown, and recognised again."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator

from streamdesnow.storage.names import safe_name

__all__ = ["DatedName"]

_PIECES = re.compile(r"(%[^A-Za-z%]*[A-Za-z%]|\{camera\}|\{show\})")
_WHOLE = {"%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%R": "%H:%M", "%D": "%m/%d/%y", "%%": "%%"}
_DIGITS = {"Y": 4, "G": 4, "j": 3, "f": 6, "u": 1, "w": 1, **dict.fromkeys("mdHIMSyUWV", 2)}
_OTHERS = {
    "%%": "%",
    "%s": r"\d+",
    "%z": r"[+-]\d{4}",
    **dict.fromkeys(("%a", "%A", "%b", "%B", "%p"), r"[^\W\d_]+"),
}
_SAMPLES = tuple(
    dt.datetime(2026, month, day, hour, 5, 9, 40, dt.UTC) for month, day, hour in ((1, 2, 3), (11, 25, 14))
)


class DatedName:
    """Names of one camera after a template such as `%Y-%m-%d_%H-%M-%S`, without ending; `/` makes folders.

    Args:
        template: strftime; `{camera}` and `{show}` are replaced.
        camera: its name.
        show: what is shown.

    Raises:
        ValueError: what a directive becomes could not be told from other text; the message says which.
    """

    def __init__(self, template: str, camera: str, show: str) -> None:
        # strftime first: the camera's name may hold a %.
        simple = "".join(_WHOLE.get(piece, piece) for piece in _PIECES.split(template))
        self._pieces = [piece for piece in _PIECES.split(simple) if piece]
        self._placed = {"{camera}": safe_name(camera), "{show}": show}
        self._pattern = re.compile("".join(self._pattern_of(piece) for piece in self._pieces) + r"(-\d+)?")

    def candidates(self, now: dt.datetime) -> Iterator[str]:
        """Names for what begins now: the plain one, then with a number from 2 on."""
        plain = "".join(self._placed.get(piece) or now.strftime(piece) for piece in self._pieces)
        yield plain
        for number in itertools.count(2):
            yield f"{plain}-{number}"

    def knows(self, name: str) -> bool:
        """Whether `name` is one of these, whatever the time was."""
        return self._pattern.fullmatch(name) is not None

    def same_as(self, other: DatedName) -> bool:
        """Whether both make the same names."""
        return self._pattern == other._pattern

    def mistakes(self, other: DatedName) -> bool:
        """Whether names of `other` would pass for these."""
        names = (name for now in _SAMPLES for name in itertools.islice(other.candidates(now), 2))
        return any(self.knows(name) for name in names)

    def _pattern_of(self, piece: str) -> str:
        if piece in self._placed:
            return re.escape(self._placed[piece])
        if not piece.startswith("%") or len(piece) == 1:
            return re.escape(piece)
        if piece in _OTHERS:
            return _OTHERS[piece]
        digits = _DIGITS.get(piece[-1])
        if digits is not None and piece[1:-1] in ("", "-"):
            return rf"\d{{{1 if piece[1:-1] else digits},{digits}}}"
        raise ValueError(
            f"{piece} gives names that cannot be recognised again, to be listed and deleted; "
            "what can be: %Y %m %d %H %M %S, and %y %j %b %a %I %p %f %s %z %F %T"
        )
