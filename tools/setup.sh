#!/bin/sh
# Make or refresh the virtual environment from a lock file: setup.sh PYTHON VENV runtime|dev
set -eu
python=$1 venv=$2 kind=$3
"$python" - <<'PY' || exit 1
import sys
if sys.version_info < (3, 11):
    sys.exit(f"Underlet needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12 …")
try:
    import ensurepip, venv
except ImportError:
    sys.exit("Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv")
PY
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "Installing locked dependencies ($kind) …"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r "requirements/$kind.txt" 2>&1 | grep -v '^WARNING: Location' || true
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --no-build-isolation --editable . 2>&1 | grep -v '^WARNING: Location' || true
"$venv/bin/python" -c 'import django, duckdb, typst, underlet'
touch "$venv/runtime.stamp"
[ "$kind" = runtime ] || touch "$venv/dev.stamp"
