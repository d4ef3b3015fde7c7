"""Who may look."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from streamdesnow.config.web import WebConfig
from streamdesnow.web.guard import Guard


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


def test_wrong_passwords_wait_for_each_other_and_the_right_one_for_nobody() -> None:
    waits: list[float] = []
    release = asyncio.Event()

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        await release.wait()

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("the page")(scope, receive, send)

    guard = Guard(page, WebConfig(password="right"), wait=wait)

    async def ask(login: str, host: str = "10.0.0.9") -> int:
        header = b"Basic " + base64.b64encode(login.encode())
        scope = {"type": "http", "path": "/", "method": "GET", "client": (host, 5), "headers": []}
        if login:
            scope["headers"] = [(b"authorization", header)]
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        await guard(scope, asyncio.Queue().get, send)
        return int(sent[0]["status"])

    async def story() -> None:
        guesses = [asyncio.create_task(ask(f"streamdesnow:{n}")) for n in range(3)]
        guesses.append(asyncio.create_task(ask("streamdesnow:x", "10.0.0.8")))
        await asyncio.sleep(0)
        assert await ask("streamdesnow:right") == 200
        assert await ask("") == 401
        assert waits == [1, 2, 3, 1]
        release.set()
        assert await asyncio.gather(*guesses) == [401] * 4
        assert await ask("streamdesnow:again") == 401
        assert waits[-1] == 1

    asyncio.run(story())


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
