"""`streamdesnow clean`, as people type it."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
import tiny_models
from clips import write_clip
from typer.testing import CliRunner, Result

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.cli.app import build_app

_PROGRAM = (sys.executable, "-c", "from streamdesnow.cli.app import main; main()", "clean")


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of a still test model: 255 - frame."""
    tiny_models.inverting(tmp_path / "models" / "invert", side_multiple=8)
    monkeypatch.setenv("STREAMDESNOW_MODELS", str(tmp_path / "models"))
    return "invert"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Eight frames of 64x48."""
    return write_clip(tmp_path / "clip.mp4", 8, size=(64, 48))


def clean(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), ["clean", *map(str, arguments)], env={"COLUMNS": "200"})


def _frames(path: Path) -> list[np.ndarray]:
    with AvReader.for_file(path) as reader:
        return [frame.image for frame in reader]


def test_a_video_is_cleaned_and_summed_up(model: str, clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    result = clean(clip, out, "--model", model, "--engine", "cpu")
    assert result.exit_code == 0, result.output
    assert f"{out}: 8 frames of 64x48 in" in result.stdout
    assert "invert on openvino" in result.stdout
    assert len(_frames(out)) == 8


def test_lossless_keeps_every_bit(model: str, clip: Path, tmp_path: Path) -> None:
    result = clean(clip, tmp_path / "out.mkv", "--model", model, "--lossless", "--quiet")
    assert (result.exit_code, result.stdout) == (0, "")
    for before, after in zip(_frames(clip), _frames(tmp_path / "out.mkv"), strict=True):
        np.testing.assert_array_equal(after, 255 - before)


def test_side_by_side_doubles_the_width(model: str, clip: Path, tmp_path: Path) -> None:
    assert clean(clip, tmp_path / "out.mp4", "--model", model, "--side-by-side").exit_code == 0
    assert _frames(tmp_path / "out.mp4")[0].shape == (48, 128, 3)


@pytest.mark.parametrize("backend", ["onnxruntime", "openvino"])
def test_the_backend_can_be_chosen(model: str, clip: Path, tmp_path: Path, backend: str) -> None:
    result = clean(clip, tmp_path / "out.mp4", "--model", model, "--engine", backend)
    assert f"on {backend}" in result.stdout


def test_a_picture_is_one_frame(model: str, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "in.png"), np.full((9, 7), 100, np.uint16))
    result = clean(tmp_path / "in.png", tmp_path / "out.png", "--model", model)
    assert "1 frame of 7x9" in result.stdout
    after = cv2.imread(str(tmp_path / "out.png"), cv2.IMREAD_UNCHANGED)
    assert after is not None
    assert (after.dtype, after.shape) == (np.uint16, (9, 7))


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("missing.mp4", None, 3, "no such file"),
        ("empty.mp4", b"", 3, "empty"),
        ("text.mp4", b"To whom it may concern: this is a text.\n" * 9, 3, "text file"),
        ("junk.png", b"junk", 3, "not a picture"),
    ],
)
def test_a_bad_source_is_named_and_nothing_written(
    model: str, tmp_path: Path, name: str, content: bytes | None, code: int, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    out = tmp_path / "out" / Path(name).with_suffix(".mp4" if name.endswith("mp4") else ".png")
    result = clean(tmp_path / name, out, "--model", model)
    assert result.exit_code == code
    assert name in result.stderr
    assert words in result.stderr
    assert not list(tmp_path.glob("out/*"))


def test_a_video_that_breaks_off_is_cleaned_so_far_with_exit_code_3(model: str, tmp_path: Path) -> None:
    frames = [np.random.default_rng(n).integers(0, 256, (48, 64, 3), dtype=np.uint8) for n in range(40)]
    content = write_clip(tmp_path / "whole.mkv", frames, size=(64, 48)).read_bytes()
    (tmp_path / "cut.mkv").write_bytes(content[: len(content) // 2])
    result = clean(tmp_path / "cut.mkv", tmp_path / "out.mp4", "--model", model)
    assert result.exit_code == 3
    assert f"the {len(_frames(tmp_path / 'out.mp4'))} frames before that were cleaned" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("clip.mp4",), 2, "source itself"),
        (("out.xyz",), 2, ".mp4"),
        (("there.mp4",), 2, "--overwrite"),
        (("out.mp4", "--model", "no-such-model"), 4, "invert"),
        (("file/out.mp4",), 5, "file"),
    ],
)
def test_a_bad_destination_or_model_is_named(
    model: str, clip: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    (tmp_path / "there.mp4").write_bytes(b"precious")
    (tmp_path / "file").write_text("")
    name, *options = arguments
    result = clean(clip, tmp_path / name, *(options or ["--model", model]))
    assert result.exit_code == code, result.output
    assert words in result.stderr
    assert (tmp_path / "there.mp4").read_bytes() == b"precious"


def test_a_damaged_network_is_named(model: str, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "models" / "invert" / "model.onnx").write_bytes(b"junk")
    result = clean(clip, tmp_path / "out.mp4", "--model", model)
    assert result.exit_code == 4
    assert "model.onnx" in result.stderr


def test_a_full_disk_leaves_nothing_and_is_said(model: str, tmp_path: Path) -> None:
    frames = [np.random.default_rng(n).integers(0, 256, (96, 128, 3), dtype=np.uint8) for n in range(60)]
    source = write_clip(tmp_path / "in.mkv", frames, size=(128, 96))
    done = subprocess.run(
        [*_PROGRAM, str(source), str(tmp_path / "out.mkv"), "--model", model, "--lossless"],
        capture_output=True,
        text=True,
        # No file may grow beyond 300 kB: writing fails as it does on a full disk.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)),
    )
    assert done.returncode == 5, done.stderr
    assert "out.mkv" in done.stderr
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_nothing(model: str, tmp_path: Path, number: signal.Signals) -> None:
    source = write_clip(tmp_path / "in.mp4", [np.zeros((48, 64, 3), np.uint8)] * 3000, size=(64, 48))
    process = subprocess.Popen(
        [*_PROGRAM, str(source), str(tmp_path / "out.mp4"), "--model", model],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    part = tmp_path / "out.mp4.part"
    while not part.exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "interrupted" in errors
    assert not list(tmp_path.glob("out*"))
