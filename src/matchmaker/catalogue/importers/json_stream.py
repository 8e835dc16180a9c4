"""JSON of any size, item by item: lines of objects, or one array, at the top or under a name."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ijson
from ijson.common import ObjectBuilder

from matchmaker.catalogue.importers.field_text import shown
from matchmaker.catalogue.importers.packed import LARGEST_RECORD, Unpacked
from matchmaker.catalogue.text_file import refusal
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark

DEEPEST = 64
"""Levels of nesting; sources have a dozen."""

MOST_EMPTY = 100_000
"""Lines; a small file can unpack to a hundred million of them."""

_FAULTS = (ValueError, RecursionError, OverflowError)
"""What a JSON text can raise: UnicodeDecodeError and JSONDecodeError are ValueErrors."""

_NAN = re.compile(rb'(?<=[^\\])("\s{0,8}:\s{0,8})NaN(?=\s{0,8}[,}])')
_LONGEST_NAN = 32
"""Bytes, at least as many as the expression above looks at."""

_OPENING = frozenset({"start_map", "start_array"})
_CLOSING = frozenset({"end_map", "end_array"})


def read_json_lines(
    path: Path, stream: io.BufferedReader, counted: Unpacked
) -> Iterator[tuple[int, dict[str, Any] | FileProblem]]:
    """Each line's object with its number, or what is wrong with the line; empty lines are passed over.

    Raises:
        InvalidFileError: the first line is no JSON object, a line is not UTF-8, or the last one is cut short.
    """
    number, empty, had_objects = 0, 0, False
    while line := stream.readline(LARGEST_RECORD):
        counted.begin_record()
        number += 1
        item = _line_object(path, line, number)
        if isinstance(item, dict):
            had_objects = True
            yield number, item
        elif item is None:
            empty += 1
            if empty > MOST_EMPTY:
                template = mark("has more than {limit} empty lines")
                raise refusal(path, FileProblem(template, line=number, limit=MOST_EMPTY))
        else:
            if not had_objects:
                raise InvalidFileError(str(path), [item])
            if not line.endswith(b"\n") and len(line) < LARGEST_RECORD:
                raise refusal(path, FileProblem(mark("is cut short"), line=number))
            yield number, item
        while not line.endswith(b"\n") and len(line) == LARGEST_RECORD:
            line = stream.readline(LARGEST_RECORD)  # the rest of a line that is too long
            counted.begin_record()
    if not had_objects:
        raise refusal(path, FileProblem(mark("has no records")))


def _line_object(path: Path, line: bytes, number: int) -> dict[str, Any] | FileProblem | None:
    if not line.strip():
        return None
    if len(line) == LARGEST_RECORD:
        return FileProblem(mark("has a record of more than {limit} bytes"), line=number, limit=LARGEST_RECORD)
    try:
        item = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        raise refusal(path, FileProblem(mark("is not UTF-8 text"), line=number)) from error
    except _FAULTS as error:
        return FileProblem(mark("is not JSON: {reason}"), line=number, reason=str(error)[:200])
    if isinstance(item, dict):
        return item
    return FileProblem(mark("is {value}; expected: {expected}"), line=number, value=shown(str(item)), expected="{…}")


class _WithoutNan:
    """A stream of JSON in which NaN is null.

    Python and pandas write NaN for a number that is missing, which JSON does not have. Only what follows a key is
    looked at: an unescaped quotation mark and a colon.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._tail = b""

    def read(self, size: int) -> bytes:
        """Some of the bytes; empty at the end. The last ones wait for those that follow them."""
        data = b""
        while size and not data:
            chunk = self._stream.read(size)
            data = _NAN.sub(rb"\1null", self._tail + chunk)
            kept = max(len(data) - (_LONGEST_NAN if chunk else 0), 0)
            data, self._tail = data[:kept], data[kept:]
            if not chunk:
                break
        return data


def read_json_array(path: Path, stream: io.BufferedReader, counted: Unpacked, name: str) -> Iterator[tuple[int, Any]]:
    """The items of the outermost array, or of the array under ``name`` in the outermost object, with their numbers.

    Raises:
        InvalidFileError: it is not whole JSON, has no such array, or is nested too deeply.
    """
    if stream.peek(3).startswith(b"\xef\xbb\xbf"):
        stream.read(3)
    number = 0
    try:
        for item in _items(path, ijson.basic_parse(_WithoutNan(stream), use_float=True), name):
            counted.begin_record()
            number += 1
            yield number, item
    except (ijson.JSONError, *_FAULTS) as error:
        template = mark("is not whole JSON; reading stopped after {count} records: {reason}")
        raise refusal(path, FileProblem(template, row=number + 1, count=number, reason=shown(str(error)))) from error


def _items(path: Path, events: Iterator[tuple[str, Any]], name: str) -> Iterator[Any]:
    """The items, each built from the parser's events once they are inside of the list."""
    depth, key = 0, ""
    had_list = False
    for event, value in events:
        if event == "map_key" and depth == 1:
            key = value
        elif event == "start_array" and (depth == 0 or (depth == 1 and key == name)):
            had_list = True
            yield from _list_items(path, events)
        else:
            depth = _depth(path, depth, event)
    if not had_list:
        raise refusal(path, FileProblem(mark("has no list of records «{name}»"), name=name))


def _list_items(path: Path, events: Iterator[tuple[str, Any]]) -> Iterator[Any]:
    """The items up to the end of the list that has just begun."""
    depth = 0
    builder = ObjectBuilder()
    for event, value in events:
        if not depth and event == "end_array":
            return
        builder.event(event, value)
        depth = _depth(path, depth, event)
        if not depth:
            yield builder.value
            builder = ObjectBuilder()


def _depth(path: Path, depth: int, event: str) -> int:
    depth += (event in _OPENING) - (event in _CLOSING)
    if depth > DEEPEST:
        raise refusal(path, FileProblem(mark("is nested more than {limit} levels deep"), limit=DEEPEST))
    return depth
