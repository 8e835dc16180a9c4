"""Labels: whatever the positions, none over another, none outside, none on what is labelled."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker_api.pictures.labels import Label, Point, place_labels, shortened, text_width

WIDTH, HEIGHT, SIZE = 320.0, 240.0, 13.0

# Whole numbers make points meet: on top of each other, at edges, outside of the drawing.
coordinates = st.one_of(st.floats(-20, 340), st.integers(0, 3).map(lambda one: one * 80.0))
points = st.builds(Point, coordinates, coordinates, st.floats(1, 12))
words = st.text(alphabet="abcdefghijkmåäöÅÄWM 0123456789–", min_size=1, max_size=26)


@settings(max_examples=60)
@given(st.lists(st.tuples(points, words), max_size=9), st.lists(points, max_size=25))
def test_labels_never_overlap_each_other_nor_leave_the_drawing(
    wanted: list[tuple[Point, str]], others: list[Point]
) -> None:
    labels = place_labels(wanted, others, WIDTH, HEIGHT, SIZE)
    assert len(labels) == len(wanted)
    placed = [label for label in labels if label]
    assert not any(one.box.overlaps(other.box) for one, other in combinations(placed, 2))
    for label in placed:
        assert label.box.within(WIDTH, HEIGHT)
        assert not any(label.box.overlaps(point.box) for point, _ in wanted)
        assert _written(label)[0] >= label.box.left - 0.01
        assert _written(label)[1] <= label.box.right + 0.01
        assert label.box.top < label.baseline < label.box.bottom
    assert place_labels(wanted, others, WIDTH, HEIGHT, SIZE) == labels


def _written(label: Label) -> tuple[float, float]:
    """From where to where SVG writes a label, by its anchor."""
    wide = text_width(label.text, SIZE)
    start = label.x - {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
    return start, start + wide


@given(points.filter(lambda one: 0 <= one.x <= WIDTH and 0 <= one.y <= HEIGHT), words)
def test_a_label_alone_in_the_drawing_always_finds_a_place(point: Point, text: str) -> None:
    (label,) = place_labels([(point, shortened(text, 12))], [], WIDTH, HEIGHT, SIZE)
    assert label is not None


@given(st.text(max_size=60), st.integers(2, 40))
def test_a_shortened_text_is_within_the_limit_and_begins_alike(text: str, most: int) -> None:
    short = shortened(text, most)
    assert len(short) <= most
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))
