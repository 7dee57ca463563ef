"""Counts the tests of a report: JUnit XML of pytest, events of `go test -json` (.jsonl), or Jest's results (.json)."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Count:
    """How many tests passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    @property
    def is_complete(self) -> bool:
        """Whether any test ran at all, to its end."""
        return self.passed + self.failed > 0


def count_report(report: Path) -> Count:
    """Returns the count of a report. A report that is missing, or that ends early, has no tests."""
    if not report.exists():
        return Count()
    try:
        verdicts = verdicts_of(report)
    except (ElementTree.ParseError, json.JSONDecodeError, KeyError):
        return Count()
    return Count(verdicts.count("passed"), verdicts.count("failed"), verdicts.count("skipped"))


def verdicts_of(report: Path) -> list[str]:
    """Returns "passed", "failed" or "skipped" for each test."""
    if report.suffix == ".xml":
        return [verdict_of(case) for case in ElementTree.parse(report).iter("testcase")]
    text = report.read_text("utf-8")
    return verdicts_of_go(text) if report.suffix == ".jsonl" else verdicts_of_jest(json.loads(text))


def verdict_of(case: ElementTree.Element) -> str:
    """An error in a fixture, or in a file that does not load, is a failure."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def verdicts_of_jest(results: dict[str, int]) -> list[str]:
    """A file that does not load runs no test: it counts as one that failed."""
    failed = results["numFailedTests"] + results["numRuntimeErrorTestSuites"]
    return ["passed"] * results["numPassedTests"] + ["failed"] * failed


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
