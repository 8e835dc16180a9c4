"""The pipeline on the shipped catalogue with the real encoder."""

import dataclasses

import pytest

from matchmaker.catalogue.seed import read_catalogue
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collaborator import Document
from matchmaker.domain.language import Language
from matchmaker.domain.shortlist import Confidence, NoticeCode, Shortlist
from matchmaker.workspace import Workspace
from tests.conftest import ROOT, collaborator

FLOOD = {
    "sv": "Källare översvämmas vid skyfall och snösmältning i våra äldre bostadsområden.",
    "en": "Basements are flooded by cloudbursts and snowmelt in our older housing areas.",
}


@pytest.fixture(scope="module", params=["sv", "en"])
def shortlist(workspace: Workspace, request: pytest.FixtureRequest) -> Shortlist:
    return workspace.matcher().match(Challenge("c", FLOOD[request.param]), 5)


def test_the_obvious_group_comes_first_in_either_language(shortlist: Shortlist) -> None:
    assert shortlist.experts[0].collaborator_id == "urban-water-engineering"
    assert shortlist.experts[0].confidence is Confidence.STRONG
    assert [one.rank for one in shortlist.experts] == [1, 2, 3, 4, 5]


def test_experts_and_routes_are_apart_and_the_entrance_is_among_the_routes(shortlist: Shortlist) -> None:
    assert not any(one.kind.is_route for one in shortlist.experts)
    assert all(one.kind.is_route for one in shortlist.routes)
    assert any(one.is_entrance for one in shortlist.routes)


def test_every_suggestion_shows_evidence_with_a_sentence_of_it(shortlist: Shortlist) -> None:
    for suggestion in (*shortlist.experts, *shortlist.routes):
        assert 1 <= len(suggestion.evidence) <= 3
        for piece in suggestion.evidence:
            assert all(part in piece.text for part in piece.sentence.split(", "))
            assert (piece.url or piece.source) and piece.language in (Language.SWEDISH, Language.ENGLISH)
            assert all(word in f"{piece.title}. {piece.text}" for word in piece.matched_words)
        assert len({piece.document_id.rsplit(":", 1)[0] for piece in suggestion.evidence}) == len(suggestion.evidence)
        shares = suggestion.dense_share + suggestion.lexical_share
        assert shares == pytest.approx(1) or (shares == 0 and suggestion.score <= 0)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_removing_the_shown_evidence_lowers_the_score(workspace: Workspace, language: str) -> None:
    everyone = read_catalogue(ROOT / "data" / "catalogue")
    challenge = Challenge("c", FLOOD[language])
    matcher, _ = workspace.memory_matcher("whole", everyone)
    suggestion = matcher.match(challenge).experts[0]
    shown = {piece.document_id for piece in suggestion.evidence}
    less = [
        dataclasses.replace(one, documents=tuple(doc for doc in one.documents if doc.id not in shown))
        if one.id == suggestion.collaborator_id
        else one
        for one in everyone
    ]
    matcher, _ = workspace.memory_matcher("less", less)
    ((_, ranking),) = matcher.rank([challenge])
    found = next(one for one in ranking if one.collaborator_id == suggestion.collaborator_id)
    assert found.score < suggestion.score
    assert found.probability < suggestion.probability


TWO_NEEDS = {
    "sv": "Våra grusvägar faller sönder varje vår när tjälen går ur marken. "
    "Samtidigt säger hälften av våra undersköterskor upp sig inom två år och de som stannar är sjukskrivna.",
    "en": "Our gravel roads fall apart every spring when the frost leaves the ground. "
    "At the same time half of our assistant nurses resign within two years, and those who stay are on sick leave.",
}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_need_with_two_parts_gets_somebody_for_each_with_evidence_for_that_part(
    workspace: Workspace, language: str
) -> None:
    shortlist = workspace.matcher().match(Challenge("c", TWO_NEEDS[language]), 5)
    assert len(shortlist.parts) == 2
    assert " ".join(shortlist.parts) == TWO_NEEDS[language]
    answering = {part: [one for one in shortlist.experts if part in one.parts] for part in (1, 2)}
    assert "geotechnical-engineering" in [one.collaborator_id for one in answering[1]]
    assert "human-work-science" in [one.collaborator_id for one in answering[2]]
    assert not shortlist.notices


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_need_about_one_matter_has_no_parts(workspace: Workspace, language: str) -> None:
    text = {
        "sv": "Källare översvämmas vid skyfall. Ledningarna är gamla. Dagvattnet rinner in i spillvattnet på våren.",
        "en": "Basements flood in cloudbursts. The pipes are old. Stormwater runs into the sewers when the snow melts.",
    }[language]
    assert workspace.matcher().match(Challenge("c", text)).parts == ()


def test_words_that_meet_by_translation_are_shown_with_what_they_translate(workspace: Workspace) -> None:
    english = dataclasses.replace(
        collaborator("right"),
        documents=(
            Document("r", "Snow removal and stormwater in cold climate.", "Water", Language.ENGLISH),
            *(Document(f"o{number}", text, None, Language.ENGLISH) for number, text in enumerate(["Music.", "Ore."])),
        ),
    )
    matcher, _ = workspace.memory_matcher("translated", [english, *read_catalogue(ROOT / "data" / "catalogue")])
    shortlist = matcher.match(Challenge("c", "Dagvatten och snö i kallt klimat är ett problem för oss i kommunen."), 20)
    (suggestion,) = [one for one in shortlist.experts if one.collaborator_id == "right"]
    pairs = {pair for piece in suggestion.evidence for pair in piece.translated_words}
    assert ("snö", "Snow") in pairs
    assert any(one == "stormwater" for _, one in pairs)


def test_much_evidence_does_not_outrank_better_evidence(workspace: Workspace) -> None:
    few = collaborator("few", "Källare översvämmas vid skyfall och snösmältning.")
    many = collaborator("many", *(f"Kommunens vägar snöröjs på vintern, del {number}." for number in range(60)))
    matcher, _ = workspace.memory_matcher("volume", [many, few])
    ((_, ranking),) = matcher.rank([Challenge("c", FLOOD["sv"])])
    assert [one.collaborator_id for one in ranking] == ["few", "many"]


def test_a_swedish_need_finds_english_evidence_past_swedish_distractors(workspace: Workspace) -> None:
    english = dataclasses.replace(
        collaborator("right"),
        documents=(
            Document("r", "Stormwater, snowmelt and flooding of basements in cold climate.", None, Language.ENGLISH),
        ),
    )
    distractors = [
        collaborator(f"wrong{number}", text)
        for number, text in enumerate(["Musik i skolan och körsång.", "Gruvans bergmekanik.", "Redovisning i bolag."])
    ]
    matcher, _ = workspace.memory_matcher("languages", [*distractors, english])
    ((_, ranking),) = matcher.rank([Challenge("c", FLOOD["sv"])])
    assert ranking[0].collaborator_id == "right"


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("Kellarit tulvivat rankkasateella ja lumen sulaessa", NoticeCode.UNSUPPORTED_LANGUAGE),
        ("مياه الأمطار تغمر الأقبية في المدينة القديمة كل ربيع", NoticeCode.UNSUPPORTED_LANGUAGE),
        ("snö", NoticeCode.SHORT_TEXT),
    ],
)
def test_unusual_challenges_get_an_answer_that_says_so(workspace: Workspace, text: str, notice: NoticeCode) -> None:
    shortlist = workspace.matcher().match(Challenge("c", text))
    assert shortlist.experts
    assert shortlist.routes
    assert notice in shortlist.notices


def test_a_routine_matter_matches_nobody_and_is_shown_the_entrance_alone(workspace: Workspace) -> None:
    for text in ("Vem kan baka surdegsbröd till kaféet på lördag?", "The swing in the park is broken. Who mends it?"):
        shortlist = workspace.matcher().match(Challenge("c", text))
        assert shortlist.experts == ()
        assert NoticeCode.NO_MATCH in shortlist.notices
        assert [one.is_entrance for one in shortlist.routes] == [True]


def test_a_collection_without_evidence_gives_an_empty_list_and_says_so(workspace: Workspace) -> None:
    matcher = workspace.memory_matcher("bare", [collaborator("nobody")])[0]
    shortlist = matcher.match(Challenge("c", FLOOD["sv"]))
    assert (shortlist.experts, shortlist.routes) == ((), ())
    assert NoticeCode.NO_MATCH in shortlist.notices


def test_the_same_challenge_gives_the_same_shortlist(workspace: Workspace) -> None:
    challenge = Challenge("c", FLOOD["sv"])
    fresh = Workspace(workspace.settings)
    assert fresh.matcher().match(challenge) == workspace.matcher().match(challenge)


def test_a_batch_gives_what_single_challenges_get(workspace: Workspace) -> None:
    challenges = [Challenge(key, text) for key, text in FLOOD.items()]
    matcher = workspace.matcher()
    together = dict(matcher.rank(challenges))
    for challenge in challenges:
        ((_, alone),) = matcher.rank([challenge])
        assert together[challenge] == alone
        shortlist = matcher.match(challenge)
        scores = {one.collaborator_id: one.score for one in alone}
        assert all(scores[one.collaborator_id] == one.score for one in shortlist.experts)


def test_documents_in_memory_and_stored_rank_alike(workspace: Workspace) -> None:
    people = [collaborator("a", "snö och is"), collaborator("b", "vatten i rör", "avlopp"), collaborator("c")]
    workspace.save("alike", "test", people)
    memory, collection = workspace.memory_matcher("alike", people)
    challenge = Challenge("c", "avloppet fryser")
    assert collection.name == "alike"
    assert dict(memory.rank([challenge])) == dict(workspace.matcher("alike").rank([challenge]))
