"""Where a server of ours listens, as people write it."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple

__all__ = ["HERE", "Address", "parse_address"]

HERE = "127.0.0.1"
"""This machine alone."""


class Address(NamedTuple):
    """Where a server listens; port 0: any that is free."""

    host: str
    port: int

    @property
    def local(self) -> bool:
        """Whether only this machine can get there."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str) -> Address:
    """`127.0.0.1:8080`, `[::1]:8080`, `:8080` (every network), `8080` (this machine).

    Raises:
        ValueError: it is none of these.
    """
    host, colon, port = text.strip().rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    bracketed = host != bare
    if not port.isdecimal() or int(port) > 65535 or (":" in bare and not bracketed):
        raise ValueError("expected HOST:PORT, such as 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:8080")
    return Address(bare or ("0.0.0.0" if colon else HERE), int(port))
