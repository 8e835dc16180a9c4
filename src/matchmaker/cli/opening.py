"""The workspace as the commands open it: with progress shown while passages are encoded."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from matchmaker.cli import interface_translator
from matchmaker.cli.progress import showing
from matchmaker.domain.errors import mark

if TYPE_CHECKING:
    from matchmaker.retrieval.encoder import Progress
    from matchmaker.workspace import Workspace

SHOWN_FROM = 50
"""Encoding fewer passages is done before a bar could be read."""


def open_workspace(stack: ExitStack) -> Workspace:
    """A workspace whose progress bars and connections end with ``stack``."""
    from matchmaker.settings import read_settings
    from matchmaker.workspace import Workspace

    def encoding(total: int) -> Progress:
        if total < SHOWN_FROM:
            return lambda _done: None
        description = interface_translator().say(mark("Encoding passages"))
        return stack.enter_context(showing(description, total))

    return stack.enter_context(closing(Workspace(read_settings(), encoding)))
