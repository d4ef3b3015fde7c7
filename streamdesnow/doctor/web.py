"""Whether the page can be served where the file says."""

from __future__ import annotations

from streamdesnow.config.web import WebConfig
from streamdesnow.doctor.finding import Finding, Level
from streamdesnow.web.listening import listening

__all__ = ["web_finding"]


def web_finding(config: WebConfig) -> Finding:
    """No problem in any case: cameras go on without a page."""
    login = "anyone may look" if config.password is None else f"user {config.username}"
    try:
        listening(config.address).close()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        advice = "choose another with `web.listen`, unless this pipeline itself is running"
        return Finding(Level.NOTE, "web", f"cannot listen on {config.listen}: {reason}", advice)
    where = "" if config.address.local else " from other machines too"
    return Finding(Level.GOOD, "web", f"http://{config.listen} is free; {login}{where}")
