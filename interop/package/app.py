"""The package that `npm pack` makes, and a CDK app of its own that installs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examples import examples_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "library.md"
# The name that the page gives to its example.
PROGRAM = "app.ts"
STACK = "Database"

PROJECT: dict[str, Any] = json.loads((ROOT / "package.json").read_text("utf-8"))
# What an app has that `cdk init` makes, without its test runner. At the versions that this repository pins.
APP_DEPENDENCIES = ("aws-cdk-lib", "constructs")
APP_DEV_DEPENDENCIES = ("@types/node", "aws-cdk", "typescript")

# Several times what a command takes on two cores: only to end one that hangs.
COMMAND_WITHIN_SECONDS = 300


def run(folder: Path, *command: str, environment: dict[str, str] | None = None) -> str:
    """Returns what a command prints. Raises AssertionError with its output if it fails."""
    program = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        timeout=COMMAND_WITHIN_SECONDS,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert program.returncode == 0, f"{' '.join(command)}\n{program.stdout}{program.stderr}"
    return program.stdout


def pack(folder: Path) -> Path:
    """Packs a copy of the working tree that has nothing built, and returns the package."""
    checkout = folder / "checkout"
    files = run(ROOT, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for file in filter(None, files):
        source = ROOT / file
        # A file that was deleted and not yet committed is still in the index. A link to a folder is no source.
        if source.is_file():
            (checkout / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, checkout / file)
    (checkout / "node_modules").symlink_to((ROOT / "node_modules").resolve())
    run(checkout, "npm", "pack", "--pack-destination", str(folder))
    (package,) = folder.glob("*.tgz")
    return package


@dataclass(frozen=True)
class App:
    """A folder that has a package.json, the example of docs/library.md, and what npm has installed."""

    folder: Path

    @property
    def package(self) -> Path:
        """The installed package."""
        return self.folder / "node_modules" / "holdfast"

    @property
    def assembly(self) -> Path:
        """What `synthesize` writes."""
        return self.folder / "cdk.out"

    def run(self, tool: str, *arguments: str) -> str:
        """Runs a tool of the app's packages."""
        return run(self.folder, str(self.folder / "node_modules" / ".bin" / tool), *arguments)

    def compile(self) -> None:
        """Checks the example and the declarations of every package that it uses, and writes JavaScript."""
        self.run("tsc", "--project", ".")

    def synthesize(self) -> dict[str, Any]:
        """Returns the template of the compiled example."""
        self.run("cdk", "--no-notices", "--no-color", "synth", "--quiet", "--app", "node out/app.js")
        template: dict[str, Any] = json.loads((self.assembly / f"{STACK}.template.json").read_text("utf-8"))
        return template

    def inspect(self) -> dict[str, list[str]]:
        """Returns what inspect-package.cjs finds, by TypeScript's own reading of the installed files."""
        script = Path(__file__).with_name("inspect-package.cjs")
        findings: dict[str, list[str]] = json.loads(run(self.folder, "node", str(script), str(self.package)))
        return findings


def new_app(folder: Path, package: Path) -> App:
    """Makes the app and installs the package in it, with the commands of docs/library.md."""
    folder.mkdir()
    versions = PROJECT["devDependencies"]
    manifest = {
        "name": "database",
        "private": True,
        "dependencies": {name: versions[name] for name in APP_DEPENDENCIES},
        "devDependencies": {name: versions[name] for name in APP_DEV_DEPENDENCIES},
    }
    compiler = {
        "extends": "./node_modules/aws-cdk/lib/init-templates/app/typescript/tsconfig.json",
        "compilerOptions": {
            # `cdk init` skips the declarations of packages, and would not see that ours name a type that is missing.
            "skipLibCheck": False,
            "types": ["node"],
            "typeRoots": ["./node_modules/@types"],
            "noEmit": False,
            "outDir": "out",
        },
        "files": [PROGRAM],
    }
    (folder / "package.json").write_text(json.dumps(manifest), "utf-8")
    (folder / "tsconfig.json").write_text(json.dumps(compiler), "utf-8")
    (folder / PROGRAM).write_text(examples_of(PAGE)[PROGRAM], "utf-8")
    location = os.path.relpath(package, folder)
    run(folder, "npm", "install", "--no-audit", "--no-fund", "--strict-peer-deps", location)
    return App(folder)
