"""The command line as a whole: help, version, errors as exit codes."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from streamdesnow import errors
from streamdesnow.__main__ import main as module_main
from streamdesnow.cli import app as app_module
from streamdesnow.cli.app import COMMANDS, build_app, main
from streamdesnow.cli.lazy import LazyCommand, command_group, register

ROOT = Path(__file__).parents[2]


def failing_app(name: str) -> typer.Typer:
    """An app with one command, which is in this module."""
    commands = (LazyCommand("fail", name, "Fails."),)
    app = typer.Typer(cls=command_group(commands), pretty_exceptions_enable=False)

    @app.callback()
    def options(debug: bool = False) -> None:
        pass

    register(app, commands)
    return app


def command() -> None:
    """Fails, as every command may."""
    raise errors.SourceRefused("camera gate: rtsp://me:secret@host/live wants another login")


def test_help_lists_every_command_and_the_exit_codes() -> None:
    result = CliRunner().invoke(build_app(), ["--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    for row in COMMANDS:
        assert re.search(rf"\b{row.name}\b", result.output)
    assert "Exit codes" in result.output


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from streamdesnow.cli.app import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'cv2', 'av', 'torch', 'onnxruntime', 'openvino'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, "--help"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert output.splitlines()[-1] == "[]"


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)
def test_every_command_has_help_that_begins_as_the_list_says(row: LazyCommand) -> None:
    target = importlib.import_module(row.module).command
    told = target.info.help if isinstance(target, typer.Typer) else inspect.getdoc(target)
    assert told.splitlines()[0] == row.help
    result = CliRunner().invoke(build_app(), [row.name, "--help"])
    assert result.exit_code == 0


def test_version_is_printed() -> None:
    result = CliRunner().invoke(build_app(), ["--version"])
    assert result.output == "streamdesnow 0.1.0\n"


def test_a_misspelt_command_is_recognised() -> None:
    result = CliRunner().invoke(build_app(), ["chekc"])
    assert result.exit_code == 2
    assert "Did you mean 'check'" in result.output


def test_an_error_is_one_line_without_traceback_and_without_password() -> None:
    result = CliRunner().invoke(failing_app(__name__), ["fail"])
    assert result.exit_code == 3
    assert result.stderr == "error: camera gate: rtsp://***@host/live wants another login\n"
    assert result.stdout == ""


@pytest.mark.parametrize(("arguments", "debug"), [(["--debug", "fail"], None), (["fail"], "1")])
def test_debug_adds_the_traceback_still_without_password(arguments: list[str], debug: str | None) -> None:
    result = CliRunner().invoke(failing_app(__name__), arguments, env={"STREAMDESNOW_DEBUG": debug})
    assert result.exit_code == 3
    assert "Traceback" in result.stderr
    assert "secret" not in result.stderr


def test_what_is_not_foreseen_asks_for_a_report_and_hides_passwords(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(prog_name: str) -> None:
        raise RuntimeError(f"{prog_name} could not open rtsp://me:secret@host/live")

    monkeypatch.setattr(app_module, "build_app", lambda: broken)
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 1
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert "please report it" in shown
    assert "secret" not in shown


def test_exit_codes_are_documented_as_the_errors_have_them() -> None:
    page = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    for name in ("ConfigError", "CaptureError", "ModelError", "EngineError", "SinkError"):
        code = getattr(errors, name).exit_code
        (line,) = [line for line in page.splitlines() if f"`{name}`" in line]
        assert line.startswith(f"| {code} |")
        assert f"{code}  " in app_module._EXIT_CODES


def test_the_package_can_be_run_as_a_module() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "streamdesnow", "--version"], capture_output=True, text=True, check=True
    )
    assert shown.stdout.startswith("streamdesnow ")


def test_an_interruption_while_libraries_are_loaded_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(app_module, "main", interrupted)
    with pytest.raises(SystemExit) as ended:
        module_main()
    assert ended.value.code == 130
