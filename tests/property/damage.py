"""Ways in which files are damaged, and a process that reads damaged files of every source under a limit of memory.

``python -m tests.property.damage COUNT SEED [CASE]`` reads COUNT of them, or one CASE again to see what it does, and
writes what came of it as JSON.
"""

import io
import json
import random
import resource
import signal
import sys
import tarfile
import tempfile
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from gzip import GzipFile, compress
from pathlib import Path

from matchmaker.catalogue.importers import SOURCES
from matchmaker.catalogue.importers.source import Source
from matchmaker.curation.records import prepare_record, pseudonyms
from matchmaker.db.record_json import record_to_json
from matchmaker.domain.errors import FileProblem, InvalidFileError
from matchmaker.domain.work import Record

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "imports"

MEMORY = 384 * 1024**2
"""Bytes that reading may take on top of the program itself; a bomb would take a gigabyte."""

LONGEST_READING = 60
"""Seconds of the processor after which a reader counts as hanging, on a busy machine too. The slowest takes two."""

BOMBS = 0.02
"""How many of the packed files unpack to a gigabyte."""

Damage = Callable[[bytes, random.Random], bytes]


def samples(source: Source) -> list[Path]:
    """The source's sample files: in the folder of its name, or of its module's."""
    folders = (SAMPLES / source.name, SAMPLES / source.read.__module__.rsplit(".", 1)[-1])
    return next((sorted(folder.iterdir()) for folder in folders if folder.is_dir()), [])


def _place(data: bytes, rng: random.Random) -> int:
    return rng.randrange(len(data) + 1)


def _insert(piece: bytes, data: bytes, rng: random.Random) -> bytes:
    place = _place(data, rng)
    return data[:place] + piece + data[place:]


def truncated(data: bytes, rng: random.Random) -> bytes:
    return data[: _place(data, rng)]


def bytes_swapped(data: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(rng.choice((1, 2, 20)) if data else 0):
        one, other = rng.randrange(len(data)), rng.randrange(len(data))
        damaged[one], damaged[other] = damaged[other], damaged[one]
    return bytes(damaged)


def bytes_changed(data: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(rng.choice((1, 3, 30)) if data else 0):
        damaged[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(damaged)


def nulls(data: bytes, rng: random.Random) -> bytes:
    return _insert(b"\0" * rng.choice((1, 1000)), data, rng)


def wrong_encoding(data: bytes, rng: random.Random) -> bytes:
    text = data.decode("utf-8", errors="replace")
    encoding = rng.choice(("utf-16", "utf-32-le", "cp1252", "latin-1", "utf-7", "cp037", "utf-8-sig"))
    return text.encode(encoding, errors="replace") + rng.choice((b"", b"\xff", b"\xc3", b"\xed\xa0\x80"))


def huge_field(data: bytes, rng: random.Random) -> bytes:
    pieces = (b"x", b"ord ", b"<b>", b"&amp;", b"{", b"\\\\'", b"<script>", b"-", b";", b"\xc3\xa5")
    return _insert(rng.choice(pieces) * rng.choice((2_000, 60_000, 250_000)), data, rng)


def nested(data: bytes, rng: random.Random) -> bytes:
    opening = rng.choice((b"[", b'{"a":', b"<a>", b"{", b"(", b'{"results":[', b"@a{a,a={", b'"'))
    return _insert(opening * rng.choice((70, 5_000, 200_000)), data, rng)


def a_piece_missing(data: bytes, rng: random.Random) -> bytes:
    start = _place(data, rng)
    return data[:start] + data[start + rng.choice((1, 5, 80, 2_000)) :]


def a_piece_doubled(data: bytes, rng: random.Random) -> bytes:
    start = _place(data, rng)
    return data[:start] + data[start : start + rng.choice((1, 40, 3_000))] * rng.choice((2, 200)) + data[start:]


def lines_mixed(data: bytes, rng: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    rng.shuffle(lines)
    return b"".join(lines[: rng.randrange(len(lines) + 1)])


def another_separator(data: bytes, rng: random.Random) -> bytes:
    old, new = rng.sample((b";", b",", b"\t", b'"', b"'", b"\n", b"\r\n", b":", b"="), 2)
    return data.replace(old, new, rng.choice((1, -1)))


def a_name_changed(data: bytes, rng: random.Random) -> bytes:
    """A column, a key or a tag that has another name from one place on."""
    words = [word for word in data.split() if 2 < len(word) < 60]
    return data.replace(rng.choice(words), rng.choice((b"", b"x", b"null", b"1e999")), 1) if words else data


def formulas(data: bytes, rng: random.Random) -> bytes:
    formula = rng.choice((b'=HYPERLINK("http://example.org")', b"=cmd|' /C calc'!A0", b"+1+1", b"@SUM(A1)", b"-2+3"))
    return _insert(formula, data, rng)


def entity_bomb(data: bytes, rng: random.Random) -> bytes:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "bomb">{levels}<!ENTITY e SYSTEM "file:///etc/passwd">]>'.encode()
    start = data.find(b"?>") + 2 if data.startswith(b"<?xml") else 0
    used = data[start:].replace(b">", rng.choice((b">&a11;", b">&e;")), rng.choice((1, 50)))
    return data[:start] + bomb + used


def string_bomb(data: bytes, rng: random.Random) -> bytes:
    """What blows up where names stand for texts, as in BibTeX."""
    strings = b"".join(b"@string{a%d = a%d # a%d}\n" % (n, n - 1, n - 1) for n in range(1, 40))
    return b'@string{a0 = "bomb"}\n' + strings + b"@article{b, title = a39}\n" + data


def values_of_other_types(data: bytes, rng: random.Random) -> bytes:
    """One value of a JSON text is something else; a text that is not JSON is left as it is."""
    lines = data.splitlines(keepends=True)
    number = rng.randrange(len(lines)) if lines else 0
    for start, stop in ((0, len(lines)), (number, number + 1)):
        try:
            document = json.loads(b"".join(lines[start:stop]))
        except ValueError:
            continue
        return b"".join([*lines[:start], json.dumps(_replaced(document, rng)).encode() + b"\n", *lines[stop:]])
    return data


def _replaced(value: object, rng: random.Random) -> object:
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        return {**value, key: _replaced(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.9:
        place = rng.randrange(len(value))
        return [*value[:place], _replaced(value[place], rng), *value[place + 1 :]]
    others: tuple[object, ...] = (
        None,
        True,
        -1,
        10**400,
        float("inf"),
        "",
        "\ud800",
        "x" * 300_000,
        [],
        [[]],
        {},
        {"": [None]},
        [1, "a"],
    )
    return rng.choice(others)


DAMAGES: list[Damage] = [
    truncated, bytes_swapped, bytes_changed, nulls, wrong_encoding, huge_field, nested, a_piece_missing,
    a_piece_doubled, lines_mixed, another_separator, a_name_changed, formulas, entity_bomb, string_bomb,
    values_of_other_types,
]  # fmt: skip
PACKED: list[Damage] = [truncated, bytes_swapped, bytes_changed, nulls, a_piece_missing, a_piece_doubled]


def damaged(path: Path, rng: random.Random) -> tuple[bytes, str]:
    """A sample's bytes, damaged in one or two ways, and the ways' names."""
    data, ways = path.read_bytes(), []
    is_packed = data.startswith((b"PK\3\4", b"\x1f\x8b"))
    if is_packed and rng.random() < 0.7:
        data, way = _damaged_inside(data, rng)
        ways.append(f"inside: {way}")
    if not ways or rng.random() < 0.2:
        way_of = rng.choice(PACKED if is_packed else DAMAGES)
        data = way_of(data, rng)
        ways.append(way_of.__name__)
    return data, ", ".join(ways)


def _damaged_inside(data: bytes, rng: random.Random) -> tuple[bytes, str]:
    """The same packing around a file that is damaged, or so large that unpacking it would fill the memory."""
    way = rng.choice(DAMAGES)
    if data.startswith(b"PK"):
        way = _bomb if rng.random() < BOMBS else way
        return _zip_with(data, way, rng), way.__name__
    if rng.random() < BOMBS:
        # What is packed in several pieces unpacks to all of them, one after the other.
        return data + compress(_bomb(b"", rng), 1) * 16, "packed bomb"
    inner = GzipFile(fileobj=io.BytesIO(data)).read()
    is_tar = inner[257:262] == b"ustar"
    return compress(_tar_with(inner, way, rng) if is_tar else way(inner, rng), 1), way.__name__


def _bomb(_data: bytes, rng: random.Random) -> bytes:
    """What is packed to a thousandth; where it is written again and again, it is a gigabyte."""
    return rng.choice((b"\0", b"\n", b"[", b"a", b" ")) * 64 * 1024**2


def _zip_with(data: bytes, way: Damage, rng: random.Random) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, True, 1) as new:
        chosen = rng.choice(old.namelist())
        for name in old.namelist():
            content = way(old.read(name), rng) if name == chosen else old.read(name)
            with new.open(name, "w") as part:
                for _ in range(16 if way is _bomb and name == chosen else 1):
                    part.write(content)
    return target.getvalue()


def _tar_with(data: bytes, way: Damage, rng: random.Random) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(data)) as old, tarfile.open(fileobj=target, mode="w") as new:
        chosen = rng.choice(old.getnames())
        for member in old:
            file = old.extractfile(member)
            content = file.read() if file else b""
            content = way(content, rng) if member.name == chosen else content
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return target.getvalue()


def read_all(source: Source, path: Path) -> Counter[str]:
    """What reading a file gives, by kind, each checked for being fit to be shown or kept."""
    counts: Counter[str] = Counter()
    pseudonym = pseudonyms(b"tests")
    told: list[FileProblem] = []
    try:
        for reading in source.read(path):
            prepared = prepare_record(reading, pseudonym) if isinstance(reading, Record) else reading
            if isinstance(prepared, FileProblem):
                counts["problems"] += 1
                _check_problem(prepared)
            else:
                counts["records"] += 1
                json.dumps(record_to_json(prepared), ensure_ascii=False, allow_nan=False).encode()
    except InvalidFileError as error:
        counts["refused"] += 1
        told = error.problems
    for problem in told:
        _check_problem(problem)
    return counts


def _check_problem(problem: FileProblem) -> None:
    told = str(problem)
    assert told.strip() and len(told) < 2_000, f"a problem of {len(told)} characters"
    told.encode()
    value = str(problem.values.get("value", ""))
    assert len(value) <= 80 and (value.isprintable() or not value), f"a value that cannot be shown: {value[:200]!r}"


def _hangs(_signal: int, _frame: object) -> None:
    raise TimeoutError(f"reading takes more than {LONGEST_READING} seconds")


def run(count: int, seed: int, only: int | None = None) -> dict[str, object]:
    """Damage and read ``count`` files, the sources in turn."""
    outcomes = {name: Counter[str]() for name in SOURCES}
    failures: list[str] = []
    signal.signal(signal.SIGPROF, _hangs)
    with tempfile.TemporaryDirectory() as folder:
        _warm_up(Path(folder))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for case in range(count) if only is None else [only]:
            rng = random.Random(f"{seed}:{case}")
            source = list(SOURCES.values())[case % len(SOURCES)]
            sample = rng.choice(samples(source))
            data, ways = damaged(sample, rng)
            path = Path(folder) / f"damaged{''.join(sample.suffixes)}"
            path.write_bytes(data)
            signal.setitimer(signal.ITIMER_PROF, LONGEST_READING)
            try:
                outcomes[source.name] += read_all(source, path)
            except Exception:  # noqa: BLE001  # whatever it is, it is what is looked for
                failures.append(f"case {case}, {source.name}, {sample.name}, {ways}: {traceback.format_exc()[-1500:]}")
            signal.setitimer(signal.ITIMER_PROF, 0)
            outcomes[source.name]["files"] += 1
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"outcomes": outcomes, "failures": failures, "grown_mib": grown // 1024}


def _warm_up(folder: Path) -> None:
    """Read every sample whole, so that what is imported and loaded on the way is there, then limit the memory."""
    for source in SOURCES.values():
        for sample in samples(source):
            read_all(source, sample)
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(*(int(argument) for argument in sys.argv[1:]))))
