"""`streamdesnow doctor`: what this machine can run, whether cameras answer, and what to do where not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from streamdesnow.cli.console import output_console
from streamdesnow.cli.options import Overrides
from streamdesnow.config.engine import EngineConfig
from streamdesnow.config.load import load_pipeline
from streamdesnow.config.named_models import named_models
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.doctor.finding import Finding, Level
from streamdesnow.redact import redact

__all__ = ["command"]

_MARKS = {
    Level.GOOD: ("ok  ", "green"),
    Level.ABSENT: ("-   ", "dim"),
    Level.NOTE: ("note", "yellow"),
    Level.PROBLEM: ("FAIL", "bold red"),
}


def command(
    pipeline: Annotated[
        Path | None,
        typer.Argument(metavar="[PIPELINE]", help="Pipeline file whose cameras and outputs are tried."),
    ] = None,
    set_: Overrides = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that opening a camera may take.")] = 10.0,
) -> None:
    """Tell what this machine can run, and whether a pipeline's cameras answer.

    Cameras are opened and closed again, several at a time; nothing is recorded. The exit code is 0 if
    nothing is in the way, else that with which a pipeline would fail: 3 for a camera, 4 for engines,
    models and detectors, 5 for outputs.
    """
    config = load_pipeline(pipeline, set_ or ()) if pipeline is not None else None
    console = output_console()
    exit_code = 0
    for title, findings in _groups(config, timeout):
        console.print(Text(title, style="bold"))
        for finding in findings:
            _print(console, finding)
            exit_code = exit_code or finding.exit_code
        console.print()
    raise typer.Exit(exit_code)


def _groups(config: PipelineConfig | None, timeout: float) -> Iterator[tuple[str, Iterable[Finding]]]:
    # Imported here: they load the libraries that are looked at.
    from streamdesnow.doctor.cameras import camera_findings
    from streamdesnow.doctor.decoders import decoder_findings
    from streamdesnow.doctor.detection import detection_finding
    from streamdesnow.doctor.encoders import encoder_findings
    from streamdesnow.doctor.engines import engine_findings
    from streamdesnow.doctor.libraries import library_findings
    from streamdesnow.doctor.machine import cpu_finding, gpu_finding, memory_finding
    from streamdesnow.doctor.outputs import output_findings
    from streamdesnow.doctor.web import web_finding

    yield "Libraries", library_findings()
    yield "Machine", (cpu_finding(), gpu_finding(), *memory_finding())
    models = list(named_models(config)) if config else [PipelineConfig.model_fields["model"].default]
    yield "Engines, fastest first", engine_findings(models, config.engine if config else EngineConfig())
    yield "Decoders and encoders", (*decoder_findings(), *encoder_findings())
    if config is not None and config.detect is not None:
        yield "Detection", (detection_finding(config.detect),)
    if config is not None:
        yield "Cameras", camera_findings(config, timeout)
        yield "Outputs", output_findings(config)
    if config is not None and config.web is not None:
        yield "Page", (web_finding(config.web),)


def _print(console: Console, finding: Finding) -> None:
    word, style = _MARKS[finding.level]
    line = Text(f"  {word} ", style=style)
    line.append(f"{finding.subject}: ", style="bold")
    line.append(redact(finding.text), style="")
    console.print(line, soft_wrap=True)
    if finding.advice:
        console.print(Text(f"       -> {finding.advice}", style="cyan"), soft_wrap=True)
