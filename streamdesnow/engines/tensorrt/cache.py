"""Engines on disk: found again by everything that they depend on, and never trusted blindly."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from streamdesnow.engines.cuda import CudaDevice
from streamdesnow.engines.tensorrt.library import Library
from streamdesnow.engines.tensorrt.prepare import REVISION, Precision
from streamdesnow.models.folder import ModelFolder

__all__ = ["EngineFolder", "EngineKey", "engine_key", "kernels_name", "timing_name"]

_log = logging.getLogger(__name__)

_MAGIC = b"streamdesnow engine 1"


@dataclass(frozen=True, slots=True)
class EngineKey:
    """Everything that an engine depends on.

    Attributes:
        model: name of the model, for people.
        digest: SHA-256 of its network.
        library, version: what built it.
        gpu: name and compute capability; only the capabilities it was built for, where engines travel.
        driver: of the GPU; `any` where engines travel.
        width, height, batch: frames that it takes, and how many at most.
        precision: inside the network.
        revision: of how networks are prepared.
    """

    model: str
    digest: str
    library: str
    version: str
    gpu: str
    driver: str
    width: int
    height: int
    batch: int
    precision: Precision
    revision: int = REVISION

    @property
    def file_name(self) -> str:
        """Readable, and different for every key."""
        model = re.sub(r"[^\w.-]+", "-", self.model)
        size = f"{self.width}x{self.height}-b{self.batch}"
        return f"{model}-{size}-{self.precision}-{self.library}-{_short(asdict(self))}.engine"


def engine_key(
    library: Library,
    model: ModelFolder,
    size: tuple[int, int],
    batch: int,
    precision: Precision,
    device: CudaDevice | None = None,
) -> EngineKey:
    """The key of an engine for this machine's GPU, or, where the library's engines travel, for any it takes.

    Args:
        device: the GPU; may be left out for a portable library.
    """
    if library.portable:
        targets = library.targets(None if device is None else device.capability) or library.usual_targets
        gpu, driver = f"compute capability {', '.join(f'{one}.{other}' for one, other in targets)}", "any"
    elif device is not None:
        gpu, driver = f"{device.name} {device.capability[0]}.{device.capability[1]}", device.driver
    else:
        raise ValueError(f"engines of {library.name} are built for one GPU, and none is given")
    card = model.card.int8
    return EngineKey(
        model=model.name,
        digest=model.digest if card is None or precision != "int8" else card.onnx_sha256,
        library=library.name,
        version=library.version,
        gpu=gpu,
        driver=driver,
        width=size[0],
        height=size[1],
        batch=batch,
        precision=precision,
    )


def timing_name(library: Library, device: CudaDevice | None) -> str:
    """Name to store under how long which kernel takes: the same for all models."""
    return f"timing-{library.name}-{_short([library.version, _place(device)])}"


def kernels_name(key: EngineKey, device: CudaDevice) -> str:
    """Name to store under what an engine compiled for a GPU while it ran."""
    return f"{key.file_name}-kernels-{_short(_place(device))}"


class EngineFolder:
    """A folder of engines; made when the first one is stored.

    Args:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, key: EngineKey) -> bytes | None:
        """The engine of this key; None where there is none, or it is damaged, or is another's after all."""
        path = self.path / key.file_name
        try:
            magic, header, plan = path.read_bytes().split(b"\n", 2)
            if magic == _MAGIC and json.loads(header) == _header(key, plan):
                return plan
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            pass
        _log.warning("%s is damaged or stale, and is built again", path)
        return None

    def store(self, key: EngineKey, plan: bytes) -> Path | None:
        """Keep an engine. None, with a warning, where it cannot be written: the next start builds again."""
        header = json.dumps(_header(key, plan)).encode()
        return self._write(key.file_name, b"\n".join((_MAGIC, header, plan)))

    def load_learnt(self, name: str) -> bytes:
        """What was stored under that name; empty where nothing was. Libraries check it themselves."""
        try:
            return (self.path / name).read_bytes()
        except OSError:
            return b""

    def store_learnt(self, name: str, content: bytes) -> None:
        """Keep what a library learnt while building or running, which saves time but is not needed."""
        if content and content != self.load_learnt(name):
            self._write(name, content)

    def _write(self, name: str, content: bytes) -> Path | None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            # Another process may read it, or write it too: files appear whole.
            with tempfile.NamedTemporaryFile(dir=self.path, prefix=".", delete=False) as file:
                file.write(content)
            Path(file.name).replace(self.path / name)
        except OSError as error:
            _log.warning("engine cache %s cannot be written: %s; set engine.cache", self.path, error.strerror)
            return None
        return self.path / name


def _header(key: EngineKey, plan: bytes) -> dict[str, object]:
    return {**asdict(key), "sha256": hashlib.sha256(plan).hexdigest()}


def _place(device: CudaDevice | None) -> list[object]:
    return [] if device is None else [device.name, *device.capability, device.driver]


def _short(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]
