"""One run: everything is opened, then timed in turn, then put in relation to what the machine can do."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from streamdesnow.bench.ceilings import Ceiling, Probes
from streamdesnow.bench.choice import Case, Choice
from streamdesnow.bench.energy import find_meter
from streamdesnow.bench.machine import Machine, this_machine
from streamdesnow.bench.report import LeftOut, Report, Result, short_name
from streamdesnow.bench.rounds import Rounds
from streamdesnow.bench.subject import Shelf, Subject, on_gpu
from streamdesnow.bench.work import network_work
from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.engine import EngineInfo
from streamdesnow.errors import EngineError, EngineUnavailable
from streamdesnow.restore.budget import free_memory

__all__ = ["Tell", "bench"]

Tell = Callable[[str, float], None]
"""Told what is being done and the share 0..1 of all that is done; KeyboardInterrupt from it ends the run."""

_OPENING = 0.25
"""Of the progress bar."""


def bench(choice: Choice, tell: Tell = lambda what, share: None) -> Report:
    """Measure. KeyboardInterrupt ends it early, with what was measured so far.

    Raises:
        ConfigError: there is no such engine or precision.
    """
    machine = this_machine()
    cases = list(choice.cases())
    with tempfile.TemporaryDirectory(prefix="streamdesnow-bench-") as folder:
        run = _Run(choice, machine, tell, Path(folder))
        complete = True
        try:
            run.prepare(cases)
            run.measure()
        except KeyboardInterrupt:
            complete = False
        finally:
            run.shelf.close()
        return run.report(complete)


@dataclass(slots=True)
class _Run:
    choice: Choice
    machine: Machine
    tell: Tell
    folder: Path
    shelf: Shelf = field(default_factory=Shelf)
    subjects: dict[str, tuple[Case, Subject]] = field(default_factory=dict)
    probes: dict[EngineInfo, Probes] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    rounds: Rounds = field(default_factory=lambda: Rounds({}))
    energy: str = ""

    def prepare(self, cases: list[Case]) -> None:
        """Open engines, run each case once, and open the probes of every engine that took part."""
        for number, case in enumerate(cases):
            share = _OPENING * number / len(cases)
            self.tell(f"opening {case}", share)
            try:
                self._open(case)
            except EngineUnavailable as error:
                if case.asked:
                    self._leave_out(str(case), error)
            except EngineError as error:
                self._leave_out(str(case), error)
        for case, subject in list(self.subjects.values()):
            if self.choice.ceilings and subject.info not in self.probes:
                self._open_probes(case.engine, subject.info)

    def measure(self) -> None:
        """Time everything in turn."""
        gpu = any(on_gpu(subject.info) for _, subject in self.subjects.values())
        meter, self.energy = find_meter(gpu)
        calls = {label: subject.call for label, (_, subject) in self.subjects.items()}
        for probes in self.probes.values():
            calls |= probes.calls
        self.rounds = Rounds(calls, meter=meter)
        self.rounds.run(
            self.choice.rounds,
            self.choice.seconds,
            lambda label, share: self.tell(label, _OPENING + (1 - _OPENING) * share),
        )

    def report(self, complete: bool) -> Report:
        """What is there."""
        timings = self.rounds.timings
        ceilings: dict[EngineInfo, Ceiling] = {}
        for info, probes in self.probes.items():
            found = probes.ceiling(timings) if timings else None
            if found is not None:
                ceilings[info] = found
        results = [
            Result(
                case.model,
                subject.info,
                case.size,
                case.batch,
                network_work(case.model.card, case.size, case.batch, subject.info.precision),
                timings[label],
                subject.first,
                subject.memory,
                ceilings.get(subject.info),
            )
            for label, (case, subject) in self.subjects.items()
            if label in timings and timings[label].calls
        ]
        return Report(
            self.machine,
            tuple(results),
            tuple(ceilings.values()),
            tuple(self.left_out),
            self.energy,
            complete,
        )

    def _open(self, case: Case) -> None:
        engine = self.shelf.engine(case.model, case.engine)
        label = f"{case} on {short_name(engine.info)}"
        if label in self.subjects:
            return  # two words for the same engine
        width, height = case.size
        needed = case.model.card.activation_bytes * width * height * case.batch
        free = free_memory(engine.info, case.engine)
        if free is not None and needed > free:
            self._leave_out(label, f"takes about {needed >> 20} MiB, {free >> 20} MiB are free")
            return
        self.subjects[label] = (
            case,
            self.shelf.subject(case.model, case.engine, case.size, case.batch),
        )

    def _open_probes(self, config: EngineConfig, info: EngineInfo) -> None:
        name = short_name(info)
        self.tell(f"what {name} can reach", _OPENING)
        try:
            probes = Probes(
                self.shelf,
                config,
                self.folder / f"probes{len(self.probes)}-{len(self.left_out)}",
                name,
                lambda: self.tell(f"what {name} can reach", _OPENING),
            )
        except EngineError as error:
            self._leave_out(f"what {name} can reach", error)
            return
        if probes.info != info:
            self._leave_out(f"what {name} can reach", f"the probes run in {probes.info.precision} there")
            return
        self.probes[info] = probes

    def _leave_out(self, what: str, reason: object) -> None:
        lines = str(reason).splitlines()
        self.left_out.append(LeftOut(what, lines[-1].strip() if lines else "failed"))
