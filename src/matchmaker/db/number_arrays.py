"""Many numbers to PostgreSQL and back as arrays: rows with one number each take twice of this process's time."""

from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import BigInteger, ColumnElement, LargeBinary, bindparam, func
from sqlalchemy.dialects import postgresql


def given(numbers: npt.NDArray[np.int64]) -> ColumnElement[Any]:
    """Numbers as an array in a statement."""
    return bindparam(None, numbers.tolist(), type_=postgresql.ARRAY(BigInteger), unique=True)


def sent(array: ColumnElement[Any]) -> ColumnElement[bytes]:
    """An array as PostgreSQL sends it, to be read by ``numbers_in``."""
    return func.array_send(array, type_=LargeBinary)


def numbers_in(array: bytes | None, kind: str) -> npt.NDArray[Any]:
    """The numbers of a sent array, none for NULL: each with its size before it, after a head of 20 bytes.

    ``kind`` is numpy's name of the column's type, such as ``>i8`` for bigint.
    """
    elements = np.dtype([("size", ">i4"), ("number", kind)])
    return np.frombuffer(array, dtype=elements, offset=20)["number"] if array else np.zeros(0, dtype=kind)
