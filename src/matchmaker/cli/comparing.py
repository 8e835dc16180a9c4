"""``matchmaker compare``, and the comparison that ``matchmaker move`` ends with."""

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
    from collections.abc import Iterable

    from matchmaker.evaluation.form_comparison import FormComparison
    from matchmaker.settings import Settings
    from matchmaker.workspace import Workspace

VectorEngine = Literal["faiss", "pgvector", "milvus"]
"""As the settings', which are not read to know what a command takes: that takes too long."""

EXIT_DIFFERENT = 1
"""The two answer more differently than rounding explains."""

COMPARED = 200
"""How many challenges both answer, unless told otherwise."""


@app.command()
def compare(
    url: Annotated[
        str | None, typer.Option("--with", help="The other database, as MATCHMAKER_DATABASE_URL; the same by default.")
    ] = None,
    vectors: Annotated[VectorEngine, typer.Option(help="What holds the other's vectors.")] = "pgvector",
    challenges: Annotated[
        Path | None, typer.Option(help="Challenges as JSON lines; shipped ones in both languages when not given.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="How many challenges.")] = COMPARED,
    collection: Annotated[str, typer.Option(help="The stored collection to rank.")] = MAIN_COLLECTION,
) -> None:
    """Compare the ten best of this installation with those of another form of it, and say what differs."""
    from matchmaker.catalogue.collaborator_file import read_challenges
    from matchmaker.text.query import read_query

    with ExitStack() as stack:
        here = open_workspace(stack)
        given = read_challenges(challenges, read_query) if challenges else shipped_challenges(here.settings)
        there = other_form(here.settings, url or here.settings.database, vectors)
        found = compare_workspaces(here, there, islice(given, count), collection)
    tell_comparison(found)
    if not found.is_accepted:
        raise typer.Exit(EXIT_DIFFERENT)


def other_form(settings: Settings, url: str, vectors: VectorEngine | None) -> Settings:
    """The settings of the same installation on another database and, if given, another engine for the vectors.

    pgvector is then that of the other database, and the terms lie where they do by default.
    """
    engine = {"vectors": vectors, "vectors_url": None, "lexical": None} if vectors else {}
    return settings.model_copy(update={"database_url": url, "database_replica_url": None, **engine})


def compare_workspaces(
    here: Workspace, other: Settings, challenges: Iterable[Challenge], collection: str
) -> FormComparison:
    """Build the other's index beside this one's, where its engine has none yet, and let both answer."""
    from matchmaker.evaluation.form_comparison import compare_forms
    from matchmaker.workspace import Workspace

    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory())
        there = stack.enter_context(closing(Workspace(other.model_copy(update={"index_dir": Path(place)}))))
        return compare_forms(here.matcher(collection), there.matcher(collection), list(challenges))


def tell_comparison(found: FormComparison) -> None:
    """Print who differs, and how alike the answers are."""
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
    print(
        say(
            mark("{count} vectors were compared; the numbers in them differ by at most {difference}."),
            count=found.vectors,
            difference=f"{found.vector_difference:.4f}",
        )
    )


def shipped_challenges(settings: Settings) -> list[Challenge]:
    """The shipped challenges in both languages, then the same needs in other wordings."""
    from matchmaker.catalogue.collaborator_file import read_challenges
    from matchmaker.evaluation.robustness import read_paraphrases
    from matchmaker.text.query import read_query

    folder = settings.evaluation_folder
    judged = [one for code in ("sv", "en") for one in read_challenges(folder / f"challenges.{code}.jsonl", read_query)]
    return judged + [one for group in read_paraphrases(folder / "paraphrases.jsonl") for one in group.challenges]
