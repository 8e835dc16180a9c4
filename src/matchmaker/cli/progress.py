"""Progress of long steps on standard error: a bar on a terminal, a line every tenth elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from matchmaker.cli import console

LINES = 10


@contextmanager
def showing(description: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show progress towards ``total``; yields what is to be told of each step's number of items."""
    if console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console) as bars:
            task = bars.add_task(description, total=total)
            yield lambda done: bars.advance(task, done)
    else:
        yield _Lines(description, total)


class _Lines:
    def __init__(self, description: str, total: int) -> None:
        self._description, self._total = description, total
        self._done = self._said = 0

    def __call__(self, done: int) -> None:
        self._done += done
        tenth = LINES * self._done // max(self._total, 1)
        if tenth > self._said:
            self._said = tenth
            console.print(f"{self._description}: {self._done}/{self._total}")
