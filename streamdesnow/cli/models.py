"""`streamdesnow models`: what networks there are and what they score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from streamdesnow.cli.console import output_console
from streamdesnow.cli.models_import import import_
from streamdesnow.cli.quantise import quantise
from streamdesnow.errors import ModelNotFound
from streamdesnow.models.find import MODELS_VARIABLE, find_model, list_models
from streamdesnow.models.folder import ModelFolder
from streamdesnow.models.manifest import ModelManifest, Score

__all__ = ["command"]

command = typer.Typer(
    help="List the models that can be named, show or quantise one, or import a detector's weights.",
    no_args_is_help=True,
)
command.command("import")(import_)
command.command("quantise")(quantise)


@command.command("list")
def list_() -> None:
    """List the models that can be named."""
    models = list_models()
    if not models:
        raise ModelNotFound(f"no model was found; set {MODELS_VARIABLE} to a folder of model folders")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("name", no_wrap=True)
    table.add_column("kind")
    table.add_column("params", justify="right")
    table.add_column("GMAC 720p", justify="right")
    table.add_column("PSNR in -> out", no_wrap=True)
    table.add_column("summary", overflow="fold")
    for model in models:
        card = model.card
        best = _headline(card.scores)
        size, work = f"{card.parameters / 1e6:.2f} M", f"{card.gmac_720p:.1f}"
        table.add_row(*map(Text, (card.name, card.kind, size, work, best, card.summary)))
    output_console().print(table)
    output_console().print(Text("PSNR: of the first clip and snow that `streamdesnow models show` lists"))


@command.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="MODEL", help="Name of a model, or path of a model folder.")],
) -> None:
    """Show what a model is, how it was trained and what it scores."""
    model = find_model(name)
    console = output_console()
    facts = Table.grid(padding=(0, 2))
    facts.add_column(no_wrap=True)
    facts.add_column(overflow="fold")
    for label, fact in _facts(model):
        facts.add_row(Text(label, style="bold"), Text(fact))
    console.print(facts)
    if model.card.scores:
        console.print()
        console.print(_scores(model.card.scores))
    _print_readme(model, console)


def _headline(scores: tuple[Score, ...]) -> str:
    """The first score, which is the one a model's maker put first."""
    return f"{scores[0].psnr_in:.1f} -> {scores[0].psnr_out:.1f} dB" if scores else "not scored"


def _facts(model: ModelFolder) -> Iterator[tuple[str, str]]:
    card: ModelManifest = model.card
    memory = ", ".join(f"{state.input} {_shape(state.shape)} {state.dtype}" for state in card.states)
    yield "name", f"{card.name} {card.version}"
    yield "summary", card.summary
    yield "kind", f"{card.kind}: " + ("remembers each camera" if memory else "every frame by itself")
    yield "parameters", f"{card.parameters:,}"
    yield "GMAC at 1280x720", f"{card.gmac_720p:.1f}"
    yield "frame sides", f"multiples of {card.side_multiple} (other sizes are padded)"
    yield "memory", memory or "none"
    yield "trained", card.trained
    yield "licence", card.licence
    if card.int8 is not None:
        yield "in eight bits", f"loses {card.int8.loss:.2f} dB at most ({card.int8.measured})"
    yield "folder", str(model.path)
    yield "SHA-256", model.digest


def _shape(shape: tuple[int | str, ...]) -> str:
    return "x".join(str(side) for side in shape)


def _scores(scores: tuple[Score, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("clip", "snow", "PSNR in", "PSNR out", "again with"):
        table.add_column(column, justify="right" if column.startswith("PSNR") else "left")
    for score in scores:
        figures = (f"{score.psnr_in:.2f} dB", f"{score.psnr_out:.2f} dB")
        table.add_row(*map(Text, (score.clip, score.snow, *figures, score.command)))
    return table


def _print_readme(model: ModelFolder, console: Console) -> None:
    try:
        text = (model.path / "README.md").read_text(encoding="utf-8")
    except OSError:
        return
    console.print()
    console.print(Markdown(text))
