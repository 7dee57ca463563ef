"""The emulated account, and what a node in it can be made of."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import boto3
from botocore.config import Config

T = TypeVar("T")

POLL_SECONDS = 0.3
REQUEST_TIMEOUT_SECONDS = 60
# Every operation takes seconds: this ends a test that hangs.
SETTLED_WITHIN_SECONDS = 120


def wait_for(look: Callable[[], T], is_there: Callable[[T], bool], what: str) -> T:
    """Looks until what is waited for is there, and returns it. Raises AssertionError with what was seen last."""
    deadline = time.monotonic() + SETTLED_WITHIN_SECONDS
    while not is_there(seen := look()):
        assert time.monotonic() < deadline, f"{what}: not within {SETTLED_WITHIN_SECONDS} s; seen last: {seen}"
        time.sleep(POLL_SECONDS)
    return seen


@dataclass(frozen=True)
class Account:
    """Clients of the emulators, and what a node's configuration refers to."""

    account_id: str
    region: str
    endpoint: str
    ec2: Any
    vpc_id: str
    subnet_id: str
    security_group_id: str
    image_id: str

    @classmethod
    def open(cls, account_id: str, region: str, endpoint: str, ec2_endpoint: str) -> Account:
        """Prepares EC2: the default VPC gets an internet gateway, which an Elastic IP needs."""
        ec2 = client("ec2", region, ec2_endpoint)
        subnet = ec2.describe_subnets()["Subnets"][0]
        vpc_id = subnet["VpcId"]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
        groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["SecurityGroups"]
        x86 = [{"Name": "architecture", "Values": ["x86_64"]}, {"Name": "root-device-type", "Values": ["ebs"]}]
        images = ec2.describe_images(Owners=["amazon"], Filters=x86)["Images"]
        image = next(image for image in images if image.get("Platform") != "windows")
        return cls(
            account_id,
            region,
            endpoint,
            ec2,
            vpc_id,
            subnet["SubnetId"],
            groups[0]["GroupId"],
            image["ImageId"],
        )

    def service(self, name: str) -> Any:
        """Returns the client of a service other than EC2."""
        return client(name, self.region, self.endpoint)

    def live_instances(self) -> list[str]:
        """Returns the ids of the instances that have not ended and are not about to."""
        states = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
        reservations = self.ec2.describe_instances(Filters=states)["Reservations"]
        return [instance["InstanceId"] for each in reservations for instance in each["Instances"]]

    def interfaces(self) -> list[str]:
        """Returns the ids of every network interface."""
        return [each["NetworkInterfaceId"] for each in self.ec2.describe_network_interfaces()["NetworkInterfaces"]]


def client(name: str, region: str, endpoint: str) -> Any:
    """Makes a client of an emulated service."""
    config = Config(connect_timeout=5, read_timeout=REQUEST_TIMEOUT_SECONDS, retries={"total_max_attempts": 1})
    return boto3.client(
        name,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=config,
    )
