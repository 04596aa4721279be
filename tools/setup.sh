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

install() {
  if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile "$@" >"$venv/setup.log" 2>&1; then
    cat "$venv/setup.log" >&2
    exit 1
  fi
}

# A set-up that was interrupted leaves an environment without pip: begin it anew.
"$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear "$venv"
echo "Installing locked dependencies ($kind) …"
install --require-hashes -r "requirements/$kind.txt"
install --no-deps --no-build-isolation --editable .
"$venv/bin/python" -c 'import django, duckdb, typst, underlet'
touch "$venv/runtime.stamp"
[ "$kind" = runtime ] || touch "$venv/dev.stamp"
