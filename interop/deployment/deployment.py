"""The deployed stack, and the API that it serves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from account import REQUEST_TIMEOUT_SECONDS, Account, wait_for

Node = dict[str, Any]

NODES = "/aws/ec2/managedInstance"


@dataclass(frozen=True)
class Deployment:
    """The deployed stack, as its outputs and resources show it, and its API."""

    account: Account
    stack_name: str

    def stack(self) -> dict[str, Any]:
        """Returns the stack. Raises ClientError if there is none."""
        (stack,) = self.account.service("cloudformation").describe_stacks(StackName=self.stack_name)["Stacks"]
        return dict(stack)

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
            lambda seen: (
                seen["status"] == status
                and seen["operation"] is None
                and (not_instance is None or seen["instanceId"] != not_instance)
            ),
            f"{node_id} {status}",
        )
