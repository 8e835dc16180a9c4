#!/bin/sh
# Unpack a server of Milvus for the tests into .venv/milvus, checked by its digest: a folder of its own, not on Python's
# path. There is a wheel with the server for Linux on x86_64 only; elsewhere the tests of Milvus are skipped, or run on
# the server that MATCHMAKER_TEST_MILVUS_URI names.
set -eu
cd "$(dirname "$0")/.."

venv=.venv
place=$venv/milvus

if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
    printf '%s\n' "There is no server of Milvus for this platform: its tests will be skipped." >&2
    exit 0
fi

printf '%s\n' "Unpacking a server of Milvus for the tests (400 MB on disk) …" >&2
rm -rf "$place"
"$venv/bin/python" -m pip install --quiet --no-deps --require-hashes --target "$place" \
    -r requirements/milvus-server.txt || {
    printf '%s\n' "The server of Milvus could not be installed." \
        "What to do: check the connection to your package index, then run make test again." >&2
    exit 1
}
# The wheel has its programs packed; it would unpack them anew for each server.
"$venv/bin/python" - "$place" <<'PYTHON'
import lzma, pathlib, shutil, sys

place = pathlib.Path(sys.argv[1])
programs = place / "programs"
programs.mkdir()
for packed in (place / "milvus" / "data" / "bin").glob("*.lzma"):
    with lzma.open(packed) as source, (programs / packed.stem).open("wb") as target:
        shutil.copyfileobj(source, target)
    packed.unlink()
(programs / "milvus").chmod(0o755)
PYTHON
