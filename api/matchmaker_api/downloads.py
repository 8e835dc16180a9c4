"""Tables as files to take along, for pages and programs: written aside first, so that what fails sends nothing."""

import tempfile
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from fastapi.responses import StreamingResponse

from matchmaker.catalogue.table_writing import TableFormat

IN_MEMORY = 4_000_000
"""Bytes of a table from which on it is written to the disk before it is sent."""

PIECE = 64_000

MEDIA_TYPES = {
    TableFormat.CSV: "text/csv; charset=utf-8",
    TableFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    TableFormat.JSON: "application/json",
}


def download(name: str, form: TableFormat, write: Callable[[BinaryIO], None]) -> StreamingResponse:
    """What ``write`` writes, as a file of a name and a form."""
    stream = cast(BinaryIO, tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115  # closed when it has been sent
    write(stream)

    def pieces() -> Iterator[bytes]:
        with stream:
            stream.seek(0)
            while piece := stream.read(PIECE):
                yield piece

    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return StreamingResponse(pieces(), media_type=MEDIA_TYPES[form], headers=headers)
