"""Synthesises the stack as the CDK CLI does, once for each set of choices: NAME.json in the folder of the argument."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SYNTHESIZED_WITHIN_SECONDS = 120

# What is chosen by `cdk deploy -c key=value`: nothing, and everything at once.
CHOICES: dict[str, dict[str, str]] = {
    "default": {},
    "everything-chosen": {
        "alarmEmail": "ops@example.com",
        "apiCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
        "apiDomainName": "nodes.example.com",
        "authentication": "iam",
        "imports": "off",
        "instanceRoleArns": "arn:aws:iam::123456789012:role/db",
        "logRetentionDays": "30",
        "permissionsBoundaryArn": "arn:aws:iam::123456789012:policy/boundary",
        "removalPolicy": "retain",
        "stackName": "Holdfast-db",
        "subnetOwnerAccounts": "210987654321",
        "tableName": "Kept",
        "throttlingBurstLimit": "200",
        "throttlingRateLimit": "100",
        "volumeKeyArns": "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
    },
    "nothing-kept": {"removalPolicy": "destroy"},
}
# The functions' code is in no template.
NO_BUNDLING = {"aws:cdk:bundling-stacks": []}


def main(folder: Path) -> None:
    """Writes the templates. Raises CalledProcessError if the application refuses a choice."""
    folder.mkdir(parents=True)
    for name, choices in CHOICES.items():
        with tempfile.TemporaryDirectory(dir=folder) as assembly:
            environment = {
                **os.environ,
                "CDK_CONTEXT_JSON": json.dumps({**choices, **NO_BUNDLING}),
                "CDK_OUTDIR": assembly,
            }
            subprocess.run(
                [ROOT / "node_modules/.bin/tsx", "infra/app.ts"],
                cwd=ROOT,
                env=environment,
                timeout=SYNTHESIZED_WITHIN_SECONDS,
                check=True,
            )
            (template,) = Path(assembly).glob("*.template.json")
            shutil.copy(template, folder / f"{name}.json")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
