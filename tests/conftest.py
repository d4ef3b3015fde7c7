"""What tests share."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real photographs and clips, beside the checkout or named by STREAMDESNOW_DATA.

    Tests that need it say so when it is missing; everything else draws its own input.
    """
    folder = Path(os.environ.get("STREAMDESNOW_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs real clips: {folder} is not there (set STREAMDESNOW_DATA)")
    return folder


def _mount(folder: Path, options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs the right to mount a small file system (root)")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    folder = tmp_path / "small_disk"
    folder.mkdir()
    _mount(folder, "size=1m")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system that cannot be written to, not even by root."""
    folder = tmp_path / "read_only_disk"
    folder.mkdir()
    _mount(folder, "size=1m,ro")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
