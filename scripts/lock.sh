#!/bin/sh
# Write the installed versions to requirements.lock, without builds' local labels (+cpu), which no index has.
set -eu
{
    echo "# Versions that the tests passed with. A constraints file: it pins what is installed, and installs nothing itself."
    echo "# Made by: make lock"
    .venv/bin/uv pip freeze --python .venv/bin/python --exclude-editable | sed 's/+cpu$//' | grep -v -e '^uv==' -e '^pip==' -e '^setuptools=='
} >requirements.lock
