"""The examples of docs/clients.md are run as they stand on the page. A reader pastes them, so they must work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from examples import examples_of
from simulation import Account, Simulation, wait_for

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = examples_of(ROOT / "docs" / "clients.md")

COMMANDS: dict[str, list[str]] = {
    "lifecycle.sh": ["bash", "lifecycle.sh"],
    "lifecycle.py": [sys.executable, "lifecycle.py"],
    "main.go": ["go", "run", "main.go"],
    "lifecycle.yml": [str(Path(sys.executable).with_name("ansible-playbook")), "lifecycle.yml"],
}
STEP = re.compile(r"\b(creat|paus|resum|delet)\w* (smi-[0-9a-f]+)", re.IGNORECASE)
# Compiling the Go example takes most of it.
FINISHED_WITHIN_SECONDS = 240


@pytest.fixture
def elastic_ip(simulation: Simulation) -> Iterator[str]:
    """An Elastic IP for one example. The deletion, which the example does not wait for, must disassociate it."""
    allocation_id = simulation.allocate_address()["allocationId"]
    yield allocation_id
    wait_for(lambda: simulation.holder_of(allocation_id), lambda holder: holder is None, f"release of {allocation_id}")
    simulation.release_address(allocation_id)


def test_every_example_of_the_page_is_run() -> None:
    assert list(EXAMPLES) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_example(name: str, simulation: Simulation, account: Account, elastic_ip: str, tmp_path: Path) -> None:
    command = COMMANDS[name]
    (tmp_path / name).write_text(EXAMPLES[name], "utf-8")
    for module_file in ("go.mod", "go.sum"):
        shutil.copy(ROOT / "interop" / "clients" / "go" / module_file, tmp_path)
    environment = {
        **os.environ,
        "HOLDFAST": simulation.url,
        "TOKEN": simulation.token,
        "VPC_ID": account.vpc_id,
        "SUBNET_ID": account.subnet_id,
        "IMAGE_ID": account.image_id,
        "SECURITY_GROUP_ID": account.security_group_id,
        "ELASTIC_IP": elastic_ip,
    }

    run = subprocess.run(
        command, cwd=tmp_path, env=environment, timeout=FINISHED_WITHIN_SECONDS, capture_output=True, text=True
    )

    assert run.returncode == 0, run.stderr
    steps = STEP.findall(run.stdout)
    node = steps[0][1]
    assert [(step.lower(), subject) for step, subject in steps] == [
        (step, node) for step in ("creat", "paus", "resum", "delet")
    ]
    wait_for(lambda: simulation.interfaces_of(node), lambda left: left == [], f"clean-up of {node}")
