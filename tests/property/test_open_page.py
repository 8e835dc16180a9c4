"""Laws of several windows on one draft: what was typed is kept, or told; never overwritten unseen."""

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.open_page import OpenPage, digest, meet, read_digests, write_digests

FIELDS = ("problem", "tried")
texts = st.fixed_dictionaries({name: st.sampled_from(["", "a", "b", "å\nä"]) for name in FIELDS})


def page(window: str, values: dict[str, str]) -> OpenPage:
    return OpenPage(window, read_digests(write_digests(values, FIELDS)))


@given(texts, texts, texts)
def test_of_two_windows_neither_overwrites_the_other_unseen(
    start: dict[str, str], first: dict[str, str], second: dict[str, str]
) -> None:
    one = meet(start, {}, first, page("1" * 16, start))
    assert one.whole == first and not one.conflicts
    windows = dict.fromkeys(one.written, "1" * 16)
    two = meet(one.whole, windows, second, page("2" * 16, start))
    for name in FIELDS:
        touched = [first[name] != start[name], second[name] != start[name]]
        if touched == [True, True] and first[name] != second[name]:
            assert name in two.conflicts and two.whole[name] == first[name]
        else:
            assert name not in two.conflicts
            assert two.whole[name] == (second[name] if touched[1] else first[name])


@given(texts, st.lists(texts, max_size=5))
def test_a_window_alone_never_stands_in_its_own_way(start: dict[str, str], typed: list[dict[str, str]]) -> None:
    """Also where no answer came back, and the page still says with what it was filled at first."""
    kept, windows = start, dict[str, str]()
    for one in typed:
        met = meet(kept, windows, one, page("1" * 16, start))
        assert met.whole == one and not met.conflicts
        kept, windows = dict(met.whole), {**windows, **dict.fromkeys(met.written, "1" * 16)}


def test_a_page_that_says_nothing_writes_what_it_is_sent_with() -> None:
    assert meet({"problem": "a"}, {"problem": "1" * 16}, {"problem": "b"}, OpenPage()).whole == {"problem": "b"}


def test_what_is_empty_is_alike_and_the_order_of_choices_counts_nothing() -> None:
    assert digest(None) == digest("") == digest([])
    assert digest(["a", "b"]) == digest(["b", "a"]) != digest(["a"])
    assert digest("a\r\nb") == digest("a\nb")
    assert read_digests(f"problem={digest('a')} <x>=1 tried=zz") == {"problem": digest("a")}
