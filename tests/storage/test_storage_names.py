from __future__ import annotations

from pathlib import Path

import pytest

from streamdesnow.storage.names import camera_directory, camera_url, safe_name


@pytest.mark.parametrize("name", ["gate", "Front Door", "hof_2", "Süd-Tor", "北門"])
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize(
    "name", ["../../etc", "a/b", "a\\b", "a:b", "", ".", "..", ".hidden", "x" * 300, "a\nb"]
)
def test_other_names_become_one_harmless_part_of_a_path(name: str) -> None:
    part = safe_name(name)
    assert Path(part).name == part
    assert part not in {"", ".", ".."}
    assert not part.startswith(".")
    assert len(part.encode()) < 200


def test_names_that_differ_only_in_what_was_replaced_stay_different() -> None:
    assert len({safe_name("a/b"), safe_name("a:b"), safe_name("a_b")}) == 3


def test_the_camera_is_filled_into_folders_and_addresses() -> None:
    assert camera_directory(Path("out/{camera}/x"), "gate") == Path("out/gate/x")
    assert camera_directory(Path("out/{camera}"), "../up").parent == Path("out")
    assert camera_url("rtsp://h/{camera}-clean", "Front Door/1") == "rtsp://h/Front%20Door%2F1-clean"
