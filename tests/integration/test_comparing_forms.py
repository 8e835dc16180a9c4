"""The same catalogue in two forms gives the same shortlists; where it does not, it is said who differs."""

from contextlib import closing
from dataclasses import replace

import pytest

from matchmaker.cli.comparing import COMPARED, shipped_challenges
from matchmaker.db.pgvector_index import open_pgvector
from matchmaker.db.postgres_lexical import open_postgres_lexical
from matchmaker.domain.challenge import Challenge
from matchmaker.evaluation.form_comparison import Difference, FormComparison, compare_forms
from matchmaker.indexing import IndexRecipe, build_index
from matchmaker.pipeline import Matcher
from matchmaker.retrieval.milvus_builds import open_milvus
from matchmaker.workspace import Workspace
from tests.conftest import collaborator


def test_the_shipped_challenges_are_answered_alike_by_files_and_by_a_server(
    workspace: Workspace, postgres_url: str
) -> None:
    with closing(open_pgvector(postgres_url)) as vectors, closing(open_postgres_lexical(postgres_url)) as terms:
        found = _compared(workspace, replace(workspace.recipe, with_sentences=False, vectors=vectors, lexical=terms))
    assert found.is_accepted, found.differences


def _compared(workspace: Workspace, recipe: IndexRecipe) -> FormComparison:
    embedded = workspace.matcher()
    index = build_index(embedded.collection, recipe)
    other = Matcher(embedded.collection, index, workspace.encoder, workspace.analyzer, workspace.scorer)
    found = compare_forms(embedded, other, shipped_challenges(workspace.settings)[:COMPARED])
    print(f"overlap of the ten best {found.overlap:.4f} over {found.challenges} challenges")  # noqa: T201
    assert found.challenges == COMPARED
    return found


def test_who_is_in_one_form_only_is_named(workspace: Workspace) -> None:
    both = [collaborator("snow", "snö och is på vägen"), collaborator("ore", "malm i berget")]
    here, _ = workspace.memory_matcher("here", both)
    there, _ = workspace.memory_matcher("there", [both[1], collaborator("ice", "snö och is på vägen")])
    found = compare_forms(here, there, [Challenge("c", "Isen på vägen är hal")])
    assert found.differences == (Difference("c", ("snow",), ("ice",)),)
    assert found.overlap == pytest.approx(0.5)
    assert not found.is_accepted


def test_the_shipped_challenges_are_answered_alike_by_faiss_and_milvus(workspace: Workspace, milvus_uri: str) -> None:
    with closing(open_milvus(milvus_uri)) as server:
        found = _compared(workspace, replace(workspace.recipe, with_sentences=False, vectors=server))
    assert found.is_accepted, found.differences
    assert found.vector_difference == 0


def test_vectors_that_did_not_arrive_as_they_were_are_told(workspace: Workspace) -> None:
    here, _ = workspace.memory_matcher("here", [collaborator("snow", "snö och is på vägen")])
    there, _ = workspace.memory_matcher("there", [collaborator("snow", "snö och is på vägen")])
    moved = there.index.dense.vectors_of(there.index.passage_ids)
    moved[0, 0] += 0.01
    there.index.dense.upsert(there.index.passage_ids, moved)
    found = compare_forms(here, there, [Challenge("c", "Isen på vägen är hal")])
    assert found.overlap == 1
    assert found.vector_difference == pytest.approx(0.01, abs=1e-6)
    assert not found.is_accepted
