#!/bin/sh
# Make .venv/baselines, where what Matchmaker is compared with is installed: sentence-transformers with FAISS, and txtai.
# What Matchmaker has installed already is seen from there (torch alone is half a gigabyte); what txtai needs besides
# is installed there, and nothing of it can get into Matchmaker's own environment.
set -eu
cd "$(dirname "$0")/.."

python=.venv/bin/python
venv=.venv/baselines

"$python" -m venv --without-pip --clear "$venv"
installed=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
own=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf '%s\n' "$installed" >"$own/matchmaker-packages.pth"
"$venv/bin/python" -m pip install --quiet 'txtai>=9.14,<10' || {
    printf '%s\n' "What Matchmaker is compared with could not be installed." \
        "What to do: check the connection to your package index, then run make benchmark again." >&2
    exit 1
}
