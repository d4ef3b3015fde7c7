"""`web:` a page to watch cameras on, and what programs ask for health and figures."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from streamdesnow.config.address import HERE, Address, parse_address
from streamdesnow.config.base import Section, problems_at
from streamdesnow.config.secret import Secret

__all__ = ["WebConfig"]


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _checked(text: str) -> str:
    return str(parse_address(text))


class WebConfig(Section):
    """A page that shows all cameras live, `/health` and `/metrics` for programs. See docs/web.md."""

    listen: Annotated[
        str, BeforeValidator(_as_text, json_schema_input_type=str | int), AfterValidator(_checked)
    ] = f"{HERE}:8080"
    """Where: `127.0.0.1:8080` for this machine only, `0.0.0.0:8080` for every network it is in."""
    username: str = Field(default="streamdesnow", min_length=1, pattern=r"^[^:]*$")
    """User name, if there is a password."""
    password: Secret | None = None
    """Password that browsers and programs have to give. It crosses the network as it is: beyond networks that
    you trust, put a proxy with TLS before it."""
    anyone: bool = False
    """Let other machines in without a password."""
    width: int = Field(default=1280, ge=64, le=16384)
    """Most pixels across a live picture; larger ones are scaled down; `latest.jpg` is not."""
    quality: int = Field(default=80, ge=1, le=100)
    """Of its JPEGs."""
    max_fps: float = Field(default=12.0, gt=0, le=60)
    """Most pictures of a camera per second that a viewer is sent; nothing is encoded while nobody looks."""

    @model_validator(mode="after")
    def _not_for_everybody(self) -> WebConfig:
        if self.password is not None and not self.password.get_secret_value():
            raise problems_at((("password",), "is empty; give one, or leave the key out"))
        if not self.address.local and self.password is None and not self.anyone:
            raise problems_at(
                (
                    ("listen",),
                    "whoever reaches this machine could watch your cameras; set `password`, `anyone: true` "
                    f"if that is meant, or listen on {HERE} alone",
                )
            )
        return self

    @property
    def address(self) -> Address:
        """`listen`, parsed."""
        return parse_address(self.listen)
