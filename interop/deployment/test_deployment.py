"""The life of a deployment, by the CDK CLI, and the life of its nodes, by the deployed functions.

Each test continues where the one before it ended, so the first failure ends the run.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from account import Account, wait_for
from botocore.exceptions import ClientError
from cdk import Cdk, changed_version, code_of, this_version, versions_before
from deployment import NODES, Deployment, Node
from event_bus import EventBus

# What must not change while a node has one instance after the other.
IDENTITY = ("networkInterfaceId", "macAddress", "privateIp", "publicIp")


@dataclass
class Lives:
    """What the tests hand on to the next one."""

    assembly: Path = Path()
    table_name: str = ""
    hot: str = ""
    cold: str = ""


@pytest.fixture(scope="session")
def lives() -> Lives:
    """Empty at first."""
    return Lives()


def identity(node: Node) -> dict[str, str]:
    """Returns what the node's clients know it by."""
    found = {key: node[key] for key in IDENTITY}
    assert None not in found.values()
    return found


def replaced(deployment: Deployment, before: Node) -> Node:
    """Waits until the node has another instance, and checks that it has kept its identity."""
    after = deployment.reached(before["id"], "ACTIVE", not_instance=before["instanceId"])
    assert identity(after) == identity(before)
    return after


def deleted(deployment: Deployment, account: Account, node: Node) -> None:
    """Deletes a node with everything that it has, and waits until that is gone."""
    everything = {"shouldTerminateInstance": True, "shouldDeleteNetworkInterfaces": True, "shouldDeleteVolumes": True}
    deployment.call("DELETE", f"{NODES}/{node['id']}", {"deallocationConfig": everything})
    wait_for(account.live_instances, lambda live: node["instanceId"] not in live, "the end of the instance")
    wait_for(account.interfaces, lambda left: node["networkInterfaceId"] not in left, "the end of the interface")


def synthesize_before(cdk: Cdk, work: Path, this: Path) -> Path:
    """Returns the assembly to upgrade from to this one, and notes for the verdict which one it is.

    A version before that cannot be synthesised is a fault of that commit, not of this one.
    """
    reason = "no version before has other functions"
    for number, before in enumerate(versions_before(work / "before")):
        try:
            assembly = cdk.synthesize(before, f"assembly-before-{number}")
        except AssertionError:
            reason = f"{before.description} cannot be synthesised"
            break
        if code_of(assembly) != code_of(this):
            note(f"upgraded from {before.description}")
            return assembly
    changed = changed_version(work / "changed")
    note(f"upgraded from {changed.description}: {reason}")
    return cdk.synthesize(changed, "assembly-changed")


def note(text: str) -> None:
    """Adds something to the verdict."""
    Path(os.environ["REPORTS"], "deployment.note").write_text(text, "utf-8")


def test_the_region_is_bootstrapped(cdk: Cdk, account: Account) -> None:
    cdk.bootstrap(account.account_id, account.region)

    stacks = account.service("cloudformation").describe_stacks(StackName="CDKToolkit")["Stacks"]
    assert [stack["StackStatus"] for stack in stacks] == ["CREATE_COMPLETE"]


def test_the_version_before_is_deployed(cdk: Cdk, deployment: Deployment, lives: Lives, work: Path) -> None:
    lives.assembly = cdk.synthesize(this_version(), "assembly")
    cdk.deploy(synthesize_before(cdk, work, lives.assembly))

    assert deployment.stack()["StackStatus"] == "CREATE_COMPLETE"
    lives.table_name = deployment.output("TableName")


def test_it_creates_a_node_over_http(deployment: Deployment, bus: EventBus, account: Account, lives: Lives) -> None:
    lives.hot = deployment.create("hot", "hot")
    node = deployment.reached(lives.hot, "ACTIVE")

    assert node["instanceId"] in account.live_instances()
    assert node["networkInterfaceId"] in account.interfaces()
    # The execution waited for the instance, and was woken by an event.
    assert {"woken": True} in bus.responses


def test_an_upgrade_keeps_the_table_and_the_nodes(cdk: Cdk, deployment: Deployment, lives: Lives) -> None:
    node, code = deployment.node(lives.hot), deployment.code()
    said = cdk.deploy(lives.assembly)

    assert "(no changes)" not in said
    assert deployment.stack()["StackStatus"] == "UPDATE_COMPLETE"
    assert deployment.output("TableName") == lives.table_name
    assert deployment.code() != code
    assert deployment.node(lives.hot) == node


def test_an_interruption_moves_a_hot_node(deployment: Deployment, bus: EventBus, lives: Lives) -> None:
    before = deployment.node(lives.hot)
    bus.responses.clear()
    bus.interrupt(before["instanceId"])

    replaced(deployment, before)
    # Without the event, the execution would look again after a while, and move the node too.
    assert {"woken": True} in bus.responses


def test_a_node_is_paused_and_resumed(deployment: Deployment, account: Account, lives: Lives) -> None:
    before = deployment.node(lives.hot)
    deployment.call("PUT", f"{NODES}/{lives.hot}/pause")
    deployment.reached(lives.hot, "PAUSED")
    wait_for(account.live_instances, lambda live: live == [], "the end of the instance")
    deployment.call("PUT", f"{NODES}/{lives.hot}/resume")

    replaced(deployment, before)


def test_the_schedule_finds_what_no_event_reported(
    deployment: Deployment, bus: EventBus, account: Account, lives: Lives
) -> None:
    before = deployment.node(lives.hot)
    bus.is_silent = True
    account.ec2.terminate_instances(InstanceIds=[before["instanceId"]])
    wait_for(lambda: deployment.node(lives.hot), lambda node: node["operation"] is not None, "the reconciler")
    bus.is_silent = False

    replaced(deployment, before)


def test_an_interruption_moves_a_cold_node(deployment: Deployment, bus: EventBus, lives: Lives) -> None:
    lives.cold = deployment.create("cold", "cold")
    before = deployment.reached(lives.cold, "ACTIVE")
    bus.interrupt(before["instanceId"])

    replaced(deployment, before)


def test_a_deleted_node_leaves_nothing(deployment: Deployment, account: Account, lives: Lives) -> None:
    node = deployment.node(lives.cold)
    deleted(deployment, account, node)

    assert deployment.send("GET", f"{NODES}/{lives.cold}").status_code == 400


def test_every_execution_succeeded(deployment: Deployment) -> None:
    executions = wait_for(
        deployment.executions, lambda seen: all(status != "RUNNING" for _, status in seen), "the end of the executions"
    )

    assert len(executions) >= 7
    assert [execution for execution in executions if execution[1] != "SUCCEEDED"] == []
    assert deployment.undelivered() == 0


def test_a_destroyed_stack_keeps_the_table_and_the_token(
    cdk: Cdk, deployment: Deployment, account: Account, lives: Lives
) -> None:
    node = deployment.node(lives.hot)
    functions = deployment.resources("AWS::Lambda::Function").values()
    secret = deployment.output("ApiTokenSecretArn")
    cdk.destroy(lives.assembly)

    with pytest.raises(ClientError, match="does not exist"):
        deployment.stack()
    left = account.service("lambda").list_functions()["Functions"]
    assert {each["FunctionName"] for each in left}.isdisjoint(functions)
    assert account.service("dynamodb").describe_table(TableName=lives.table_name)["Table"]["ItemCount"] > 0
    assert account.service("secretsmanager").get_secret_value(SecretId=secret)["SecretString"] != ""
    assert node["instanceId"] in account.live_instances()


def test_a_new_stack_on_the_kept_table_has_the_nodes(
    cdk: Cdk, deployment: Deployment, bus: EventBus, account: Account, lives: Lives
) -> None:
    lives.assembly = cdk.synthesize(this_version(), "assembly-on-kept-table", tableName=lives.table_name)
    cdk.deploy(lives.assembly)
    node = deployment.reached(lives.hot, "ACTIVE")

    assert deployment.send("GET", "/holdfast/deployment").json()["response"]["items"][0]["inDoubt"] is None
    bus.interrupt(node["instanceId"])
    replaced(deployment, node)
    deleted(deployment, account, deployment.node(lives.hot))
    cdk.destroy(lives.assembly)
