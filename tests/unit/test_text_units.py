import pytest

from matchmaker.domain.collaborator import Document
from matchmaker.domain.language import Language
from matchmaker.text.passages import document_passages, split_passages
from matchmaker.text.sentences import joined_evenly, split_sentences


def test_sentences_end_at_stops_but_not_after_abbreviations() -> None:
    text = "Vi har bl.a. Vattenfall. Kan ni hjälpa? Ja! (Tack.) Nr. 5 är bäst.\nNy rad"
    assert split_sentences(text) == [
        "Vi har bl.a. Vattenfall.", "Kan ni hjälpa?", "Ja!", "(Tack.)", "Nr. 5 är bäst.", "Ny rad",
    ]  # fmt: skip


def test_a_text_without_stops_is_one_sentence() -> None:
    assert split_sentences("dagvatten, spillvatten") == ["dagvatten, spillvatten"]


def test_passages_are_few_and_even() -> None:
    passages = split_passages("Sex ord är det i denna. " * 70, maximum_words=180)
    lengths = [len(passage.split()) for passage in passages]
    assert len(lengths) == 3
    assert max(lengths) - min(lengths) <= 12


def test_a_sentence_longer_than_a_passage_is_cut_between_words() -> None:
    passages = split_passages("ord " * 25, maximum_words=10)
    assert [len(passage.split()) for passage in passages] == [10, 10, 5]


@pytest.mark.parametrize("text", ["", " \n ", "<p></p>", "123 456"])
def test_a_document_without_words_has_no_passages(text: str) -> None:
    assert document_passages(Document("d", text))[1] == []


def test_a_document_with_only_a_title_is_its_title() -> None:
    assert document_passages(Document("d", "", "Snow and ice")) == (Language.ENGLISH, ["Snow and ice"])


def test_a_given_language_is_believed() -> None:
    assert document_passages(Document("d", "Snow", None, Language.SWEDISH))[0] is Language.SWEDISH


def test_text_wrapped_by_hand_is_read_on_and_lists_are_not() -> None:
    assert split_sentences("Vi har spolat\nledningar i år.\nVem hjälper?") == [
        "Vi har spolat\nledningar i år.",
        "Vem hjälper?",
    ]
    assert split_sentences("Rör\n- pumpar\n- brunnar") == ["Rör", "- pumpar", "- brunnar"]
    assert split_sentences("en rad\n\nen annan") == ["en rad", "en annan"]


def test_sentences_are_joined_to_at_most_so_many_and_none_is_lost() -> None:
    sentences = [f"Mening {number}." for number in range(50)]
    joined = joined_evenly(sentences, 24)
    assert len(joined) <= 24
    assert " ".join(joined) == " ".join(sentences)
    assert joined_evenly(["en", "två"], 24) == ["en", "två"]
    assert joined_evenly([], 24) == []
