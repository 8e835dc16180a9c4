import pytest

from matchmaker.domain.challenge import Challenge
from matchmaker.domain.errors import InvalidChallengeError
from matchmaker.review.similar import similar_challenges
from matchmaker.workspace import Workspace
from tests.conftest import collaborator

FLOOD = "Källare översvämmas vid skyfall och snösmältning i våra äldre bostadsområden."
OTHERS = [
    Challenge("bread", "Vem kan baka surdegsbröd till kaféet på lördag?"),
    Challenge("flood-en", "Basements are flooded by cloudbursts and snowmelt in our older housing areas."),
    Challenge("staff", "Hälften av våra undersköterskor säger upp sig inom två år."),
    Challenge("flood-sv", "När det skyfallar eller snön smälter får vi vatten i källarna i de gamla bostadsområdena."),
]


def ids(workspace: Workspace, challenge: Challenge, others: list[Challenge], limit: int = 5) -> list[str]:
    return [one.id for one in similar_challenges(workspace.matcher(), challenge, others, limit)]


def test_the_same_question_is_found_in_both_languages_and_others_are_not(workspace: Workspace) -> None:
    assert sorted(ids(workspace, Challenge("c", FLOOD), OTHERS)) == ["flood-en", "flood-sv"]


def test_a_challenge_is_never_similar_to_itself_but_to_its_copy(workspace: Workspace) -> None:
    own = Challenge("c", FLOOD)
    (copy,) = similar_challenges(workspace.matcher(), own, [own, Challenge("copy", FLOOD)])
    assert copy.id == "copy"
    assert copy.similarity == pytest.approx(1, abs=1e-3)


def test_the_order_does_not_depend_on_that_of_the_others(workspace: Workspace) -> None:
    copies = [Challenge(name, FLOOD) for name in ("b", "a", "c")]
    asked = Challenge("q", FLOOD)
    found = ids(workspace, asked, [*OTHERS, *copies])
    assert found == ids(workspace, asked, [*copies, *OTHERS][::-1])
    assert found[:3] == ["a", "b", "c"]
    assert ids(workspace, asked, copies, limit=2) == ["a", "b"]


def test_similarity_is_mutual(workspace: Workspace) -> None:
    matcher = workspace.matcher()
    (there,) = similar_challenges(matcher, OTHERS[1], [OTHERS[3]])
    (back,) = similar_challenges(matcher, OTHERS[3], [OTHERS[1]])
    assert there.similarity == pytest.approx(back.similarity, abs=1e-5)


def test_unreadable_others_are_left_out_and_an_unreadable_challenge_is_refused(workspace: Workspace) -> None:
    matcher = workspace.matcher()
    finnish = Challenge("fi", "Kellarit tulvivat rankkasateella ja lumen sulaessa keväisin vanhoilla asuinalueilla.")
    assert similar_challenges(matcher, Challenge("c", FLOOD), [Challenge("empty", " "), finnish]) == []
    assert similar_challenges(matcher, finnish, OTHERS) == []
    assert similar_challenges(matcher, Challenge("c", FLOOD), []) == []
    with pytest.raises(InvalidChallengeError):
        similar_challenges(matcher, Challenge("c", "  "), OTHERS)


def test_where_nobody_has_evidence_texts_alone_decide(workspace: Workspace) -> None:
    matcher, _ = workspace.memory_matcher("bare", [collaborator("nobody")])
    (copy,) = similar_challenges(matcher, Challenge("c", FLOOD), [Challenge("copy", FLOOD), OTHERS[0]])
    assert copy.id == "copy"
