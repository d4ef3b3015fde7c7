"""Options for FFmpeg's demuxers, by scheme."""

from __future__ import annotations

from urllib.parse import urlsplit

from streamdesnow.capture.connect import trusted_authorities
from streamdesnow.capture.kinds import SourceKind
from streamdesnow.capture.spec import SourceSpec

__all__ = ["demuxer_options"]


def demuxer_options(spec: SourceSpec) -> dict[str, str]:
    """What `av.open` is given for a source."""
    if spec.kind is not SourceKind.STREAM:
        return {}
    scheme = urlsplit(spec.location).scheme
    # Waiting to guess a frame rate costs a second at every reconnect; time stamps are all we need.
    options = {"fpsprobesize": "0"}
    if scheme in {"rtsp", "rtsps"}:
        # The session description names codec and parameters: nothing has to be probed.
        options |= {"rtsp_transport": spec.transport, "probesize": "32", "analyzeduration": "0"}
    if scheme == "rtsps":
        options["rtsp_transport"] = "tcp"
    if scheme in {"rtsps", "rtmps", "https"}:
        options["tls_verify"] = "1" if spec.tls_verify else "0"
        if spec.tls_verify:
            options["ca_file"] = trusted_authorities(spec)
    return options
