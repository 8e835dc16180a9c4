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
