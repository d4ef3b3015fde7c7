"""A pipeline file is loaded, or everything wrong with it is said at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.config.load import load_pipeline
from streamdesnow.errors import ConfigError
from streamdesnow.snowfall.snow import STYLES

Write = Callable[[str], Path]

GOOD = """\
cameras:
  gate:
    source: street.mp4
outputs:
  - record:
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes `p.yaml` into the current folder, so that errors begin with that name."""
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> Path:
        path = Path("p.yaml")
        path.write_text(text, encoding="utf-8")
        return path

    return write


def errors(path: Path, *overrides: str, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_pipeline(path, overrides, environ)
    return str(caught.value).splitlines()


def test_the_shortest_file_gives_all_defaults(write: Write) -> None:
    pipeline = load_pipeline(write(GOOD))
    assert pipeline.model == "fixed-camera"
    assert pipeline.cameras["gate"].source == "street.mp4"
    assert pipeline.cameras["gate"].stall == 5
    assert pipeline.outputs[0].kind == "record"


def test_overrides_and_variables_reach_the_pipeline(write: Write) -> None:
    path = write(GOOD + "model: ${MODEL:-paper}\n")
    overrides = ["cameras.gate.stall=${STALL}", "outputs.1={images: {every: 5}}"]
    pipeline = load_pipeline(path, overrides, {"STALL": "9"})
    assert (pipeline.model, pipeline.cameras["gate"].stall) == ("paper", 9)
    assert pipeline.outputs[1].images is not None


def test_an_override_heals_a_variable_that_is_missing(write: Write) -> None:
    path = write(GOOD + "model: ${MODEL}\n")
    assert load_pipeline(path, ["model=paper"], {}).model == "paper"


def test_text_takes_digits_as_they_were_typed(write: Write) -> None:
    text = GOOD.replace("street.mp4", "rtsp://host/a\n    username: 007\n    password: 1.50")
    camera = load_pipeline(write(text)).cameras["gate"]
    assert camera.username == "007"
    assert camera.password is not None
    assert camera.password.get_secret_value() == "1.50"


def test_an_override_of_text_takes_braces_as_they_were_typed(write: Write) -> None:
    pipeline = load_pipeline(write(GOOD), ["outputs.0.record.directory={camera}"])
    assert pipeline.outputs[0].settings == pipeline.outputs[0].record
    assert pipeline.outputs[0].record is not None
    assert pipeline.outputs[0].record.directory == Path("{camera}")


def test_several_errors_are_reported_in_the_order_of_the_file(write: Write) -> None:
    text = """\
model: ${NOPE}
engine:
  backend: openvin
  threads: 0
cameras:
  gate:
    source: a.mp4
    source: b.mp4
    stall: soon
  "a/b":
    sorce: a.mp4
outputs:
  - record: {quality: 77, segmnt: 1}
colour: BGR
"""
    assert errors(write(text)) == [
        "p.yaml:1:8: model: environment variable NOPE is not set; set it, or write ${NOPE:-default} to go "
        "without",
        "p.yaml:3:12: engine.backend: expected 'auto', 'tensorrt', 'onnxruntime', 'openvino' or 'torch', "
        "got 'openvin'; did you mean 'openvino'?",
        "p.yaml:4:12: engine.threads: expected at least 1, got '0'",
        "p.yaml:8:5: cameras.gate.source: this key was given before, in line 7; remove one of them",
        "p.yaml:9:12: cameras.gate.stall: expected a number and one of ms, s, min, h, d, w, such as 10min",
        "p.yaml:10:3: cameras.a/b: a camera's name is up to 64 letters, digits, - and _",
        "p.yaml:11:5: cameras.a/b.sorce: unknown key; did you mean 'source'?",
        "p.yaml:13:23: outputs.0.record.quality: expected at most 51, got '77'",
        "p.yaml:13:27: outputs.0.record.segmnt: unknown key; did you mean 'segment'?",
        "p.yaml:14:1: colour: unknown key; known here are model, engine, restore, cameras, overload, detect, "
        "outputs, web, log",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("engine: fast", "p.yaml:6:9: engine: expected a section, with keys below it, got 'fast'"),
        ("log: {format: 5}", "p.yaml:6:15: log.format: expected 'auto', 'table', 'lines' or 'json', got '5'"),
        ("restore: {cut: maybe}", "p.yaml:6:16: restore.cut: expected true or false, got 'maybe'"),
        ("engine: {device: one}", "p.yaml:6:18: engine.device: expected a whole number, got 'one'"),
        (
            "engine: {tile: none}",
            "p.yaml:6:16: engine.tile: expected 'auto' or 'off' or a whole number, got 'none'",
        ),
        ("engine: {tile: 8}", "p.yaml:6:16: engine.tile: expected 'auto' or 'off' or at least 64, got '8'"),
        (
            "detect: {events: {keep: 0s}}",
            "p.yaml:6:25: detect.events.keep: expected more than 0, got '0s'",
        ),
    ],
)
def test_what_was_expected_is_said(write: Write, change: str, message: str) -> None:
    assert errors(write(f"{GOOD}{change}\n")) == [message]


def test_a_camera_without_source_is_shown_at_the_camera(write: Write) -> None:
    text = GOOD.replace("source: street.mp4", "loop: true")
    assert errors(write(text)) == ["p.yaml:2:3: cameras.gate.source: this key is needed and missing"]


def test_what_the_file_must_have_is_asked_for(write: Write) -> None:
    assert errors(write("model: paper\n")) == [
        "p.yaml:1:1: cameras: this key is needed and missing",
        "p.yaml:1:1: outputs: this key is needed and missing",
    ]


def test_sections_that_are_empty_keep_their_defaults_but_cameras_are_needed(write: Write) -> None:
    assert load_pipeline(write(GOOD + "engine:\n  # backend: auto\n")).engine.backend == "auto"
    assert errors(write("cameras: {}\noutputs: []\n")) == [
        "p.yaml:1:10: cameras: expected at least one",
        "p.yaml:2:10: outputs: expected at least one",
    ]


def test_a_list_that_lacks_its_dashes_is_explained(write: Write) -> None:
    (message,) = errors(write("cameras: {a: {source: b}}\noutputs:\n  record: {}\n"))
    assert "put `- ` in front of each item" in message


def test_a_mistake_in_a_simulated_camera_is_shown_at_its_key(write: Write) -> None:
    text = GOOD.replace("street.mp4", "{snow: hevy, sise: 1x1}")
    assert errors(write(text)) == [
        "p.yaml:3:20: cameras.gate.source.snow: expected 'none', 'light', 'medium' or 'heavy', got 'hevy'; "
        "did you mean 'heavy'?",
        "p.yaml:3:26: cameras.gate.source.sise: unknown key; did you mean 'size'?",
    ]


def test_a_mistake_in_an_override_is_shown_at_the_override(write: Write) -> None:
    assert errors(write(GOOD), "cameras.gate.stal=5s", "engine.threads=none") == [
        "--set engine.threads: expected a whole number, got 'none'",
        "--set cameras.gate.stal: unknown key; did you mean 'stall'?",
    ]


def test_a_password_of_the_wrong_kind_is_not_quoted(write: Write) -> None:
    text = GOOD.replace("street.mp4", "rtsp://host/a\n    password: [secret]")
    (message,) = errors(write(text))
    assert message == "p.yaml:4:15: cameras.gate.password: expected text"


def test_credentials_in_a_quoted_value_are_redacted(write: Write) -> None:
    (message,) = errors(write(GOOD + "engine: {backend: 'rtsp://me:secret@host'}\n"))
    assert "rtsp://***@host" in message


def test_an_empty_file_is_said_to_be_empty(write: Write) -> None:
    assert errors(write("# nothing\n")) == [
        "p.yaml: the file is empty; expected at least `cameras:` and `outputs:`"
    ]


def test_a_file_that_is_no_mapping_is_explained(write: Write) -> None:
    assert errors(write("- a\n")) == ["p.yaml:1:1: expected a section, with keys below it"]
    assert errors(write("hello\n")) == ["p.yaml:1:1: expected a section, with keys below it, got 'hello'"]


def test_bad_yaml_is_the_only_thing_said_about_a_file(write: Write) -> None:
    (message,) = errors(write("cameras:\n\tgate: 1\n"), "model=paper")
    assert message.startswith("p.yaml:2:1: not valid YAML")


def test_a_missing_file_names_the_nearest_there_is(tmp_path: Path) -> None:
    (tmp_path / "gate.yaml").write_text(GOOD)
    (message,) = errors(tmp_path / "gate.yml")
    assert message == f"{tmp_path}/gate.yml: no such file; did you mean {tmp_path}/gate.yaml?"
    # What all pipeline files have in common, their ending, makes none alike.
    assert errors(tmp_path / "nothere.yaml") == [f"{tmp_path}/nothere.yaml: no such file"]
    assert errors(tmp_path / "none" / "x.yaml") == [f"{tmp_path}/none/x.yaml: no such file"]


def test_a_folder_is_not_a_pipeline_file(tmp_path: Path) -> None:
    assert errors(tmp_path) == [f"{tmp_path}: is a folder; expected a pipeline file in YAML"]


def test_a_file_below_a_file_cannot_be_read(write: Write) -> None:
    assert errors(write(GOOD) / "x.yaml") == ["p.yaml/x.yaml: cannot be read: Not a directory"]


def test_a_binary_file_is_not_a_pipeline_file(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(b"\x00\x00\x00\x18ftypmp42\xff\xfe")
    (message,) = errors(path)
    assert "not a text file in UTF-8" in message


def test_a_byte_order_mark_does_no_harm(write: Write) -> None:
    assert load_pipeline(write("\ufeff" + GOOD)).model == "fixed-camera"


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("0", "device:0"),
        ("10.0.0.5/stream1", "rtsp://10.0.0.5/stream1"),
        ("10.0.0.5:554", "rtsp://10.0.0.5:554"),
        ("rtsp:/10.0.0.5/x", "rtsp://10.0.0.5/x"),
    ],
)
def test_how_a_source_was_meant_is_asked(write: Write, source: str, meant: str) -> None:
    (message,) = errors(write(f"cameras: {{gate: {{source: '{source}'}}}}\noutputs: [{{null: {{}}}}]\n"))
    assert message.endswith(f"did you mean {meant}?")


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("push: {url: 'rtsp://'}", "expected a host"),
        ("push: {url: 'rtsp://h:99999/x'}", "the port must be a number"),
        ("record: {name: ''}", "expected a name"),
        ("record: {keep: 0}", "expected more than 0"),
    ],
)
def test_outputs_that_could_never_work_are_refused(write: Write, section: str, words: str) -> None:
    (message,) = errors(write(f"cameras: {{gate: {{source: a.mp4}}}}\noutputs: [{{{section}}}]\n"))
    assert words in message


def test_styles_of_simulated_snow_are_those_there_are() -> None:
    annotation = SimulatedConfig.model_fields["style"].annotation
    assert set(get_args(annotation)) == set(STYLES)
