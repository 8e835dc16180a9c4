import pytest

from matchmaker.domain.language import Language
from matchmaker.text.analysis import Analyzer
from matchmaker.text.compounds import CompoundSplitter

SPLITS = {
    "dagvattenhantering": ("dagvatten", "hantering"),
    "dagvatten": ("dag", "vatten"),
    "hemtjänstpersonal": ("hemtjänst", "personal"),
    "hemtjänst": ("hem", "tjänst"),
    "äldreomsorgens": ("äldre", "omsorgens"),
    "kollektivtrafik": ("kollektiv", "trafik"),
    "energieffektivisering": ("energi", "effektivisering"),
    "snöröjning": ("snö", "röjning"),
    "kompetensförsörjning": ("kompetens", "försörjning"),
    "informationssäkerhet": ("information", "säkerhet"),
    "avloppsreningsverk": ("avlopp", "reningsverk"),
    "fjärrvärmenätet": ("fjärrvärme", "nätet"),
    "bostadsbrist": ("bostad", "brist"),
    "trygghetslarm": ("trygghet", "larm"),
    "vattentäkter": ("vatten", "täkter"),
    "tjälskador": ("tjäle", "skador"),
    "räddningstjänst": ("räddning", "tjänst"),
    "distansutbildning": ("distans", "utbildning"),
    "cykelvägar": ("cykel", "vägar"),
    "sjuksköterskor": ("sjuk", "sköterskor"),
    "minoritetsspråk": ("minoritet", "språk"),
    "cyberangrepp": ("cyber", "angrepp"),
    "bredbandsutbyggnad": ("bredband", "utbyggnad"),
    "barnfamiljer": ("barn", "familjer"),
    "skolgata": ("skol", "gata"),
    # and what must stay whole
    "digitalisering": None,
    "utveckling": None,
    "forskning": None,
    "matematik": None,
    "personal": None,
    "verksamhet": None,
    "ensamhet": None,
    "kommunen": None,
    "byggnader": None,
    "snö": None,
}


@pytest.mark.parametrize(("word", "parts"), SPLITS.items())
def test_compounds(word: str, parts: tuple[str, str] | None) -> None:
    assert CompoundSplitter().split(word) == parts


@pytest.mark.parametrize(
    ("challenge", "evidence"),
    [
        ("hemtjänstpersonalens scheman", "planering i hemtjänsten"),
        ("dagvattenhantering", "rening av dagvatten"),
        ("reningsverket bräddar", "kommunala reningsverk"),
        ("IT-säkerhet", "säkerhet i nätverk"),
        ("äldreomsorgens vardag", "omsorg om äldre"),
    ],
)
def test_a_compound_meets_its_parts(analyzer: Analyzer, challenge: str, evidence: str) -> None:
    terms = set(analyzer.terms(challenge, Language.SWEDISH))
    assert terms & set(analyzer.terms(evidence, Language.SWEDISH))


def test_stop_words_are_no_terms(analyzer: Analyzer) -> None:
    assert analyzer.terms("och det som är i på", Language.SWEDISH) == []
    assert analyzer.terms("and the of in", Language.ENGLISH) == []


def test_other_languages_keep_their_words(analyzer: Analyzer) -> None:
    assert analyzer.terms("Kellarit tulvivat", Language.OTHER) == ["kellarit", "tulvivat"]


def test_å_ä_ö_are_letters_of_their_own(analyzer: Analyzer) -> None:
    assert analyzer.terms("hår", Language.SWEDISH) != analyzer.terms("har", Language.SWEDISH)


def test_matching_words_are_as_written_once_for_all_forms(analyzer: Analyzer) -> None:
    terms = analyzer.query_terms("snön på vägarna", Language.SWEDISH)
    found = analyzer.matching_words("Snö och snön på Vägar, is", Language.SWEDISH, terms)
    assert list(found) == ["Snö", "Vägar"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("snorojning", "snöröjning"), ("forskola", "förskola"), ("aldre", "äldre"), ("varmepump", "värmepump")],
)
def test_a_challenge_typed_without_any_dots_meets_the_word(analyzer: Analyzer, typed: str, meant: str) -> None:
    asked = {term for one in analyzer.query_terms(f"Vi vill ha {typed} i byn", Language.SWEDISH) for term in one}
    assert set(analyzer.terms(meant, Language.SWEDISH)) <= asked


def test_a_challenge_with_dots_is_taken_at_its_word(analyzer: Analyzer) -> None:
    query = analyzer.query_terms("Varken lärare eller elever är nöjda", Language.SWEDISH)
    assert {term for one in query for term in one} == set(
        analyzer.terms("Varken lärare eller elever är nöjda", Language.SWEDISH)
    )


def test_a_monster_of_a_word_is_looked_at_in_no_time(analyzer: Analyzer) -> None:
    terms = analyzer.query_terms("bar" * 200 + " och vatten", Language.SWEDISH)
    assert "vatt" in {term for one in terms for term in one}
