from __future__ import annotations

import numpy as np
import pytest

from streamdesnow.snowfall.street import Street
from streamdesnow.snowfall.street.paths import Drive, Path


@pytest.fixture(scope="module")
def street() -> Street:
    return Street(320, 180, 25, seed=1)


@pytest.mark.parametrize("size", [(64, 64), (65, 300), (400, 66)])
def test_any_size_is_drawn(size: tuple[int, int]) -> None:
    image = Street(*size, 25, seed=1).draw(110)
    assert image.shape == (size[1], size[0], 3)
    assert image.dtype == np.uint8
    assert image.std() > 10


def test_a_frame_does_not_depend_on_what_was_drawn_before(street: Street) -> None:
    late = street.draw(200)
    street.draw(3)
    assert np.array_equal(street.draw(200), late)
    assert np.array_equal(Street(320, 180, 25, seed=1).draw(200), late)


def test_another_seed_is_another_street(street: Street) -> None:
    other = Street(320, 180, 25, seed=2)
    assert np.abs(street.draw(0).astype(int) - other.draw(0)).mean() > 5


def test_frames_depend_on_time_and_not_on_the_frame_rate(street: Street) -> None:
    slow = Street(320, 180, 5, seed=1)
    assert np.array_equal(slow.moving(20), street.moving(100))


def test_outside_the_moving_mask_only_sensor_noise_changes(street: Street) -> None:
    one, other = street.draw(40), street.draw(90)
    changed = np.abs(one.astype(int) - other).max(axis=2)
    still = ~(street.moving(40) | street.moving(90))
    assert changed[still].mean() < 5
    assert np.quantile(changed[still], 0.999) < 20
    assert changed[~still].mean() > 25


def test_something_moves_all_the_time_and_never_most_of_the_picture(street: Street) -> None:
    shares = [street.moving(index).mean() for index in range(0, 400, 20)]
    assert min(shares) > 0.005
    assert max(shares) < 0.35


def test_sensor_noise_averages_out(street: Street) -> None:
    frames = np.stack([street.draw(index) for index in range(12)]).astype(float)
    still = ~np.any([street.moving(index) for index in range(12)], axis=0)
    spread = frames.std(axis=0).mean(axis=2)[still].mean()
    assert 0.8 < spread < 4


def test_a_car_halts_smoothly_and_goes_on() -> None:
    drive = Drive(time=3.0, speed=10.0, until=8.0)
    times = np.arange(-5, 20, 0.04)
    way = np.array([drive.at(float(time))[0] for time in times])
    speed = np.diff(way) / 0.04
    assert np.all(speed > -1e-9)
    assert speed.max() == pytest.approx(10.0)
    assert np.abs(np.diff(speed)).max() < 0.2, "speed does not jump"
    assert drive.at(5.0) == (0.0, True)


def test_a_path_is_walked_at_constant_speed() -> None:
    path = Path(((0, 0), (10, 0), (10, 10)))
    places = np.array([path.at(float(walked))[:2] for walked in np.arange(0, path.length, 0.25)])
    steps = np.hypot(*np.diff(places, axis=0).T)
    assert np.all(np.abs(steps - 0.25) < 0.02)
    assert path.at(0)[2] == pytest.approx(0)
    assert path.at(path.length)[2] == pytest.approx(np.pi / 2)
