"""What tests share."""

from __future__ import annotations

import os
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
