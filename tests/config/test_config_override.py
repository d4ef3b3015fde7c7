"""`--set key=value` changes single values."""

from __future__ import annotations

from typing import Any

import pytest

from streamdesnow.config.override import apply_override
from streamdesnow.config.parse import parse_yaml


def overridden(text: str, *overrides: str) -> Any:
    document = parse_yaml(text, "p.yaml")
    for override in overrides:
        apply_override(document, override)
    assert [str(problem) for problem in document.problems] == []
    return document.value


def problem(text: str, override: str) -> str:
    document = parse_yaml(text, "p.yaml")
    apply_override(document, override)
    (found,) = document.problems
    return str(found)


def test_a_value_is_replaced() -> None:
    assert overridden("a: {b: 1}", "a.b=2") == {"a": {"b": 2}}


def test_values_are_yaml() -> None:
    values = overridden("{}", "a=true", "b=1.5", "c=[1, x]", "d={e: null}", "f=rtsp://h:1/x", "g=a=b")
    assert values == {"a": True, "b": 1.5, "c": [1, "x"], "d": {"e": None}, "f": "rtsp://h:1/x", "g": "a=b"}


def test_no_value_means_the_default() -> None:
    assert overridden("a: 1", "a=") == {"a": None}


def test_null_takes_away_what_the_file_says() -> None:
    assert overridden("a: {b: 1}\nc: 2", "a=null", "d=null") == {"c": 2}
    document = parse_yaml("a: {b: 1}", "p.yaml")
    apply_override(document, "a=null")
    assert not document.has(("a", "b"))


@pytest.mark.parametrize("password", ["#secret", "&x", "abc #def", "*a b", "@home", "%x", "!a b"])
def test_passwords_are_taken_as_they_are_typed(password: str) -> None:
    assert overridden("{}", f"a.password={password}") == {"a": {"password": password}}


def test_quotes_are_not_part_of_a_value() -> None:
    assert overridden("{}", "a='x #y'") == {"a": "x #y"}


@pytest.mark.parametrize(
    ("address", "left"),
    [
        ("street.mp4", {"source": "street.mp4"}),
        ("rtsp://you:there@h/x", {"source": "rtsp://you:there@h/x"}),
        ("${CAMERA}", {"source": "${CAMERA}", "username": "me", "password": "here"}),
        ("rtsp://h/x", {"source": "rtsp://h/x", "username": "me", "password": "here"}),
    ],
)
def test_another_address_leaves_the_files_login_behind(address: str, left: dict[str, str]) -> None:
    text = "a: {source: rtsp://g/y, username: me, password: here}"
    assert overridden(text, f"a.source={address}") == {"a": left}


def test_a_login_that_was_set_stays_beside_an_address_that_was_set() -> None:
    text = "a: {source: rtsp://g/y, username: me, password: here}"
    found = overridden(text, "a.username=you", "a.source=rtsp://them@h/x")
    assert found == {"a": {"source": "rtsp://them@h/x", "username": "you"}}


def test_sections_on_the_way_are_made() -> None:
    assert overridden("a:", "a.b.c=1", "d.0.e=2") == {"a": {"b": {"c": 1}}, "d": [{"e": 2}]}


def test_list_items_go_by_number_and_the_next_one_is_added() -> None:
    assert overridden("a: [{b: 1}]", "a.0.b=2", "a.1={b: 3}") == {"a": [{"b": 2}, {"b": 3}]}


def test_a_replaced_section_leaves_nothing_behind() -> None:
    document = parse_yaml("a: {b: {c: ${NAME}}}", "p.yaml")
    apply_override(document, "a.b=1")
    assert ("a", "b", "c") not in document.written
    assert not document.has(("a", "b", "c"))


def test_the_place_of_what_was_set_is_the_override_without_its_value() -> None:
    document = parse_yaml("a: {b: 1}", "p.yaml")
    apply_override(document, "a.password=secret")
    assert str(document.place(("a", "password"))) == "--set a.password"
    assert str(document.place(("a", "b"))) == "p.yaml:1:8"


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("secret", "--set: expected key=value"),
        ("=1", "expected key=value"),
        ("a..b=1", "expected key=value"),
        ("a.5=1", "--set a.5: a is a list: expected a number from 0 to 2"),
        ("a.x=1", "expected a number from 0 to 2 in place of 'x'"),
        ("b.c=1", "b is a single value, there is no 'c' in it"),
        ("b=[1", "--set b: not valid YAML"),
        ("b=\x01", "--set b: not valid YAML"),
    ],
)
def test_a_wrong_override_is_named(override: str, words: str) -> None:
    assert words in problem("a: [1, 2]\nb: x\n", override)


def test_what_may_be_a_password_is_not_quoted() -> None:
    assert "secret" not in problem("a: 1", "secret")
    assert "secret" not in problem("a: 1", "a.password=[secret")
