"""EC2's events, sent to the targets of the deployed rules."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from account import POLL_SECONDS, Account

Event = dict[str, Any]

WARNING = "EC2 Spot Instance Interruption Warning"
STATE_CHANGE = "EC2 Instance State-change Notification"


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
