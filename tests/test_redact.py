"""Nothing that is printed holds a password."""

from __future__ import annotations

import pytest

from streamdesnow.config.url import with_credentials
from streamdesnow.redact import redact, redact_data


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://me:secret@10.0.0.5/live", "rtsp://***@10.0.0.5/live"),
        ("rtsp://me:sec@ret@10.0.0.5/live", "rtsp://***@10.0.0.5/live"),
        ("rtsp://secret@10.0.0.5/live", "rtsp://***@10.0.0.5/live"),
        ("cannot open 'rtsp://me:secret@host:554/a' twice", "cannot open 'rtsp://***@host:554/a' twice"),
        ("from rtsp://a:secret@b to rtsp://c:secret@d", "from rtsp://***@b to rtsp://***@d"),
        ("http://host/a.m3u8?token=secret&x=1", "http://host/a.m3u8?token=***&x=1"),
        ("http://host/a?x=1&key=secret", "http://host/a?x=1&key=***"),
        ("http://host/a?access_token=secret", "http://host/a?access_token=***"),
        ("srt://host:9000?passphrase=secret", "srt://host:9000?passphrase=***"),
        ("rtsp://host/user=admin_password=secret", "rtsp://host/user=admin_password=***"),
        ("Authorization: Basic c2VjcmV0", "Authorization: Basic ***"),
        ("srt://h:8890?streamid=publish:gate:me:secret", "srt://h:8890?streamid=***"),
        ("srt://h:8890?streamid=#!::r=gate,m=publish,s=secret&x=1", "srt://h:8890?streamid=***&x=1"),
        ("http://h/video.cgi?loginuse=me&loginpas=secret", "http://h/video.cgi?loginuse=me&loginpas=***"),
        ("rtsp://h/11?usr=me&psw=secret", "rtsp://h/11?usr=me&psw=***"),
        (
            "at rtmp://h:1/live2/abcd-efgh-ijkl-mnop: refused",
            "at rtmp://h:1/live2/***: refused",
        ),
    ],
)
def test_credentials_in_any_text_are_hidden(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize("password", ["a/b", "a#b", "a?b", "a:b/c@d", "12/ab"])
def test_a_password_that_was_not_encoded_is_hidden_as_a_whole(password: str) -> None:
    assert redact(f"cannot open rtsp://me:{password}@host/live") == "cannot open rtsp://***@host/live"


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://10.0.0.5:554/live",
        "http://host/cameras/@roof",
        "a keyframe=3 and a key=4 in prose",
        "write to me@example.org",
        "C:/videos/a.mp4",
        "rtmp://10.0.0.5/live",
        "rtmp://10.0.0.5/live/gate",
    ],
)
def test_text_without_credentials_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_known_passwords_are_hidden_plain_and_encoded() -> None:
    password = 'it\'s a "secret" @/'
    url = with_credentials("rtsp://host/live", "me", password)
    text = f"{password!s} in {url} and {url.rpartition('@')[0]}"
    shown = redact(text, secrets=[password])
    assert "secret" not in shown
    assert "host/live" in shown


def test_texts_are_redacted_wherever_they_stand_in_data() -> None:
    assert redact_data({"name": "s3 cret-hall", "message": "s3 cret"}, ["s3 cret"]) == {
        "name": "s3 cret-hall",
        "message": "***",
    }
    data = {"a": ["rtsp://me:pw@h/x", 1.5, None, {"b": "it is s3 cret"}], "c": ("x",), "d": True}
    found = redact_data(data, ["s3 cret"])
    assert found == {"a": ["rtsp://***@h/x", 1.5, None, {"b": "it is ***"}], "c": ["x"], "d": True}
