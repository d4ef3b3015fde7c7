"""What in a box belongs to the thing in it."""

from __future__ import annotations

import cv2
import numpy as np

from streamdesnow.frame import Image
from streamdesnow.lab.scenes.outlines import outline

INNER = (20, 10, 50, 120)


def scene(colour: tuple[int, int, int]) -> tuple[Image, Image]:
    """Somebody who stands before a wall of another colour, and where they are."""
    where = np.zeros((140, 90), np.uint8)
    cv2.circle(where, (45, 22), 10, 255, -1)
    cv2.ellipse(where, (45, 55), (18, 28), 0, 0, 360, 255, -1)
    cv2.line(where, (40, 75), (34, 128), 255, 10)
    cv2.line(where, (50, 75), (56, 128), 255, 10)
    rng = np.random.default_rng(0)
    image = rng.normal((150, 140, 130), 4, (140, 90, 3))
    image[where > 0] = rng.normal(colour, 4, (int((where > 0).sum()), 3))
    return np.clip(image, 0, 255).astype(np.uint8), where


def test_somebody_before_a_wall_is_separated_from_it() -> None:
    image, where = scene((30, 30, 90))
    alpha = outline(image, INNER, person=True)
    assert alpha is not None
    found, truth = alpha > 0.5, where > 0
    assert (found & truth).sum() / (found | truth).sum() > 0.9


def test_somebody_who_does_not_separate_comes_out_as_a_plain_shape() -> None:
    image, where = scene((150, 140, 130))
    alpha = outline(image, INNER, person=True)
    assert alpha is not None
    found, truth = alpha > 0.5, where > 0
    assert (found & truth).sum() / truth.sum() > 0.9
    assert found.mean() < 0.5
    assert not found[:, :20].any()
    assert not found[:, 71:].any()


def test_what_is_no_person_and_does_not_separate_is_passed_over() -> None:
    image = np.full((100, 100, 3), 128, np.uint8)
    assert outline(image, (10, 30, 80, 40), person=False) is None


def test_boxes_that_reach_out_of_the_picture_or_hold_next_to_nothing() -> None:
    image = np.random.default_rng(1).integers(0, 255, (60, 60, 3), np.uint8)
    alpha = outline(image, (-20, -20, 60, 120), person=True)
    assert alpha is None or alpha.shape == (60, 60)
    assert outline(image, (10, 10, 4, 20), person=True) is None
    assert outline(image, (58, 58, 30, 60), person=True) is None
