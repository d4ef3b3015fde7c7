"""Servers for tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from served import Served


@pytest.fixture
def serve() -> Iterator[Any]:
    """Makes servers from keys of the `web` section; they are closed in the end."""
    made: list[Served] = []

    def make(
        *,
        cameras: tuple[str, ...] = ("gate", "yard"),
        detect: bool = False,
        outputs: Sequence[dict[str, object]] = ({"null": None},),
        **web: object,
    ) -> Served:
        made.append(Served(cameras, web, detect=detect, outputs=outputs))
        return made[-1]

    yield make
    for served in made:
        served.server.close()
