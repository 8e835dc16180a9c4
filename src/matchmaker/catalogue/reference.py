"""Texts by which the language correction knows where an encoder puts each language."""

import json
from pathlib import Path

from matchmaker.catalogue.seed import read_catalogue
from matchmaker.domain.collaborator import PROFILE
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
    """The development half of the judged challenges (never the half that is reported), in both languages."""
    texts: dict[Language, list[str]] = {}
    for language in LANGUAGES:
        lines = (evaluation_folder / f"challenges.{language.value}.jsonl").read_text(encoding="utf-8").splitlines()
        challenges = [json.loads(line) for line in lines if line.strip()]
        texts[language] = [f"{one['title']}. {one['text']}" for one in challenges if one["split"] == "dev"]
    return texts
