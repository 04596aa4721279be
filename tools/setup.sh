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
  "$venv/bin/python" -m pip install --disable-pip-version-check --no-compile "$@" >"$venv/setup.log" 2>&1 &
  pip=$!
  [ ! -t 2 ] || bar
  if ! wait $pip; then
    cat "$venv/setup.log" >&2
    exit 1
  fi
}

# How many of the locked packages pip has fetched, drawn while it works.
bar() {
  total=$(grep -c '^[A-Za-z0-9]' "requirements/$kind.txt")
  while kill -0 $pip 2>/dev/null; do
    fetched=$(grep -c '^Collecting' "$venv/setup.log" || true)
    [ "$fetched" = 0 ] || printf '\r  [%-30s] %d of %d packages' \
      "$(printf '%*s' $((fetched * 30 / total)) '' | tr ' ' '#')" "$fetched" "$total" >&2
    sleep 0.3
  done
  printf '\r%60s\r' '' >&2
}

# A set-up that was interrupted leaves an environment without pip: begin it anew.
"$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear "$venv"
echo "Installing locked dependencies ($kind) …"
# The lock file names every package: --no-deps keeps pip from resolving anew, which fails on extras once a newer
# release of such a package is out (pip 23 forgets the pin of the package when it meets it with an extra).
install --require-hashes --no-deps -r "requirements/$kind.txt"
install --no-deps --no-build-isolation --editable .
"$venv/bin/python" -c 'import django, duckdb, typst, underlet'
touch "$venv/runtime.stamp"
[ "$kind" = runtime ] || touch "$venv/dev.stamp"
