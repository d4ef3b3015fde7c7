"""`${NAME}` is replaced."""

from __future__ import annotations

import pytest

from streamdesnow.config.environment import expand, expand_document
from streamdesnow.config.parse import parse_yaml


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${USER_NAME}", "me"),
        ("rtsp://${USER_NAME}@${HOST:-10.0.0.5}/a", "rtsp://me@10.0.0.5/a"),
        ("${EMPTY}", ""),
        ("${EMPTY:-default}", "default"),
        ("${MISSING:-}", ""),
        ("$${USER_NAME}", "${USER_NAME}"),
        ("$USER_NAME costs 5$", "$USER_NAME costs 5$"),
        ("{camera}", "{camera}"),
    ],
)
def test_variables_are_replaced(text: str, expected: str) -> None:
    assert expand(text, {"USER_NAME": "me", "EMPTY": ""}) == expected


def test_what_a_variable_holds_is_not_looked_into() -> None:
    assert expand("${A}", {"A": "${B}", "B": "no"}) == "${B}"


@pytest.mark.parametrize("text", ["${", "${}", "${1A}", "${A", "${A-b}"])
def test_a_reference_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\$\$\{"):
        expand(text, {"A": "1"})


def test_every_missing_variable_is_a_problem_with_its_line() -> None:
    document = parse_yaml("a: ${ONE}\nb:\n  - x\n  - ${TWO}\n", "p.yaml")
    expand_document(document, {})
    first, second = map(str, document.problems)
    assert first.startswith("p.yaml:1:4: a: environment variable ONE is not set")
    assert second.startswith("p.yaml:4:5: b.1: environment variable TWO is not set")
