"""Options of the scripts that score: what networks compute in, so that figures can be had again on another
machine, and whether small frames are enlarged."""

from __future__ import annotations

import argparse
from typing import get_args

from streamdesnow.config.engine import EngineConfig

__all__ = ["add_engine_options", "engine_of"]


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """Let a script be told `--precision` and `--no-enlarge`."""
    parser.add_argument(
        "--precision",
        default="auto",
        choices=get_args(EngineConfig.model_fields["precision"].annotation),
        help="of networks; auto is what this machine runs fastest, which may be eight bits",
    )
    parser.add_argument(
        "--no-enlarge", dest="enlarge", action="store_false", help="clean small frames as large as they are"
    )


def engine_of(args: argparse.Namespace) -> EngineConfig:
    """What was asked for."""
    return EngineConfig(precision=args.precision)
