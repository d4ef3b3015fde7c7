"""Files that break off are told from whole ones by their own account of their length."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from clips import write_clip

from streamdesnow.capture.cut_off import is_cut_off

_KINDS = [
    ("a.mp4", "libx264", {}),
    ("b.mp4", "libx264", {"movflags": "faststart"}),
    ("c.mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}),
    ("d.mov", "mpeg4", {}),
    ("e.mkv", "libx264", {}),
    ("f.avi", "mpeg4", {}),
]


def _clip(path: Path, codec: str, options: dict[str, str]) -> Path:
    frames = [np.random.default_rng(n).integers(0, 256, (48, 64, 3), dtype=np.uint8) for n in range(30)]
    return write_clip(path, frames, size=(64, 48), codec=codec, options=options)


@pytest.mark.parametrize(("name", "codec", "options"), _KINDS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_file_without_its_end_is_noticed(
    tmp_path: Path, name: str, codec: str, options: dict[str, str], share: float
) -> None:
    whole = _clip(tmp_path / name, codec, options)
    assert not is_cut_off(whole)
    content = whole.read_bytes()
    whole.write_bytes(content[: int(len(content) * share)])
    assert is_cut_off(whole)


@pytest.mark.parametrize(
    "content", [b"", b"a", b"RIFF", b"\x1a\x45\xdf\xa3", b"plain text, long enough", b"\0" * 64]
)
def test_what_says_nothing_of_its_length_is_not_accused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert not is_cut_off(path)


def test_a_matroska_recording_of_unknown_length_is_not_accused(tmp_path: Path) -> None:
    path = tmp_path / "live.mkv"
    header = b"\x1a\x45\xdf\xa3\x84\x42\x86\x81\x01"
    path.write_bytes(header + b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + b"rest")
    assert not is_cut_off(path)
