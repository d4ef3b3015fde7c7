"""What every section of the pipeline file has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

__all__ = ["KeyPath", "Section", "problems_at"]

KeyPath = tuple[str | int, ...]
"""Keys and list indexes that lead to a place in the pipeline file: `("outputs", 0, "record")`."""


class Section(BaseModel):
    """A mapping in the pipeline file: unknown keys are errors, values cannot change after loading."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        allow_inf_nan=False,
        # What was given may be a password, or hold one.
        hide_input_in_errors=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_is_default(cls, data: object) -> object:
        # A section whose lines are all commented out reads as null in YAML; people mean "as it comes".
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value is not None or not _has_default(cls, key)}


def _has_default(section: type[BaseModel], key: str) -> bool:
    field = section.model_fields.get(key)
    return field is not None and not field.is_required()


def problems_at(*problems: tuple[KeyPath, str]) -> ValidationError:
    """Problems for a validator of a whole section to raise that point at keys further down.

    Args:
        problems: path from the section to the place, and what is wrong there and what to do.
    """
    details = [
        InitErrorDetails(
            type=PydanticCustomError("value_error", "{problem}", {"problem": message}), loc=path, input=None
        )
        for path, message in problems
    ]
    return ValidationError.from_exception_data("pipeline", details, hide_input=True)
