"""The emulated account: its EC2, its event bus, and a deployment of Holdfast in it."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import boto3
import requests
from botocore.config import Config

T = TypeVar("T")
Node = dict[str, Any]
Event = dict[str, Any]

POLL_SECONDS = 0.3
REQUEST_TIMEOUT_SECONDS = 60
# Every operation takes seconds: this ends a test that hangs.
SETTLED_WITHIN_SECONDS = 120

WARNING = "EC2 Spot Instance Interruption Warning"
STATE_CHANGE = "EC2 Instance State-change Notification"
NODES = "/aws/ec2/managedInstance"


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


@dataclass
class EventBus:
    """Sends EC2's events to the targets of the rules that match them.

    EventBridge accepts events of `aws.ec2` from EC2 alone, and so does the emulator: a test cannot put them on the bus.
    """

    account: Account
    # What each Lambda function returned.
    responses: list[Any] = field(default_factory=list)
    # Events are dropped while this is set.
    is_silent: bool = False

    def send(self, detail_type: str, detail: dict[str, str]) -> int:
        """Sends an event, and returns the number of targets that took it."""
        event = self._event(detail_type, detail)
        events = self.account.service("events")
        taken = 0
        for rule in events.list_rules()["Rules"]:
            pattern = rule.get("EventPattern")
            if pattern and events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"]:
                for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
                    self._start(target["Arn"], event)
                    taken += 1
        return taken

    def interrupt(self, instance_id: str) -> None:
        """Warns of an interruption, and takes the instance back. Real warnings come two minutes before."""
        assert self.send(WARNING, {"instance-id": instance_id, "instance-action": "terminate"}) == 1

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Reports every change of an instance's state, from a thread of its own, until the end of the block."""
        over = threading.Event()
        failures: list[BaseException] = []

        def report() -> None:
            known: dict[str, str] = {}
            try:
                while not over.wait(POLL_SECONDS):
                    known = self._report_changes(known)
            except BaseException as error:
                failures.append(error)

        thread = threading.Thread(target=report)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
        if failures:
            raise failures[0]

    def _report_changes(self, known: dict[str, str]) -> dict[str, str]:
        reservations = self.account.ec2.describe_instances()["Reservations"]
        states = {one["InstanceId"]: one["State"]["Name"] for each in reservations for one in each["Instances"]}
        for instance_id, state in states.items():
            if known.get(instance_id) != state and not self.is_silent:
                self.send(STATE_CHANGE, {"instance-id": instance_id, "state": state})
        return states

    def _start(self, arn: str, event: Event) -> None:
        text = json.dumps(event)
        if arn.split(":")[2] == "states":
            self.account.service("stepfunctions").start_execution(stateMachineArn=arn, input=text)
            return
        run = self.account.service("lambda").invoke(FunctionName=arn, Payload=text)
        response = json.loads(run["Payload"].read())
        assert "FunctionError" not in run, response
        self.responses.append(response)

    def _event(self, detail_type: str, detail: dict[str, str]) -> Event:
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": detail_type,
            "source": "aws.ec2",
            "account": self.account.account_id,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "region": self.account.region,
            "resources": [],
            "detail": detail,
        }


@dataclass(frozen=True)
class Deployment:
    """The deployed stack, as its outputs and resources show it, and its API."""

    account: Account
    stack_name: str

    def stack(self) -> dict[str, Any]:
        """Returns the stack. Raises ClientError if there is none."""
        stacks: list[dict[str, Any]] = self.account.service("cloudformation").describe_stacks(StackName=self.stack_name)[
            "Stacks"
        ]
        return stacks[0]

    def output(self, key: str) -> str:
        """Returns an output of the stack."""
        return next(each["OutputValue"] for each in self.stack()["Outputs"] if each["OutputKey"] == key)

    def resources(self, kind: str) -> dict[str, str]:
        """Returns the physical ids of the resources of a type, by their logical ids."""
        resources = self.account.service("cloudformation").describe_stack_resources(StackName=self.stack_name)
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for each in resources["StackResources"]
            if each["ResourceType"] == kind
        }

    def code(self) -> dict[str, str]:
        """Returns the hash of each function's code."""
        functions = self.account.service("lambda")
        return {
            logical_id: functions.get_function_configuration(FunctionName=name)["CodeSha256"]
            for logical_id, name in self.resources("AWS::Lambda::Function").items()
        }

    def executions(self) -> list[tuple[str, str]]:
        """Returns the name and the status of each execution."""
        machines = self.account.service("stepfunctions")
        return [
            (execution["name"], execution["status"])
            for arn in self.resources("AWS::StepFunctions::StateMachine").values()
            for execution in machines.list_executions(stateMachineArn=arn)["executions"]
        ]

    def undelivered(self) -> int:
        """Returns the number of messages in the stack's queues, which are all for undelivered events."""
        queues = self.account.service("sqs")
        return sum(
            int(queues.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"][count])
            for url in self.resources("AWS::SQS::Queue").values()
            for count in ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        )

    def call(self, method: str, path: str, body: Any = None) -> list[Any]:
        """Sends a request with the token, and returns the items of the response. Raises AssertionError if it failed."""
        response = self.send(method, path, body)
        assert response.status_code == 200, response.text
        items: list[Any] = response.json()["response"]["items"]
        return items

    def send(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Sends a request with the token. The emulator tells APIs apart by the host that the client asks for."""
        secret = self.account.service("secretsmanager").get_secret_value(SecretId=self.output("ApiTokenSecretArn"))
        headers = {
            "Authorization": f"Bearer {json.loads(secret['SecretString'])['current']}",
            "Host": urlsplit(self.output("ApiUrl")).netloc,
        }
        url = f"{self.account.endpoint}{path}"
        return requests.request(method, url, json=body, headers=headers, timeout=REQUEST_TIMEOUT_SECONDS)

    def create(self, name: str, attachment: str) -> str:
        """Creates a node with an Elastic IP, and returns its id."""
        address = self.account.ec2.allocate_address(Domain="vpc")
        body = {
            "name": name,
            "region": self.account.region,
            "persistence": {"persistPrivateIp": True, "eniAttachment": attachment},
            "compute": {
                "vpcId": self.account.vpc_id,
                "subnetIds": [self.account.subnet_id],
                "elasticIp": address["AllocationId"],
                "launchSpecification": {
                    "imageId": self.account.image_id,
                    "instanceTypes": {"preferredType": "m5.large", "types": ["m5.large", "m4.large"]},
                    "securityGroupIds": [self.account.security_group_id],
                },
            },
        }
        (node,) = self.call("POST", NODES, {"managedInstance": body})
        return str(node["id"])

    def node(self, node_id: str) -> Node:
        """Returns the status of a node."""
        (node,) = self.call("GET", f"{NODES}/{node_id}/status")
        return dict(node)

    def reached(self, node_id: str, status: str, not_instance: str | None = None) -> Node:
        """Waits until a node has a status and no operation, on another instance if one is given, and returns it."""
        return wait_for(
            lambda: self.node(node_id),
            lambda seen: seen["status"] == status
            and seen["operation"] is None
            and (not_instance is None or seen["instanceId"] != not_instance),
            f"{node_id} {status}",
        )
