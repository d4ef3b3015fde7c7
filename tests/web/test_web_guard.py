"""Who may look."""

from __future__ import annotations

import json
from typing import Any

import pytest


def test_without_the_password_nothing_is_shown(serve: Any) -> None:
    served = serve(username="me", password="s:cret ß")
    for login in (None, "me:wrong", "you:s:cret ß", "me", ""):
        for path in (
            "/",
            "/status",
            "/metrics",
            "/live",
            "/latest.jpg?camera=gate",
            "/live.mjpg?camera=gate",
        ):
            status, body, headers = served.get(path, login)
            assert (status, b"gate" in body) == (401, False), path
            assert headers["WWW-Authenticate"].startswith("Basic ")
    assert served.get("/", "me:s:cret ß")[0] == 200
    assert served.get("/status", "me:s:cret ß")[0] == 200


def test_a_login_that_is_no_login_is_refused(serve: Any) -> None:
    served = serve(password="x")
    for header in ("Basic ?", "Bearer x", "Basic", "Basic \xff"):
        assert served.get("/status", Authorization=header)[0] == 401


def test_health_is_told_to_all_and_reasons_to_those_let_in(serve: Any) -> None:
    served = serve(password="x")
    assert json.loads(served.get("/health")[1]) == {"health": "ok"}
    assert json.loads(served.get("/health", "streamdesnow:x")[1]) == {"health": "ok", "troubles": []}


@pytest.mark.parametrize(
    ("host", "let_in"),
    [
        ("localhost:8080", True),
        ("127.0.0.1", True),
        ("[::1]:80", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example:8080", False),
        ("[", False),
        ("", False),
    ],
)
def test_names_of_others_that_lead_here_are_not_ours(serve: Any, host: str, let_in: bool) -> None:
    """Else a page elsewhere could read pictures through a browser here, by a name of its own for us."""
    assert (serve().get("/status", Host=host)[0] == 200) is let_in


def test_behind_a_password_any_name_will_do(serve: Any) -> None:
    assert serve(password="x").get("/status", "streamdesnow:x", Host="cameras.example")[0] == 200
    assert serve(anyone=True).get("/status", Host="cameras.example")[0] == 200


def test_answers_may_not_be_framed_kept_or_read_elsewhere(serve: Any) -> None:
    served = serve(password="x")
    for login in (None, "streamdesnow:x"):
        headers = served.get("/", login)[2]
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in headers
