"""A group of commands of which only the one that is called gets imported."""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup

from streamdesnow.cli.console import print_error, print_traceback
from streamdesnow.errors import StreamDesnowError

__all__ = ["DEBUG_VARIABLE", "LazyCommand", "command_group", "register"]

DEBUG_VARIABLE = "STREAMDESNOW_DEBUG"


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """A command by the module that holds it.

    Attributes:
        name: what is typed.
        module: has a `command`: a function with typer's annotations, or a Typer with commands of its own.
        help: the first line of that function's docstring, for the list of commands.
    """

    name: str
    module: str
    help: str


def command_group(commands: tuple[LazyCommand, ...]) -> type[TyperGroup]:
    """A group that imports one of `commands` when it is called, and turns its errors into exit codes."""
    modules = {command.name: command for command in commands}

    class Group(TyperGroup):
        # Typer's context and command types are private in some releases and click's in others: hence Any.
        def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
            name, placeholder, rest = super().resolve_command(ctx, args)
            return name, _load(modules[name]) if name in modules else placeholder, rest

        def invoke(self, ctx: Any) -> Any:
            try:
                return super().invoke(ctx)
            except StreamDesnowError as error:
                if ctx.params.get("debug") or os.environ.get(DEBUG_VARIABLE):
                    print_traceback(error)
                print_error(str(error))
                raise typer.Exit(error.exit_code) from error

    return Group


def register(app: typer.Typer, commands: tuple[LazyCommand, ...]) -> None:
    """Put names and help lines of `commands` on the list, without importing them."""
    for command in commands:
        app.command(command.name, help=command.help)(_placeholder)


def _placeholder() -> None:
    """Stands in the list of commands; `Group` calls the real one."""


def _load(command: LazyCommand) -> Any:
    target = importlib.import_module(command.module).command
    if not isinstance(target, typer.Typer):
        single = typer.Typer(add_completion=False)
        single.command(command.name)(target)
        target = single
    return typer.main.get_command(target)
