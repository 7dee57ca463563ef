"""The emulated account that the tests share, and the CDK CLI that deploys to it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "emulators"))

import servers
from account import Account
from cdk import Cdk
from deployment import Deployment
from event_bus import EventBus

STACK_NAME = "Holdfast"


@pytest.fixture(scope="session")
def work() -> Path:
    """The judge's folder."""
    return Path(os.environ["WORK"])


@pytest.fixture(scope="session")
def endpoints(work: Path) -> Iterator[dict[str, str]]:
    """The URLs of the emulators, as the AWS SDKs read them from the environment: of EC2, and of everything else."""
    state = work / "ministack"
    state.mkdir()
    with servers.moto(work / "moto.log") as ec2:
        # The functions inherit this.
        with servers.ministack(state, work / "ministack.log", {"AWS_ENDPOINT_URL_EC2": ec2}) as others:
            yield {"AWS_ENDPOINT_URL": others, "AWS_ENDPOINT_URL_EC2": ec2}


@pytest.fixture(scope="session")
def account(endpoints: dict[str, str]) -> Account:
    """The account."""
    others, ec2 = endpoints["AWS_ENDPOINT_URL"], endpoints["AWS_ENDPOINT_URL_EC2"]
    return Account.open(servers.ACCOUNT, servers.REGION, others, ec2)


@pytest.fixture(scope="session")
def cdk(endpoints: dict[str, str], work: Path) -> Cdk:
    """The CLI. It keeps what it remembers of accounts in a folder of its own."""
    own = {"CDK_HOME": str(work / "cdk-home"), "CDK_DISABLE_CLI_TELEMETRY": "true"}
    return Cdk({**servers.environment_without_aws(), **endpoints, **own}, work)


@pytest.fixture(scope="session")
def deployment(account: Account) -> Deployment:
    """The stack."""
    return Deployment(account, STACK_NAME)


@pytest.fixture(scope="session")
def bus(account: Account) -> Iterator[EventBus]:
    """The event bus, which reports EC2's state changes."""
    bus = EventBus(account)
    with bus.reporting():
        yield bus
