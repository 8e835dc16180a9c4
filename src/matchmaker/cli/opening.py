"""The workspace as the commands open it: with progress shown while passages are encoded."""

from contextlib import ExitStack

from matchmaker.cli import interface_translator
from matchmaker.cli.progress import showing
from matchmaker.domain.errors import mark
from matchmaker.retrieval.encoder import Progress
from matchmaker.settings import read_settings
from matchmaker.workspace import Workspace

SHOWN_FROM = 50
"""Encoding fewer passages is done before a bar could be read."""


def open_workspace(stack: ExitStack) -> Workspace:
    """A workspace whose progress bars end with ``stack``."""

    def encoding(total: int) -> Progress:
        if total < SHOWN_FROM:
            return lambda _done: None
        description = interface_translator().say(mark("Encoding passages"))
        return stack.enter_context(showing(description, total))

    return Workspace(read_settings(), encoding)
