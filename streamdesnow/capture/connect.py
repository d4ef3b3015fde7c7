"""A first knock at a server's door: quick, and its failures can be told apart.

FFmpeg turns an unknown host, a silent one and an untrusted certificate into the same `Input/output error`,
and waits for minutes where a packet is swallowed on the way. Knocking first bounds that wait, which is what
lets a camera that was switched off be noticed soon after its return.
"""

from __future__ import annotations

import os
import socket
import ssl
from urllib.parse import urlsplit

from streamdesnow.capture.spec import SourceSpec
from streamdesnow.errors import CaptureError, SourceUnreachable

__all__ = ["CONNECT_TIMEOUT", "explain_tls", "knock", "trusted_authorities"]

CONNECT_TIMEOUT = 2.0
"""Seconds for a TCP connection: twice the kernel's first retransmission."""

_PORTS = {"rtsp": 554, "rtsps": 322, "rtmp": 1935, "rtmps": 443, "http": 80, "https": 443}
_TLS = frozenset({"rtsps", "rtmps", "https"})


def knock(spec: SourceSpec) -> None:
    """Connect to the server of a stream by TCP and hang up.

    Who sends by `udp://` or `srt://` has no such door, and behind `tcp://` one may be who takes a single
    connection: there it is left to FFmpeg.

    Raises:
        SourceUnreachable: no such host, connection refused, no route, no answer in `CONNECT_TIMEOUT` seconds.
    """
    address = urlsplit(spec.location)
    if address.scheme not in _PORTS or not address.hostname or _goes_through_proxy(address.scheme):
        return
    port = address.port or _PORTS[address.scheme]
    try:
        socket.create_connection((address.hostname, port), timeout=CONNECT_TIMEOUT).close()
    except socket.gaierror:
        raise SourceUnreachable(
            f"{spec.name}: no host of the name {address.hostname} is known; check the address and the DNS"
        ) from None
    except ConnectionRefusedError:
        raise SourceUnreachable(
            f"{spec.name}: {address.hostname} refuses connections on port {port}; is its server running?"
        ) from None
    except TimeoutError:
        raise SourceUnreachable(
            f"{spec.name}: {address.hostname} port {port} does not answer; is it on, is a firewall between?"
        ) from None
    except OSError as error:
        raise SourceUnreachable(f"{spec.name}: no way to {address.hostname}: {error.strerror}") from None


def explain_tls(spec: SourceSpec) -> CaptureError | None:
    """Why a TLS connection fails, if it does because of the certificate."""
    address = urlsplit(spec.location)
    if address.scheme not in _TLS or not spec.tls_verify or not address.hostname:
        return None
    context = ssl.create_default_context(cafile=trusted_authorities(spec) or None)
    try:
        with (
            socket.create_connection(
                (address.hostname, address.port or _PORTS[address.scheme]), timeout=CONNECT_TIMEOUT
            ) as connection,
            context.wrap_socket(connection, server_hostname=address.hostname),
        ):
            return None
    except ssl.SSLCertVerificationError as error:
        return SourceUnreachable(
            f"{spec.name}: the certificate is not trusted ({error.verify_message}); name its authority in "
            f"ca_file, or set tls_verify: false"
        )
    except OSError:
        return None


def trusted_authorities(spec: SourceSpec) -> str:
    """File of certificate authorities: the camera's own or the system's; empty if neither is there."""
    if spec.ca_file:
        return spec.ca_file
    # The FFmpeg that comes with PyAV does not know where a distribution keeps its authorities.
    usual = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
    places = (ssl.get_default_verify_paths().cafile, *usual)
    return next((place for place in places if place and os.access(place, os.R_OK)), "")


def _goes_through_proxy(scheme: str) -> bool:
    if scheme not in {"http", "https"}:
        return False
    # Slow to import, and rarely needed.
    from urllib.request import getproxies

    return bool(getproxies())
