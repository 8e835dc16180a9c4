"""Pictures: what their geometry says, and what their markup gives to those who see them and those who do not."""

from dataclasses import replace
from itertools import combinations
from xml.etree.ElementTree import Element, fromstring

import pytest
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from matchmaker.catalogue.memory_collection import MemoryCollection
from matchmaker.catalogue.seed import read_municipalities
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind
from matchmaker.domain.language import LocalisedText
from matchmaker.domain.shortlist import Confidence, Provenance, Suggestion
from matchmaker.expertise_map import expertise_map
from matchmaker.indexing import IndexRecipe, build_index
from matchmaker.pipeline import Matcher
from matchmaker.ranking.scorer import Scorer
from matchmaker.text.analysis import Analyzer
from matchmaker_api.pictures.county_map import CountyMap, county_map
from matchmaker_api.pictures.coverage import coverage_matrix
from matchmaker_api.pictures.expertise_map import map_picture
from matchmaker_api.pictures.labels import Box
from matchmaker_api.pictures.score_parts import score_parts
from tests.conftest import ROOT, collaborator
from tests.fakes import HashingEncoder

SCORER = Scorer.read(ROOT / "models" / "ranking" / "weights.json")
CHALLENGE = Challenge("c", "Vatten och avlopp fryser i byn varje vinter")


def suggestion(rank: int, identifier: str, parts: tuple[int, ...] = (), **changes: float) -> Suggestion:
    plain = Suggestion(
        rank=rank,
        collaborator_id=identifier,
        name=LocalisedText(identifier.title(), identifier.title()),
        kind=CollaboratorKind.RESEARCH_GROUP,
        department="SBN",
        web_page=None,
        contacts=(),
        is_entrance=False,
        score=0.5,
        confidence=Confidence.STRONG,
        dense_share=0.615,
        lexical_share=0.385,
        evidence=(),
        probability=0.72,
        parts=parts,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def provenance(scorer: str) -> Provenance:
    return Provenance("0", "e", "i", "a", "r", scorer, "main")


def drawn(file: str, call: str, **context: object) -> Element:
    """A macro's output, parsed: it must be well-formed, with nothing that the content security policy forbids."""

    def say(template: str, **values: object) -> Markup:
        return Markup(escape(template)).format(**values)

    def say_plural(singular: str, plural: str, count: int, **values: object) -> Markup:
        return say(singular if count == 1 else plural, count=count, **values)

    environment = Environment(
        loader=PackageLoader("matchmaker_api", "templates"), autoescape=True, undefined=StrictUndefined
    )
    macro = call.partition("(")[0]
    template = environment.from_string(
        f'{{% from "pictures/{file}" import {macro} with context %}}<div>{{{{ {call} }}}}</div>'
    )
    root = fromstring(template.render(say=say, say_plural=say_plural, **context))
    for element in root.iter():
        assert element.tag != "script"
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
    return root


def said(element: Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


@pytest.fixture
def county() -> CountyMap:
    read = read_municipalities(ROOT / "data" / "catalogue")
    counts = {"2580": 12, "2584": 1, "2581": 6}
    return county_map([(one.code, one.short, counts.get(one.code, 0), f"/desk?in={one.code}") for one in read])


def test_every_municipality_has_a_tile_of_its_own_within_the_drawing(county: CountyMap) -> None:
    boxes = [Box(one.x, one.y, one.x + one.width, one.y + one.height) for one in county.tiles]
    assert len(boxes) == 14
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(box.within(county.width, county.height) for box in boxes)


def test_the_county_is_recognisable(county: CountyMap) -> None:
    tiles = {one.name: one for one in county.tiles}
    north_to_south = ["Kiruna", "Gällivare", "Jokkmokk", "Arjeplog", "Arvidsjaur", "Piteå"]
    assert sorted(north_to_south, key=lambda name: tiles[name].y) == north_to_south
    assert all(tiles["Boden"].middle < tiles[name].middle for name in ("Kalix", "Haparanda", "Luleå", "Övertorneå"))
    assert tiles["Arjeplog"].x == min(one.x for one in county.tiles)
    assert tiles["Haparanda"].x == max(one.x for one in county.tiles)


def test_shades_follow_numbers_and_none_has_its_own(county: CountyMap) -> None:
    levels = {one.name: one.level for one in county.tiles}
    assert levels["Luleå"] == 4
    assert levels["Kiruna"] == 1
    assert levels["Boden"] == 0
    assert levels["Kiruna"] < levels["Piteå"] < levels["Luleå"]


def test_each_tile_is_a_link_that_says_its_name_and_number(county: CountyMap) -> None:
    root = drawn("county_map.html", "county_map(map)", map=county)
    links = {one.get("href"): one for one in root.findall(".//svg/a")}
    assert len(links) == 14
    assert links["/desk?in=2580"].get("aria-label") == "Luleå, 12 open challenges"
    assert links["/desk?in=2584"].get("aria-label") == "Kiruna, 1 open challenge"
    assert said(links["/desk?in=2580"]) == "Luleå 12"
    assert said(root.find(".//tfoot/tr") or root) == "The whole county 19"


def test_a_place_outside_the_county_is_an_error() -> None:
    with pytest.raises(KeyError):
        county_map([("0180", "Stockholm", 1, "/")])


def test_score_parts_sum_to_a_hundred_and_mark_the_thresholds_that_were_used() -> None:
    parts = score_parts(suggestion(1, "va"), SCORER, provenance(SCORER.version))
    assert parts.meaning + parts.words == 100
    assert parts.thresholds is not None
    assert (parts.thresholds.possible, parts.thresholds.strong) == (30, 60)
    root = drawn("score_parts.html", "score_parts(parts, name)", parts=parts, name="VA & vatten")
    rows = [said(row) for row in root.findall(".//tr")]
    assert rows[0] == f"Meaning {parts.meaning} %"
    assert rows[2] == "Probability possible strong 72 % (possible from 30 %, strong from 60 %)"


def test_without_evidence_bars_are_empty_and_thresholds_of_other_weights_are_not_shown() -> None:
    parts = score_parts(suggestion(1, "va", dense_share=0.0, lexical_share=0.0), SCORER, provenance("other"))
    assert (parts.meaning, parts.words, parts.thresholds) == (0, 0, None)
    assert "possible" not in said(drawn("score_parts.html", "score_parts(parts, name)", parts=parts, name="VA"))


def test_coverage_says_who_answers_what_and_what_nobody_answers() -> None:
    candidates = [suggestion(1, "geoteknik", (1,)), suggestion(2, "arbetsvetenskap", (1, 2))]
    matrix = coverage_matrix(["Vägar faller sönder.", "Personal slutar.", "Bröd " * 40], candidates, "sv")
    assert matrix is not None
    assert [row.marks for row in matrix.rows] == [(True, True), (False, True), (False, False)]
    assert [row.number for row in matrix.unanswered] == [3]
    root = drawn("coverage.html", "coverage(matrix)", matrix=matrix)
    rows = [said(row) for row in root.findall(".//tbody/tr")]
    assert rows[0] == "1 Vägar faller sönder. answers it answers it 2"
    assert rows[1] == "2 Personal slutar. · does not answer it answers it 1"
    assert rows[2].startswith("3 Bröd")
    assert "… Nobody answers this." in rows[2]
    assert [one.get("scope") for one in root.findall(".//th")] == ["col"] * 4 + ["row"] * 3


def test_a_need_that_is_one_has_no_coverage() -> None:
    assert coverage_matrix([], [suggestion(1, "va")], "sv") is None
    assert said(drawn("coverage.html", "coverage(matrix)", matrix=None)) == ""


@pytest.fixture
def people() -> list[Collaborator]:
    texts = ["vatten avlopp rör", "is och snö i byn", "skola lärare elever", "gruva berg malm", "vård omsorg hälsa"]
    groups = [collaborator(f"grupp{row:02}", f"{texts[row % 5]} {'abcdefghijkl'[row]}") for row in range(12)]
    return [replace(one, department=("SBN", "HLT", None)[row % 3]) for row, one in enumerate(groups)]


@pytest.fixture
def matcher(people: list[Collaborator], recipe: IndexRecipe, encoder: HashingEncoder, analyzer: Analyzer) -> Matcher:
    collection = MemoryCollection("people", [*people, collaborator("silent")])
    return Matcher(collection, build_index(collection, recipe), encoder, analyzer, SCORER)


def test_the_map_has_everyone_with_texts_nearest_first_and_is_laid_out_once(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = expertise_map(matcher, CHALLENGE)
    assert len(first.collaborators) == 12
    assert first.total == 13
    nearness = [one.nearness for one in first.collaborators]
    assert nearness == sorted(nearness, reverse=True)
    monkeypatch.setattr("matchmaker.expertise_map.project", None)
    assert expertise_map(matcher, CHALLENGE) == first
    other = expertise_map(matcher, Challenge("d", "Elever i skolan behöver fler lärare i matematik"))
    places = {one.collaborator.id: (one.x, one.y) for one in first.collaborators}
    assert {one.collaborator.id: (one.x, one.y) for one in other.collaborators} == places
    assert other.challenge != first.challenge


def test_of_a_large_collection_those_nearest_to_the_challenge_are_drawn(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = expertise_map(matcher, CHALLENGE)
    monkeypatch.setattr("matchmaker.expertise_map.MOST_DRAWN", 5)
    few = expertise_map(matcher, CHALLENGE)
    assert [one.collaborator.id for one in few.collaborators] == [
        one.collaborator.id for one in everyone.collaborators[:5]
    ]
    assert few.total == 13


def test_the_map_labels_challenge_candidates_and_the_nearest_group(matcher: Matcher) -> None:
    found = expertise_map(matcher, CHALLENGE)
    nearest, *_, last, least = (one.collaborator.id for one in found.collaborators)
    candidates = [suggestion(1, last), suggestion(2, least)]
    picture = map_picture(found, candidates, "sv", "Utmaningen")
    wide, narrow = picture.drawings
    labels = {label.text for label in wide.labels}
    assert labels == {"Utmaningen", f"1 {last.title()}", f"2 {least.title()}", nearest.title()}
    assert [shape for _, shape in picture.legend] == ["circle", "square", "cross"]
    for drawing in (wide, narrow):
        dots = [*drawing.dots, drawing.challenge]
        assert all(0 < dot.x < drawing.canvas.width and 0 < dot.y < drawing.canvas.height for dot in dots)


def test_the_map_says_in_words_and_in_a_table_what_it_shows(matcher: Matcher) -> None:
    found = expertise_map(matcher, CHALLENGE)
    nearest = found.collaborators[0].collaborator
    picture = map_picture(found, [suggestion(1, nearest.id)], "sv", "Utmaningen <b>")
    root = drawn("expertise_map.html", "expertise_map(picture, departments)", picture=picture, departments={"SBN": "S"})
    svg = next(one for one in root.iter("svg") if one.get("role") == "img")
    assert f"Nearest to the challenge: {nearest.name.sv}, " in (svg.get("aria-label") or "")
    rows = [said(row) for row in root.findall(".//tbody/tr")]
    assert len(rows) == 12
    assert rows[0].startswith(nearest.name.sv or "")
    assert rows[0].endswith(" 1")
    assert all(row.endswith(" –") for row in rows[1:])


def test_an_empty_collection_has_an_empty_map(recipe: IndexRecipe, encoder: HashingEncoder, analyzer: Analyzer) -> None:
    collection = MemoryCollection("bare", [collaborator("silent")])
    bare = Matcher(collection, build_index(collection, recipe), encoder, analyzer, SCORER)
    found = expertise_map(bare, CHALLENGE)
    assert (found.collaborators, found.total) == ((), 1)
    assert len(drawn("expertise_map.html", "expertise_map(p)", p=map_picture(found, [], "en", "It")).findall(".//svg"))
