"""The unmodified CDK CLI of this repository, against an emulated account."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COMMAND_WITHIN_SECONDS = 180
INSTALLED_WITHIN_SECONDS = 300

# What is deployed: the sources of the application, of its functions and of its state machines.
DEPLOYED = ["cdk.json", "domain", "infra", "lambdas", "package-lock.json", "statemachines"]
# So many commits in succession may leave the code of every function as it is.
MOST_BEFORE = 5
# A function that is changed, if no earlier version can be deployed.
CHANGED = "lambdas/api/handler.ts"


@dataclass(frozen=True)
class Checkout:
    """A version of the sources, with its dependencies."""

    folder: Path
    description: str


@dataclass(frozen=True)
class Cdk:
    """The CLI, with the environment of the emulated account."""

    environment: dict[str, str]
    work: Path

    def bootstrap(self, account: str, region: str) -> None:
        """Prepares the Region. It needs no application, and would synthesise one without its code."""
        self._run(self.work, "bootstrap", f"aws://{account}/{region}")

    def synthesize(self, checkout: Checkout, name: str, **choices: str) -> Path:
        """Returns the cloud assembly of a version, with its functions bundled."""
        assembly = self.work / name
        context = [argument for key, value in choices.items() for argument in ("--context", f"{key}={value}")]
        self._run(checkout.folder, "synth", "--quiet", "--output", str(assembly), *context)
        return assembly

    def deploy(self, assembly: Path) -> str:
        """Deploys a cloud assembly, and returns what the CLI says."""
        return self._run(self.work, "deploy", "--app", str(assembly), "--all", "--require-approval", "never")

    def destroy(self, assembly: Path) -> None:
        """Deletes the stacks of a cloud assembly."""
        self._run(self.work, "destroy", "--app", str(assembly), "--all", "--force")

    def _run(self, folder: Path, *arguments: str) -> str:
        """Raises AssertionError with the CLI's output if it fails."""
        command = ["node", str(ROOT / "node_modules/aws-cdk/bin/cdk"), "--no-notices", "--no-color", "--ci", *arguments]
        run = subprocess.run(
            command,
            cwd=folder,
            env=self.environment,
            timeout=COMMAND_WITHIN_SECONDS,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert run.returncode == 0, run.stdout
        return run.stdout


def code_of(assembly: Path) -> dict[str, Any]:
    """Returns where the code of each function is, by logical id. Its name is its hash."""
    (template,) = assembly.glob("*.template.json")
    resources = json.loads(template.read_text("utf-8"))["Resources"]
    return {
        logical_id: resource["Properties"]["Code"]
        for logical_id, resource in resources.items()
        if resource["Type"] == "AWS::Lambda::Function"
    }


def this_version() -> Checkout:
    """The working tree."""
    return Checkout(ROOT, "this version")


def versions_before(folder: Path) -> Iterator[Checkout]:
    """Yields the commits before each of the last ones that changed the sources of what is deployed, newest first.

    They may differ in comments only. There is none in a clone without history.
    """
    for number, changed in enumerate(git("log", f"-{MOST_BEFORE}", "--format=%H", "HEAD", "--", *DEPLOYED).split()):
        before = git("rev-parse", "--verify", "--quiet", f"{changed}^", may_fail=True)
        if before:
            yield unpack(before, folder.with_name(f"{folder.name}-{number}"))


def changed_version(folder: Path) -> Checkout:
    """Returns this commit with a function that differs: something to upgrade from if there is no version before."""
    unpack("HEAD", folder)
    handler = folder / CHANGED
    handler.write_text(f"{handler.read_text('utf-8')}\nconsole.debug('changed');\n", "utf-8")
    return Checkout(folder, f"this commit with another {CHANGED}")


def unpack(commit: str, folder: Path) -> Checkout:
    """Writes the files of a commit into a new folder, by an index of its own, and installs their packages."""
    folder.mkdir()
    environment = {**os.environ, "GIT_INDEX_FILE": str(folder.with_suffix(".index"))}
    git("read-tree", commit, environment=environment)
    git("checkout-index", "--all", f"--prefix={folder}/", environment=environment)
    install_packages(folder)
    return Checkout(folder, f"commit {commit[:12]}")


def install_packages(folder: Path) -> None:
    """Uses this version's packages if the lock file is the same, and installs the others."""
    if (folder / "package-lock.json").read_bytes() == (ROOT / "package-lock.json").read_bytes():
        (folder / "node_modules").symlink_to(ROOT / "node_modules")
        return
    npm = shutil.which("npm") or "npm"
    subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=folder, timeout=INSTALLED_WITHIN_SECONDS, check=True)


def git(*arguments: str, may_fail: bool = False, environment: dict[str, str] | None = None) -> str:
    """Returns what git prints, and an empty text if it may fail and does."""
    run = subprocess.run(
        ["git", *arguments],
        cwd=ROOT,
        env=environment,
        timeout=COMMAND_WITHIN_SECONDS,
        check=not may_fail,
        capture_output=True,
        text=True,
    )
    return run.stdout.strip() if run.returncode == 0 else ""
