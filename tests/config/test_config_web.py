"""`web:` where it listens, and for whom."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.config.web import WebConfig

PIPELINE = {"cameras": {"gate": {"source": "a.mp4"}}, "outputs": [{"null": None}]}


@pytest.mark.parametrize(
    ("written", "host", "port"),
    [
        ("127.0.0.1:8080", "127.0.0.1", 8080),
        (8080, "127.0.0.1", 8080),
        (" 8080 ", "127.0.0.1", 8080),
        (":80", "0.0.0.0", 80),
        ("[::1]:80", "::1", 80),
        ("box.local:0", "box.local", 0),
    ],
)
def test_addresses_as_people_write_them(written: object, host: str, port: int) -> None:
    config = WebConfig.model_validate({"listen": written, "anyone": True})
    assert config.address == (host, port)
    assert WebConfig(listen=config.listen, anyone=True).address == config.address


@pytest.mark.parametrize("written", ["x", "1.2.3.4", "::1:80", "h:99999", "h:-1", "http://h:80", "", True])
def test_what_is_no_address_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        WebConfig.model_validate({"listen": written, "anyone": True})


def test_other_machines_need_a_password_or_to_be_meant() -> None:
    for listen in ("0.0.0.0:80", "[::]:80", "10.0.0.5:80", "box.local:80"):
        with pytest.raises(ValidationError, match="could watch your cameras"):
            WebConfig(listen=listen)
        WebConfig.model_validate({"listen": listen, "password": "x"})
        WebConfig(listen=listen, anyone=True)
    for listen in ("127.0.0.1:80", "127.8.8.8:80", "[::1]:80", "localhost:80"):
        WebConfig(listen=listen)


def test_an_empty_password_is_none() -> None:
    for listen in ("0.0.0.0:80", "127.0.0.1:80"):
        with pytest.raises(ValidationError, match="is empty; give one"):
            WebConfig.model_validate({"listen": listen, "password": ""})


def test_a_bare_section_is_a_page_on_this_machine() -> None:
    assert PipelineConfig.model_validate(PIPELINE).web is None
    bare = PipelineConfig.model_validate(PIPELINE | {"web": None}).web
    assert bare is not None
    assert str(bare.address) == "127.0.0.1:8080"
