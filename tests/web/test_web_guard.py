"""Who may look."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from streamdesnow.clock import ManualClock
from streamdesnow.config.web import WebConfig
from streamdesnow.web.attempts import Attempts
from streamdesnow.web.guard import Guard


def test_without_the_password_nothing_is_shown(serve: Any) -> None:
    for login in (None, "me:wrong", "you:s:cret ß", "me", ""):
        served = serve(username="me", password="s:cret ß")
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


def test_who_guesses_wrong_too_often_is_not_heard_for_a_while() -> None:
    clock = ManualClock()

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("in" if scope["state"]["known"] else "out")(scope, receive, send)

    guard = Guard(page, WebConfig(password="right"), ("/health",), clock)

    def ask(password: str, host: str = "10.0.0.9", path: str = "/") -> tuple[int, bytes]:
        login = base64.b64encode(f"streamdesnow:{password}".encode())
        headers = [(b"authorization", b"Basic " + login)] if password else []
        scope = {"type": "http", "path": path, "method": "GET", "client": (host, 5), "headers": headers}
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        asyncio.run(guard(scope, asyncio.Queue().get, send))
        return int(sent[0]["status"]), bytes(sent[1]["body"])

    for _ in range(10):
        assert ask("right")[0] == 200  # costs nothing
    assert [ask(f"guess {n}")[0] for n in range(12)] == [401] * 10 + [429] * 2
    assert ask("right")[0] == 429, "else the right one would be found all the same"
    assert ask("")[0] == 401
    assert ask("right", path="/health") == (200, b"out")
    assert ask("right", "10.0.0.8")[0] == 200
    clock.advance(1.0)
    assert ask("guess")[0] == 401
    assert ask("right")[0] == 429
    clock.advance(1.0)
    assert ask("right")[0] == 200


def test_addresses_of_one_household_guess_together_and_are_not_remembered_for_ever() -> None:
    attempts = Attempts(ManualClock())
    for number in range(10):
        attempts.wrong(f"2001:db8::{number}")
    assert not attempts.left("2001:db8::ffff")
    assert attempts.left("2001:db8:1::1")
    assert attempts.left("not an address")
    for number in range(5000):
        attempts.wrong(f"10.1.{number // 250}.{number % 250}")
    assert len(attempts._spent) <= 4096


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
