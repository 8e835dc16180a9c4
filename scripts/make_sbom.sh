#!/bin/sh
# List all parts of the program, with versions, licences and where they come from, in CycloneDX's form: var/sbom.json.
# It is made from what is installed in .venv, so that it tells what runs, not what was meant to.
# The tool that makes it has an environment of its own, .venv/sbom: it is no part of what it lists.
set -eu
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
venv=.venv/sbom
made=var/sbom.json

if [ ! -x "$venv/bin/cyclonedx-py" ]; then
    printf '%s\n' "Installing the tool for the list of parts into $venv …" >&2
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet 'cyclonedx-bom==7.5.0' || {
        printf '%s\n' "The tool could not be installed." \
            "What to do: check the connection to your package index, then run make sbom again." >&2
        exit 1
    }
fi

mkdir -p var
"$venv/bin/cyclonedx-py" environment .venv/bin/python --pyproject pyproject.toml --mc-type application \
    --output-reproducible --output-format JSON --spec-version 1.6 --validate --output-file "$made" >&2
printf '%s\n' "$made"
