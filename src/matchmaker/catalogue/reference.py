"""Texts by which the language correction knows where an encoder puts each language."""

import json
from pathlib import Path

from matchmaker.catalogue.seed import read_catalogue
from matchmaker.domain.collaborator import PROFILE
from matchmaker.domain.errors import SetupError, mark
from matchmaker.domain.language import Language

LANGUAGES = (Language.SWEDISH, Language.ENGLISH)


def reference_profiles(catalogue_folder: Path) -> dict[Language, list[str]]:
    """Profiles of the shipped catalogue: the same content in both languages, so that only language tells them apart."""
    documents = [
        document for one in read_catalogue(catalogue_folder) for document in one.documents if document.kind == PROFILE
    ]
    return {
        language: [f"{document.title}. {document.text}" for document in documents if document.language is language]
        for language in LANGUAGES
    }


def reference_challenges(evaluation_folder: Path) -> dict[Language, list[str]]:
    """The development half of the judged challenges (never the half that is reported), in both languages.

    Raises:
        SetupError: a file is missing, damaged or has none.
    """
    texts: dict[Language, list[str]] = {}
    for language in LANGUAGES:
        path = evaluation_folder / f"challenges.{language.value}.jsonl"
        try:
            challenges = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
            texts[language] = [f"{one['title']}. {one['text']}" for one in challenges if one["split"] == "dev"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _wrong(path, type(error).__name__) from error
        if not texts[language]:
            raise _wrong(path, "no dev")
    return texts


def _wrong(path: Path, problem: str) -> SetupError:
    return SetupError(
        mark("The file of judged challenges {path} is missing or damaged ({problem})."),
        remedy="git checkout -- data/evaluation",
        path=path,
        problem=problem,
    )
