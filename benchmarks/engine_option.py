"""`--precision` of the scripts that score: so that figures can be had again on another machine."""

from __future__ import annotations

import argparse
from typing import get_args

from streamdesnow.config.engine import EngineConfig

__all__ = ["add_precision", "engine_of"]


def add_precision(parser: argparse.ArgumentParser) -> None:
    """Let a script be told what networks compute in."""
    parser.add_argument(
        "--precision",
        default="auto",
        choices=get_args(EngineConfig.model_fields["precision"].annotation),
        help="of networks; auto is what this machine runs fastest, which may be eight bits",
    )


def engine_of(args: argparse.Namespace) -> EngineConfig:
    """What was asked for."""
    return EngineConfig(precision=args.precision)
