"""The same catalogue in two forms gives the same shortlists; where it does not, it is said who differs."""

from dataclasses import replace

import pytest

from matchmaker.db.pgvector_index import open_pgvector
from matchmaker.db.postgres_lexical import open_postgres_lexical
from matchmaker.domain.challenge import Challenge
from matchmaker.evaluation.form_comparison import Difference, compare_forms
from matchmaker.evaluation.robustness import read_paraphrases
from matchmaker.indexing import build_index
from matchmaker.pipeline import Matcher
from matchmaker.workspace import Workspace
from tests.conftest import ROOT, collaborator


def test_the_shipped_challenges_are_answered_alike_by_files_and_by_a_server(
    workspace: Workspace, postgres_url: str
) -> None:
    embedded = workspace.matcher()
    vectors, terms = open_pgvector(postgres_url), open_postgres_lexical(postgres_url)
    recipe = replace(workspace.recipe, with_sentences=False, vectors=vectors, lexical=terms)
    index = build_index(embedded.collection, recipe)
    other = Matcher(embedded.collection, index, workspace.encoder, workspace.analyzer, workspace.scorer)
    sets = read_paraphrases(ROOT / "data" / "evaluation" / "paraphrases.jsonl")
    challenges = [one for group in sets for one in group.challenges][:200]
    found = compare_forms(embedded, other, challenges)
    vectors.close()
    terms.close()
    print(f"overlap of the ten best {found.overlap:.4f} over {found.challenges} challenges")  # noqa: T201
    assert found.is_accepted, found.differences


def test_who_is_in_one_form_only_is_named(workspace: Workspace) -> None:
    both = [collaborator("snow", "snö och is på vägen"), collaborator("ore", "malm i berget")]
    here, _ = workspace.memory_matcher("here", both)
    there, _ = workspace.memory_matcher("there", [both[1], collaborator("ice", "snö och is på vägen")])
    found = compare_forms(here, there, [Challenge("c", "Isen på vägen är hal")])
    assert found.differences == (Difference("c", ("snow",), ("ice",)),)
    assert found.overlap == pytest.approx(0.5)
    assert not found.is_accepted
