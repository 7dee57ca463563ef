"""Adds up the reports of the runners: {"passed": N, "failed": N} to $RESULTS_DIR/interop.json, and a line for people.

A report is JUnit XML (pytest) or the events of `go test -json` (.jsonl). Exit status 1 if a test failed, or if a report
is missing or has no test.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from xml.etree import ElementTree


def verdicts_of(report: Path) -> list[str]:
    """Returns "passed", "failed" or "skipped" for each test. A report that is missing has none."""
    if not report.exists():
        return []
    if report.suffix == ".xml":
        return [verdict_of(case) for case in ElementTree.parse(report).iter("testcase")]
    return verdicts_of_go(report.read_text("utf-8"))


def verdict_of(case: ElementTree.Element) -> str:
    """An error in a fixture, or in a file that does not load, is a failure."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def verdicts_of_go(events: str) -> list[str]:
    """A package that fails without a failed test, because it does not compile or ends early, is a failure.

    A test with subtests only adds them up: it counts if it failed and none of them did.
    """
    verdicts: dict[tuple[str, str], str] = {}
    output: dict[tuple[str, str], str] = {}
    for event in map(json.loads, events.splitlines()):
        test = event.get("Package", ""), event.get("Test", "")
        output[test] = output.get(test, "") + event.get("Output", "")
        verdict = {"pass": "passed", "fail": "failed", "skip": "skipped"}.get(event["Action"])
        if verdict is not None:
            verdicts[test] = verdict
    # `go test -json` shows people nothing. What the compiler says belongs to no package.
    failed = [test for test, verdict in verdicts.items() if verdict == "failed"]
    print("".join(output.get(test, "") for test in [("", ""), *failed]), end="", file=sys.stderr)
    return [verdict for test, verdict in verdicts.items() if counts(test, verdict, verdicts)]


def counts(test: tuple[str, str], verdict: str, verdicts: dict[tuple[str, str], str]) -> bool:
    """Whether a test, or a package as the test without a name, is counted beside the tests that it consists of."""
    package, name = test
    prefix = f"{name}/" if name else ""
    parts = [
        found
        for (where, part), found in verdicts.items()
        if where == package and part != name and part.startswith(prefix)
    ]
    if name and not parts:
        return True
    return verdict == "failed" and "failed" not in parts


def main(reports: list[str]) -> int:
    passed = failed = 0
    complete = True
    for report in reports:
        verdicts = verdicts_of(Path(report))
        if not {"passed", "failed"}.intersection(verdicts):
            print(f"interop: no test ran for {Path(report).name}", file=sys.stderr)
            complete = False
        passed += verdicts.count("passed")
        failed += verdicts.count("failed")
    if directory := os.environ.get("RESULTS_DIR"):
        Path(directory, "interop.json").write_text(json.dumps({"passed": passed, "failed": failed}), "utf-8")
    print(f"interop: {passed} passed, {failed} failed")
    return 0 if complete and failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
