"""Hardware decodes where it works; where it does not, no frame is lost by having tried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import av
import av.error
import pytest
from av.video.codeccontext import VideoCodecContext
from clips import read_number, write_clip

from streamdesnow.capture import av_reader
from streamdesnow.capture.av_decoder import Decoder
from streamdesnow.capture.av_pixels import PixelConverter
from streamdesnow.capture.av_reader import AvReader
from streamdesnow.capture.hardware import DECODERS, Candidate, hardware_decoders
from streamdesnow.capture.kinds import SourceKind
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.config.camera import CameraConfig


class _Hardware:
    """A decoder that is told on which packets to fail; the rest it does in software, by itself."""

    def __init__(self, stream: av.VideoStream, fails: range = range(0), silent: bool = False) -> None:
        self._context = cast(VideoCodecContext, av.CodecContext.create(stream.codec_context.name, "r"))
        self._context.extradata = stream.codec_context.extradata
        self._fails = fails
        self._silent = silent
        self.taken = 0

    def decode(self, packet: av.Packet[av.VideoStream]) -> list[av.VideoFrame]:
        self.taken += 1
        if self.taken - 1 in self._fails:
            raise av.error.InvalidDataError(1, "the surface is lost")
        frames = self._context.decode(packet)
        return [] if self._silent else frames


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100 frames, a keyframe every 12."""
    return write_clip(tmp_path_factory.mktemp("decoder") / "clip.mp4", 100)


def _decoded(clip: Path, **behaviour: object) -> tuple[list[int], list[str], list[None], Decoder]:
    """Numbers of the frames, what was noted, packets left out, and the decoder."""
    notes: list[str] = []
    skipped: list[None] = []
    pixels = PixelConverter()
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        fake = _Hardware(stream, **behaviour)
        candidate = Candidate("nvdec", cast(VideoCodecContext, fake))
        decoder = Decoder([candidate], lambda: skipped.append(None), notes.append)
        numbers = [
            read_number(pixels.to_bgr(frame))
            for packet in container.demux(stream)
            for frame in decoder.decode(packet)
        ]
    return numbers, notes, skipped, decoder


def test_hardware_that_works_decodes_everything(clip: Path) -> None:
    numbers, notes, skipped, decoder = _decoded(clip)
    assert numbers == list(range(100))
    assert (notes, skipped, decoder.description) == ([], [], "nvdec")


def test_hardware_that_fails_at_the_first_packet_costs_no_frame(clip: Path) -> None:
    numbers, notes, skipped, _ = _decoded(clip, fails=range(1000))
    assert numbers == list(range(100))
    assert notes == ["decodes with software (nvdec: the surface is lost)"]
    assert not skipped


def test_hardware_that_never_gives_a_picture_costs_no_frame(clip: Path) -> None:
    numbers, notes, _, _ = _decoded(clip, silent=True)
    assert numbers == list(range(100))
    assert notes == ["decodes with software (nvdec: it gives no picture)"]


def test_a_film_that_ends_before_hardware_gives_a_picture_is_not_lost(tmp_path: Path) -> None:
    numbers, _, _, _ = _decoded(write_clip(tmp_path / "short.mp4", 3), silent=True)
    assert numbers == [0, 1, 2]


def test_hardware_that_fails_for_good_later_is_replaced_from_the_next_keyframe(clip: Path) -> None:
    numbers, notes, skipped, _ = _decoded(clip, fails=range(30, 1000))
    assert numbers[:30] == list(range(30))
    assert numbers[30] % 12 == 0
    assert numbers[30:] == list(range(numbers[30], 100))
    assert len(numbers) + len(skipped) == 100
    assert len(notes) == 1


def test_hardware_that_stumbles_stays(clip: Path) -> None:
    numbers, notes, skipped, decoder = _decoded(clip, fails=range(36, 38))
    assert numbers[:36] == list(range(36))
    assert numbers[-1] == 99
    assert (notes, len(skipped), decoder.description) == ([], 2, "nvdec")


def test_what_is_not_there_is_told_with_its_reason() -> None:
    missing = [Candidate("nvdec", reason="no such device"), Candidate("vaapi", reason="no such file")]
    assert Decoder(missing).description == "software (nvdec: no such device; vaapi: no such file)"
    assert Decoder([]).description == "software"


@pytest.mark.parametrize("kind", ["auto", "software", *DECODERS])
def test_every_choice_reads_every_frame_on_this_machine(clip: Path, kind: str) -> None:
    notes: list[str] = []
    spec = SourceSpec(camera="gate", kind=SourceKind.FILE, location=str(clip), decoder=kind)
    with AvReader(spec, note=notes.append) as reader:
        numbers = [read_number(frame.image) for frame in reader]
        assert reader.info.decoder
    assert numbers == list(range(100))
    assert reader.skipped == 0


def test_stamps_and_colours_are_those_of_software(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fake(stream: av.VideoStream, wanted: str) -> Iterator[Candidate]:
        yield Candidate("nvdec", cast(VideoCodecContext, _Hardware(stream)))

    with AvReader.for_file(clip) as reader:
        expected = list(reader)
    monkeypatch.setattr(av_reader, "hardware_decoders", fake)
    with AvReader.for_file(clip) as reader:
        found = list(reader)
        assert reader.info.decoder == "nvdec"
    assert [(frame.pts, frame.time_base) for frame in found] == [
        (frame.pts, frame.time_base) for frame in expected
    ]
    assert all((one.image == other.image).all() for one, other in zip(found, expected, strict=True))


def test_codecs_that_are_not_worth_it_and_software_try_nothing() -> None:
    def stream(codec: str) -> av.VideoStream:
        named = SimpleNamespace(codec=SimpleNamespace(canonical_name=codec))
        return cast(av.VideoStream, SimpleNamespace(codec_context=named))

    assert list(hardware_decoders(stream("mjpeg"), "auto")) == []
    assert list(hardware_decoders(stream("h264"), "software")) == []


def test_cameras_try_hardware_by_default_and_files_that_are_read_directly_do_not() -> None:
    config = CameraConfig(source="rtsp://camera/stream")
    assert SourceSpec.from_config("gate", config).decoder == "auto"
    assert SourceSpec(camera="", kind=SourceKind.FILE, location="clip.mp4").decoder == "software"
