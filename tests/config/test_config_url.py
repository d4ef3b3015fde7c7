"""Credentials go out of addresses and back in."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest

from streamdesnow.config.url import is_url, split_credentials, with_credentials


@pytest.mark.parametrize("password", ["p@ss", "a:b", "a/b", "a#b", "a?b", "100%", "ü ñ", "", "'\"\\"])
def test_any_password_survives_the_way_into_an_address_and_back(password: str) -> None:
    url = with_credentials("rtsp://10.0.0.5:554/live?x=1", "me@home", password)
    assert split_credentials(url) == ("rtsp://10.0.0.5:554/live?x=1", "me@home", password)
    parts = urlsplit(url)
    assert (parts.hostname, parts.port, unquote(parts.password or "")) == ("10.0.0.5", 554, password)


def test_an_at_sign_in_a_password_needs_no_encoding() -> None:
    assert split_credentials("rtsp://me:p@ss@host/live") == ("rtsp://host/live", "me", "p@ss")


def test_a_user_name_alone_is_a_login_without_password() -> None:
    assert split_credentials("rtsp://me@host") == ("rtsp://host", "me", None)
    assert with_credentials("rtsp://host", "me", None) == "rtsp://me@host"


def test_an_at_sign_in_the_path_is_no_login() -> None:
    assert split_credentials("http://host/@roof") == ("http://host/@roof", None, None)


def test_new_credentials_replace_old_ones() -> None:
    assert with_credentials("rtsp://old:one@host/live", "me", "new") == "rtsp://me:new@host/live"


def test_without_credentials_the_address_stays_as_it_is() -> None:
    assert with_credentials("rtsp://host/live", None, None) == "rtsp://host/live"
    assert with_credentials("street.mp4", "me", "secret") == "street.mp4"


def test_a_slash_in_a_password_is_explained_without_quoting_it() -> None:
    with pytest.raises(ValueError, match="`password:`") as caught:
        split_credentials("rtsp://me:se/cret@host/live")
    assert "cret" not in str(caught.value)


def test_ipv6_hosts_are_understood() -> None:
    assert split_credentials("rtsp://me:pw@[::1]:554/a") == ("rtsp://[::1]:554/a", "me", "pw")


@pytest.mark.parametrize("source", ["rtsp://a", "SRT://a", "a+b-1.c://x"])
def test_addresses_are_told_from_paths(source: str) -> None:
    assert is_url(source)


@pytest.mark.parametrize("source", ["street.mp4", "device:0", "frames/*.png", "a b://c", "/x://y", "://a"])
def test_paths_are_told_from_addresses(source: str) -> None:
    assert not is_url(source)
