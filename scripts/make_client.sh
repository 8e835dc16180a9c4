#!/bin/sh
# Make a Python client of the API, from api/openapi.json, in var/client.
# The generator has an environment of its own, .venv/client: what it needs does not go with what Matchmaker needs.
# With "generator" only that is made, so that it is there before the tests.
set -eu
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
venv=.venv/client
made=var/client/matchmaker_client

if [ ! -x "$venv/bin/openapi-python-client" ]; then
    printf '%s\n' "Installing the generator of clients into $venv …" >&2
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet 'openapi-python-client>=0.29.1,<0.30' || {
        printf '%s\n' "The generator could not be installed." \
            "What to do: check the connection to your package index, then run make client again." >&2
        exit 1
    }
fi
[ "${1:-}" = generator ] && exit 0

# The generator has ruff tidy what it wrote, and finds it by the path.
PATH="$PWD/$venv/bin:$PATH" "$venv/bin/openapi-python-client" generate --path api/openapi.json --meta none \
    --output-path "$made" --overwrite --fail-on-warning >&2
printf '%s\n' "$made"
