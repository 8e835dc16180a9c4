"""XML files of any size, read element by element.

Files come from outside, so nothing in them is followed: no external or declared entities, no document type, no network.
libxml2's own limits stay on (256 levels, 10 MB a text). What has been read is forgotten, so that a file may be larger
than the memory.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from matchmaker.catalogue.importers.source import LARGEST_FILE
from matchmaker.catalogue.text_file import file_error
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark

LARGEST_ELEMENT = 64 * 1024**2
"""Bytes that one wanted element may have; a publication with three thousand authors has three million."""


def read_elements(path: Path, roots: Collection[str], wanted: Collection[str]) -> Iterator[etree._Element]:
    """The outermost elements named in ``wanted``, whole, in the file's order; each is empty once the next is asked for.

    Names are lxml's: ``{namespace}name``. ``roots`` are the names that the file's first element may have.

    Raises:
        InvalidFileError: the file cannot be opened, is no such XML, declares a document type, or stops short; the
            problem names the line.
    """
    try:
        with path.open("rb") as stream:
            if path.stat().st_size > LARGEST_FILE:
                raise _refusal(path, FileProblem(mark("is larger than {limit} bytes"), limit=LARGEST_FILE))
            yield from _outermost(path, stream, roots, wanted)
    except OSError as error:
        raise file_error(path, error) from error
    except etree.XMLSyntaxError as error:
        template = mark("is not whole XML; reading stopped here: {reason}")
        raise _refusal(path, FileProblem(template, line=error.lineno or None, reason=str(error.msg)[:200])) from error


def _outermost(
    path: Path, stream: BinaryIO, roots: Collection[str], wanted: Collection[str]
) -> Iterator[etree._Element]:
    events = etree.iterparse(
        stream,
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth, begun, is_first = 0, 0, True
    for event, element in events:
        if is_first:
            _check_root(path, element, roots)
            is_first = False
        if event == "start":
            if not depth and element.tag in wanted:
                depth, begun = 1, stream.tell()
            elif depth:
                depth += 1
                if stream.tell() - begun > LARGEST_ELEMENT:
                    template = mark("has a record of more than {limit} bytes")
                    raise _refusal(path, FileProblem(template, line=_line(element), limit=LARGEST_ELEMENT))
        elif depth > 1:
            depth -= 1
        else:
            if depth:
                depth = 0
                yield element
            _forget(element)


def _check_root(path: Path, root: etree._Element, roots: Collection[str]) -> None:
    if root.getroottree().docinfo.doctype:  # type: ignore[attr-defined]  # the stubs lack it
        # Entities that blow up are declared there, and none of the formats read here has a document type.
        raise _refusal(path, FileProblem(mark("declares a document type, which is refused"), line=_line(root)))
    if root.tag not in roots:
        template = mark("begins with {found}; expected: {expected}")
        expected = ", ".join(etree.QName(one).localname for one in roots)
        raise _refusal(path, FileProblem(template, found=str(root.tag)[:80], expected=expected))


def _line(element: etree._Element) -> int | None:
    return element.sourceline or None  # type: ignore[return-value]  # the stubs have «...» here


def _forget(element: etree._Element) -> None:
    """Empty an element that has been read, and drop what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _refusal(path: Path, problem: FileProblem) -> InvalidFileError:
    return InvalidFileError(str(path), [problem])
