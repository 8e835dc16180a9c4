"""``matchmaker match`` and ``matchmaker rank``."""

import json
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from matchmaker.cli import app, console, interface_translator
from matchmaker.cli.opening import open_workspace
from matchmaker.cli.progress import showing
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.errors import InvalidChallengeError, mark
from matchmaker.domain.language import Language
from matchmaker.domain.shortlist import DEFAULT_TOP_K
from matchmaker.messages import translator

RUN_TAG = "matchmaker"

CollectionOption = Annotated[str, typer.Option(help="The stored collection to rank.")]


@app.command()
def match(
    text: Annotated[str | None, typer.Argument(help="The challenge; '-' reads standard input.")] = None,
    file: Annotated[Path | None, typer.Option(help="Read the challenge from a UTF-8 text file.")] = None,
    title: Annotated[str | None, typer.Option(help="A title for the challenge.")] = None,
    language: Annotated[str | None, typer.Option(help="Its language, sv or en; detected when not given.")] = None,
    top_k: Annotated[int, typer.Option(min=1, max=100, help="How many experts to list.")] = DEFAULT_TOP_K,
    collection: CollectionOption = MAIN_COLLECTION,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Rank collaborators for one challenge and show the evidence for each."""
    from matchmaker.cli.shortlist_text import shortlist_text
    from matchmaker.review.intake import shortlist_content
    from matchmaker.text.query import read_query

    if language is not None and not Language.is_code(language):
        raise InvalidChallengeError(
            "language", mark("«{code}» is no language code: give sv or en, or leave it out."), code=language
        )
    challenge = Challenge("cli", _challenge_text(text, file), title, Language.of(language))
    query = read_query(challenge)  # bad input is told before anything heavy is opened
    with ExitStack() as stack:
        shortlist = open_workspace(stack).matcher(collection).match(challenge, top_k)
    if as_json:
        content = {"challenge": {**asdict(challenge), "language": query.language}, **shortlist_content(shortlist)}
        print(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        say = translator(shortlist.language) if shortlist.language is not Language.OTHER else interface_translator()
        print(shortlist_text(query.text, shortlist, say))


@app.command()
def rank(
    challenges: Annotated[Path, typer.Option(help="Challenges as JSON lines: id, title, text, language.")],
    output: Annotated[Path, typer.Option(help="The run file to write, in TREC format.")],
    collaborators: Annotated[
        Path | None, typer.Option(help="Collaborators as JSON lines; the stored collection when not given.")
    ] = None,
    top_k: Annotated[int, typer.Option(min=0, help="Collaborators a challenge; 0 for all.")] = 0,
    collection: CollectionOption = MAIN_COLLECTION,
) -> None:
    """Rank a whole catalogue for many challenges, through the same pipeline."""
    from matchmaker.catalogue.collaborator_file import read_challenges, read_collaborators
    from matchmaker.text.query import read_query

    queries = read_challenges(challenges, read_query)
    given = read_collaborators(collaborators) if collaborators else None
    say = interface_translator()
    with ExitStack() as stack:
        workspace = open_workspace(stack)
        matcher = workspace.memory_matcher(str(collaborators), given)[0] if given else workspace.matcher(collection)
        with showing(say.say(mark("Encoding challenges")), len(queries)) as progress:
            lines = [
                f"{challenge.id} Q0 {one.collaborator_id} {one.rank} {one.score:.9f} {RUN_TAG}\n"
                for challenge, ranking in matcher.rank(queries, top_k, progress=progress)
                for one in ranking
            ]
    _write_whole(output, "".join(lines))
    console.print(say.say(mark("{count} challenges ranked; the run is in {path}."), count=len(queries), path=output))


def _challenge_text(text: str | None, file: Path | None) -> str:
    from matchmaker.catalogue.text_file import read_text_file

    if (text is None) == (file is None):
        raise InvalidChallengeError("text", mark("Give the challenge as text or with --file, one of the two."))
    if file is None:
        return sys.stdin.read() if text == "-" else text or ""
    return read_text_file(file)


def _write_whole(path: Path, content: str) -> None:
    """Write beside the target and rename, so that no reader and no crash sees half a file."""
    from matchmaker.catalogue.text_file import file_error

    fresh: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as stream:
            fresh = Path(stream.name)
            stream.write(content)
        fresh.chmod(0o644)
        fresh.replace(path)
    except OSError as error:
        if fresh is not None:
            fresh.unlink(missing_ok=True)
        raise file_error(path, error) from error
