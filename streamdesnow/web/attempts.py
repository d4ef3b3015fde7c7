"""How many wrong passwords an address may try."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict

from streamdesnow.clock import Clock

__all__ = ["Attempts"]

_AT_ONCE = 10
"""For a person who mistypes, and a browser that asks for six things with an old password."""
_A_SECOND = 1.0
_MOST_ADDRESSES = 4096
_NEIGHBOURS = 64
"""Bits of an IPv6 address that one household or host has for itself beyond."""


class Attempts:
    """Ten at once for each address, one a second after that.

    Args:
        clock: of the server.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def left(self, host: str) -> bool:
        """Whether this address may try now."""
        return self._now(_address(host)) <= _AT_ONCE - 1

    def wrong(self, host: str) -> None:
        """It has tried, and was wrong."""
        address = _address(host)
        self._spent[address] = (self._now(address) + 1, self._clock.monotonic())
        self._spent.move_to_end(address)
        while len(self._spent) > _MOST_ADDRESSES:
            self._spent.popitem(last=False)

    def _now(self, address: str) -> float:
        spent, at = self._spent.get(address, (0.0, 0.0))
        return max(0.0, spent - _A_SECOND * (self._clock.monotonic() - at))


def _address(host: str) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:
        return str(ipaddress.ip_network((address, _NEIGHBOURS), strict=False))
    return host
