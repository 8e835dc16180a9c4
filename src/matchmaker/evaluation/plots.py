"""The report's plots, as SVG to stand in the page itself."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from matchmaker.evaluation.measures import Estimate, ReliabilityBin

INK, ACCENT, QUIET = "#1b2a3a", "#0b5c8a", "#9aa7b3"


def intervals_svg(rows: Mapping[str, Estimate], highlighted: str, goal: float | None = None) -> str:
    """Means with their intervals, a line a system."""
    figure, axes = _figure(len(rows) * 0.32 + 0.7)
    for place, (name, value) in enumerate(reversed(list(rows.items()))):
        colour = ACCENT if name == highlighted else QUIET
        axes.plot([value.low, value.high], [place, place], color=colour, linewidth=2)
        axes.plot(value.mean, place, "o", color=colour)
    axes.set_yticks(range(len(rows)), list(rows)[::-1])
    if goal is not None:
        axes.axvline(goal, color=INK, linestyle=":", linewidth=1)
    return _svg(figure)


def reliability_svg(bins: Sequence[ReliabilityBin]) -> str:
    """Stated probability against the share that was relevant; the areas of the dots grow with the suggestions."""
    figure, axes = _figure(3.2, width=3.6)
    axes.plot([0, 1], [0, 1], color=QUIET, linestyle=":")
    axes.plot([one.stated for one in bins], [one.relevant for one in bins], color=ACCENT, linewidth=1)
    axes.scatter(
        [one.stated for one in bins],
        [one.relevant for one in bins],
        s=[8 + one.suggestions / 4 for one in bins],
        color=ACCENT,
    )
    axes.set_xlabel("stated probability")
    axes.set_ylabel("share with grade 2 or 3")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    return _svg(figure)


def _figure(height: float, width: float = 6.4) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9, colors=INK)
    return figure, axes


def _svg(figure: Any) -> str:
    import matplotlib

    out = io.StringIO()
    # Text stays text and ids are the same each time, so that two reports can be compared.
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "matchmaker"}):
        figure.savefig(out, format="svg", metadata={"Date": None})
    text = out.getvalue()
    return text[text.index("<svg") :]
