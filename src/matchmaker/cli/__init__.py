"""The command line: ``matchmaker``. Results on standard output, everything else on standard error."""

import os
import sys

import typer
from rich.console import Console

from matchmaker.domain.errors import MatchmakerError
from matchmaker.messages import Translator, translator

app = typer.Typer(
    name="matchmaker",
    help="Match municipal challenges, in Swedish or English, with university expertise, with evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

EXIT_INPUT = 2
"""The user's input, a file or the installation is wrong; the message says what to do."""

console = Console(stderr=True, highlight=False, soft_wrap=True)


def interface_translator() -> Translator:
    """The operator's language: MATCHMAKER_LANGUAGE, or English where the system's language is; Swedish otherwise."""
    chosen = os.environ.get("MATCHMAKER_LANGUAGE") or next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return translator("en" if chosen.lower().startswith("en") else "sv")


def main() -> None:
    """Run a command; an error that a user can act on is told in a few lines, without a traceback."""
    from matchmaker.cli import (  # noqa: F401  # they register commands
        access,
        administrators,
        alerts,
        catalogue,
        comparing,
        delivery,
        evaluation,
        forgetting,
        harvesting,
        imports,
        matching,
        serving,
        storing,
        tables,
        training,
    )

    try:
        app(standalone_mode=True)
    except MatchmakerError as error:
        print(interface_translator().say_error(error), file=sys.stderr)
        sys.exit(EXIT_INPUT)
    except BrokenPipeError:  # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
