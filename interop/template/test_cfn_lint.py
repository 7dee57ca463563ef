"""cfn-lint finds nothing in the templates: no error, no warning, for Regions of both kinds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TEMPLATES = sorted(Path(os.environ["TEMPLATES"]).glob("*.json"))
LINTED_WITHIN_SECONDS = 120
# The first Region, and one that was opened later and lacks what came before.
REGIONS = ["us-east-1", "eu-central-2"]

# Rules that are not looked at, each with its reason.
IGNORED = {
    "W3005": "CDK makes a function depend on its role and the role's policies together, and the role is one of them.",
}


def findings(template: Path, *options: str) -> list[str]:
    """Returns `rule at path: message` for each finding. Raises AssertionError if cfn-lint itself fails."""
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--format", "json", "--regions", *REGIONS, *options]
    run = subprocess.run(
        [*command, "--template", str(template)], timeout=LINTED_WITHIN_SECONDS, capture_output=True, text=True
    )
    # The other bits of the status say which kinds of findings there are. 1 and 32 are failures of its own.
    assert run.returncode & 33 == 0, run.stderr
    return [
        f"{found['Rule']['Id']} at {'/'.join(map(str, found['Location']['Path']))}: {found['Message']}"
        for found in json.loads(run.stdout)
    ]


def test_there_are_templates() -> None:
    assert TEMPLATES != []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_cfn_lint_finds_nothing(template: Path) -> None:
    assert findings(template, "--ignore-checks", *IGNORED) == []


def test_every_ignored_rule_would_find_something() -> None:
    found = {finding.split(" ", 1)[0] for template in TEMPLATES for finding in findings(template)}

    assert set(IGNORED) <= found


def test_cfn_lint_reads_what_the_template_says(tmp_path: Path) -> None:
    template = json.loads(TEMPLATES[0].read_text("utf-8"))
    function = next(each for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Function")
    function["Properties"]["Runtime"] = "nodejs6.10"
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(template), "utf-8")

    assert any("Runtime" in finding for finding in findings(broken, "--ignore-checks", *IGNORED))
