"""Who may ask, and what every answer says to browsers."""

from __future__ import annotations

import base64
import hmac
import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from streamdesnow.clock import Clock, SystemClock
from streamdesnow.config.web import WebConfig
from streamdesnow.web.attempts import Attempts

__all__ = ["Guard"]

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob:; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Asks for the login, where there is one. `scope["state"]["known"]` tells those within who is let in.

    Without a password a page elsewhere in the web could look in through the browser of somebody who is let
    in, by giving its own name this machine's address. So the name that is asked for has to be one of ours.

    An address that has guessed wrong too often is told to wait, whatever it sends, so that it learns nothing;
    what is open to all it still gets.

    Args:
        app: what is guarded.
        config: the login, and where the server listens.
        open_to_all: paths that are answered without a login.
        clock: tells when it may guess again.
    """

    def __init__(
        self,
        app: ASGIApp,
        config: WebConfig,
        open_to_all: tuple[str, ...] = (),
        clock: Clock | None = None,
    ) -> None:
        self._app = app
        self._config = config
        self._open_to_all = open_to_all
        self._attempts = Attempts(clock or SystemClock())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    given.setdefault(name, value)
            await send(message)

        host = (scope.get("client") or ("",))[0]
        authorization = headers.get("authorization", "")
        may_guess = not authorization or self._attempts.left(host)
        known = may_guess and self._known(authorization)
        if authorization and may_guess and not known:
            self._attempts.wrong(host)
        scope.setdefault("state", {})["known"] = known
        closed = scope["path"] not in self._open_to_all
        refused: Response | None = None
        if not self._is_ours(headers.get("host", "")):
            text = "This server does not go by that name; ask for the address that it listens on.\n"
            refused = PlainTextResponse(text, 421)
        elif not may_guess and closed:
            text = "Too many wrong passwords from your address; one more a second.\n"
            refused = PlainTextResponse(text, 429, {"Retry-After": "2", "Connection": "close"})
        elif not known and closed:
            challenge = {"WWW-Authenticate": 'Basic realm="streamdesnow", charset="UTF-8"'}
            refused = PlainTextResponse("Username and password, please.\n", 401, challenge)
        await (refused or self._app)(scope, receive, answer)

    def _known(self, authorization: str) -> bool:
        if self._config.password is None:
            return True
        kind, _, encoded = authorization.partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True) if kind.lower() == "basic" else b""
        except ValueError:  # no base64
            given = b""
        wanted = f"{self._config.username}:{self._config.password.get_secret_value()}".encode()
        return hmac.compare_digest(given, wanted)

    def _is_ours(self, host: str) -> bool:
        if self._config.password is not None or self._config.anyone:
            return True
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in ("localhost", self._config.address.host):
            return True
        try:
            # An address is nobody's to give away.
            return bool(ipaddress.ip_address(name))
        except ValueError:
            return False
