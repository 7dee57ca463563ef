"""What all tests share: the running server, and a guard that nothing is asked of any other."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest

from simulation import Account, Simulation

_connect = socket.socket.connect


def _connect_to_this_machine_only(self: socket.socket, address: Any) -> None:
    """The SDK and the fuzzer know servers of their own; a mistake must not reach one."""
    if self.family != socket.AF_UNIX and address[0] != "127.0.0.1":
        raise ConnectionRefusedError(f"tests may connect to 127.0.0.1 only, not to {address[0]}")
    _connect(self, address)


socket.socket.connect = _connect_to_this_machine_only  # type: ignore[method-assign]


def pytest_configure() -> None:
    """Without a server there is nothing to test, and that is no success."""
    missing = [name for name in ("HOLDFAST_URL", "HOLDFAST_TOKEN") if name not in os.environ]
    if missing:
        raise pytest.UsageError(f"{', '.join(missing)} not set: run the tests by `npm run interop`")


@pytest.fixture(scope="session")
def simulation() -> Simulation:
    """The account that the server plays."""
    return Simulation(url=os.environ["HOLDFAST_URL"], token=os.environ["HOLDFAST_TOKEN"])


@pytest.fixture(scope="session")
def account(simulation: Simulation) -> Account:
    """The ids that nodes are made with."""
    return simulation.account()
