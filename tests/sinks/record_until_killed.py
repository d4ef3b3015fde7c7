"""Records numbered frames into a folder, says each number once it is written, until it is killed."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from sink_frames import cleaned

from streamdesnow.clock import ManualClock
from streamdesnow.config.output import RecordConfig
from streamdesnow.sinks.recorder import RecordSink

folder, fragment = sys.argv[1:]
config = RecordConfig(
    directory=Path(folder), fragment=float(fragment), encoder="software", preset="ultrafast"
)
sink = RecordSink(config, "gate", ManualClock())
sink.open()
for number in itertools.count():
    sink.write(cleaned(number))
    print(number, flush=True)
    # Wait to be told to go on, so that the test knows exactly how far this got.
    sys.stdin.readline()
