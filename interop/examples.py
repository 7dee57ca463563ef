"""The examples of a page in docs/. A reader pastes them, so the judges run them as they stand on the page."""

from __future__ import annotations

import re
from pathlib import Path

EXAMPLE = re.compile(r"^<!-- example: (\S+) -->\n+```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def examples_of(page: Path) -> dict[str, str]:
    """Returns the text of each example by the name in the comment above it."""
    return dict(EXAMPLE.findall(page.read_text("utf-8")))
