import json
import re
import shutil
import unicodedata
from pathlib import Path

import pytest

from matchmaker.catalogue.seed import read_catalogue, read_municipalities
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind
from matchmaker.domain.errors import SetupError
from tests.conftest import ROOT

CATALOGUE = ROOT / "data" / "catalogue"
AREAS = {
    "skills_supply", "health_and_care", "digitalisation", "education", "energy_and_environment", "infrastructure",
    "ict_and_information_security", "entrepreneurship",
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> list[Collaborator]:
    return read_catalogue(CATALOGUE)


def kebab(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def test_all_research_subjects_and_offices_are_there(catalogue: list[Collaborator]) -> None:
    groups = [one for one in catalogue if one.kind is CollaboratorKind.RESEARCH_GROUP]
    assert (len(groups), len(catalogue) - len(groups)) == (71, 21)
    assert [one.id for one in catalogue if one.is_entrance] == [
        "ltu-innovation-office-collaboration-and-innovation-office"
    ]


def test_ids_are_the_kebab_case_of_english_names(catalogue: list[Collaborator]) -> None:
    assert {one.id: one.id for one in catalogue} == {one.id: kebab(one.name.en or "") for one in catalogue}


def test_every_area_of_the_letter_of_intent_is_covered(catalogue: list[Collaborator]) -> None:
    assert {area for one in catalogue for area in one.areas} == AREAS


def test_each_has_a_summary_and_keywords_of_some_length_in_both_languages(catalogue: list[Collaborator]) -> None:
    for one in catalogue:
        documents = {document.id.removeprefix(f"{one.id}:"): document for document in one.documents}
        assert set(documents) == {"profile:sv", "profile:en", "keywords:sv", "keywords:en"}, one.id
        for language in ("sv", "en"):
            assert 80 <= len(documents[f"profile:{language}"].text.split()) <= 150, one.id
        swedish, english = (documents[f"keywords:{language}"].text.split(", ") for language in ("sv", "en"))
        assert len(swedish) == len(english) >= 10, one.id


def test_contacts_are_roles_and_nothing_looks_like_a_person(catalogue: list[Collaborator]) -> None:
    for one in catalogue:
        assert one.contacts, one.id
        said = " ".join([*(role.role.sv or "" for role in one.contacts), *(text.text for text in one.documents)])
        assert not re.search(r"@|\b0\d{1,3}[- ]\d{2,}", said), one.id


def test_the_facts_are_all_in_the_catalogue(catalogue: list[Collaborator], development_data: Path) -> None:
    facts = json.loads((development_data / "ltu_facts.json").read_text(encoding="utf-8"))
    names = {(one["name_sv"], one["name_en"]) for one in facts["subjects"] + facts["offices_and_centres"]}
    assert {(one.name.sv, one.name.en) for one in catalogue} == names


def test_the_fourteen_municipalities() -> None:
    municipalities = read_municipalities(CATALOGUE)
    assert [one.code for one in municipalities] == [
        "2505", "2506", "2510", "2513", "2514", "2518", "2521", "2523", "2560", "2580", "2581", "2582", "2583", "2584",
    ]  # fmt: skip
    assert all({"sv", "en"} <= set(one.names) for one in municipalities)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "research_group"', 'kind = "wizards"', "kind"),
        ("[collaborator.name]", "[collaborator.nam", "cannot be read"),
        ('id = "nursing"', 'id = "Nursing!"', "id"),
        ('id = "nursing"', 'id = "physiotherapy"', "physiotherapy occurs twice"),
        ("[[collaborator]]", "[[other]]", "collaborator"),
    ],
)
def test_a_wrong_catalogue_file_is_named_with_what_is_wrong(tmp_path: Path, old: str, new: str, told: str) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(CATALOGUE, folder)
    file = folder / "research-groups-hlt.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SetupError, match=told) as raised:
        read_catalogue(folder)
    assert raised.value.remedy


def test_a_missing_catalogue_is_told(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no catalogue"):
        read_catalogue(tmp_path)
