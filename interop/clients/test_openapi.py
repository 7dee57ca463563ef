"""Schemathesis reads the served OpenAPI document and sends what that allows, and what it does not.

Made-up requests alone end at the first check: ids that exist nowhere. So half of them are about a node that is
there, and half of the configurations refer to what the account has.
"""

from __future__ import annotations

import os
from copy import deepcopy
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, seed, settings
from schemathesis import checks
from schemathesis.core.parameters import ParameterLocation
from simulation import Account

URL = os.environ["HOLDFAST_URL"]
TOKEN = os.environ["HOLDFAST_TOKEN"]
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}
NODES = "/aws/ec2/managedInstance"
NODE = f"{NODES}/{{id}}"

SEED = 20261123
# Per operation; Schemathesis adds what covers every keyword of the document's schemas.
EXAMPLES = 15
UNAUTHENTICATED_EXAMPLES = 3
REQUEST_TIMEOUT_SECONDS = 10

NOT_THE_TOKEN: list[dict[str, str]] = [
    {},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer not-the-token"},
    {"Authorization": f"Basic {TOKEN}"},
    {"Authorization": TOKEN},
]

document = schemathesis.openapi.from_url(f"{URL}/openapi.json", headers=AUTHORIZED)
protected = document.exclude(path="/health")

# Every check except `unsupported_method`: the contract knows no 405.
EXCLUDED = [checks.unsupported_method]

# 400 is also the status of a valid request that names what the account does not have, and 304 that of a request with a
# tag that matches.
accepted = document.config.checks.positive_data_acceptance
accepted.expected_statuses = [*accepted.expected_statuses, "304", "400"]


def bounded(examples: int) -> settings:
    """The same requests on every run, on any machine; nothing is kept between runs."""
    slow_is_fine = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    return settings(max_examples=examples, deadline=None, database=None, suppress_health_check=slow_is_fine)


class LiveNode:
    """A node that requests can be about; another one as soon as it was deleted."""

    def __init__(self, account: Account) -> None:
        self._body = {"managedInstance": plausible({}, account)}
        self._id: str | None = None

    def id(self) -> str:
        """Answers the id of a node that exists now."""
        if self._id is None or requests.get(f"{URL}{NODES}/{self._id}", **self._options).status_code != 200:
            created = requests.post(f"{URL}{NODES}", json=self._body, **self._options).json()
            self._id = created["response"]["items"][0]["id"]
        return self._id

    _options: dict[str, Any] = {"headers": AUTHORIZED, "timeout": REQUEST_TIMEOUT_SECONDS}


@pytest.fixture(scope="session")
def live_node(account: Account) -> LiveNode:
    """A node for requests to be about."""
    return LiveNode(account)


def plausible(config: dict[str, Any], account: Account) -> dict[str, Any]:
    """The configuration with whatever has to refer to something in the account doing so."""
    config = {"name": "fuzzed", "persistence": {"persistPrivateIp": True}, **deepcopy(config), "region": account.region}
    compute = config["compute"] = as_dict(config.get("compute"))
    compute |= {"vpcId": account.vpc_id, "subnetIds": [account.subnet_id]}
    specification = compute["launchSpecification"] = as_dict(compute.get("launchSpecification"))
    specification |= {"imageId": account.image_id, "securityGroupIds": [account.security_group_id]}
    specification["instanceTypes"] = {"types": ["m7g.large"]}
    return config


def token_for(case: schemathesis.Case) -> dict[str, str]:
    """The token, unless the request is about a missing or a wrong one."""
    headers = case.meta.components.get(ParameterLocation.HEADER) if case.meta is not None else None
    return {} if headers is not None and headers.mode.is_negative else AUTHORIZED


def as_dict(value: Any) -> dict[str, Any]:
    """What was generated, where it is an object."""
    return value if isinstance(value, dict) else {}


def aim(case: schemathesis.Case, account: Account, live_node: LiveNode) -> None:
    """Makes a request be about what exists."""
    if case.operation.path.startswith(NODE):
        case.path_parameters = {**case.path_parameters, "id": live_node.id()}
    body = case.body
    if isinstance(body, dict) and isinstance(body.get("managedInstance"), dict):
        case.body = {**body, "managedInstance": plausible(body["managedInstance"], account)}


@document.parametrize()
@seed(SEED)
@bounded(EXAMPLES)
def test_every_answer_is_as_documented(case: schemathesis.Case) -> None:
    case.call_and_validate(headers=token_for(case), excluded_checks=EXCLUDED, timeout=REQUEST_TIMEOUT_SECONDS)


@document.include(path_regex=f"^{NODES}").parametrize()
@seed(SEED)
@bounded(EXAMPLES)
def test_every_answer_about_what_exists_is_as_documented(
    case: schemathesis.Case, account: Account, live_node: LiveNode
) -> None:
    aim(case, account, live_node)
    # What was made invalid may be valid now.
    excluded = [*EXCLUDED, checks.negative_data_rejection]
    case.call_and_validate(headers=token_for(case), excluded_checks=excluded, timeout=REQUEST_TIMEOUT_SECONDS)


@protected.parametrize()
@seed(SEED)
@bounded(UNAUTHENTICATED_EXAMPLES)
def test_nobody_is_let_in_without_the_token(case: schemathesis.Case) -> None:
    given = dict(case.headers)
    for authorization in NOT_THE_TOKEN:
        case.headers = {**given, **authorization}
        answer = case.call(timeout=REQUEST_TIMEOUT_SECONDS)

        assert answer.status_code == 401, authorization
        case.validate_response(answer, checks=[checks.response_schema_conformance, checks.content_type_conformance])
        assert answer.json()["response"]["errors"][0]["code"] == "UNAUTHORIZED"


def test_health_and_nothing_else_is_public() -> None:
    public = [
        operation.ok().path
        for operation in document.get_all_operations()
        if operation.ok().definition.raw.get("security") == []
    ]

    assert public == ["/health"]
