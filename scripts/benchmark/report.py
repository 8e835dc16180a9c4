"""The results as Markdown and plots: docs/performance.md is written anew between two marks, the rest is by hand."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.benchmark.measuring import Result

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
OURS = "matchmaker"
MATCHING = "matching a new text"
PLOTS = "performance"

Row = Sequence[str]


def table(head: Row, rows: Sequence[Row]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def described(name: str, part: Mapping[str, Any]) -> str:
    """The machine and the run of a part."""
    on = part["machine"]
    quick = " A quick run, to try the benchmark: not to be cited." if part["quick"] else ""
    return (
        f"## {name}\n\n{on['processor']}, {on['cores']} cores, {on['memory_gb']} GB, {on['system']}; load "
        f"before the run {on['load_before']:.1f}. The part took {part['took_s']:.0f} s.{quick}\n"
    )


def goal(text: str, value: float, limit: float, unit: str, *, at_least: bool) -> Row:
    """A goal's line: met or missed."""
    met = value >= limit if at_least else value <= limit
    word = "at least" if at_least else "at most"
    return [text, f"{word} {limit:g} {unit}".strip(), f"{value:.2f} {unit}".strip(), "met" if met else "**missed**"]


def baselines(found: Mapping[str, Result]) -> str:
    """Ours beside each other program, and the goals that compare them."""
    rows = [
        [
            name,
            f"{one['build_passages_per_second']:.1f}",
            *(f"{one[length][key]:.1f}" for length in ("short", "long") for key in ("median_ms", "p95_ms")),
            f"{one['memory']['pss_mb']:.0f}",
            *(f"{one['mrr'].get(language, 0):.3f}" for language in ("sv", "en")),
        ]
        for name, one in found.items()
    ]
    head = [
        "",
        "build, passages/s",
        "short query, ms",
        "p95",
        "long query, ms",
        "p95",
        "memory (PSS), MB",
        "MRR sv",
        "en",
    ]
    ours, other = found[OURS], {name: one for name, one in found.items() if name != OURS}
    goals: list[Row] = []
    for name, one in other.items():
        build = ours["build_passages_per_second"] / one["build_passages_per_second"]
        goals.append(goal(f"building, beside {name}", build, 2.8, "times", at_least=True))
        for length, limit in (("short", 4.0), ("long", 3.0)):
            times = one[length]["median_ms"] / ours[length]["median_ms"]
            goals.append(goal(f"a {length} query, beside {name}", times, limit, "times", at_least=True))
        for language, mrr in one["mrr"].items():
            text = f"MRR less that of {name}, {language}"
            goals.append(goal(text, ours["mrr"][language] - mrr, 0.0, "", at_least=True))
    limits = ours["limits"]
    share = limits["all_but_encoding_share"]
    goals.append(goal("all but encoding, share of a ranking", share, 1 / 3, "", at_least=False))
    words = (
        f"{ours['passages']:,} passages, each program on all of them. A whole shortlist with parts and evidence takes "
        f"{limits['shortlist']['median_ms']:.1f} ms (p95 {limits['shortlist']['p95_ms']:.1f}), a ranking "
        f"{limits['ranking']['median_ms']:.1f} ms, of which encoding {limits['encoding']['median_ms']:.1f} ms. The "
        f"scan of the vectors reads {limits['scan_gb_per_second']:.1f} GB/s; a plain sum over them "
        f"{limits['read_gb_per_second']:.1f} GB/s.\n"
    )
    words += "".join(
        f"From the start of a process to the first answer, {name} takes {one['start_to_first_answer_s']:.1f} s.\n"
        for name, one in other.items()
    )
    return f"{table(head, rows)}\n{words}\n{table(['goal', 'limit', 'measured', ''], goals)}"


def start(found: Result) -> str:
    """Start-up and memory, with their goals."""
    goals = [
        goal("`matchmaker --help`", found["help_ms"], 300, "ms", at_least=False),
        goal("start-up to first answer, warm", found["first_answer_s"], 4, "s", at_least=False),
        goal("resident memory of a server's parts", found["memory"]["rss_mb"], 700, "MB", at_least=False),
    ]
    words = (
        f"Medians of whole processes. The libraries of the command line alone take {found['help_floor_ms']:.0f} ms. "
        f"Memory with {found['memory']['passages']:,} passages, after one answer; as PSS it is "
        f"{found['memory']['pss_mb']:.0f} MB.\n"
    )
    return f"{table(['goal', 'limit', 'measured', ''], goals)}\n{words}"


def server(found: Mapping[str, Result], cores: int) -> str:
    """Requests a second and the 95th percentile by storage and number of processes, and the encoder's share."""
    rows = [
        [
            storage,
            processes,
            name,
            f"{one['requests_per_second']:.1f}",
            f"{one['median_ms']:.1f}",
            f"{one['p95_ms']:.1f}",
        ]
        for storage, result in found.items()
        for processes, by_name in result["processes"].items()
        for name, one in by_name.items()
    ]
    words = ""
    for storage, result in found.items():
        rate, seconds = result["processes"]["1"][MATCHING]["requests_per_second"], result["encoder_cpu_s"]
        words += (
            f"\nOn {storage}, the encoder takes {1000 * seconds:.0f} ms of a core for a new text: "
            f"{rate * seconds / cores:.0%} of the machine's time while one process matches new texts.\n"
        )
    return table(["storage", "processes", "request", "requests/s", "median, ms", "p95, ms"], rows) + words


def growth(found: Mapping[str, Any]) -> str:
    """A line a size, beside an exact FAISS index of the same vectors, and the goals at the largest."""
    rows = [
        [
            f"{one['passages']:,}",
            f"{one['build_s']:,.0f}",
            f"{one['without_encoding_s']['built']:,.1f}",
            *(f"{100 * one[f'{step}_share']:.2f}" for step in ("unchanged", "added", "deleted")),
            *(f"{one['query'][key]:.0f}" for key in ("median_ms", "p95_ms")),
            f"{one['encoding']['median_ms']:.0f}",
            f"{one['exact']['query']['median_ms']:.0f}",
            f"{one['search']['median_ms']:.1f}",
            f"{one['exact']['search']['median_ms']:.1f}",
            f"{one['recall_at_100']:.3f}",
            f"{one['overlap_at_10']:.3f}",
            f"{one['memory_bytes_a_passage']:,.0f}",
            f"{one['exact']['memory_bytes_a_passage']:,}",
            f"{one['resident_bytes_a_passage']:,.0f}",
            f"{one['disk_bytes_a_passage']:,.0f}",
        ]
        for one in found["sizes"]
    ]
    head = [
        "passages",
        "build, s",
        "of it not encoding or analysing, s",
        "unchanged, % of a build",
        "1 % added",
        "1 % deleted",
        "shortlist, ms",
        "p95",
        "of it encoding, ms",
        "shortlist, all scored exactly, ms",
        "search of vectors, ms",
        "FAISS flat, ms",
        "recall@100",
        "ten best as by exact scores",
        "memory, bytes a passage",
        "FAISS flat",
        "resident after the queries",
        "disk, bytes a passage",
    ]
    first, last = found["sizes"][0], found["sizes"][-1]
    times = last["query"]["median_ms"] / first["query"]["median_ms"]
    many = f"{last['passages']:,}"
    added, unchanged = (100 * max(one[f"{step}_share"] for one in found["sizes"]) for step in ("added", "unchanged"))
    encoded = sum(one["encoded"]["unchanged"] for one in found["sizes"])
    goals = [
        goal(f"a shortlist among {many}, beside {first['passages']:,}", times, 1.5, "times", at_least=False),
        goal(f"recall@100 among {many}", last["recall_at_100"], 0.98, "", at_least=True),
        goal(f"memory a passage, {many}", last["memory_bytes_a_passage"], 500, "bytes", at_least=False),
        goal(
            "1 % added, the dearest size",
            added,
            2,
            "%",
            at_least=False,
        ),
        goal(
            "unchanged, the dearest size",
            unchanged,
            2,
            "%",
            at_least=False,
        ),
        goal("passages encoded for it", encoded, 0, "", at_least=False),
    ]
    words = (
        f"A build is what was measured and, for each passage, the time that real ones take to be encoded "
        f"({first['encoding_ms_a_passage']:.1f} ms) and analysed ({first['analysing_ms_a_passage']:.2f} ms). "
    )
    for one in found["sizes"]:
        if done := one["import"]:
            words += (
                f"Importing {done['documents']:,} documents takes {done['first_s']:.0f} s, the same again "
                f"{done['again_s']:.1f} s, {100 * done['again_s'] / one['build_s']:.2f} % of a build. "
            )
    return f"{table(head, rows)}\n{words.strip()}\n\n{table(['goal', 'limit', 'measured', ''], goals)}"


def plot_growth(found: Mapping[str, Any], path: Path) -> None:
    """What grows, by passages, on logarithmic axes: ours beside exact search."""
    sizes = found["sizes"]
    measures: dict[str, list[tuple[str, Callable[[Result], float]]]] = {
        "shortlist, ms": [
            (OURS, lambda one: one["query"]["median_ms"]),
            ("all scored exactly", lambda one: one["exact"]["query"]["median_ms"]),
            ("encoding alone", lambda one: one["encoding"]["median_ms"]),
        ],
        "search of vectors, ms": [
            (OURS, lambda one: one["search"]["median_ms"]),
            ("FAISS flat", lambda one: one["exact"]["search"]["median_ms"]),
        ],
        "seconds": [
            ("build", lambda one: one["build_s"]),
            ("1 % added", lambda one: one["added_share"] * one["build_s"]),
            ("unchanged", lambda one: one["unchanged_share"] * one["build_s"]),
        ],
    }
    with drawing(path, len(measures)) as axes:
        for axis, (name, lines) in zip(axes, measures.items(), strict=True):
            for label, value in lines:
                axis.loglog([one["passages"] for one in sizes], [value(one) for one in sizes], marker="o", label=label)
            axis.set_title(name, fontsize=10)
            axis.set_xlabel("passages", fontsize=8)
            axis.legend(fontsize=7)


@contextmanager
def drawing(path: Path, count: int) -> Iterator[Sequence[Any]]:
    """Axes side by side, written to a file at the end; the same figures give the same file."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "matchmaker"
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, count, figsize=(11, 2.4), layout="constrained")
    yield axes
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def plot(found: Mapping[str, Result], path: Path) -> None:
    """Bars of each program's latencies and building rate."""
    measures = {
        "build, passages/s": lambda one: one["build_passages_per_second"],
        "short query, ms": lambda one: one["short"]["median_ms"],
        "long query, ms": lambda one: one["long"]["median_ms"],
        "memory (PSS), MB": lambda one: one["memory"]["pss_mb"],
    }
    with drawing(path, len(measures)) as axes:
        for axis, (name, value) in zip(axes, measures.items(), strict=True):
            bars = axis.barh(
                list(found), [value(one) for one in found.values()], color=["#1b5e7d", "#8a8a8a", "#b5b5b5"]
            )
            axis.bar_label(bars, fmt="%.0f", padding=2)
            axis.set_title(name, fontsize=10)
            axis.invert_yaxis()
            axis.margins(x=0.2)
            if axis is not axes[0]:
                axis.set_yticklabels([])


def write(results: Path, page: Path) -> None:
    """Write the measured part of the page anew from whatever results are there.

    Raises:
        ValueError: the page lacks one of the marks.
    """
    parts = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(results.glob("*.json"))}
    blocks: list[str] = []
    if part := parts.get("baselines"):
        plot(part["found"], page.parent / PLOTS / "baselines.svg")
        picture = f"![Each program's figures as bars; the table has them.]({PLOTS}/baselines.svg)\n"
        blocks.append(f"{described('Beside what could be used instead', part)}\n{baselines(part['found'])}\n{picture}")
    if part := parts.get("start"):
        blocks.append(f"{described('Start-up and memory', part)}\n{start(part['found'])}")
    if part := parts.get("server"):
        blocks.append(f"{described('The server', part)}\n{server(part['found'], part['machine']['cores'])}")
    if part := parts.get("growth"):
        plot_growth(part["found"], page.parent / PLOTS / "growth.svg")
        picture = f"![The table's figures by the number of passages.]({PLOTS}/growth.svg)\n"
        blocks.append(f"{described('Growth', part)}\n{growth(part['found'])}\n{picture}")
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} lacks {BEGIN} or {END}")
    page.write_text("\n".join([f"{before}{BEGIN}\n", *blocks, f"{END}{after}"]), encoding="utf-8")
