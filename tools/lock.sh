#!/bin/sh
# Rewrite the lock files from pyproject.toml; run after changing a dependency. Needs `uv` on the PATH.
set -eu
cd "$(dirname "$0")/.."
compile="uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links"
$compile pyproject.toml requirements/build.in -o requirements/runtime.txt
$compile pyproject.toml --extra dev requirements/build.in -o requirements/dev.txt
