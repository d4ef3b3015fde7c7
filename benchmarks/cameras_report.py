"""What a run of `cameras.py` found: a table, JSON, a plot."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ages import Ages, Sample, draw, together
from plain_json import plain

from streamdesnow.bench.machine import Machine
from streamdesnow.status.snapshot import CameraSnapshot, PipelineSnapshot

__all__ = ["Result", "Setting", "report"]

_WINDOWS = 60
"""How many windows a plot has at most."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What was asked for; times in seconds."""

    cameras: int
    size: str
    fps: int
    seconds: float
    settle: float
    source: str
    snow: str
    when: str
    policy: str
    recorded: bool
    ahead: bool


@dataclass(slots=True)
class Result:
    """What was seen.

    Attributes:
        began: monotonic seconds.
        captured, restored, written: frames of each camera, and their ages by then.
        recorded: frames a second in each camera's recording.
        snapshots: about two a second.
        samples: memory, and CPU time so far.
        notices: seconds since the run began, and what happened.
    """

    machine: Machine | None = None
    began: float = 0.0
    captured: dict[str, Ages] = field(default_factory=dict)
    restored: dict[str, Ages] = field(default_factory=dict)
    written: dict[str, Ages] = field(default_factory=dict)
    recorded: dict[str, float] = field(default_factory=dict)
    snapshots: list[PipelineSnapshot] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    notices: list[tuple[float, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    """One camera, or all; frames a second and seconds, of the time that counts."""

    name: str
    fps_in: float
    fps_out: float
    recorded_fps: float | None
    dropped: float
    left_out: float
    uncleaned: float
    first: tuple[float, float]
    last: tuple[float, float]
    captured: tuple[float, float]
    written: tuple[float, float]
    slope: float


def report(result: Result, setting: Setting, json_path: Path | None, plot: Path | None) -> None:
    """Print it, and write what was asked for."""
    since, until = result.began + setting.settle, result.began + setting.seconds
    counted = [each for each in result.snapshots if each.seconds >= setting.settle]
    if len(counted) < 2:
        raise SystemExit("the run was over before anything counted; make --seconds longer")
    before, after = counted[0], counted[-1]
    seconds = after.seconds - before.seconds
    pairs = list(zip(before.cameras, after.cameras, strict=True))
    rows = [_row(pair[0].name, [pair], seconds, result, since, until) for pair in pairs]
    everyone = _row("all", pairs, seconds, result, since, until)
    _print(setting, result, [*rows, everyone])
    memory = _print_totals(setting, result, everyone)
    window = max(2.0, setting.seconds / _WINDOWS)
    windows = {
        name: ages.windows(result.began, until, window) for name, ages in result.restored.items() if ages.age
    }
    if json_path:
        content = {
            "machine": asdict(result.machine) if result.machine else None,
            "provisional": result.machine.busy if result.machine else None,
            "setting": asdict(setting),
            "models": result.snapshots[-1].models,
            "rows": [asdict(each) for each in [*rows, everyone]],
            "grows": _grows(setting, everyone),
            "memory_bytes": memory,
            "windows": {name: [asdict(each) for each in found] for name, found in windows.items()},
            "samples": [asdict(each) for each in result.samples],
            "notices": result.notices,
        }
        json_path.write_text(json.dumps(plain(content), indent=2) + "\n")
    if plot:
        title = (
            f"{_title(setting, result)}{' (provisional)' if result.machine and result.machine.busy else ''}"
        )
        marks = [at for at, _ in result.notices]
        draw(plot, windows, result.samples, marks, title, str(result.machine))


def _row(
    name: str,
    pairs: list[tuple[CameraSnapshot, CameraSnapshot]],
    seconds: float,
    result: Result,
    since: float,
    until: float,
) -> _Row:
    names = [one.name for one, _ in pairs]
    restored = together([result.restored[each].between(since, until) for each in names])
    written = together([result.written[each].between(since, until) for each in names])
    captured = together([result.captured[each].between(since, until) for each in names])
    third = (until - since) / 3
    recorded = [result.recorded[each] for each in names if each in result.recorded]

    def rate(counter: str) -> float:
        return float(sum(getattr(two, counter) - getattr(one, counter) for one, two in pairs)) / seconds

    return _Row(
        name=name,
        fps_in=rate("frames_in"),
        fps_out=rate("frames_out"),
        recorded_fps=sum(recorded) if recorded else None,
        dropped=rate("dropped"),
        left_out=rate("skipped"),
        uncleaned=rate("passed"),
        first=restored.between(since, since + third).quantiles(),
        last=restored.between(until - third, until).quantiles(),
        captured=captured.between(until - third, until).quantiles(),
        written=written.quantiles(),
        slope=restored.slope(since, until),
    )


def _print(setting: Setting, result: Result, rows: list[_Row]) -> None:
    print(f"{_title(setting, result)}\n")
    recorded, extra = (" recorded |", " to written |") if setting.recorded else ("", "")
    over_rtsp = setting.source == "rtsp"
    extra = (" of these to captured |" if over_rtsp else "") + extra
    print(
        f"| camera | fps in | fps out |{recorded} dropped/s | left out/s | uncleaned/s "
        f"| ms old, first third p50/p95 | last third |{extra} growth, ms a minute |"
    )
    print("|---" * (9 + 2 * setting.recorded + over_rtsp) + "|")
    for row in rows:
        rates = [row.fps_in, row.fps_out, *([row.recorded_fps or 0.0] if setting.recorded else [])]
        rates += [row.dropped, row.left_out, row.uncleaned]
        ages = [row.first, row.last, *([row.captured] if over_rtsp else [])]
        ages += [row.written] if setting.recorded else []
        cells = [f"{each:.1f}" for each in rates] + [_milliseconds(each) for each in ages]
        slope = "-" if math.isnan(row.slope) else f"{60e3 * row.slope:+.1f}"
        print(f"| {row.name} | {' | '.join(cells)} | {slope} |")


def _print_totals(setting: Setting, result: Result, everyone: _Row) -> dict[str, int]:
    counted = [each for each in result.samples if each.at >= setting.settle]
    memory = {"first": counted[0].memory, "last": counted[-1].memory} if counted else {}
    counting = setting.seconds - setting.settle
    if math.isnan(everyone.slope):
        print("\nToo few frames came out to tell whether latency grows")
    else:
        verdict = "grows" if _grows(setting, everyone) else "does not grow"
        risen, limit = 1e3 * everyone.slope * counting, 500 / setting.fps
        print(f"\nLatency {verdict}: {risen:+.0f} ms over {counting:.0f} s", end="")
        print(f" (it does if that and the thirds differ by over {limit:.0f} ms, half a frame's time)")
    if counted:
        low, high = (memory[key] / 2**20 for key in ("first", "last"))
        print(f"Memory of all processes: {low:.0f} MiB at {counted[0].at:.0f} s, {high:.0f} MiB at the end")
    if len(counted) > 1:
        first, last = counted[0], counted[-1]
        span = last.at - first.at
        own, cameras = ((end - start) / span for start, end in zip(first.cpu, last.cpu, strict=True))
        told = f", the cameras {cameras:.2f} besides" if setting.source == "rtsp" else ", feeding included"
        print(f"CPU: {own:.2f} cores{told}")
    if result.notices:
        print(f"\n{len(result.notices)} notices:")
        for at, text in result.notices[:40]:
            print(f"- {at:.1f} s {text}")
    return memory


def _milliseconds(ages: tuple[float, float]) -> str:
    return "-" if math.isnan(ages[0]) else "/".join(f"{1e3 * each:.0f}" for each in ages)


def _grows(setting: Setting, everyone: _Row) -> bool:
    risen = everyone.slope * (setting.seconds - setting.settle)
    # What is not a number is not greater either.
    return min(risen, everyone.last[0] - everyone.first[0]) > 0.5 / setting.fps


def _title(setting: Setting, result: Result) -> str:
    models = ", ".join(f"{name} on {engine}" for name, engine in result.snapshots[-1].models)
    source = "over RTSP" if setting.source == "rtsp" else "in memory"
    cameras = f"{setting.cameras} cameras {source}, {setting.size}, {setting.fps} fps, {setting.snow} snow"
    return f"{cameras}; when {setting.when}, overload {setting.policy}, {setting.seconds:g} s\n{models}"
