"""The reference product's own Python SDK, unmodified, drives nodes through their lifecycle.

Nothing here speaks HTTP to the API itself: what the SDK sends, and what it makes of the answers, is the test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from simulation import Account, Simulation, wait_for
from spotinst_sdk2 import SpotinstSession
from spotinst_sdk2.client import SpotinstClientException
from spotinst_sdk2.clients.managed_instance import ManagedInstanceAwsClient
from spotinst_sdk2.models.managed_instance.aws import (
    AmiBackup,
    Compute,
    DeallocationConfig,
    InstanceTypes,
    LaunchSpecification,
    ManagedInstance,
    ManagedInstanceMigration,
    ManagedInstanceState,
    Persistence,
    Strategy,
    Tag,
)

Node = dict[str, Any]
Client = ManagedInstanceAwsClient

INSTANCE_TYPES = ["m7g.large", "m6g.large"]
UNKNOWN_ID = "smi-00000000"
MISSING = "MANAGED_INSTANCE_DOESNT_EXIST"
# What a client gets hold of a node's network identity by. The Elastic IP is the public one.
IDENTITY = ("network_interface_id", "mac_address", "private_ip", "public_ip")


@pytest.fixture(scope="session")
def session_of(simulation: Simulation) -> Callable[[str], Client]:
    """Makes the SDK's client for a token."""

    def make(token: str) -> Client:
        session = SpotinstSession(base_url=simulation.url, auth_token=token, account_id="act-12345678")
        return session.client("managed_instance_aws", print_output=False, timeout=10)

    return make


@pytest.fixture(scope="session")
def client(session_of: Callable[[str], Client], simulation: Simulation) -> Client:
    """The SDK's client of managed instances."""
    return session_of(simulation.token)


@pytest.fixture(scope="session")
def elastic_ip(simulation: Simulation) -> dict[str, str]:
    """One for all tests, one after the other: a deleted node gives it back."""
    return simulation.allocate_address()


@pytest.fixture
def configured(account: Account) -> Callable[..., ManagedInstance]:
    """Makes the configuration of a node, in the SDK's models."""

    def make(name: str, **compute: Any) -> ManagedInstance:
        return ManagedInstance(
            name=name,
            description="made by the Python SDK",
            region=account.region,
            strategy=Strategy(life_cycle="spot", fallback_to_od=True),
            persistence=Persistence(persist_private_ip=True),
            compute=Compute(
                vpc_id=account.vpc_id,
                subnet_ids=[account.subnet_id],
                launch_specification=LaunchSpecification(
                    image_id=account.image_id,
                    instance_types=InstanceTypes(preferred_type=INSTANCE_TYPES[0], types=INSTANCE_TYPES),
                    security_group_ids=[account.security_group_id],
                    tags=[Tag(tag_key="Team", tag_value="licences"), Tag(tag_key="Cost", tag_value="low")],
                ),
                **compute,
            ),
        )

    return make


@pytest.fixture
def launched(
    client: Client, simulation: Simulation, configured: Callable[..., ManagedInstance]
) -> Iterator[Callable[..., Node]]:
    """Makes nodes, answers their status once they are active, and deletes them in the end."""
    made: list[str] = []

    def launch(name: str, **compute: Any) -> Node:
        node_id = client.create_managed_instance(configured(name, **compute))["id"]
        made.append(node_id)
        return reached(client, node_id, "ACTIVE")

    yield launch
    for node_id in made:
        delete_with_everything(client, node_id)
    for node_id in made:
        wait_for(lambda: simulation.interfaces_of(node_id), lambda left: left == [], f"clean-up of {node_id}")


def reached(client: Client, node_id: str, status: str, not_instance: str | None = None) -> Node:
    """Waits for a status, of another instance if one is given, and answers it."""
    return wait_for(
        lambda: client.get_managed_instance_status(node_id),
        lambda seen: seen["status"] == status and (not_instance is None or seen["instance_id"] != not_instance),
        f"{node_id} {status}",
    )


def delete_with_everything(client: Client, node_id: str) -> None:
    """Deletes with every flag set, as clients that tear down do. A node that is gone is fine."""
    flags = DeallocationConfig(
        should_terminate_instance=True,
        should_delete_network_interfaces=True,
        should_delete_volumes=True,
        should_delete_snapshots=True,
        should_delete_images=True,
    )
    try:
        assert client.delete_managed_instance(node_id, flags, AmiBackup(should_delete_images=True)) is True
    except SpotinstClientException as error:
        assert codes_of(error) == [MISSING]


def refusal_of(error: SpotinstClientException) -> dict[str, Any]:
    """The `response` of a refused request: the SDK puts it behind its own words, after a line break."""
    return json.loads(error.message.split("\n", 1)[1])


def codes_of(error: SpotinstClientException) -> list[str]:
    """The codes of every error in a refusal."""
    return [each["code"] for each in refusal_of(error)["errors"]]


def identity_of(status: Node) -> dict[str, Any]:
    """What must outlive every instance; all of it is there."""
    identity = {name: status[name] for name in IDENTITY}
    assert None not in identity.values(), identity
    return identity


def test_create_echoes_the_configuration_and_launches(
    client: Client,
    simulation: Simulation,
    launched: Callable[..., Node],
    account: Account,
    elastic_ip: dict[str, str],
) -> None:
    status = launched("created", elastic_ip=elastic_ip["allocationId"])
    node = client.get_managed_instance(status["id"])
    specification = node["compute"]["launch_specification"]

    assert node["name"] == "created" and node["region"] == account.region
    assert node["strategy"] == {"life_cycle": "spot", "fallback_to_od": True}
    assert node["compute"]["elastic_ip"] == elastic_ip["allocationId"]
    assert specification["instance_types"] == {"preferred_type": INSTANCE_TYPES[0], "types": INSTANCE_TYPES}
    assert [tag["tag_key"] for tag in specification["tags"]] == ["Team", "Cost"]
    assert status["public_ip"] == elastic_ip["publicIp"]
    assert status["private_ip"].startswith("10.0.")
    assert simulation.instances_of(status["id"]) == [status["instance_id"]]


def test_list_holds_every_node(client: Client, launched: Callable[..., Node]) -> None:
    ids = {launched("one")["id"], launched("another")["id"]}

    assert ids <= {node["id"] for node in client.get_managed_instances()}


def test_update_merges_and_none_removes(client: Client, launched: Callable[..., Node]) -> None:
    node_id = launched("before")["id"]

    updated = client.update_managed_instance(node_id, ManagedInstance(name="after", description=None))

    assert updated["name"] == "after" and "description" not in updated
    assert updated["compute"]["launch_specification"]["instance_types"]["types"] == INSTANCE_TYPES
    # Putting the settings into effect changes the record once more.
    assert client.get_managed_instance(node_id) | {"updated_at": None} == updated | {"updated_at": None}


def test_pause_and_resume_keep_the_addresses(
    client: Client, simulation: Simulation, launched: Callable[..., Node], elastic_ip: dict[str, str]
) -> None:
    before = launched("paused", elastic_ip=elastic_ip["allocationId"])

    client.pause_managed_instance(before["id"])
    paused = reached(client, before["id"], "PAUSED")
    client.pause_managed_instance(before["id"])
    assert paused["instance_id"] is None and paused["private_ip"] == before["private_ip"]
    assert simulation.instances_of(before["id"]) == []

    client.resume_managed_instance(before["id"])
    resumed = reached(client, before["id"], "ACTIVE", not_instance=before["instance_id"])
    assert identity_of(resumed) == identity_of(before)
    assert simulation.holder_of(elastic_ip["allocationId"]) == before["network_interface_id"]


def test_recycle_keeps_the_addresses_and_takes_an_update_on_its_way(
    client: Client, launched: Callable[..., Node], elastic_ip: dict[str, str]
) -> None:
    before = launched("recycled", elastic_ip=elastic_ip["allocationId"])

    client.recycle_managed_instance(before["id"])
    updated = client.update_managed_instance(before["id"], ManagedInstance(description="updated meanwhile"))
    after = reached(client, before["id"], "ACTIVE", not_instance=before["instance_id"])

    assert updated["description"] == "updated meanwhile"
    assert identity_of(after) == identity_of(before)


def test_recycle_of_a_paused_node_brings_it_back(client: Client, launched: Callable[..., Node]) -> None:
    before = launched("recycled while paused")
    client.pause_managed_instance(before["id"])
    reached(client, before["id"], "PAUSED")

    client.recycle_managed_instance(before["id"])

    assert reached(client, before["id"], "ACTIVE")["private_ip"] == before["private_ip"]


def test_interruption_keeps_the_addresses(
    client: Client, simulation: Simulation, launched: Callable[..., Node], elastic_ip: dict[str, str]
) -> None:
    before = launched("interrupted", elastic_ip=elastic_ip["allocationId"])

    simulation.interrupt(before["instance_id"])
    after = reached(client, before["id"], "ACTIVE", not_instance=before["instance_id"])

    assert identity_of(after) == identity_of(before)
    assert simulation.instances_of(before["id"]) == [after["instance_id"]]
    assert simulation.holder_of(elastic_ip["allocationId"]) == before["network_interface_id"]


def test_bulk_state_changes_what_it_can_and_names_the_rest(client: Client, launched: Callable[..., Node]) -> None:
    one, another = launched("bulk one")["id"], launched("bulk another")["id"]

    client.update_managed_instance_states(
        [ManagedInstanceState(id=one, state="PAUSE"), ManagedInstanceState(id=another, state="PAUSE")]
    )
    reached(client, one, "PAUSED")
    reached(client, another, "PAUSED")

    with pytest.raises(SpotinstClientException) as refused:
        client.update_managed_instance_states(
            [ManagedInstanceState(id=UNKNOWN_ID, state="PAUSE"), ManagedInstanceState(id=one, state="RESUME")]
        )
    assert codes_of(refused.value) == [MISSING] and UNKNOWN_ID in refused.value.message
    reached(client, one, "ACTIVE")
    assert client.get_managed_instance_status(another)["status"] == "PAUSED"


def test_delete_is_final_at_once_and_cleans_up_behind(
    client: Client, simulation: Simulation, launched: Callable[..., Node], elastic_ip: dict[str, str]
) -> None:
    node_id = launched("deleted", elastic_ip=elastic_ip["allocationId"])["id"]

    delete_with_everything(client, node_id)

    with pytest.raises(SpotinstClientException) as refused:
        client.get_managed_instance(node_id)
    assert codes_of(refused.value) == [MISSING]
    assert node_id not in [node["id"] for node in client.get_managed_instances()]
    wait_for(lambda: simulation.instances_of(node_id), lambda left: left == [], "termination")
    wait_for(lambda: simulation.interfaces_of(node_id), lambda left: left == [], "deletion of the interface")
    assert simulation.holder_of(elastic_ip["allocationId"]) is None


def test_import_keeps_the_interface_of_a_running_instance(
    client: Client, simulation: Simulation, account: Account
) -> None:
    original = simulation.launch("old ledger")

    [begun] = client.import_multiple_instances_from_aws(
        [
            ManagedInstanceMigration(
                original_instance_id=original["instanceId"],
                region=account.region,
                should_keep_private_ip=True,
                should_terminate_instance=True,
                managed_instance_name="ledger",
                product="Linux/UNIX",
                spot_instances_types=INSTANCE_TYPES,
            )
        ]
    )
    [finished] = wait_for(
        lambda: client.get_multiple_instances_migration_status([begun["migration_id"]]),
        lambda found: found[0]["state"] in ("MIGRATE_FINISH", "MIGRATE_ERROR"),
        f"end of {begun['migration_id']}",
    )
    node_id = finished["managed_instance_id"]
    status = reached(client, node_id, "ACTIVE", not_instance=original["instanceId"])

    assert finished["state"] == "MIGRATE_FINISH" and finished["error_reason"] is None
    assert finished["instance_id"] == status["instance_id"]
    assert status["name"] == "ledger" and status["private_ip"] == original["privateIp"]
    assert status["network_interface_id"] == original["networkInterfaceId"]
    assert simulation.instances_of(node_id) == [status["instance_id"]]
    delete_with_everything(client, node_id)


def test_import_that_cannot_be_is_left_out_and_the_others_begin(
    client: Client, simulation: Simulation, account: Account
) -> None:
    original = simulation.launch("beside a refused import")

    [begun] = client.import_multiple_instances_from_aws(
        [
            ManagedInstanceMigration(
                original_instance_id=instance_id,
                region=account.region,
                should_keep_private_ip=True,
                should_terminate_instance=True,
            )
            for instance_id in ("i-00000000000000000", original["instanceId"])
        ]
    )

    assert begun["data"]["original_instance_id"] == original["instanceId"]
    reached(client, begun["managed_instance_id"], "ACTIVE", not_instance=original["instanceId"])
    delete_with_everything(client, begun["managed_instance_id"])


def test_unknown_import_is_named_as_such(client: Client) -> None:
    with pytest.raises(SpotinstClientException) as refused:
        client.get_multiple_instances_migration_status(["smg-00000000"])

    assert codes_of(refused.value) == ["MIGRATION_DOESNT_EXIST"]


def test_costs_come_for_a_range_and_by_the_day(client: Client, launched: Callable[..., Node]) -> None:
    status = launched("costly")
    today = status["launched_at"][:10]

    whole = client.get_managed_instance_costs(status["id"], from_date=today, to_date=today)
    by_the_day = client.get_managed_instance_costs(status["id"], today, today, aggregation_period="daily")

    assert whole["currency"] == "USD" and whole["missing_prices"] == []
    assert 0 < whole["spot_hours"] == whole["hours"]
    assert 0 < whole["actual_cost"] < whole["on_demand_cost"]
    assert whole["running"] == {"value": whole["hours"], "unit": "hours"}
    assert whole["savings"] == {"value": whole["savings_percent"], "unit": "percentage"}
    assert whole["costs"] == {"actual": whole["actual_cost"], "potential": whole["on_demand_cost"]}
    assert by_the_day["from_date"] == whole["from_date"] and by_the_day["hours"] >= whole["hours"]


def test_costs_of_a_range_that_cannot_be_are_refused_with_every_fault(
    client: Client, launched: Callable[..., Node]
) -> None:
    node_id = launched("refused costs")["id"]

    with pytest.raises(SpotinstClientException) as refused:
        client.get_managed_instance_costs(node_id, "yesterday", "1763900000000", aggregation_period="hourly")

    fields = [each["field"] for each in refusal_of(refused.value)["errors"]]
    assert fields == ["fromDate", "toDate", "aggregrationPeriod"]


def test_volume_that_the_node_did_not_leave_is_refused(client: Client, launched: Callable[..., Node]) -> None:
    node_id = launched("volumes")["id"]

    with pytest.raises(SpotinstClientException) as refused:
        client.delete_volume_in_managed_instance(node_id, "vol-0123456789abcdef0")

    [error] = refusal_of(refused.value)["errors"]
    assert error["field"] == "volumeId" and node_id in error["message"]


VERBS: dict[str, Callable[[Client, str], Any]] = {
    "get": lambda client, node_id: client.get_managed_instance(node_id),
    "status": lambda client, node_id: client.get_managed_instance_status(node_id),
    "update": lambda client, node_id: client.update_managed_instance(node_id, ManagedInstance(name="new")),
    "pause": lambda client, node_id: client.pause_managed_instance(node_id),
    "resume": lambda client, node_id: client.resume_managed_instance(node_id),
    "recycle": lambda client, node_id: client.recycle_managed_instance(node_id),
    "delete": lambda client, node_id: client.delete_managed_instance(node_id),
    "costs": lambda client, node_id: client.get_managed_instance_costs(node_id, "2026-11-01", "2026-11-02"),
    "delete a volume": lambda client, node_id: client.delete_volume_in_managed_instance(
        node_id, "vol-0123456789abcdef0"
    ),
}


@pytest.mark.parametrize("verb", VERBS)
def test_unknown_id_is_named_as_such(client: Client, verb: str) -> None:
    with pytest.raises(SpotinstClientException) as refused:
        VERBS[verb](client, UNKNOWN_ID)

    assert codes_of(refused.value) == [MISSING]


def test_what_is_not_honoured_is_refused_by_name(
    client: Client, configured: Callable[..., ManagedInstance]
) -> None:
    node = configured("refused", elastic_ip="no-allocation")
    node.persistence.persist_root_device = True

    with pytest.raises(SpotinstClientException) as refused:
        client.create_managed_instance(node)

    fields = {each["field"] for each in refusal_of(refused.value)["errors"]}
    assert fields == {"persistence.persistRootDevice", "compute.elasticIp"}
    assert "refused" not in [each["name"] for each in client.get_managed_instances()]


def test_wrong_token_is_refused_in_the_envelope(session_of: Callable[[str], Client]) -> None:
    with pytest.raises(SpotinstClientException) as refused:
        session_of("not-the-token").get_managed_instances()

    assert refusal_of(refused.value)["status"] == {"code": 401, "message": "Unauthorized"}
