"""The benchmark's arithmetic and its page: what it says of speed is cited, so that it must be right."""

import json
from pathlib import Path

import pytest
from scripts.benchmark import report
from scripts.benchmark.load import Request
from scripts.benchmark.measuring import percentile, reciprocal_rank, summary

MACHINE = {"processor": "Some", "cores": 2, "memory_gb": 8.0, "system": "Linux", "load_before": 0.1}
START = {
    "help_ms": 250.0,
    "help_floor_ms": 200.0,
    "first_answer_s": 4.5,
    "memory": {"rss_mb": 650.0, "pss_mb": 600.0, "passages": 100},
}


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(one) for one in range(1, 21)]

    assert percentile(values, 0.95) == 19.0
    assert percentile(values, 1.0) == 20.0
    assert percentile([7.0], 0.95) == 7.0
    assert summary([0.001, 0.002, 0.009])["median_ms"] == pytest.approx(2.0)


def test_a_reciprocal_rank_counts_the_first_right_one_within_the_depth() -> None:
    assert reciprocal_rank(["a", "b", "c"], ["c", "b"]) == 0.5
    assert reciprocal_rank(["a", "b"], ["b"], depth=1) == 0.0
    assert reciprocal_rank(["a"], ["z"]) == 0.0


def test_the_load_sends_another_body_each_time_and_says_its_length() -> None:
    messages = Request("POST", "/match", {"Accept": "x"}, (b"one", b"three")).messages(1)

    assert next(messages).endswith(b"Content-Length: 5\r\nAccept: x\r\n\r\nthree")
    assert next(messages).endswith(b"Content-Length: 3\r\nAccept: x\r\n\r\none")


def test_the_page_is_written_anew_between_its_marks_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nby hand\n", encoding="utf-8")
    part = {"machine": MACHINE, "quick": False, "took_s": 1.0, "found": START}
    (tmp_path / "start.json").write_text(json.dumps(part), encoding="utf-8")

    report.write(tmp_path, page)
    report.write(tmp_path, page)

    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith(f"{report.END}\nby hand\n")
    assert "old" not in text
    assert "| start-up to first answer, warm | at most 4 s | 4.50 s | **missed** |" in text
    assert "| `matchmaker --help` | at most 300 ms | 250.00 ms | met |" in text


def test_a_page_without_marks_is_left_as_it_is(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("by hand", encoding="utf-8")

    with pytest.raises(ValueError, match="lacks"):
        report.write(tmp_path, page)

    assert page.read_text(encoding="utf-8") == "by hand"


def test_growth_is_shown_with_its_goals_at_the_largest_size_and_the_dearest(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"{report.BEGIN}\n{report.END}\n", encoding="utf-8")
    found = {"sizes": [grown(10_000, 50.0, added=0.011), grown(1_000_000, 80.0, added=0.03)]}
    part = {"machine": MACHINE, "quick": False, "took_s": 1.0, "found": found}
    (tmp_path / "growth.json").write_text(json.dumps(part), encoding="utf-8")

    report.write(tmp_path, page)

    text = page.read_text(encoding="utf-8")
    assert "| a shortlist among 1,000,000, beside 10,000 | at most 1.5 times | 1.60 times | **missed** |" in text
    assert "| recall@100 among 1,000,000 | at least 0.98 | 0.99 | met |" in text
    assert "| 1 % added, the dearest size | at most 2 % | 3.00 % | **missed** |" in text
    assert "| unchanged, the dearest size | at most 2 % | 0.10 % | met |" in text
    assert "Importing 10,000 documents takes 60 s, the same again 2.0 s, 2.00 % of a build." in text
    assert (tmp_path / "performance" / "growth.svg").exists()


def grown(passages: int, query_ms: float, added: float) -> dict[str, object]:
    """What is measured of a size."""
    timed = {"median_ms": query_ms, "p95_ms": 2 * query_ms, "repeats": 60}
    steps = {"built": 10.0, "unchanged": 0.1, "added": 1.0, "deleted": 1.0}
    return {
        "passages": passages,
        "encoding_ms_a_passage": 18.0,
        "analysing_ms_a_passage": 0.2,
        "without_encoding_s": steps,
        "encoded": {"built": passages, "unchanged": 0, "added": passages // 100, "deleted": 0},
        "build_s": 100.0,
        "unchanged_share": 0.001,
        "added_share": added,
        "deleted_share": 0.001,
        "disk_bytes_a_passage": 7_000.0,
        "import": {"documents": 10_000, "first_s": 60.0, "again_s": 2.0},
        "query": timed,
        "encoding": timed,
        "memory_bytes_a_passage": 480.0,
        "resident_bytes_a_passage": 900.0,
        "search": timed,
        "exact": {"search": timed, "query": timed, "memory_bytes_a_passage": 1536},
        "recall_at_100": 0.991,
        "overlap_at_10": 0.995,
    }
