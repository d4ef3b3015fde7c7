"""`streamdesnow check`: validate a pipeline file and say what it describes."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from streamdesnow.cli.console import output_console
from streamdesnow.cli.file_models import file_models, missing_models
from streamdesnow.cli.options import Overrides, PipelineFile
from streamdesnow.config.camera import CameraConfig
from streamdesnow.config.detect import DetectConfig
from streamdesnow.config.document import Document
from streamdesnow.config.load import load_document, validate
from streamdesnow.config.output import HlsConfig, ImagesConfig, OutputConfig, PushConfig, RecordConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.config.problem import Problem, config_error
from streamdesnow.config.units import format_bytes, format_duration
from streamdesnow.config.web import WebConfig
from streamdesnow.detect.build import build_detector
from streamdesnow.errors import DetectorUnavailable
from streamdesnow.models.folder import ModelFolder
from streamdesnow.redact import redact

__all__ = ["command"]


def command(pipeline: PipelineFile, set_: Overrides = None) -> None:
    """Check a pipeline file without running it.

    All that is wrong is listed with file, line and column, and the exit code is 2. Cameras are not asked:
    `streamdesnow doctor` does that.
    """
    document = load_document(pipeline, set_ or ())
    document.problems += missing_models(document)
    config = validate(document)
    models = _models(config, document)
    table = Table.grid(padding=(0, 2))
    for row in (
        *_cameras(config),
        *_detect(config.detect),
        *_outputs(config.outputs),
        *_page(config.web),
        *_engine(config, models),
    ):
        table.add_row(*(Text(redact(cell)) for cell in row))
    console = output_console()
    console.print(Text(f"{pipeline}: no problems found", style="green"))
    console.print(table)


def _models(config: PipelineConfig, document: Document) -> list[ModelFolder]:
    """The model folders that a pipeline names; a detector's weights must be there too."""
    found, problems = file_models(config, document)
    if config.detect is not None:
        try:
            build_detector(config.detect)
        except DetectorUnavailable as error:
            place = ("detect", "model")
            problems.append(Problem(document.place(place), place, str(error)))
    if problems:
        raise config_error(problems)
    return found


def _cameras(config: PipelineConfig) -> Iterator[tuple[str, str, str]]:
    for name, camera in config.cameras.items():
        model = f", cleaned by {camera.model}" if camera.model else ""
        idle = "" if config.outputs_of(name) else "; no output takes it"
        yield "camera", name, f"{_source(camera)}{model}{idle}"


def _source(camera: CameraConfig) -> str:
    if isinstance(camera.source, str):
        return camera.source + (", with a login" if camera.username is not None else "")
    film = camera.source
    length = format_duration(film.duration) if film.duration else "endless"
    return f"simulated {film.scene}, {film.snow} snow, {film.size[0]}x{film.size[1]}, {length}"


def _detect(detect: DetectConfig | None) -> Iterator[tuple[str, str, str]]:
    if detect is None:
        return
    parts = [f"every {detect.every}. frame" if detect.every > 1 else "every frame"]
    parts += [f"at most {detect.max_fps:g} a second"] if detect.max_fps else []
    parts += [f"only {', '.join(detect.classes)}"] if detect.classes else []
    parts += [f"in {', '.join(detect.zones)}"] if detect.zones else []
    parts += ["before cleaning too"] if detect.compare else []
    parts += ["drawn into outputs"] if detect.overlay.burn else []
    yield "detect", detect.model, ", ".join(parts)
    if detect.events is not None:
        yield "events", "", str(detect.events.directory)


def _outputs(outputs: tuple[OutputConfig, ...]) -> Iterator[tuple[str, str, str]]:
    for output in outputs:
        settings = output.settings
        only = f", only {', '.join(settings.cameras)}" if settings.cameras else ""
        match settings:
            case RecordConfig():
                limits = [f"keep {format_duration(settings.keep)}"] if settings.keep else []
                limits += [f"at most {format_bytes(settings.max_size)}"] if settings.max_size else []
                text = ", ".join([f"{settings.directory} ({settings.show})", *limits])
            case PushConfig():
                text = f"{settings.url} ({settings.show})"
            case HlsConfig() | ImagesConfig():
                text = f"{settings.directory} ({settings.show})"
            case _:
                text = "thrown away"
        yield "output", output.kind, text + only


def _page(web: WebConfig | None) -> Iterator[tuple[str, str, str]]:
    if web is not None:
        login = "no password" if web.password is None else f"for {web.username} with a password"
        yield "page", "web", f"http://{web.address}, {login}"


def _engine(config: PipelineConfig, models: list[ModelFolder]) -> Iterator[tuple[str, str, str]]:
    for model in models:
        yield "model", model.name, f"{model.card.kind}, {model.card.parameters / 1e6:.2f} M parameters"
    engine = config.engine
    required = f", {engine.require} required" if engine.require else ""
    yield "engine", engine.backend, f"precision {engine.precision}{required}"
