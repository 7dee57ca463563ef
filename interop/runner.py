"""Runs the judges, prints a line of verdict for each of their reports, and adds the reports up.

A judge is a script in judges/. It installs what it needs, and leaves its reports in $REPORTS. Its output is printed
only if it fails. A judge fails if its script fails, if a tool is missing, or if it takes too long. A report fails if
it is missing, or if it has no passed test or a failed one. Writes {"passed": N, "failed": N} to
$RESULTS_DIR/interop.json if RESULTS_DIR is set. Exit status 1 if anything failed, 2 if a name is unknown.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from results import Count, count_report

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".holdfast-interop"
# Seconds that a judge has to stop what it started, after SIGTERM.
STOP_MAX_SECONDS = 30

# Set when a person ends the run.
stopping = threading.Event()


@dataclass(frozen=True)
class Judge:
    """A script in judges/, the reports that it must leave, and the commands that it needs."""

    name: str
    reports: tuple[str, ...]
    needs: tuple[str, ...]
    # Several times what it takes on two cores, with everything to be installed: only to end a judge that hangs.
    limit_seconds: int
    # Reports whose tests may all be skipped: what they need cannot be installed from a registry of packages.
    optional: tuple[str, ...] = ()


# The judges of a lane run one after the other, and the lanes at the same time: two cores, and two that share packages
# do not install them at once.
LANES = (
    (
        Judge(
            "clients",
            ("python-sdk.xml", "openapi.xml", "examples.xml", "terraform.xml", "go-sdk.jsonl"),
            ("node", "npm", "go", "curl"),
            1800,
            optional=("terraform.xml",),
        ),
    ),
    (
        Judge("deployment", ("deployment.xml",), ("node", "npm", "git"), 1800),
        Judge("store", ("dynamodb-of-moto.json", "dynamodb-of-ministack.json"), ("node",), 600),
        Judge("template", ("cfn-lint.xml", "permissions.xml"), ("node",), 600),
        Judge("package", ("package.xml",), ("node", "npm", "git"), 900),
        Judge("browser", ("browser.json",), ("node",), 1200),
        Judge("rules", ("cdk-nag.json", "asl-validator.json"), ("node",), 300),
    ),
)

REMEDIES = {"node": "install Node.js 20.20 or later", "npm": "install npm", "go": "install Go 1.21 or later"}


def main(names: list[str]) -> int:
    """Returns the exit status."""
    known = [judge.name for lane in LANES for judge in lane]
    if unknown := sorted(set(names) - set(known)):
        print(f"interop: there is no judge {', '.join(unknown)}: choose from {', '.join(known)}", file=sys.stderr)
        return 2
    # A judge has a session of its own, so the terminal's interrupt does not reach it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ThreadPoolExecutor(len(LANES)) as pool:
        try:
            total = sum(pool.map(lambda lane: hear_all(lane, names), LANES), Count())
        except KeyboardInterrupt:
            # A second signal must not interrupt the end of what was started.
            for repeated in (signal.SIGINT, signal.SIGTERM):
                signal.signal(repeated, signal.SIG_IGN)
            stopping.set()
            return 130
    if directory := os.environ.get("RESULTS_DIR"):
        results = {"passed": total.passed, "failed": total.failed}
        Path(directory, "interop.json").write_text(json.dumps(results), "utf-8")
    print(f"interop: {total.passed} passed, {total.failed} failed", flush=True)
    return 0 if total.failed == 0 and total.passed > 0 else 1


def hear_all(lane: tuple[Judge, ...], names: list[str]) -> Count:
    """Runs the judges of a lane that are named, or all of them if none is."""
    chosen = [judge for judge in lane if not names or judge.name in names]
    return sum((hear(judge) for judge in chosen if not stopping.is_set()), Count())


def hear(judge: Judge) -> Count:
    """Runs a judge and prints its verdicts. A failure without a failed test counts as one."""
    work = Path(tempfile.mkdtemp(prefix=f"holdfast-{judge.name}-"))
    try:
        fault = missing_tool(judge) or run(judge, work)
        total = Count()
        lines = []
        for report in (work / "reports" / name for name in judge.reports):
            count = count_report(report)
            is_left_out = not count.is_complete and count.skipped > 0 and report.name in judge.optional
            total += count if count.is_complete or is_left_out else Count(failed=1)
            lines.append(f"interop: skipped {report.stem}" if is_left_out else verdict(report, count))
        if fault is not None:
            lines.append(f"interop: FAILED {judge.name}: {fault}")
        if fault is not None and total.failed == 0:
            total += Count(failed=1)
        if total.failed > 0:
            lines.append(log_of(work))
        # In one piece, because the other lane prints too.
        print("\n".join(lines), flush=True)
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
            deadline = time.monotonic() + judge.limit_seconds
            while (status := script.poll()) is None and time.monotonic() < deadline and not stopping.is_set():
                time.sleep(0.2)
            if status is None:
                return f"it was stopped after at most {judge.limit_seconds} s"
            return None if status == 0 else f"{judge.name}.sh ended with status {status}"
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


def verdict(report: Path, count: Count) -> str:
    """Returns the line for people. A file with the report's name and `.note` says more."""
    if not count.is_complete:
        return f"interop: FAILED {report.stem}: no test ran"
    word = "FAILED" if count.failed > 0 else "passed"
    note = report.with_suffix(".note")
    more = f" ({note.read_text('utf-8')})" if note.exists() else ""
    return f"interop: {word} {report.stem}: {count.passed} passed, {count.failed} failed{more}"


def log_of(work: Path) -> str:
    """Returns what a judge said."""
    log = work / "log"
    return log.read_text("utf-8", "replace") if log.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
