import dataclasses
import json

import pytest

from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collaborator import KEYWORDS, Document
from matchmaker.domain.errors import InvalidChallengeError
from matchmaker.domain.language import Language
from matchmaker.domain.shortlist import NoticeCode
from matchmaker.form_wording import HINTS, LEVELS, PERSONAL_DATA, hint_text, understood_text, unknown_text
from matchmaker.messages import translator
from matchmaker.review.preview import HINTS as HINTS_SHOWN
from matchmaker.review.preview import UNDERSTOOD, UNKNOWN, Hint, Preview, PreviewLevel, TellMore, preview
from matchmaker.text.analysis import Analyzer
from matchmaker.text.need_parts import NeedPart, missing_parts
from matchmaker.text.personal_data import PersonalDataKind
from matchmaker.workspace import Workspace
from tests.conftest import ROOT, collaborator

FLOOD = (ROOT / "data" / "example-challenge.txt").read_text(encoding="utf-8")


def asked(result: Preview) -> list[TellMore]:
    return [hint.what for hint in result.tell_more]


def test_a_full_description_is_good_and_nothing_is_asked(workspace: Workspace) -> None:
    result = preview(workspace.matcher(), Challenge("c", FLOOD))
    assert result.level is PreviewLevel.GOOD
    assert {"spillvatten", "skyfall"} <= set(result.understood)
    assert result.tell_more == ()


@pytest.mark.parametrize("text", ["", "  \n", "12 !!", "<br>"])
def test_a_form_without_words_is_no_error(workspace: Workspace, text: str) -> None:
    result = preview(workspace.matcher(), Challenge("c", text))
    assert result == Preview(PreviewLevel.NOTHING_YET, tell_more=(Hint(TellMore.MORE_WORDS),))


def test_a_text_that_is_too_long_is_refused_as_everywhere(workspace: Workspace) -> None:
    with pytest.raises(InvalidChallengeError):
        preview(workspace.matcher(), Challenge("c", "ord " * 50_000))


def test_a_single_word_is_thin_whatever_it_matches(workspace: Workspace) -> None:
    result = preview(workspace.matcher(), Challenge("c", "dagvatten"))
    assert result.level is PreviewLevel.THIN
    assert result.understood == ("dagvatten",)
    assert asked(result)[0] is TellMore.MORE_WORDS


def test_what_nobody_serves_is_nothing_yet_and_its_words_are_unknown(workspace: Workspace) -> None:
    result = preview(workspace.matcher(), Challenge("c", "Vem kan baka surdegsbröd till kaféet på lördag?"))
    assert (result.level, result.understood) == (PreviewLevel.NOTHING_YET, ())
    assert "surdegsbröd" in result.unknown
    assert TellMore.WHAT_IS_WANTED not in asked(result)


def test_more_text_raises_the_level(workspace: Workspace) -> None:
    levels = [
        preview(workspace.matcher(), Challenge("c", " ".join(FLOOD.split()[:count]))).level for count in (1, 8, 70)
    ]
    order = list(PreviewLevel)
    assert [order.index(level) for level in levels] == sorted(order.index(level) for level in levels)
    assert levels[0] is not levels[-1]


def test_words_are_the_writers_and_neighbours_in_the_evidence_stay_together(workspace: Workspace) -> None:
    english = dataclasses.replace(
        collaborator("water"),
        documents=(Document("w", "snow, stormwater, cold climate", None, Language.ENGLISH, kind=KEYWORDS),),
    )
    others = [
        collaborator(f"o{number}", text) for number, text in enumerate(["Musik.", "Malm och gruvor.", "Lön."] * 20)
    ]
    matcher, _ = workspace.memory_matcher("phrases", [english, *others])
    result = preview(matcher, Challenge("c", "Dagvatten fryser i kallt klimat varje vinter. Vem vet något om det?"))
    assert "kallt klimat" in result.understood
    assert "dagvatten" in result.understood


def test_an_unanswered_part_is_asked_for_with_its_text(workspace: Workspace) -> None:
    roads = "Våra grusvägar faller sönder varje vår när tjälen går ur marken och lastbilarna kör fast i leran."
    bread = "Vem kan baka surdegsbröd och vetelängder till kaféet i simhallen varje lördag före klockan nio?"
    matcher = workspace.matcher()
    result = preview(matcher, Challenge("c", f"{roads} {bread}"))
    unanswered = [hint.part for hint in result.tell_more if hint.what is TellMore.UNANSWERED_PART]
    assert (NoticeCode.UNANSWERED_PART in result.notices) == bool(unanswered)
    assert all(part and part in f"{roads} {bread}" for part in unanswered)
    if unanswered:
        assert result.level is not PreviewLevel.GOOD


def test_nobody_is_named_and_little_is_shown(workspace: Workspace) -> None:
    lines = (ROOT / "data" / "training" / "needs.jsonl").read_text(encoding="utf-8").splitlines()[3::40]
    everyone = set(workspace.matcher().index.collaborators.ids)
    for line in lines:
        for language in ("sv", "en"):
            story = json.loads(line)[language]["story"]
            result = preview(workspace.matcher(), Challenge("c", story))
            assert len(result.understood) <= UNDERSTOOD
            assert len(result.unknown) <= UNKNOWN
            assert len(result.tell_more) <= HINTS_SHOWN
            assert all(word.lower() in story.lower() for word in (*result.understood, *result.unknown))
            assert not everyone & set(result.understood)
            assert not set(result.understood) & set(result.unknown)


def test_another_language_is_told_and_not_asked_to_say_more(workspace: Workspace) -> None:
    result = preview(workspace.matcher(), Challenge("c", "Kellarit tulvivat rankkasateella ja lumen sulaessa keväisin"))
    assert NoticeCode.UNSUPPORTED_LANGUAGE in result.notices
    assert result.tell_more == result.understood == result.unknown == ()
    assert result.level in {PreviewLevel.NOTHING_YET, PreviewLevel.THIN}


@pytest.mark.parametrize(
    ("text", "language", "missing"),
    [
        ("Det luktar illa.", "sv", list(NeedPart)),
        ("Vi vill minska lukten.", "sv", [NeedPart.PLACE_OR_CONDITIONS, NeedPart.FOR_WHOM, NeedPart.TRIED]),
        ("Det luktar illa på vintern.", "sv", [NeedPart.WANTED, NeedPart.FOR_WHOM, NeedPart.TRIED]),
        ("Det luktar illa i Boden.", "sv", [NeedPart.WANTED, NeedPart.FOR_WHOM, NeedPart.TRIED]),
        ("Eleverna klagar på lukten.", "sv", [NeedPart.WANTED, NeedPart.PLACE_OR_CONDITIONS, NeedPart.TRIED]),
        ("Vi har provat att vädra.", "sv", [NeedPart.WANTED, NeedPart.PLACE_OR_CONDITIONS, NeedPart.FOR_WHOM]),
        ("It smells bad.", "en", list(NeedPart)),
        ("How do pupils cope with the smell in winter? We tried fans.", "en", []),
        ("Haisee pahalta.", "und", []),
    ],
)
def test_what_is_there_is_not_asked_for(analyzer: Analyzer, text: str, language: str, missing: list[NeedPart]) -> None:
    assert missing_parts(text, Language(language), analyzer) == missing


def test_stories_that_tell_where_and_what_are_hardly_ever_asked(analyzer: Analyzer) -> None:
    needs = [json.loads(line) for line in (ROOT / "data" / "training" / "needs.jsonl").read_text("utf-8").splitlines()]
    for language in ("sv", "en"):
        called = [missing_parts(one[language]["story"], Language(language), analyzer) for one in needs]
        for part, most in ((NeedPart.WANTED, 0.05), (NeedPart.PLACE_OR_CONDITIONS, 0.07)):
            assert sum(part in one for one in called) / len(needs) <= most, (language, part)


def test_everything_has_words() -> None:
    assert set(LEVELS) == set(PreviewLevel)
    assert set(HINTS) == set(TellMore)
    assert set(PERSONAL_DATA) == set(PersonalDataKind)
    say = translator("en")
    assert "“och bröd”" in hint_text(Hint(TellMore.UNANSWERED_PART, "och bröd"), say)
    assert understood_text(Preview(PreviewLevel.GOOD, ("snö", "is")), say) == "Understood: snö, is."
    assert unknown_text(Preview(PreviewLevel.GOOD), say) is None
