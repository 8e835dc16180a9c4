#!/bin/sh
# Install into .venv at the versions of requirements/, each file checked by its digest: "runtime", "development" for
# tests and checks as well, or "training" to train the encoder.
# torch comes in its CPU build where one is to be had; nothing here needs a graphics card.
set -eu

what=${1:?runtime, development or training}
python=${PYTHON:-python3}
venv=.venv

say() { printf '%s\n' "$*" >&2; }

fail() {
    say ""
    say "The set-up stopped: $1"
    say "What to do: $2"
    exit 1
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "$python is not Python 3.11 or newer." "install Python 3.11+, or run: make PYTHON=/path/to/python3.11 run"

if [ ! -x "$venv/bin/python" ]; then
    say "Making the virtual environment .venv …"
    "$python" -m venv "$venv" ||
        fail "the virtual environment could not be made." "install Python's venv module (Debian: apt-get install python3-venv)"
fi

case $what in
runtime | development | training) lock=requirements/$what.lock ;;
*) fail "$what is neither runtime, development nor training." "sh scripts/install.sh runtime" ;;
esac

# uv installs in seconds what pip takes minutes for. It does not read pip's own settings, so a local folder of wheels
# that pip is told of is passed on; with a CPU build of torch in it, that one is taken.
say "Installing the $what packages (first time: 1 to 2 GB on disk) …"
"$venv/bin/python" -m pip install --quiet 'uv>=0.9,<0.14' || fail "uv could not be installed." "check the connection to your package index, then run make again"
find_links=${UV_FIND_LINKS:-$("$venv/bin/python" -m pip config get global.find-links 2>/dev/null || printf '%s' "${PIP_FIND_LINKS:-}")}
backend=--torch-backend=cpu
for folder in $find_links; do
    if ls "$folder"/torch-*cpu*.whl >/dev/null 2>&1; then
        backend=
        UV_FIND_LINKS=$find_links
        export UV_FIND_LINKS
    fi
done

# torch by its version alone: its build depends on the machine. All else by digest, from lists that are complete.
install() {
    # shellcheck disable=SC2086  # no options must vanish
    "$@" --quiet $torch_options --no-deps -r requirements/torch.txt &&
        "$@" --quiet --no-deps --require-hashes -r "$lock" &&
        "$@" --quiet --no-deps -e .
}

if ! torch_options=$backend install "$venv/bin/uv" pip install --python "$venv/bin/python"; then
    say "uv could not install the packages; trying pip, which is slower …"
    torch_options= install "$venv/bin/python" -m pip install ||
        fail "the packages could not be installed." "read the lines above; check disk space (4 GB) and the connection to your package index, then run make again"
fi

# The tests of the pages open them in a browser: the system's Chromium, or the one that MATCHMAKER_CHROMIUM names.
has_chromium() {
    [ -n "${MATCHMAKER_CHROMIUM:-}" ] && return 0
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    return 1
}

if [ "$what" = development ] && ! has_chromium; then
    if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
        say "Installing Chromium for the tests of the pages (about 500 MB on disk) …"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core; } >/dev/null ||
            say "Chromium could not be installed; the tests of the pages will fail until it is."
    fi
    has_chromium || say "Without Chromium the tests of the pages fail. What to do: install it (Debian: sudo apt-get install chromium), or set MATCHMAKER_CHROMIUM to the path of one."
fi

touch "$venv/.$what"
