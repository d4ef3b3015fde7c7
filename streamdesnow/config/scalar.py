"""What a plain YAML word means: the core schema of YAML 1.2 (section 10.3.2), less infinity and not-a-number.

PyYAML follows YAML 1.1, where `off` is a truth value, `10:30` a number in base 60 and `0123` octal; in a
pipeline file these are a word, a time and a password.
"""

from __future__ import annotations

import re

from yaml.nodes import ScalarNode

__all__ = ["Scalar", "scalar_value"]

Scalar = str | int | float | bool | None

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "True", "TRUE"))
_FALSE = frozenset(("false", "False", "FALSE"))
# A leading zero stays text: codes and passwords begin with one, quantities do not.
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)|0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def scalar_value(node: ScalarNode) -> Scalar:
    """Value of a scalar; quoted and block scalars are always text."""
    text: str = node.value
    if node.style is not None:
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INT.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
