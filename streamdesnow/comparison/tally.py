"""How often each class was found, before and after cleaning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streamdesnow.detect.compare import union
from streamdesnow.detect.detection import Detection

__all__ = ["ClassCount", "Tally"]


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class's line in the table.

    Attributes:
        label: of the class; `all` in the line that sums up.
        before, after: how many boxes, over all pictures.
        only_before: how many of those before cleaning nothing after it corresponds to.
        truth: how many where there is no snow; None where nobody knows.
    """

    label: str
    before: int
    after: int
    only_before: int
    truth: int | None


class Tally:
    """Counts boxes picture by picture."""

    def __init__(self) -> None:
        self.pictures = 0
        self._before: Counter[str] = Counter()
        self._after: Counter[str] = Counter()
        self._only_before: Counter[str] = Counter()
        self._truth: Counter[str] | None = None

    def add(
        self, before: Sequence[Detection], after: Sequence[Detection], truth: Sequence[Detection] | None
    ) -> None:
        """Take what was found in one picture before and after cleaning and, if known, without snow."""
        self.pictures += 1
        self._before.update(each.label for each in before)
        self._after.update(each.label for each in after)
        self._only_before.update(each.label for each in union(after, before) if each.seen_in == "before")
        if truth is not None:
            self._truth = self._truth or Counter()
            self._truth.update(each.label for each in truth)

    def merge(self, other: Tally) -> None:
        """Take another tally's pictures too; what is true is forgotten, as it is not known of all."""
        self.pictures += other.pictures
        self._before += other._before
        self._after += other._after
        self._only_before += other._only_before
        self._truth = None

    @property
    def total(self) -> ClassCount:
        """All classes together."""
        truth = None if self._truth is None else self._truth.total()
        return ClassCount("all", self._before.total(), self._after.total(), self._only_before.total(), truth)

    def classes(self) -> list[ClassCount]:
        """One line a class, what is found most often first."""
        truth = self._truth
        labels: Iterable[str] = {*self._before, *self._after, *(truth or ())}
        lines = [
            ClassCount(
                label,
                self._before[label],
                self._after[label],
                self._only_before[label],
                None if truth is None else truth[label],
            )
            for label in labels
        ]
        return sorted(lines, key=lambda line: (-line.after - line.before, line.label))
