"""Names made of the wall clock are recognised again, and nothing else is."""

from __future__ import annotations

import datetime as dt
from itertools import islice

import pytest

from streamdesnow.storage.dated_name import DatedName

FIRST = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
DAYS = [FIRST + dt.timedelta(days=9 * n, hours=n, minutes=n) for n in range(40)]


@pytest.mark.parametrize(
    "template",
    [
        "%Y-%m-%d_%H-%M-%S", "%F_%T", "%D/%R", "%Y-%-j", "%-d.%-m.%y", "%d %b %Y %I-%M %p", "%A/%s",
        "%G-W%V-%u", "%Y%%_{camera}", "{camera}/{show} %H%M%S.%f%z", "clip", "%Y%m%d%",
    ],
)  # fmt: skip
def test_what_is_made_is_known(template: str) -> None:
    names = DatedName(template, "50% off/ü", "clean")
    for day in DAYS:
        for name in islice(names.candidates(day), 3):
            assert names.knows(name), name


def test_what_is_not_made_is_not_known() -> None:
    names = DatedName("%F_%T", "gate", "clean")
    for name in (
        "Oma_Geburtstag",
        "summer_2019",
        "2026-01-15",
        "2026-01-15_12:00:00-x",
        "2026-1-1_12:00:00",
    ):
        assert not names.knows(name), name
    assert names.knows("2026-01-15_12:00:00-2")


@pytest.mark.parametrize("template", ["%c", "%x", "%Y-%_d", "%Ey", "%Y%Om", "%Q", "%Z"])
def test_names_that_could_not_be_known_again_are_refused(template: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be recognised again.*%Y %m %d"):
        DatedName(template, "gate", "clean")


@pytest.mark.parametrize(("template", "camera"), [("{camera}-%H", "gate-11"), ("%F_{camera}", "gate-2")])
def test_names_that_pass_for_each_others_are_found(template: str, camera: str) -> None:
    gate, other = (DatedName(template, name, "clean") for name in ("gate", camera))
    assert gate.mistakes(other)


def test_names_that_only_begin_alike_do_not_pass_for_each_others() -> None:
    gate, other = (DatedName("{camera}_%F", name, "clean") for name in ("gate", "gate_north"))
    assert not gate.mistakes(other)
    assert not other.mistakes(gate)
