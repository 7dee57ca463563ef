"""The package, the app that has installed it, and the template that the app makes. Each is made once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from app import App, new_app, pack


@pytest.fixture(scope="session")
def work() -> Path:
    """The judge's folder. No folder above it has packages that the app could find."""
    return Path(os.environ["WORK"])


@pytest.fixture(scope="session")
def package(work: Path) -> Path:
    """The file that `npm pack` makes."""
    return pack(work)


@pytest.fixture(scope="session")
def app(work: Path, package: Path) -> App:
    """An app with the package, not yet compiled."""
    return new_app(work / "app", package)


@pytest.fixture(scope="session")
def findings(app: App) -> dict[str, list[str]]:
    """What is missing in the installed files."""
    return app.inspect()


@pytest.fixture(scope="session")
def compiled(app: App) -> App:
    """The app with its JavaScript."""
    app.compile()
    return app


@pytest.fixture(scope="session")
def template(compiled: App) -> dict[str, Any]:
    """The template of the app's stack."""
    return compiled.synthesize()
