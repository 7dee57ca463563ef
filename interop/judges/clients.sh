# Clients of the reference product, and others, against a running `npm start`.
source interop/lib.sh

# Simulated seconds in a second: a replacement takes minutes at EC2, and a moment here.
readonly speed=200
readonly start_max_seconds=90
readonly go_tests_max_seconds=600
readonly stop_max_seconds=20

# In a process group of its own, so that it can be stopped with everything that npm put in between.
start_server() {
  set -m
  npm start -- --port 0 --data "$WORK/data" --speed "$speed" --seed 1 --token "$HOLDFAST_TOKEN" \
    >"$WORK/server.log" 2>&1 </dev/null &
  server=$!
  set +m
}

await_health() {
  local deadline=$((SECONDS + start_max_seconds))
  until HOLDFAST_URL=$(grep -som1 'http://127\.0\.0\.1:[0-9]*' "$WORK/server.log") &&
    python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=5)' "$HOLDFAST_URL/health"; do
    if ! kill -0 "$server" 2>/dev/null || ((SECONDS >= deadline)); then
      cat "$WORK/server.log" >&2
      die 'npm start does not answer'
    fi
    sleep 0.2
  done
  export HOLDFAST_URL
}

stop_server() {
  [[ -n $server ]] || return 0
  local group=$server deadline=$((SECONDS + stop_max_seconds))
  server=
  kill -TERM -- "-$group" 2>/dev/null || return 0
  while kill -0 -- "-$group" 2>/dev/null; do
    if ((SECONDS >= deadline)); then
      kill -KILL -- "-$group" 2>/dev/null || true
      printf 'interop: npm start did not stop within %s s of SIGTERM\n' "$stop_max_seconds" >&2
      return 1
    fi
    sleep 0.1
  done
}

clean_up() {
  local status=$?
  trap - EXIT
  stop_server || true
  exit "$status"
}

server=
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

export HYPOTHESIS_STORAGE_DIRECTORY=$CACHE/hypothesis
install_python clients
# Downloads what go.sum lists, and nothing else. The tests themselves need no connection.
go -C interop/clients/go mod download || die 'the modules of interop/clients/go/go.sum cannot be downloaded'
HOLDFAST_TOKEN=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
export HOLDFAST_TOKEN
start_server
await_health

status=0
run_pytest python-sdk interop/clients/test_python_sdk.py || status=1
run_pytest openapi interop/clients/test_openapi.py || status=1
run_pytest examples interop/clients/test_examples.py || status=1
run_pytest terraform interop/clients/test_terraform.py || status=1
go -C interop/clients/go test -json -count=1 -timeout "${go_tests_max_seconds}s" ./... >"$REPORTS/go-sdk.jsonl" || status=1
stop_server || status=1
exit "$status"
