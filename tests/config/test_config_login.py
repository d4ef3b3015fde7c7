"""Logins of cameras and servers: accepted in an address, kept beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from streamdesnow.config.camera import CameraConfig
from streamdesnow.config.output import PushConfig
from streamdesnow.config.pipeline import PipelineConfig


def test_a_login_in_the_source_moves_to_its_fields() -> None:
    camera = CameraConfig(source="rtsp://me:p%40ss@10.0.0.5/live")
    assert camera.source == "rtsp://10.0.0.5/live"
    assert camera.username == "me"
    assert camera.password is not None
    assert camera.password.get_secret_value() == "p@ss"
    assert "p@ss" not in repr(camera)


def test_a_login_in_the_push_address_moves_to_its_fields() -> None:
    push = PushConfig.model_validate({"url": "rtsp://me:secret@host/{camera}"})
    assert (push.url, push.username) == ("rtsp://host/{camera}", "me")
    assert "secret" not in repr(push)


@pytest.mark.parametrize("password", ["p@ss", "a:b", "a/b", "a#b", "a b"])
def test_a_password_beside_the_address_may_hold_any_character(password: str) -> None:
    camera = CameraConfig.model_validate(
        {"source": "rtsp://host/live", "username": "me", "password": password}
    )
    assert camera.password is not None
    assert camera.password.get_secret_value() == password


def test_two_logins_are_one_too_many_and_neither_is_shown() -> None:
    with pytest.raises(ValidationError, match="keep one of them") as caught:
        CameraConfig.model_validate({"source": "rtsp://me:one@host/a", "password": "two"})
    assert caught.value.errors()[0]["loc"] == ("source",)


@pytest.mark.parametrize(
    "camera",
    [
        {"source": "a.mp4", "password": ["hunter2"]},
        {"source": ["rtsp://me:hunter2@host/a"]},
        {"source": "rtsp://me:hunter2@host:99999/a"},
        {"source": "rtsp:/me:hunter2@host/a"},
        {"source": "10.0.0.5:hunter2@host"},
    ],
)
def test_messages_of_sections_made_by_hand_hold_no_password(camera: object) -> None:
    with pytest.raises(ValidationError) as caught:
        PipelineConfig.model_validate({"cameras": {"gate": camera}, "outputs": [{"null": {}}]})
    assert "hunter2" not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize("source", ["street.mp4", "device:0", {"snow": "light"}])
def test_what_is_no_address_takes_no_login(source: object) -> None:
    with pytest.raises(ValidationError, match="only addresses take a login") as caught:
        CameraConfig.model_validate({"source": source, "username": "me", "password": "x"})
    assert [each["loc"] for each in caught.value.errors()] == [("username",), ("password",)]


def test_an_address_that_cannot_be_understood_is_refused_with_advice() -> None:
    with pytest.raises(ValidationError, match="`password:`"):
        CameraConfig(source="rtsp://me:se/cret@host/a")


def test_a_misspelt_scheme_is_recognised() -> None:
    with pytest.raises(ValidationError, match=r"did you mean rtsp://\?"):
        CameraConfig(source="rstp://host/a")
    with pytest.raises(ValidationError, match="expected rtsp://, rtsps://"):
        PushConfig.model_validate({"url": "gopher://host/a"})


def test_a_push_address_must_be_one() -> None:
    with pytest.raises(ValidationError, match="expected rtsp://"):
        PushConfig.model_validate({"url": "localhost/a"})


def test_a_source_must_be_something() -> None:
    with pytest.raises(ValidationError, match="expected a file, folder, address or device"):
        CameraConfig(source=" ")


def test_a_password_is_read_from_a_file_without_its_line_break(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_bytes("p@ss wörd \r\n".encode())
    camera = CameraConfig.model_validate({"source": "rtsp://h/a", "password": {"file": str(path)}})
    assert camera.password is not None
    assert camera.password.get_secret_value() == "p@ss wörd "


def test_a_password_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = {"source": "rtsp://h/a", "password": {"file": str(tmp_path / "none")}}
    with pytest.raises(ValidationError, match="none, which should hold the password: No such file"):
        CameraConfig.model_validate(missing)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(ValidationError, match="is not UTF-8 text"):
        CameraConfig.model_validate(missing | {"password": {"file": str(tmp_path / "binary")}})


def test_a_misspelt_key_of_a_password_file_is_shown() -> None:
    with pytest.raises(ValidationError) as caught:
        CameraConfig.model_validate({"source": "rtsp://h/a", "password": {"flie": "x"}})
    assert ("password", "flie") in [each["loc"] for each in caught.value.errors()]
