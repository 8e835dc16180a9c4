"""Terms across languages: the table, what a query becomes with it, and how it is mined."""

from pathlib import Path

import numpy as np
import pytest

from matchmaker.domain.errors import SetupError
from matchmaker.domain.language import Language
from matchmaker.retrieval.lexical import InvertedFile
from matchmaker.text.analysis import Analyzer
from matchmaker.text.term_bridge import HEADER, TermBridge
from matchmaker.training.term_mining import MINIMUM_TEXTS, mine_terms
from tests.conftest import ROOT

TABLE = ROOT / "models" / "lexical" / "term-bridge.tsv"


@pytest.fixture(scope="module")
def bridge() -> TermBridge:
    return TermBridge.of([("snö", "snow", 0.8), ("robot", "robot", 0.9)])


def test_a_term_is_asked_for_with_its_translations_in_either_direction(bridge: TermBridge) -> None:
    assert bridge.alternatives(["snö", "väg", "snö"], Language.SWEDISH) == [{"snow": 0.8, "snö": 1.0}, {"väg": 1.0}]
    assert bridge.alternatives(["snow"], Language.ENGLISH) == [{"snö": 0.8, "snow": 1.0}]
    assert bridge.alternatives(["snow"], Language.OTHER) == [{"snow": 1.0}]


def test_a_translation_spelt_like_the_term_counts_once(bridge: TermBridge) -> None:
    assert bridge.alternatives(["robot"], Language.SWEDISH) == [{"robot": 1.0}]


def test_a_term_stands_before_its_translations_even_when_these_are_certain() -> None:
    certain = TermBridge.of([("snö", "snow", 1.0)])
    assert list(certain.alternatives(["snö"], Language.SWEDISH)[0]) == ["snö", "snow"]


def test_the_lexical_index_finds_a_passage_by_a_translation_only_and_ranks_the_word_itself_above() -> None:
    index = InvertedFile.build(np.arange(3), [["snow", "road"], ["snö", "väg"], ["music", "school"]])
    by_word = index.scores([{"snö": 1.0}], np.arange(3))
    bridged = index.scores([{"snow": 0.8, "snö": 1.0}], np.arange(3))
    assert by_word.nonzero()[0].tolist() == [1]
    assert bridged[1] > bridged[0] > bridged[2] == 0


def test_matching_words_name_the_translation_that_met(bridge: TermBridge) -> None:
    analyzer = Analyzer(bridge)
    query = analyzer.query_terms("Snön ligger kvar", Language.SWEDISH)
    assert analyzer.matching_words("Heavy snow", Language.ENGLISH, query) == {"snow": frozenset({"snow"})}


@pytest.mark.parametrize("content", ["", "a\tb\n", f"{HEADER}\nsnö\tsnow\n", f"{HEADER}\nsnö\tsnow\tmuch\n"])
def test_a_damaged_table_says_how_to_mend_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "table.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SetupError) as raised:
        TermBridge.read(path)
    assert "git checkout" in raised.value.remedy


def test_the_shipped_table_speaks_the_analyzers_terms() -> None:
    """Swedish words and English ones that a municipality uses meet through it."""
    bridge, analyzer = TermBridge.read(TABLE), Analyzer()
    for swedish, english in [
        ("dagvatten", "stormwater"),
        ("förskola", "preschool"),
        ("snö", "snow"),
        ("slam", "sludge"),
    ]:
        translations = {
            term
            for one in bridge.alternatives(analyzer.terms(swedish, Language.SWEDISH), Language.SWEDISH)
            for term in one
        }
        assert set(analyzer.terms(english, Language.ENGLISH)) <= translations, swedish


def test_terms_that_stand_for_each_other_are_mined_and_companions_are_not() -> None:
    """Snow is always beside snö; road is beside snö only where väg is too."""
    texts = [({"snö", "väg"}, {"snow", "road"})] * MINIMUM_TEXTS + [({"snö"}, {"snow"})] * 4 + [({"väg"}, {"road"})] * 4
    others = [({f"ord{number}"}, {f"word{number}"}) for number in range(60)]
    pairs = {(one.swedish, one.english): one.weight for one in mine_terms([*texts, *others])}
    assert pairs["snö", "snow"] > 0.9
    assert pairs["väg", "road"] > 0.9
    assert ("snö", "road") not in pairs


def test_mining_is_the_same_both_ways_round() -> None:
    texts = [({"a1", "b1"}, {"a2", "b2"}), ({"a1"}, {"a2"}), ({"b1", "c1"}, {"b2", "c2"})] * 4
    texts += [({f"x{number}"}, {f"y{number}"}) for number in range(80)]
    forward = {(one.swedish, one.english): one.weight for one in mine_terms(texts)}
    backward = {(one.english, one.swedish): one.weight for one in mine_terms([(en, sv) for sv, en in texts])}
    assert forward == backward != {}


def test_nothing_gives_no_terms() -> None:
    assert mine_terms([]) == []
    assert mine_terms([({"a"}, set())]) == []
