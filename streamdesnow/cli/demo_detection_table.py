"""What `demo detection` prints at the end."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from streamdesnow.comparison.record import Recorded
from streamdesnow.comparison.tally import Tally

__all__ = ["tally_table"]


def tally_table(recorded: Sequence[Recorded]) -> Table:
    """A line a subject and class; the last line sums up."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("picture", overflow="fold")
    table.add_column("class")
    for name in ("before", "after", "change", "only before", "without snow"):
        table.add_column(name, justify="right", no_wrap=True)
    everything = Tally()
    for each in recorded:
        everything.merge(each.tally)
        _add(table, each.title, each.tally, classes=True)
    _add(table, "all pictures", everything, classes=False)
    return table


def _add(table: Table, title: str, tally: Tally, *, classes: bool) -> None:
    for line in [*(tally.classes() if classes else []), tally.total]:
        change = line.after - line.before
        style = "bold" if line.label == "all" else ""
        cells = [title, line.label, str(line.before), str(line.after), f"{change:+d}" if change else "0"]
        cells += [str(line.only_before), "" if line.truth is None else str(line.truth)]
        table.add_row(*map(Text, cells), style=style)
        title = ""
