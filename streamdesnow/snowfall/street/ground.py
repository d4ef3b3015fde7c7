"""The ground: asphalt with wheel tracks and markings, parking lane, kerbs, pavements, snow."""

from __future__ import annotations

import numpy as np

from streamdesnow.snowfall.street.layout import CROSSING, FACADES, KERB_LEFT, KERB_RIGHT, LAMP_FOOT, LANE_EDGE
from streamdesnow.snowfall.street.palette import LAMP, SNOW, WINDOW, haze_over
from streamdesnow.snowfall.street.texture import NoiseField, smooth_step
from streamdesnow.snowfall.street.view import Floats, View

__all__ = ["paint_ground"]


class _Ground:
    """Ground colours as functions of where a pixel looks; every edge is as soft as a pixel is wide."""

    def __init__(self, view: View, rng: np.random.Generator) -> None:
        self.first_row, self.x, self.y, self.depth = view.ground()
        self.pixel_x = np.abs(np.gradient(self.x, axis=0)) + np.abs(np.gradient(self.x, axis=1))
        self.pixel_y = np.abs(np.gradient(self.y, axis=0)) + np.abs(np.gradient(self.y, axis=1))
        self._field = NoiseField(rng)
        self._fine = NoiseField(rng, roughness=0.4)

    def noise(self, period: float, shift: float = 0.0, stretch: float = 1.0) -> Floats:
        return self._field.at(self.x + shift, self.y * stretch + 3 * shift, period)

    def fine(self, period: float) -> Floats:
        # Grain that a pixel cannot resolve would only alias.
        seen = np.clip(period / 512 * 4 / np.maximum(self.pixel_x, self.pixel_y), 0, 1)
        grain: Floats = self._fine.at(self.x, self.y, period) * seen
        return grain

    def between_x(self, low: float, high: float) -> Floats:
        return _inside(self.x, low, high, self.pixel_x)

    def between_y(self, low: float, high: float) -> Floats:
        return _inside(self.y, low, high, self.pixel_y)

    def stripes_x(self, period: float, width: float) -> Floats:
        return _inside(np.mod(self.x, period), 0, width, self.pixel_x)

    def stripes_y(self, period: float, length: float) -> Floats:
        stripes = _inside(np.mod(self.y, period), 0, length, self.pixel_y)
        # Far away the stripes run together to their mean.
        blur = np.clip(self.pixel_y / period * 1.5 - 0.3, 0, 1)
        return np.asarray(stripes * (1 - blur) + length / period * blur, np.float32)


def _inside(value: Floats, low: float, high: float, softness: Floats) -> Floats:
    edge = np.minimum(value - low, high - value) / np.maximum(softness, 1e-3) + 0.5
    inside: Floats = np.clip(edge, 0.0, 1.0)
    return inside


def _mix(image: Floats, colour: tuple[float, float, float] | Floats, share: Floats) -> None:
    image += (np.asarray(colour, np.float32) - image) * share[..., None]


def paint_ground(image: Floats, view: View, rng: np.random.Generator) -> None:
    """Paint everything below the horizon onto `image`, float32 BGR (H, W, 3)."""
    ground = _Ground(view, rng)
    colour = np.empty((*ground.x.shape, 3), np.float32)
    colour[...] = (74, 71, 68)
    colour += (3.0 * ground.noise(24)[..., None] + 4.5 * ground.fine(9)[..., None]) * (1.0, 0.98, 0.96)
    _tracks_and_markings(ground, colour)
    _pavements(ground, colour)
    _snow(ground, colour)
    _pools_of_light(ground, colour)
    image[ground.first_row :] = haze_over(colour, ground.depth)


def _tracks_and_markings(ground: _Ground, colour: Floats) -> None:
    slush = np.zeros_like(ground.x)
    for lane in (-1.8, 1.8):
        tracks = sum(np.exp(-(((ground.x - lane - side) / 0.34) ** 2)) for side in (-0.78, 0.78))
        _mix(colour, (52, 49, 47), 0.65 * np.clip(tracks, 0, 1))
        slush = np.maximum(slush, np.exp(-(((ground.x - lane) / 0.28) ** 2)))
    middle = np.exp(-((ground.x / 0.5) ** 2)) + np.exp(-(((np.abs(ground.x) - LANE_EDGE) / 0.35) ** 2))
    slush = np.maximum(slush, np.clip(middle, 0, 1))
    patches = smooth_step(ground.noise(20, 1.7, 0.35) + 1.5 * slush, 0.9, 2.3)
    _mix(colour, (165, 158, 152), 0.5 * patches)

    worn = 0.85 - 0.3 * smooth_step(ground.noise(6, 5.1), 0.2, 1.2)
    road = ground.between_x(-LANE_EDGE, LANE_EDGE)
    away = ground.between_y(CROSSING[0] - 2.2, CROSSING[1] + 2.2)
    paint = ground.between_x(-0.07, 0.07) * ground.stripes_y(6.0, 3.0) * (1 - away)
    paint = np.maximum(paint, ground.between_x(LANE_EDGE - 0.12, LANE_EDGE) * 0.9)
    paint = np.maximum(paint, ground.stripes_x(0.95, 0.5) * ground.between_y(*CROSSING) * road)
    stop_far = ground.between_y(CROSSING[1] + 1.2, CROSSING[1] + 1.6) * ground.between_x(-LANE_EDGE, -0.15)
    stop_near = ground.between_y(CROSSING[0] - 1.6, CROSSING[0] - 1.2) * ground.between_x(0.15, LANE_EDGE)
    paint = np.maximum(paint, np.maximum(stop_far, stop_near))
    _mix(colour, (196, 198, 198), paint * worn)


def _pavements(ground: _Ground, colour: Floats) -> None:
    stone = np.empty_like(colour)
    stone[...] = (112, 110, 110)
    stone += (3.5 * ground.noise(11, 2.3) + 4.0 * ground.fine(7))[..., None]
    joints = np.maximum(ground.stripes_x(0.8, 0.03), ground.stripes_y(0.8, 0.03))
    _mix(stone, (84, 82, 82), np.float32(0.7) * joints)
    _mix(colour, stone, np.maximum(ground.between_x(-1e4, KERB_LEFT), ground.between_x(KERB_RIGHT, 1e4)))
    _mix(colour, (58, 56, 55), 0.9 * ground.between_x(KERB_RIGHT - 0.12, KERB_RIGHT))
    for kerb in (KERB_LEFT - 0.2, KERB_RIGHT):
        _mix(colour, (146, 144, 142), ground.between_x(kerb, kerb + 0.2))


def _snow(ground: _Ground, colour: Floats) -> None:
    bumps = ground.noise(5, 7.7)
    shade = np.clip(0.93 + 0.035 * bumps + 0.02 * ground.fine(6), 0.7, 1.06)[..., None]
    snow = np.array(SNOW, np.float32) * shade
    for kerb, width in ((KERB_LEFT - 0.35, 0.8), (KERB_RIGHT + 0.55, 0.5)):
        # A bank of shovelled snow: lit from above, bluish on the side that faces the road.
        offset = (ground.x - kerb) / width + 0.28 * ground.noise(13, kerb)
        bank = smooth_step(1.0 - np.abs(offset) + 0.25 * bumps, 0.0, 0.5)
        open_way = ground.between_y(CROSSING[0] - 0.6, CROSSING[1] + 0.6)
        side = np.clip(0.5 + 0.5 * offset, 0, 1)[..., None]
        tint = snow * (1 - 0.24 * side * np.array((0.75, 1.0, 1.1), np.float32))
        _mix(colour, tint, bank * (1 - open_way) * 0.96)
    walked = np.exp(-(((ground.x - 7.4) / 1.0) ** 2)) + np.exp(-(((ground.x + 6.2) / 1.1) ** 2))
    beside_road = (ground.x < KERB_LEFT - 0.2) | (ground.x > KERB_RIGHT + 0.2)
    cover = smooth_step(ground.noise(17, 4.4) - 1.5 * walked + 0.45, 0.0, 0.9) * beside_road
    _mix(colour, snow, 0.85 * cover)
    parking = ground.between_x(LANE_EDGE + 0.1, KERB_RIGHT - 0.05)
    _mix(colour, snow * 0.95, 0.7 * parking * smooth_step(ground.noise(15, 9.1, 0.6), 0.1, 1.0))


def _pools_of_light(ground: _Ground, colour: Floats) -> None:
    distance = np.hypot(ground.x - LAMP_FOOT[0] + 2.0, (ground.y - LAMP_FOOT[1]) * 0.8)
    pool = np.exp(-((distance / 5.5) ** 2))
    colour *= 1 + pool[..., None] * np.array(LAMP, np.float32) / 255 * 0.42
    shops = np.exp(-(((ground.x - FACADES) / 2.4) ** 2)) * smooth_step(ground.noise(40, 6.6) + 0.9, 0.0, 1.2)
    colour += (shops * (ground.y < 60))[..., None] * np.array(WINDOW, np.float32) * 0.16
