"""Engines are found again by everything that they depend on, and damaged ones are built again."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path
from types import SimpleNamespace

import pytest
import tiny_models

from streamdesnow.engines.cuda import CudaDevice
from streamdesnow.engines.tensorrt.cache import EngineFolder, EngineKey, engine_key, kernels_name, timing_name
from streamdesnow.engines.tensorrt.library import Library
from streamdesnow.models import ModelFolder

KEY = EngineKey(
    model="my camera",
    digest="ab" * 32,
    library="tensorrt",
    version="10.13",
    gpu="NVIDIA L4 8.9",
    driver="580.1",
    width=1280,
    height=720,
    batch=8,
    precision="fp16",
)
ADA = CudaDevice("NVIDIA L4", (8, 9), "580.1")
TURING = CudaDevice("NVIDIA T4", (7, 5), "580.1")


@pytest.fixture
def folder(tmp_path: Path) -> EngineFolder:
    return EngineFolder(tmp_path / "engines")


def test_what_was_stored_is_found_under_a_name_that_can_be_read(folder: EngineFolder) -> None:
    path = folder.store(KEY, b"plan\nwith\nlines")
    assert path is not None
    assert path.name.startswith("my-camera-1280x720-b8-fp16-tensorrt-")
    assert folder.load(KEY) == b"plan\nwith\nlines"
    assert [file.name for file in folder.path.iterdir()] == [path.name]


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(EngineKey)])
def test_an_engine_of_another_key_is_another_engine(folder: EngineFolder, field: str) -> None:
    folder.store(KEY, b"plan")
    value = getattr(KEY, field)
    other = dataclasses.replace(KEY, **{field: value + 1 if isinstance(value, int) else value + "x"})
    assert folder.load(other) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: content.replace(b'"fp16"', b'"fp32"'),
        lambda content: content.replace(b"plan", b"plot"),
        lambda content: b"\xff" * len(content),
        lambda content: content.replace(b"engine 1", b"engine 0"),
    ],
)
def test_a_damaged_or_stale_engine_is_not_loaded_and_the_log_says_so(
    folder: EngineFolder, damage: object, caplog: pytest.LogCaptureFixture
) -> None:
    assert callable(damage)
    path = folder.store(KEY, b"plan")
    assert path is not None
    path.write_bytes(damage(path.read_bytes()))
    assert folder.load(KEY) is None
    assert "is damaged or stale, and is built again" in caplog.text


def test_no_engine_is_no_reason_to_warn(folder: EngineFolder, caplog: pytest.LogCaptureFixture) -> None:
    assert folder.load(KEY) is None
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_folder_that_cannot_be_written_is_a_warning_that_names_the_key(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    assert EngineFolder(tmp_path / "file").store(KEY, b"plan") is None
    assert "set engine.cache" in caplog.text


def test_engines_that_travel_do_not_depend_on_gpu_and_driver_but_turing_needs_its_own(tmp_path: Path) -> None:
    model = ModelFolder(tiny_models.blur(tmp_path / "m"))
    known = SimpleNamespace(__members__=dict.fromkeys(("NONE", "CURRENT", "SM75", "SM89", "SM120")))
    rtx = Library("tensorrt-rtx", SimpleNamespace(__version__="1.4", ComputeCapability=known), None)
    assert rtx.capabilities == ((7, 5), (8, 9), (12, 0))
    ahead = engine_key(rtx, model, (64, 48), 8, "fp16")
    assert engine_key(rtx, model, (64, 48), 8, "fp16", ADA) == ahead
    assert engine_key(rtx, model, (64, 48), 8, "fp16", TURING) != ahead
    assert kernels_name(ahead, ADA) != kernels_name(ahead, TURING)


def test_engines_that_do_not_travel_belong_to_one_gpu_and_driver(tmp_path: Path) -> None:
    model = ModelFolder(tiny_models.blur(tmp_path / "m"))
    native = Library("tensorrt", SimpleNamespace(__version__="10.13"), None)
    key = engine_key(native, model, (64, 48), 8, "fp16", ADA)
    assert (key.gpu, key.driver, key.digest) == ("NVIDIA L4 8.9", "580.1", model.digest)
    newer = dataclasses.replace(ADA, driver="590.2")
    assert engine_key(native, model, (64, 48), 8, "fp16", newer) != key
    assert timing_name(native, ADA) != timing_name(native, newer)
    with pytest.raises(ValueError, match="none is given"):
        engine_key(native, model, (64, 48), 8, "fp16")


def test_what_was_learnt_is_kept_and_missing_is_empty(folder: EngineFolder) -> None:
    assert folder.load_learnt("timing") == b""
    folder.store_learnt("timing", b"figures")
    assert folder.load_learnt("timing") == b"figures"
    folder.store_learnt("timing", b"")
    assert folder.load_learnt("timing") == b"figures"
