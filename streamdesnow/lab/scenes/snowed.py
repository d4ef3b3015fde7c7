"""Snow over the film of a training scene, and what the camera does to both."""

from __future__ import annotations

import cv2
import numpy as np

from streamdesnow.frame import Image
from streamdesnow.lab.scenes.compression import compressed
from streamdesnow.snowfall.snow import TRAINED, Snow, snow_in
from streamdesnow.snowfall.weather import Weather

__all__ = ["SNOW_FREE", "WHOLE_WIDTH", "as_a_codec_leaves_it", "snowed"]

SNOW_FREE = 0.08
"""Share of scenes that nothing falls in."""
WHOLE_WIDTH = (400.0, 900.0)
"""Pixels across the whole frame that a scene is a cut-out of: flake sizes are a share of it."""

_FAR = 0.4
_CALM = 0.2
_NOISY = 0.08
"""Share of snowy scenes with noise that the truth is without."""
_COMPRESSED = 0.2
"""Share of films in H.264. Where most pixels are unlike the truth, a network learns to smooth all of them."""
_FAR_STYLES = ("particles", "texture")  # what draws thousands of specks fast


def snowed(
    film: Image,
    fps: float,
    whole: float,
    rng: np.random.Generator,
    styles: tuple[str, ...] = TRAINED,
    *,
    against_light: bool = False,
) -> tuple[Image, Image]:
    """A film with snow falling in it, and the truth beside it.

    Args:
        film: uint8 (T, S, S, 3) BGR, without snow.
        fps: frames a second.
        whole: pixels across the whole frame, of which this film is a cut-out.
        rng: every choice is drawn from it.
        styles: ways of drawing snow to choose from.
        against_light: flakes are darker than a bright sky behind them.

    Returns:
        The snowy film and the truth, which the camera may have sharpened like it.
    """
    side = film.shape[1]
    weather = Weather.sample(rng)
    if rng.random() < _CALM:
        weather = weather.calm(rng)
    if against_light:
        weather = weather.against_light(rng)
    size = min(max(weather.size * whole, 0.8), side / 12)
    weather = weather.with_size(size / side)
    style = str(rng.choice(styles))
    snows = [snow_in(weather, style, side, side, fps, int(rng.integers(2**31)))]
    far_styles = [style for style in styles if style in _FAR_STYLES]
    if far_styles and rng.random() < _FAR:
        far, far_style = weather.far(rng, 1 / side), str(rng.choice(far_styles))
        snows.insert(0, snow_in(far, far_style, side, side, fps, int(rng.integers(2**31))))
    snowy = np.stack([_under(snows, image) for image in film])
    if rng.random() < _NOISY:
        snowy = _noisy(snowy, rng.uniform(0.3, 2.0), rng)
    if rng.random() < 0.2:
        amount = np.float32(rng.uniform(0.2, 0.8))
        return _sharpened(snowy, amount), _sharpened(film, amount)
    return snowy, film


def as_a_codec_leaves_it(
    snowy: Image, truth: Image, fps: float, rng: np.random.Generator
) -> tuple[Image, Image]:
    """Both films, the snowy one sometimes after H.264; where no snow fell the truth is what came out."""
    if rng.random() >= _COMPRESSED:
        return snowy, truth
    crf, keyframes = int(rng.integers(16, 31)), int(rng.integers(10, 61))
    coded = compressed(snowy, crf, round(fps), keyframes)
    return coded, coded if snowy is truth else truth


def _under(snows: list[Snow], image: Image) -> Image:
    """The picture behind snows, the farthest first."""
    for snow in snows:
        image = snow.next().over(image)
    return image


def _noisy(film: Image, sigma: float, rng: np.random.Generator) -> Image:
    noise = rng.standard_normal(film.shape, dtype=np.float32) * np.float32(sigma)
    return np.clip(film + noise + 0.5, 0, 255).astype(np.uint8)


def _sharpened(film: Image, amount: np.float32) -> Image:
    def sharpen(image: Image) -> Image:
        codes = image.astype(np.float32)
        return np.clip(codes + amount * (codes - cv2.GaussianBlur(codes, (0, 0), 1.0)) + 0.5, 0, 255).astype(
            np.uint8
        )

    return np.stack([sharpen(image) for image in film])
