"""The simulated AWS account behind `npm start`: what happens to it from outside, and waiting for what follows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import requests

T = TypeVar("T")

# Real seconds. Every operation takes far less at the speed that the server runs at: this ends a test that hangs.
SETTLED_WITHIN_SECONDS = 30
POLL_SECONDS = 0.05
REQUEST_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Account:
    """What a node's configuration refers to."""

    region: str
    vpc_id: str
    subnet_id: str
    image_id: str
    security_group_id: str


@dataclass(frozen=True)
class Simulation:
    """The server's own routes under /simulator, which no client of the API knows."""

    url: str
    token: str

    def world(self) -> dict[str, Any]:
        """Answers everything that is in the account."""
        return self._send("GET", "world")

    def interrupt(self, instance_id: str) -> None:
        """Has EC2 take a Spot instance back, after its usual warning."""
        self._send("POST", "interrupt", {"instanceId": instance_id})

    def launch(self, name: str) -> dict[str, str]:
        """Launches an instance that no node has, and waits until it runs."""
        launched: dict[str, str] = self._send("POST", "launch", {"name": name})
        wait_for(
            lambda: {each["instanceId"]: each["state"] for each in self.world()["instances"]},
            lambda states: states[launched["instanceId"]] == "running",
            f"start of {launched['instanceId']}",
        )
        return launched

    def allocate_address(self) -> dict[str, str]:
        """Allocates an Elastic IP; the account has room for five."""
        return self._send("POST", "allocate-address")

    def release_address(self, allocation_id: str) -> None:
        """Releases an Elastic IP that no interface has."""
        self._send("POST", "release-address", {"allocationId": allocation_id})

    def account(self) -> Account:
        """Answers the ids that a node can be made with."""
        world = self.world()
        subnet = world["subnets"][0]
        group = next(group for group in world["securityGroups"] if group["name"] == "stateful-nodes")
        image = next(image for image in world["images"] if image["architecture"] == "arm64")
        return Account(
            region=world["region"],
            vpc_id=subnet["vpcId"],
            subnet_id=subnet["subnetId"],
            image_id=image["imageId"],
            security_group_id=group["groupId"],
        )

    def instances_of(self, node_id: str) -> list[str]:
        """Answers the ids of a node's instances that have not ended and are not about to."""
        ended = ("shutting-down", "terminated")
        instances = self.world()["instances"]
        return [each["instanceId"] for each in instances if each["nodeId"] == node_id and each["state"] not in ended]

    def interfaces_of(self, node_id: str) -> list[str]:
        """Answers the ids of a node's network interfaces."""
        interfaces = self.world()["networkInterfaces"]
        return [each["networkInterfaceId"] for each in interfaces if each["nodeId"] == node_id]

    def holder_of(self, allocation_id: str) -> str | None:
        """Answers the network interface that an Elastic IP is associated with."""
        addresses = self.world()["addresses"]
        return next(each["networkInterfaceId"] for each in addresses if each["allocationId"] == allocation_id)

    def _send(self, method: str, action: str, body: dict[str, Any] | None = None) -> Any:
        answer = requests.request(
            method,
            f"{self.url}/simulator/{action}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=REQUEST_TIMEOUT_SECONDS,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


def wait_for(look: Callable[[], T], is_there: Callable[[T], bool], what: str) -> T:
    """Looks until what is waited for is there, and answers it. Raises AssertionError with what was seen last."""
    deadline = time.monotonic() + SETTLED_WITHIN_SECONDS
    while not is_there(seen := look()):
        assert time.monotonic() < deadline, f"{what}: not within {SETTLED_WITHIN_SECONDS} s; seen last: {seen}"
        time.sleep(POLL_SECONDS)
    return seen
