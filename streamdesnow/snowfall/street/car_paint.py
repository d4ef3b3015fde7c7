"""What a car's faces look like in the light of the street."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from streamdesnow.snowfall.street.car_body import CarBody
from streamdesnow.snowfall.street.car_face import Material
from streamdesnow.snowfall.street.palette import FAR, SNOW, shaded
from streamdesnow.snowfall.street.sheet import Colour
from streamdesnow.snowfall.street.view import Floats

__all__ = ["CarCoat", "in_street", "paint_car"]

_LIGHT = np.array([-0.35, -0.5, 0.79], np.float32)
_MATERIALS: dict[Material, Colour] = {
    "glass": (52, 45, 40),
    "trim": (38, 36, 36),
    "tyre": (26, 25, 25),
    "rim": (142, 142, 144),
    "head": (226, 240, 250),
    "tail": (36, 30, 150),
    "plate": (212, 214, 214),
    "arch": (18, 17, 17),
}
_MIRROR: dict[Material, tuple[float, float]] = {"paint": (0.05, 0.17), "glass": (0.08, 0.26)}
"""Share of the sky that a material mirrors when upright, and how much more when it lies flat."""


@dataclass(frozen=True, slots=True, eq=False)
class CarCoat:
    """Normals of a car's faces in the street's axes, and their colours near by: both float32 (n, 3)."""

    normals: Floats
    tones: Floats


def in_street(local: Floats, ahead: int) -> Floats:
    """From a car's (along, across, up) to the street's (x, y, z) axes; `ahead` -1 drives to the camera."""
    turned = np.empty_like(local)
    turned[..., 0] = ahead * local[..., 1]
    turned[..., 1] = ahead * local[..., 0]
    turned[..., 2] = local[..., 2]
    return turned


@lru_cache(maxsize=256)
def paint_car(body: CarBody, colour: Colour, ahead: int, lamps: bool, braking: bool, snowed: bool) -> CarCoat:
    """Colours of a car's faces for the way it drives; arguments as for `Car`."""
    normals = in_street(body.normals, ahead)
    up = np.maximum(normals[:, 2], 0)
    own = np.array([_material(name, colour, lamps, braking) for name in body.materials], np.float32)
    tones = own * (0.66 + 0.4 * np.maximum(normals @ _LIGHT, 0))[:, None]
    mirror = np.array([_MIRROR.get(name, (0.0, 0.0)) for name in body.materials], np.float32)
    share = mirror[:, 0] + mirror[:, 1] * up**2
    tones += (np.array(FAR, np.float32) - tones) * share[:, None]
    shines = np.array([name in ("head", "tail", "plate") for name in body.materials])
    tones[shines] = own[shines]
    if snowed:
        covered = np.array([name == "paint" for name in body.materials]) & (up > 0.8)
        tones[covered] = np.array(SNOW, np.float32) * (0.75 + 0.25 * up[covered, None])
    return CarCoat(normals, tones.astype(np.float32))


def _material(name: Material, colour: Colour, lamps: bool, braking: bool) -> Colour:
    if name in ("paint", "seam"):
        return shaded(colour, 1.0 if name == "paint" else 0.5)
    if name == "tail" and lamps:
        return (58, 48, 250) if braking else (46, 36, 196)
    if name == "head" and not lamps:
        return (176, 178, 178)
    return _MATERIALS[name]
