"""How many may come, and how long they may say nothing: nobody who does takes from the cameras."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import Counter

from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["Doorkeeper"]

_MOST = 128
"""Connections; each is a file that recordings may need."""
_MOST_EACH = 32
"""Of one address. A browser opens six; this machine's own may be a proxy, behind which many are."""
_SPEECHLESS_S = 10.0
"""For which a connection may wait with its first request. uvicorn only watches those that have asked."""


class Doorkeeper(H11Protocol):
    """uvicorn's HTTP/1.1, with connections counted and the silent ones shown out."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody comes."""
        super().connection_made(transport)
        hosts = Counter(_host(other) for other in self.connections if isinstance(other, Doorkeeper))
        own = _host(self)
        if len(self.connections) > _MOST or (not _here(own) and hosts[own] > _MOST_EACH):
            transport.abort()
            return
        self.loop.call_later(_SPEECHLESS_S, self._show_out)

    def _show_out(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.abort()


def _host(connection: Doorkeeper) -> str:
    return connection.client[0] if connection.client else ""


def _here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True
