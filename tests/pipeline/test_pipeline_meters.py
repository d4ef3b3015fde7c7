from __future__ import annotations

import pytest

from streamdesnow.backoff import Backoff
from streamdesnow.config.camera import RetryConfig
from streamdesnow.pipeline.meters import LatencyMeter, RateMeter


def test_a_rate_is_that_of_the_last_seconds() -> None:
    meter = RateMeter(window=3.0)
    for second in range(10):
        meter.rate(100 * second, float(second))
    assert meter.rate(900 + 10, 10.0) == pytest.approx(70.0)
    assert meter.rate(920, 11.0) == pytest.approx(40.0)
    assert meter.rate(930, 12.0) == pytest.approx(10.0)


def test_a_rate_needs_two_looks() -> None:
    assert RateMeter().rate(500, 1.0) == 0.0


def test_latency_percentiles_are_of_the_last_frames_only() -> None:
    meter = LatencyMeter(size=100)
    assert meter.read() is None
    for _ in range(500):
        meter.add(9.0)
    for millisecond in range(1, 101):
        meter.add(millisecond / 1000)
    latency = meter.read()
    assert latency is not None
    assert latency.p50 == pytest.approx(0.05, abs=0.002)
    assert latency.p95 == pytest.approx(0.095, abs=0.002)


def test_waits_double_and_jitter_only_shortens_them() -> None:
    backoff = Backoff(RetryConfig(initial=1, maximum=10, jitter=0.5), chance=lambda: 1.0)
    assert [backoff.next() for _ in range(6)] == [0.5, 1, 2, 4, 5, 5]
    backoff.reset()
    assert backoff.next() == 0.5


def test_a_thousand_failures_still_wait_the_maximum() -> None:
    backoff = Backoff(RetryConfig(initial=1, maximum=10, jitter=0), chance=lambda: 0.0)
    assert [backoff.next() for _ in range(5000)][-1] == 10
