# What the judges share. Sourced by each of them, with WORK, REPORTS and CACHE set by runner.py.
set -euo pipefail

die() {
  printf 'interop: %s\n' "$*" >&2
  exit 1
}

# Sets $python to a Python with everything in requirements/$1.txt. Made anew when the Python or a requirement changes; the
# stamp is written last, so a half-made one is not used.
install_python() {
  local requirements=interop/requirements/$1.txt venv=$CACHE/$1 stamp
  python=$venv/bin/python
  stamp=$(python3 -c 'import hashlib, sys
print(sys.version, sys.prefix, hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$requirements")
  [[ -f $venv/stamp && $(<"$venv/stamp") == "$stamp" ]] && return
  rm -rf "$venv"
  python3 -m venv "$venv"
  # What builds the packages that come as source is pinned too, so it must be there first.
  local build
  if build=$(grep '^setuptools==' "$requirements"); then "$venv/bin/pip" install --quiet --no-deps "$build"; fi
  "$venv/bin/pip" install --quiet --no-deps --no-build-isolation --requirement "$requirements"
  "$venv/bin/pip" check >/dev/null || die "$requirements lacks something: see pip check"
  printf '%s' "$stamp" >"$venv/stamp"
}

# Runs pytest: the name of the report, then its arguments.
run_pytest() {
  local report=$1
  shift
  "$python" -m pytest --junit-xml="$REPORTS/$report.xml" "$@"
}

# Runs Jest: the name of the report, then its arguments.
run_jest() {
  local report=$1
  shift
  node_modules/.bin/jest --json --outputFile="$REPORTS/$report.json" "$@"
}
