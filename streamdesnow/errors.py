"""Every error that streamdesnow raises on purpose, in one tree.

    StreamDesnowError
    +-- ConfigError             the pipeline file or a command's arguments           exit 2
    +-- CaptureError            a camera or file could not be read                   exit 3
    |   +-- SourceNotFound      no such file, or the server answers 404
    |   +-- SourceRefused       the server asks for another login (401, 403)
    |   +-- SourceUnsupported   not a video, or a codec that no reader knows
    |   +-- SourceUnreachable   network failure: no route, refused, timed out
    |   +-- SourceStalled       opened, but frames stopped coming
    |   +-- SourceDamaged       opened, but holds no frame, or the decoder crashed on it
    +-- ModelError              a model folder is missing or does not hold together  exit 4
    |   +-- ModelNotFound
    |   +-- ModelCorrupt
    +-- EngineError             the network cannot be run                            exit 4
    |   +-- EngineUnavailable   library, provider or device missing
    |   +-- EngineFailed        it loaded, then failed on a frame
    +-- DetectorError           objects cannot be looked for                         exit 4
    |   +-- DetectorUnavailable its package is missing, or its weights are missing or of another kind
    |   +-- DetectorFailed      it loaded, then failed on a frame
    +-- ImageUnsupported        pixels of a type or shape that is not an image       exit 3
    +-- SinkError               a result could not be written                        exit 5
        +-- EncoderUnavailable
        +-- SinkRefused         the server we push to refused or went away
        +-- StorageFailed       read-only directory, full disk

Messages name the camera, file or key, say what was wrong and what to do, and never hold a password
(`streamdesnow.redact`).
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "CaptureError",
    "ConfigError",
    "DetectorError",
    "DetectorFailed",
    "DetectorUnavailable",
    "EncoderUnavailable",
    "EngineError",
    "EngineFailed",
    "EngineUnavailable",
    "ImageUnsupported",
    "ModelCorrupt",
    "ModelError",
    "ModelNotFound",
    "SinkError",
    "SinkRefused",
    "SourceDamaged",
    "SourceNotFound",
    "SourceRefused",
    "SourceStalled",
    "SourceUnreachable",
    "SourceUnsupported",
    "StorageFailed",
    "StreamDesnowError",
]


class StreamDesnowError(Exception):
    """Root of the tree. `exit_code` is what the command line exits with when this reaches it."""

    exit_code: ClassVar[int] = 1


class ConfigError(StreamDesnowError):
    """The pipeline file or an argument is wrong; the message lists every problem found, one a line."""

    exit_code = 2


class CaptureError(StreamDesnowError):
    """A source could not be opened or read."""

    exit_code = 3


class SourceNotFound(CaptureError):
    """The file does not exist, or the server answers that there is no such stream (RTSP/HTTP 404)."""


class SourceRefused(CaptureError):
    """The server wants other credentials (RTSP/HTTP 401 or 403)."""


class SourceUnsupported(CaptureError):
    """The bytes are not a video, or its codec is unknown to the reader."""


class SourceUnreachable(CaptureError):
    """The network failed: name not resolved, connection refused or timed out."""


class SourceStalled(CaptureError):
    """The source was opened and then sent no frame for longer than `stall`."""


class SourceDamaged(CaptureError):
    """The source holds no readable frame, ends in the middle of one, or crashes the decoder."""


class ModelError(StreamDesnowError):
    """A model folder cannot be used."""

    exit_code = 4


class ModelNotFound(ModelError):
    """No model of that name or path; the message lists those there are."""


class ModelCorrupt(ModelError):
    """`model.yaml` or `model.onnx` cannot be read, or they do not belong together."""


class EngineError(StreamDesnowError):
    """The network cannot be run."""

    exit_code = 4


class EngineUnavailable(EngineError):
    """The library, provider or device that was asked for is missing; the message says what to install."""


class EngineFailed(EngineError):
    """The engine loaded the model and then failed on a frame."""


class DetectorError(StreamDesnowError):
    """Objects cannot be looked for."""

    exit_code = 4


class DetectorUnavailable(DetectorError):
    """Its package or weights are missing, or the weights are of another kind; the message says what to do."""


class DetectorFailed(DetectorError):
    """The detector was opened and then failed on a frame."""


class ImageUnsupported(StreamDesnowError, ValueError):
    """An array is not uint8 or uint16, not grey, BGR or BGRA, or has no pixels."""

    exit_code = 3


class SinkError(StreamDesnowError):
    """A result could not be written."""

    exit_code = 5


class EncoderUnavailable(SinkError):
    """No encoder for the codec that was asked for could be opened."""


class SinkRefused(SinkError):
    """The server that results are pushed to refused the stream or went away."""


class StorageFailed(SinkError):
    """Files could not be written: missing permission, read-only file system, full disk."""
