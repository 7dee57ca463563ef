"""Sums a JUnit XML file up: {"passed": N, "failed": N} to $RESULTS_DIR/interop.json, and a line for people.

Exit status 1 if anything failed or nothing ran.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from xml.etree import ElementTree


def count(report: Path) -> tuple[int, int]:
    """Answers how many tests passed and how many did not. What was skipped is neither."""
    if not report.exists():
        return 0, 0
    verdicts = [verdict_of(case) for case in ElementTree.parse(report).iter("testcase")]
    return verdicts.count("passed"), verdicts.count("failed")


def verdict_of(case: ElementTree.Element) -> str:
    """An error in a fixture, or in a file that does not load, is a failure."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def main(report: str) -> int:
    passed, failed = count(Path(report))
    if directory := os.environ.get("RESULTS_DIR"):
        Path(directory, "interop.json").write_text(json.dumps({"passed": passed, "failed": failed}), "utf-8")
    print(f"interop: {passed} passed, {failed} failed")
    return 0 if passed > 0 and failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
