"""``matchmaker compare``."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from matchmaker.cli import app, interface_translator
from matchmaker.cli.opening import open_workspace
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.errors import mark

if TYPE_CHECKING:
    from matchmaker.settings import Settings

EXIT_DIFFERENT = 1
"""The two answer more differently than rounding explains."""


@app.command()
def compare(
    url: Annotated[str, typer.Option("--with", help="The other database, as MATCHMAKER_DATABASE_URL names one.")],
    vectors: Annotated[Literal["faiss", "pgvector"], typer.Option(help="What holds the other's vectors.")] = "pgvector",
    challenges: Annotated[
        Path | None, typer.Option(help="Challenges as JSON lines; shipped ones in both languages when not given.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="How many challenges.")] = 200,
    collection: Annotated[str, typer.Option(help="The stored collection to rank.")] = MAIN_COLLECTION,
) -> None:
    """Compare the ten best of this installation with those of another form of it, and say what differs."""
    from matchmaker.catalogue.collaborator_file import read_challenges
    from matchmaker.evaluation.form_comparison import compare_forms
    from matchmaker.text.query import read_query
    from matchmaker.workspace import Workspace

    with ExitStack() as stack:
        here = open_workspace(stack)
        given = read_challenges(challenges, read_query) if challenges else _shipped(here.settings)
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        other = {"database_url": url, "vectors": vectors, "vectors_url": None, "lexical": None, "index_dir": place}
        there = stack.enter_context(closing(Workspace(here.settings.model_copy(update=other))))
        found = compare_forms(here.matcher(collection), there.matcher(collection), list(islice(given, count)))
    say = interface_translator().say
    for one in found.differences:
        print(say(mark("{challenge}: only here {here}; only there {there}"), challenge=one.challenge_id,
                  here=", ".join(one.only_here) or "–", there=", ".join(one.only_there) or "–"))  # fmt: skip
    print(
        say(
            mark("{count} challenges: {overlap} of the ten best are the same, {same} lists in the same order."),
            count=found.challenges,
            overlap=f"{found.overlap:.1%}",
            same=found.same_order,
        )
    )
    if not found.is_accepted:
        raise typer.Exit(EXIT_DIFFERENT)


def _shipped(settings: Settings) -> list[Challenge]:
    """The shipped challenges in both languages, then the same needs in other wordings."""
    from matchmaker.catalogue.collaborator_file import read_challenges
    from matchmaker.evaluation.robustness import read_paraphrases
    from matchmaker.text.query import read_query

    folder = settings.evaluation_folder
    judged = [one for code in ("sv", "en") for one in read_challenges(folder / f"challenges.{code}.jsonl", read_query)]
    return judged + [one for group in read_paraphrases(folder / "paraphrases.jsonl") for one in group.challenges]
