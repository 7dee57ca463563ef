"""Every statement of the templates means what the service authorization reference says that it can mean."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from policies import Statement, statements_of
from reference import faults_of

TEMPLATES = sorted(Path(os.environ["TEMPLATES"]).glob("*.json"))
STATEMENTS = [
    pytest.param(statement, id=f"{template.stem}/{statement.where}")
    for template in TEMPLATES
    for statement in statements_of(json.loads(template.read_text("utf-8")))
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_statement(statement: Statement) -> None:
    assert faults_of(statement) == []


def test_every_template_has_statements() -> None:
    judged = {str(parameter.id).split("/")[0] for parameter in STATEMENTS}

    assert judged == {template.stem for template in TEMPLATES} != set()


ATTACH = Statement(
    where="test",
    actions=("ec2:AttachNetworkInterface",),
    resources=("arn:aws:ec2:us-east-1:123456789012:instance/*",),
    condition_keys=("aws:ResourceTag/team",),
    is_of_resource=False,
)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (replace(ATTACH, actions=("ec2:AttachInterface",)), "there is no action ec2:AttachInterface"),
        (replace(ATTACH, actions=("ec3:AttachNetworkInterface",)), "there is no action ec3:AttachNetworkInterface"),
        (
            replace(ATTACH, resources=("arn:aws:ec2:us-east-1:123456789012:volume/*",)),
            "ec2:AttachNetworkInterface takes none of arn:aws:ec2:us-east-1:123456789012:volume/*",
        ),
        (
            replace(ATTACH, resources=(*ATTACH.resources, "arn:aws:ec2:us-east-1:123456789012:volume/*")),
            "no action takes arn:aws:ec2:us-east-1:123456789012:volume/*",
        ),
        (replace(ATTACH, resources=("*",)), "ec2:AttachNetworkInterface takes none of *"),
        (
            replace(ATTACH, condition_keys=("aws:RequestTag/team",)),
            "ec2:AttachNetworkInterface has no condition key aws:RequestTag/team",
        ),
        (
            replace(ATTACH, actions=(*ATTACH.actions, "ec2:TerminateInstances"), condition_keys=("ec2:Subnet",)),
            "ec2:TerminateInstances has no condition key ec2:Subnet",
        ),
    ],
)
def test_what_the_reference_does_not_know_is_a_fault(statement: Statement, fault: str) -> None:
    assert faults_of(ATTACH) == []
    assert fault in faults_of(statement)
