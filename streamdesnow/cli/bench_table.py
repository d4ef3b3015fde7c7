"""What `streamdesnow bench` measured, as tables and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from streamdesnow.bench.projection import Projection
from streamdesnow.bench.report import Report, Result, short_name

__all__ = ["notes", "projection_notes", "projection_table", "result_table"]


def result_table(report: Report) -> Table:
    """A row a result."""
    energy = any(result.joules is not None for result in report.results)
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("model", "size"):
        table.add_column(name, no_wrap=True)
    table.add_column("engine")
    headings = ["fps", "p50 ms", "p95", "p99", "GFLOP/s", "of peak", "of bandw.", "MiB"]
    for name in [*headings, *(["J/frame"] if energy else [])]:
        table.add_column(name, justify="right")
    for result in report.results:
        table.add_row(*map(Text, _row(result, energy)))
    return table


def _row(result: Result, energy: bool) -> list[str]:
    batch = f" x{result.batch}" if result.batch > 1 else ""
    row = [result.model.name, f"{result.size[0]}x{result.size[1]}{batch}", short_name(result.engine)]
    row += [f"{result.fps:.1f}"]
    row += [f"{1e3 * result.timing.percentile(share):.1f}" for share in (0.5, 0.95, 0.99)]
    row += [f"{result.flops / 1e9:.0f}", _share(result.share_of_peak), _share(result.share_of_bandwidth)]
    row += [f"{result.memory / 2**20:.0f}"]
    return [*row, "-" if result.joules is None else f"{result.joules:.2f}"] if energy else row


def notes(report: Report) -> Iterator[str]:
    """Everything that has to be known to read the table."""
    yield f"machine  {report.machine}"
    for engine in sorted({str(result.engine) for result in report.results}):
        yield f"engine   {engine}"
    for ceiling in report.ceilings:
        roof = ceiling.roof
        yield (
            f"reach    {short_name(ceiling.engine)}: {roof.flops / 1e9:.0f} GFLOP/s ({ceiling.fastest}), "
            f"{roof.bandwidth / 1e9:.1f} GB/s, measured in turn with the models"
        )
    if report.results:
        calls = [result.timing.calls for result in report.results]
        yield f"calls    {min(calls)} to {max(calls)} of each, after two that were not counted"
        yield f"energy   {report.energy}"
    yield from (f"left out {each.what}: {each.reason}" for each in report.left_out)
    if not report.complete:
        yield (
            "interrupted: figures are those of the calls made so far"
            if report.results
            else ("interrupted before anything was measured")
        )


def projection_table(projections: Sequence[Projection]) -> Table:
    """A row a model, card and size."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), title="projection, not a measurement")
    for name in ("model", "card", "size"):
        table.add_column(name, no_wrap=True)
    for name in ("fps", "compute ms", "memory ms", "target", "needs"):
        table.add_column(name, justify="right")
    for each in projections:
        row = [each.model, each.gpu, f"{each.size[0]}x{each.size[1]}", f"{each.fps:.1f}"]
        row += [f"{1e3 * each.compute:.1f}", f"{1e3 * each.transfer:.1f}"]
        if each.target is None or each.needed is None:
            row += ["", ""]
        else:
            verdict = "reached" if each.fps >= each.target else "missed"
            row += [f"{each.target:.0f} fps {verdict}", f"{100 * each.needed:.0f} % of roof"]
        table.add_row(*map(Text, row))
    return table


def projection_notes(projections: Sequence[Projection]) -> Iterator[str]:
    """How the projection was made."""
    yield (
        "These frames per second were not measured: no such card took part. "
        "time = max(operations / (peak * u), bytes / (bandwidth * u)),"
    )
    yield (
        "in float32, with peak and bandwidth of the data sheet, and as bytes what each operation of the "
        "network reads and writes, unfused."
    )
    for model, each in {each.model: each for each in projections}.items():
        origin = (
            "as given with --efficiency"
            if each.stated
            else "the share of its own measured peak of operations that this machine reached"
        )
        yield f"u = {each.utilisation:.2f} for {model}: {origin}."
    yield "A card may be used better or worse than this machine: `needs` is the least u that suffices."


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.0f} %"
