#!/bin/sh
# Write the versions that are installed now, with the digests of all files of each on the package index, to
# requirements/: one file for each of the three sets that scripts/install.sh installs.
#
# torch is left out, and with it what only its builds for graphics cards need: its build depends on the machine, and the
# index has not the CPU build that is wanted here. It is pinned by version in requirements/torch.txt.
set -eu
versions=$(mktemp)
trap 'rm -f "$versions" "$versions.lock"' EXIT
.venv/bin/uv pip freeze --python .venv/bin/python --exclude-editable | sed 's/+cpu$//' | grep -v -e '^uv==' -e '^pip==' -e '^setuptools==' >"$versions"
grep '^torch==' "$versions" >requirements/torch.txt
for set in runtime development training; do
    case $set in
    runtime) extra= ;;
    development) extra='--extra dev' ;;
    training) extra='--extra train' ;;
    esac
    # shellcheck disable=SC2086  # no extra must vanish
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --generate-hashes \
        $extra -c "$versions" -o "$versions.lock" pyproject.toml
    awk '/^[a-zA-Z0-9]/ { skip = /^(torch|triton|nvidia-|cuda-)/ } !skip' "$versions.lock" >"requirements/$set.lock"
    rm "$versions.lock"
done
