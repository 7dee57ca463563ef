"""Runs the judges one after the other, prints a line of verdict for each of their reports, and adds the reports up.

A judge is a script in judges/. It installs what it needs, and leaves its reports in $REPORTS. Its output is printed only
if it fails. A judge fails if its script fails, if a tool is missing, or if it takes too long. A report fails if it is
missing, or if it has no passed test or a failed one. Writes {"passed": N, "failed": N} to $RESULTS_DIR/interop.json if
RESULTS_DIR is set. Exit status 1 if anything failed, 2 if a name is unknown.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from results import Count, count_report

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".holdfast-interop"
# Seconds that a judge has to stop what it started, after SIGTERM.
STOP_MAX_SECONDS = 30


@dataclass(frozen=True)
class Judge:
    """A script in judges/, the reports that it must leave, and the commands that it needs."""

    name: str
    reports: tuple[str, ...]
    needs: tuple[str, ...]
    # Several times what it takes on two cores, with everything to be installed: only to end a judge that hangs.
    limit_seconds: int


JUDGES = (
    Judge("template", ("cfn-lint.xml", "permissions.xml"), ("node",), 300),
    Judge("rules", ("cdk-nag.json", "asl-validator.json"), ("node",), 300),
    Judge(
        "clients",
        ("python-sdk.xml", "openapi.xml", "examples.xml", "go-sdk.jsonl"),
        ("node", "npm", "go", "curl"),
        900,
    ),
)

REMEDIES = {"node": "install Node.js 20.20 or later", "npm": "install npm", "go": "install Go 1.21 or later"}


def main(names: list[str]) -> int:
    """Returns the exit status."""
    unknown = sorted(set(names) - {judge.name for judge in JUDGES})
    if unknown:
        known = ", ".join(judge.name for judge in JUDGES)
        print(f"interop: there is no judge {', '.join(unknown)}: choose from {known}", file=sys.stderr)
        return 2
    total = Count()
    for judge in JUDGES:
        if not names or judge.name in names:
            total += hear(judge)
    if directory := os.environ.get("RESULTS_DIR"):
        Path(directory, "interop.json").write_text(
            json.dumps({"passed": total.passed, "failed": total.failed}), "utf-8"
        )
    print(f"interop: {total.passed} passed, {total.failed} failed", flush=True)
    return 0 if total.failed == 0 and total.passed > 0 else 1


def hear(judge: Judge) -> Count:
    """Runs a judge and prints its verdicts. A failure without a failed test counts as one."""
    work = Path(tempfile.mkdtemp(prefix=f"holdfast-{judge.name}-"))
    try:
        fault = missing_tool(judge) or run(judge, work)
        total = Count()
        for report in judge.reports:
            count = count_report(work / "reports" / report)
            total += count.as_verdict()
            print(verdict(report, count), flush=True)
        if fault is not None:
            print(f"interop: FAILED {judge.name}: {fault}", flush=True)
        if fault is not None and total.failed == 0:
            total += Count(failed=1)
        if total.failed > 0:
            show(work / "log")
        return total
    finally:
        shutil.rmtree(work, ignore_errors=True)


def missing_tool(judge: Judge) -> str | None:
    """Returns what is missing. A missing tool is a failure: a judge that is left out says nothing."""
    for tool in judge.needs:
        if shutil.which(tool) is None:
            return f"there is no {tool}: {REMEDIES.get(tool, f'install {tool}')}"
    return None


def run(judge: Judge, work: Path) -> str | None:
    """Runs the script in a session of its own, and returns why it failed. Ends everything that is left of it."""
    reports = work / "reports"
    reports.mkdir()
    # The servers are on this machine, whatever proxy leads off it.
    environment = {
        **os.environ,
        "WORK": str(work),
        "REPORTS": str(reports),
        "CACHE": str(CACHE),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
    with (work / "log").open("wb") as log:
        script = subprocess.Popen(
            ["bash", f"interop/judges/{judge.name}.sh"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = script.wait(judge.limit_seconds)
            return None if status == 0 else f"{judge.name}.sh ended with status {status}"
        except subprocess.TimeoutExpired:
            return f"it did not end within {judge.limit_seconds} s"
        finally:
            end(script)


def end(script: subprocess.Popen[bytes]) -> None:
    """Asks the script and its children to stop, and ends what is left of them after a while."""
    for request in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(script.pid, request)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + STOP_MAX_SECONDS
        while time.monotonic() < deadline and script.poll() is None:
            time.sleep(0.1)
    script.wait()


def verdict(report: str, count: Count) -> str:
    """Returns the line for people. Without a passed test, a report proves nothing."""
    name = Path(report).stem
    if not count.is_complete:
        return f"interop: FAILED {name}: no test ran"
    word = "FAILED" if count.failed > 0 else "passed"
    return f"interop: {word} {name}: {count.passed} passed, {count.failed} failed"


def show(log: Path) -> None:
    """Prints what a judge said."""
    if log.exists():
        sys.stdout.write(log.read_text("utf-8", "replace"))
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
