"""The page: one HTML file that needs nothing else, opens offline and suits dark and light screens."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import jinja2
import numpy as np

from streamdesnow.comparison.record import Recorded
from streamdesnow.comparison.tally import Tally
from streamdesnow.frame import Image
from streamdesnow.storage.picture import encode_image

__all__ = ["About", "render_page"]

_TEMPLATE = Path(__file__).with_name("page.html.j2")
LARGEST_FILM = 16 << 20
"""Bytes; a larger film is not put into the page, which browsers would be slow to open."""


@dataclass(frozen=True, slots=True)
class About:
    """How the page came about.

    Attributes:
        detector: its name.
        confidence: least confidence of what is drawn and counted.
        version: of streamdesnow.
        engine: what ran the models.
        left_out: what could not be looked at, and why.
    """

    detector: str
    confidence: float
    version: str
    engine: str
    left_out: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Section:
    recorded: Recorded
    picture: str
    film: str | None


def render_page(recorded: Sequence[Recorded], about: About) -> str:
    """HTML with pictures and films inside it."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    total = Tally()
    for each in recorded:
        total.merge(each.tally)
    return template.render(sections=[_section(each) for each in recorded], total=total, about=about)


def _section(recorded: Recorded) -> _Section:
    # A tenth of PNG's bytes; the PNG itself lies beside the page.
    pixels: Image = np.asarray(cv2.imread(str(recorded.picture), cv2.IMREAD_COLOR), np.uint8)
    picture = _data_uri("image/webp", encode_image("demo", pixels, "webp"))
    film = None
    if recorded.film is not None and recorded.film.stat().st_size <= LARGEST_FILM:
        film = _data_uri("video/mp4", recorded.film.read_bytes())
    return _Section(recorded, picture, film)


def _data_uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
