"""Reading ahead and writing behind, each in its own thread, so that decoder, network and encoder overlap.

Both are bounded: a slow network does not fill memory with frames, nor does a slow encoder.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, Self, TypeVar

__all__ = ["ReadAhead", "WriteBehind"]

T = TypeVar("T")


class ReadAhead(Generic[T]):
    """Iterates over what `read` returns, in order, until it returns None.

    Up to `depth` calls are ahead of the caller, all in one other thread. What `read` raises is raised in its
    place in the order. Leaving the context waits for the call that is under way, and makes no more.
    """

    def __init__(self, read: Callable[[], T | None], depth: int = 4) -> None:
        self._read = read
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")
        self._pending = deque(self._pool.submit(read) for _ in range(depth))

    def __iter__(self) -> Iterator[T]:
        while (item := self._pending.popleft().result()) is not None:
            self._pending.append(self._pool.submit(self._read))
            yield item

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)


class WriteBehind(Generic[T]):
    """Calls `write` with each item, in order, in another thread, up to `depth` items behind the caller.

    Leaving the context waits until everything is written. After an error, be it of `write` or of the caller,
    nothing more is written.
    """

    def __init__(self, write: Callable[[T], object], depth: int = 4) -> None:
        self._write = write
        self._depth = depth
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="write-behind")
        self._pending: deque[Future[None]] = deque()
        self._failed = False

    def __call__(self, item: T) -> None:
        """Hand over an item; waits while too many are.

        Raises:
            Exception: whatever `write` raised on an earlier item.
        """
        while len(self._pending) >= self._depth:
            self._pending.popleft().result()
        self._pending.append(self._pool.submit(self._step, item))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            while kind is None and self._pending:
                self._pending.popleft().result()
        finally:
            self._pool.shutdown(cancel_futures=True)

    def _step(self, item: T) -> None:
        if self._failed:
            return
        try:
            self._write(item)
        except BaseException:
            self._failed = True
            raise
