# The contract suite of the table, on two engines that know nothing of dynalite, on which it runs in `npm test`.
source interop/lib.sh

install_python emulators
mapfile -t suites < <(grep --files-with-matches 'tableContract(' test/contracts/*.contract.test.ts)
status=0
for engine in moto ministack; do
  "$python" interop/emulators/servers.py "$engine" node_modules/.bin/jest \
    --runInBand --json --outputFile="$REPORTS/dynamodb-of-$engine.json" "${suites[@]}" || status=1
done
exit "$status"
