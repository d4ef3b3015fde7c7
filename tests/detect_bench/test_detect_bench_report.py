from __future__ import annotations

import json

import pytest

from streamdesnow.detect.detection import Box, Detection
from streamdesnow.lab.scoring.detection.report import INPUT, NONE, findings, markdown, rows
from streamdesnow.lab.scoring.detection.trial import Frames, Trial


def people(count: int) -> Frames:
    return (
        tuple(Detection("person", 0, 0.9, Box(50 * place, 0, 50 * place + 20, 40)) for place in range(count)),
    )


def trial(level: str, arm: str, found: int, scene: str = "yard") -> Trial:
    return Trial(scene, level, arm, people(found), people(4), 0.3, fps=5.0)


TRIALS = [
    trial(NONE, INPUT, 4),
    trial(NONE, "net", 4),
    trial("heavy", INPUT, 2),
    trial("heavy", "net", 3),
    trial("heavy", "median", 1),
]


def test_what_an_arm_recovers_is_in_its_row() -> None:
    shares = {(row.level, row.arm): row.recovered for row in rows(TRIALS)}
    assert shares[NONE, INPUT] is shares[NONE, "net"] is shares["heavy", INPUT] is None
    assert shares["heavy", "net"] == pytest.approx(0.5, abs=0.02)
    assert shares["heavy", "median"] == pytest.approx(-0.5, abs=0.02)


def test_lower_recall_than_the_snowy_input_is_pointed_out() -> None:
    assert findings(rows(TRIALS)) == ["yard, heavy: median lowers recall from 50.0 to 25.0"]


def test_harm_to_pictures_without_snow_is_pointed_out() -> None:
    (told,) = findings(rows([trial(NONE, INPUT, 4), trial(NONE, "net", 3)]))
    assert told.startswith("yard, no snow: net loses 2")


def test_several_scenes_are_summed_up() -> None:
    both = rows([*TRIALS, *(trial(each.level, each.arm, 4, "road") for each in TRIALS)])
    assert [row.scene for row in both] == ["yard"] * 5 + ["road"] * 5 + ["all"] * 5
    heavy = next(row for row in both if (row.scene, row.level, row.arm) == ("all", "heavy", INPUT))
    assert heavy.score.counts.recall == pytest.approx(6 / 8)


def test_every_row_of_the_table_has_all_columns_and_json_holds_no_nan() -> None:
    lines = rows([*TRIALS, Trial("empty", NONE, INPUT, ((),), ((),), 0.3)])
    table = markdown(lines).splitlines()
    assert len({line.count("|") for line in table}) == 1
    assert len(table) == 2 + len(lines)
    text = json.dumps([row.as_json() for row in lines], allow_nan=False)
    assert json.loads(text)[-1]["scene"] == "all"
