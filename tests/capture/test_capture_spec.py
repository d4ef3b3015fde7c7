"""A camera's section of the pipeline file becomes one unambiguous order."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from streamdesnow.capture.kinds import SourceKind
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.config.camera import CameraConfig, SimulatedConfig

PASSWORD = "p@ss:/#%"


def spec_of(**settings: object) -> SourceSpec:
    return SourceSpec.from_config("gate", CameraConfig.model_validate(settings))


def test_credentials_are_percent_encoded_into_the_address_that_is_opened() -> None:
    spec = spec_of(source="rtsp://10.0.0.5/live", username="me", password=SecretStr(PASSWORD))
    assert spec.url == "rtsp://me:p%40ss%3A%2F%23%25@10.0.0.5/live"


def test_credentials_in_the_address_are_taken_out_of_it() -> None:
    spec = spec_of(source="rtsp://me:secret@10.0.0.5/live")
    assert (spec.location, spec.username, spec.password) == ("rtsp://10.0.0.5/live", "me", "secret")


def test_no_password_is_ever_shown() -> None:
    spec = spec_of(
        source=f"rtsp://10.0.0.5/live?token={PASSWORD}", username="me", password=SecretStr(PASSWORD)
    )
    assert PASSWORD not in spec.name
    assert PASSWORD not in repr(spec).replace(spec.location, "")


def test_cameras_are_live_and_endless() -> None:
    spec = spec_of(source="rtsp://10.0.0.5/live")
    assert (spec.live, spec.endless, spec.paced) == (True, True, False)


def test_a_camera_of_which_every_frame_is_wanted_is_still_endless() -> None:
    spec = spec_of(source="rtsp://10.0.0.5/live", live=False)
    assert (spec.live, spec.endless) == (False, True)


def test_files_are_neither_live_nor_endless() -> None:
    spec = spec_of(source="clip.mp4")
    assert (spec.live, spec.endless, spec.paced) == (False, False, False)
    assert spec.location == str(Path("clip.mp4").absolute())


def test_a_film_far_away_is_treated_as_a_file() -> None:
    spec = spec_of(source="https://host/film.mp4")
    assert (spec.live, spec.endless) == (False, False)


@pytest.mark.parametrize("settings", [{"realtime": True}, {"live": True}])
def test_files_play_at_their_own_speed_when_asked_or_called_live(settings: dict[str, bool]) -> None:
    assert spec_of(source="clip.mp4", **settings).paced


def test_hls_is_paced_because_it_comes_in_bursts() -> None:
    assert spec_of(source="https://host/live/index.m3u8?session=1").paced


@pytest.mark.parametrize("realtime", [True, False])
def test_a_simulated_camera_is_live_in_real_time_only(realtime: bool) -> None:
    spec = spec_of(source=SimulatedConfig(seed=7), realtime=realtime)
    assert (spec.kind, spec.live, spec.paced) == (SourceKind.SIMULATED, realtime, realtime)
    assert SimulatedConfig.model_validate_json(spec.simulated).seed == 7
