"""YAML becomes values with places."""

from __future__ import annotations

import pytest

from streamdesnow.config.parse import parse_yaml


def problems(text: str) -> list[str]:
    return [str(problem) for problem in parse_yaml(text, "p.yaml").problems]


def test_every_key_and_value_knows_its_line_and_column() -> None:
    document = parse_yaml("a:\n  b: [1, two]\n", "p.yaml")
    assert document.value == {"a": {"b": [1, "two"]}}
    assert str(document.place(("a", "b"), of_key=True)) == "p.yaml:2:3"
    assert str(document.place(("a", "b", 1))) == "p.yaml:2:10"


def test_what_was_not_written_is_placed_at_what_is_around_it() -> None:
    document = parse_yaml("a:\n  b: 1\n", "p.yaml")
    assert str(document.place(("a", "c"))) == "p.yaml:2:3"
    assert str(document.place(("x",))) == "p.yaml:1:1"


def test_words_mean_what_yaml_1_2_says() -> None:
    words = "[off, yes, 0123, 10:30, 2026-01-15, 1e3, 0x10, -5, 2.5, ~, null, true, '5', .inf]"
    expected = ["off", "yes", "0123", "10:30", "2026-01-15", 1e3, 16, -5, 2.5, None, None, True, "5", ".inf"]
    assert parse_yaml(words, "p.yaml").value == expected


def test_keys_are_always_text() -> None:
    assert parse_yaml("null: 1\n5: 2\ntrue: 3\n", "p.yaml").value == {"null": 1, "5": 2, "true": 3}


def test_aliases_and_merges_work_and_own_keys_win() -> None:
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {y: 4, <<: [*a, {z: 5}]}\n"
    document = parse_yaml(text, "p.yaml")
    assert document.problems == []
    assert document.value["b"] == {"x": 1, "y": 3}
    assert document.value["c"] == {"x": 1, "y": 4, "z": 5}


def test_a_merged_section_is_a_copy() -> None:
    document = parse_yaml("a: &a {x: [1]}\nb: *a\n", "p.yaml")
    document.put(("b", "x", 0), 2)
    assert document.value == {"a": {"x": [1]}, "b": {"x": [2]}}


def test_a_key_given_twice_is_a_problem_that_names_both_lines() -> None:
    assert problems("a: 1\nb:\n  c: 1\n  c: 2\n") == [
        "p.yaml:4:3: b.c: this key was given before, in line 3; remove one of them"
    ]


@pytest.mark.parametrize(
    ("text", "place", "advice"),
    [
        ("a:\n\tb: 1\n", "p.yaml:2:1", "indent with spaces"),
        ("a: b: c\n", "p.yaml:1:5", "quotes around text that holds a colon"),
        ("a:\n  b: 1\n c: 2\n", "p.yaml:3:2", "does not fit the lines above"),
        ("a: 'b\nc: 1\n", "p.yaml:1:4", "quote that was opened is not closed"),
        ("a: 1\nb: [1, 2\n", "p.yaml:2:4", "bracket that was opened is not closed"),
        ("a: {b: 1\n", "p.yaml:1:4", "bracket that was opened is not closed"),
        ("a: @b\n", "p.yaml:1:4", "must stand in quotes"),
        ("a: 1\n---\nb: 2\n", "p.yaml:2:1", "expected one document"),
        ("a: *b\n", "p.yaml:1:4", "undefined alias"),
        ("a: 1\nb: \x01\n", "p.yaml:2", "'\\x01' is not allowed"),
    ],
)
def test_bad_yaml_is_explained_with_its_place(text: str, place: str, advice: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith(f"{place}: not valid YAML: ")
    assert advice in problem


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("a: !!python/object/apply:os.system [ls]\n", "the tag"),
        ("a: &a [*a]\n", "inside what it repeats"),
        ("a: &a {<<: *a}\n", "takes an alias of a mapping"),
        ("? [a, b]\n: 1\n", "a key must be a word"),
        ("a: {<<: 5}\n", "takes an alias of a mapping"),
    ],
)
def test_what_a_pipeline_file_has_no_use_for_is_a_problem(text: str, advice: str) -> None:
    (problem,) = problems(text)
    assert advice in problem


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n"])
def test_an_empty_file_has_no_value(text: str) -> None:
    assert parse_yaml(text, "p.yaml").value is None
