"""What was recorded, as programs and players ask for it."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from served import wait_for
from starlette.responses import StreamingResponse

from streamdesnow.clock import ManualClock
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.web.archive import Archive
from streamdesnow.web.recordings import _whole

DAY = "2026-11-30_12-00-{:02d}"


def recorded(folder: Path, camera: str, count: int = 3) -> list[Path]:
    """Files as a recorder names them, a minute between them, the last one now."""
    folder = folder / camera
    folder.mkdir(parents=True)
    paths = [folder / f"{DAY.format(number)}.mp4" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(bytes(range(100 + number)))
        ended = time.time() - 60 * (count - 1 - number)
        os.utime(path, (ended, ended))
    return paths


def record(folder: Path, **more: object) -> dict[str, object]:
    return {"record": {"directory": f"{folder}/{{camera}}"} | more}


def names(served: Any, query: str) -> list[str]:
    status, body, _ = served.get(f"/recordings?{query}")
    assert status == 200
    return [recording["name"] for recording in json.loads(body)]


def test_recordings_are_listed_the_newest_first(serve: Any, tmp_path: Path) -> None:
    recorded(tmp_path, "gate")
    recorded(tmp_path, "yard", 1)
    (tmp_path / "gate/holiday.mp4").write_bytes(b"not ours")
    served = serve(outputs=[{"null": None}, record(tmp_path, show="wipe")])
    found = json.loads(served.get("/recordings?camera=gate")[1])
    assert [each["name"] for each in found] == [f"{DAY.format(number)}.mp4" for number in (2, 1, 0)]
    assert [each["grows"] for each in found] == [True, False, False]
    assert [each["size"] for each in found] == [102, 101, 100]
    assert {(each["output"], each["show"]) for each in found} == {(1, "wipe")}
    assert found[1]["ended"] == pytest.approx(time.time() - 60, abs=30)


def test_earlier_recordings_come_after_those_that_are_known(serve: Any, tmp_path: Path) -> None:
    recorded(tmp_path, "gate", 5)
    served = serve(outputs=[record(tmp_path)])
    known = json.loads(served.get("/recordings?camera=gate&most=2")[1])[-1]
    query = f"camera=gate&most=2&before={known['ended']}&output=0&name={known['name']}"
    assert names(served, query) == [f"{DAY.format(number)}.mp4" for number in (2, 1)]


def test_recordings_that_ended_together_are_all_listed(serve: Any, tmp_path: Path) -> None:
    """As on file systems that count in steps of two seconds."""
    for path in recorded(tmp_path, "gate", 4):
        os.utime(path, (1e9, 1e9))
    served, query, found = serve(outputs=[record(tmp_path)]), "camera=gate&most=1", []
    while page := json.loads(served.get(f"/recordings?{query}")[1]):
        found.append(page[0]["name"])
        query = f"camera=gate&most=1&before={page[0]['ended']}&output=0&name={page[0]['name']}"
    assert found == [f"{DAY.format(number)}.mp4" for number in (3, 2, 1, 0)]


def test_outputs_that_share_names_are_one(serve: Any, tmp_path: Path) -> None:
    recorded(tmp_path, "gate", 2)
    served = serve(outputs=[record(tmp_path), record(tmp_path, show="before")])
    found = json.loads(served.get("/recordings?camera=gate")[1])
    assert [(each["output"], each["show"]) for each in found] == [(0, None)] * 2


def test_many_who_ask_share_a_look_at_the_folder(tmp_path: Path) -> None:
    config = {"cameras": {"gate": {"source": "a.mp4"}}, "outputs": [record(tmp_path)]}
    clock = ManualClock()
    archive = Archive(PipelineConfig.model_validate(config), clock)
    assert archive.of("gate", None, 9) == []
    recorded(tmp_path, "gate", 2)
    assert archive.of("gate", None, 9) == []
    clock.advance(2.0)
    assert len(archive.of("gate", None, 9)) == 2


def test_a_disk_that_hangs_holds_up_nothing_else(
    serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    awake = threading.Event()
    monkeypatch.setattr(Archive, "of", lambda *_: [awake.wait(60)][1:])
    served = serve(outputs=[record(tmp_path)])
    answers: list[int] = []
    askers = [
        threading.Thread(target=lambda: answers.append(served.get("/recordings?camera=gate")[0]))
        for _ in range(24)
    ]
    try:
        for asker in askers:
            asker.start()
        wait_for(lambda: len(answers) >= 6)
        assert set(answers) == {503}
        assert served.get("/")[0] == served.get("/page.js")[0] == served.get("/status")[0] == 200
    finally:
        awake.set()
        for asker in askers:
            asker.join()
    assert sorted(answers) == [200] * 18 + [503] * 6


def test_a_file_that_grows_is_given_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(bytes(200_000))

    async def story() -> tuple[int, int]:
        answer = await _whole(path)
        assert isinstance(answer, StreamingResponse)
        with path.open("ab") as file:
            file.write(bytes(70_000))
        sent = [len(chunk) async for chunk in answer.body_iterator]
        return int(answer.headers["Content-Length"]), sum(sent)

    assert asyncio.run(story()) == (200_000, 200_000)


def test_a_camera_has_the_recordings_of_its_own_outputs(serve: Any, tmp_path: Path) -> None:
    recorded(tmp_path, "gate", 1)
    recorded(tmp_path, "yard", 1)
    served = serve(outputs=[record(tmp_path, cameras=["gate"])])
    assert len(names(served, "camera=gate")) == 1
    assert names(served, "camera=yard") == []
    assert served.get(f"/recordings/yard/0/{DAY.format(0)}.mp4")[0] == 404


def test_nothing_recorded_yet_is_no_failure(serve: Any, tmp_path: Path) -> None:
    served = serve(outputs=[record(tmp_path / "later"), record(tmp_path, name="../outside")])
    assert names(served, "camera=gate") == []


def test_what_cannot_be_sent_is_not_listed(serve: Any, tmp_path: Path) -> None:
    (path,) = recorded(tmp_path, "gate", 1)
    (tmp_path / f"gate/{DAY.format(5)}.mp4").mkdir()
    (tmp_path / f"gate/{DAY.format(6)}.mp4").symlink_to(path)
    os.link(path, os.fsencode(tmp_path) + b"/gate/Mo\xff.mp4")
    served = serve(outputs=[record(tmp_path), record(tmp_path, name="M%a")])
    assert names(served, "camera=gate") == [path.name]


def test_a_player_gets_the_part_that_it_asks_for(serve: Any, tmp_path: Path) -> None:
    (path,) = recorded(tmp_path, "gate", 1)
    served = serve(outputs=[record(tmp_path)])
    status, body, headers = served.get(f"/recordings/gate/0/{path.name}")
    assert (status, body, headers["Content-Type"]) == (200, path.read_bytes(), "video/mp4")
    status, body, headers = served.get(f"/recordings/gate/0/{path.name}", Range="bytes=10-19")
    assert (status, body) == (206, bytes(range(10, 20)))
    assert headers["Content-Range"] == "bytes 10-19/100"


def test_names_may_hold_folders(serve: Any, tmp_path: Path) -> None:
    folder = tmp_path / "Tor-1" / "2026-11-30"
    folder.mkdir(parents=True)
    (folder / "12 %.mp4").write_bytes(b"a film")
    served = serve(cameras=("Tor-1",), outputs=[record(tmp_path, name="%Y-%m-%d/%H %%")])
    assert names(served, "camera=Tor-1") == ["2026-11-30/12 %.mp4"]
    path = "/".join(quote(part) for part in ("Tor-1", "0", "2026-11-30", "12 %.mp4"))
    assert served.get(f"/recordings/{path}")[1] == b"a film"


def test_nothing_but_recordings_is_given_away(serve: Any, tmp_path: Path) -> None:
    recorded(tmp_path, "gate", 1)
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    (tmp_path / "gate/notes.txt").write_bytes(b"secret")
    (tmp_path / "gate/holiday.mp4").write_bytes(b"secret")
    (tmp_path / f"gate/{DAY.format(7)}.mp4").symlink_to(tmp_path / "secret.mp4")
    # `%A` may be anything that is no folder, so two dots too.
    served = serve(outputs=[record(tmp_path), record(tmp_path / "gate", name="%A/%A")])
    for name in (
        "../secret.mp4",
        "..%2Fsecret.mp4",
        "%2e%2e/secret.mp4",
        "notes.txt",
        "holiday.mp4",
        f"{DAY.format(7)}.mp4",
        f"{tmp_path}/secret.mp4",
        f"{DAY.format(0)}-{'1' * 300}.mp4",
        f"{DAY.format(0)}-{'1' * 3000}.mp4",
        "a%00.mp4",
        "",
    ):
        for output in (0, 1, 2, -1, "x", "1" * 5000):
            status, body, _ = served.get(f"/recordings/gate/{output}/{name}")
            assert (status, body == b"secret") == (404, False), (output, name)
    assert served.get("/recordings/nobody/0/a.mp4")[0] == 404


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("", 404, "there are gate, yard"),
        ("camera=nobody", 404, "no camera 'nobody'"),
        ("camera=gate&most=0", 400, "1 to 500"),
        ("camera=gate&most=many", 400, "1 to 500"),
        ("camera=gate&before=noon", 400, "seconds since 1970"),
        ("camera=gate&before=nan", 400, "seconds since 1970"),
    ],
)
def test_what_cannot_be_listed_is_explained(serve: Any, query: str, status: int, says: str) -> None:
    got, body, _ = serve().get(f"/recordings?{query}")
    assert (got, says in body.decode()) == (status, True)


def test_recordings_want_the_password(serve: Any, tmp_path: Path) -> None:
    (path,) = recorded(tmp_path, "gate", 1)
    served = serve(password="x", outputs=[record(tmp_path)])
    for address in ("/recordings?camera=gate", f"/recordings/gate/0/{path.name}"):
        assert served.get(address)[0] == 401
        assert served.get(address, "streamdesnow:x")[0] == 200
