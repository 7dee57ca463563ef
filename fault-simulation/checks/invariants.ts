/**
 * The invariants that must hold at every EC2 call and at every write of a node record. Each is a pure function that
 * returns its violations, one sentence each.
 */
import { isDeepStrictEqual } from 'node:util';
import type { LogEntry } from '../../domain/node/node-log';
import { attachmentOf } from '../../domain/config/node-config';
import type { Operation, StatefulNode } from '../../domain/node/stateful-node';
import { listedNode } from '../../domain/operation/listed-node';
import { listedText } from '../../domain/records/listed-record';
import type { Execution } from '../../simulator/step-functions/step-functions';
import type { CallRecord } from '../../simulator/ec2/ec2';
import type { NetworkInterface, World } from '../../simulator/ec2/world';
import type { Facts } from '../facts/known-facts';
import type { Invocation } from '../facts/invocation';
import { isMadeBy } from '../facts/own-history';
import { nameOfOperation, type RecordWrite } from '../facts/table-mirror';
import { isAlive, isEndedByCall, isLeft, nodeTag } from '../facts/world-facts';

export interface View {
  readonly nowMs: number;
  readonly world: World;
  readonly nodes: ReadonlyMap<string, StatefulNode>;
  readonly claims: ReadonlyMap<string, string>;
  readonly logs: ReadonlyMap<string, readonly LogEntry[]>;
  /** The records of operations: see `nameOfOperation`. */
  readonly history: ReadonlySet<string>;
  readonly facts: Facts;
  readonly running: readonly Execution[];
  /** The phase of a node's operation; `at-rest` without one. */
  readonly phaseOf: (nodeId: string) => string;
  readonly clockErrorMs: number;
  /** Whether EC2 never has its rare, slow latencies in this world. */
  readonly isSteady: boolean;
}

export interface Violation {
  /** Seconds from the start of the run. */
  readonly atSeconds: number;
  readonly invariant: string;
  readonly what: string;
}

/** Checked on every successful EC2 call of a function, after the call has taken effect. */
export type CallInvariant = (view: View, call: CallRecord, by: Invocation) => readonly string[];

/** Checked on every write of a node record. */
export type WriteInvariant = (view: View, write: RecordWrite) => readonly string[];

interface Input {
  readonly NetworkInterfaceId?: string;
  readonly AllocationId?: string;
  readonly InstanceId?: string;
  readonly InstanceIds?: readonly string[];
  readonly LaunchTemplateName?: string;
}

export const CALL_INVARIANTS: Readonly<Record<string, CallInvariant>> = {
  'a node’s interface is deleted only on request': ({ nodes, world }, { command, input }) => {
    if (command !== 'DeleteNetworkInterface') return [];
    const { NetworkInterfaceId: id } = input as Input;
    return (
      [...nodes.values()]
        .filter(
          ({ identity, deletion }) => identity.interfaceId === id && deletion?.shouldDeleteNetworkInterfaces !== true,
        )
        // An interface made for a failed replacement is deleted if the old instance still has the previous one.
        .filter(({ operation, instance }) =>
          (operation?.retiredInterfaceIds ?? []).every(
            (retired) => instance === undefined || carrierOf(world, retired) !== instance.id,
          ),
        )
        .map((node) => `${id} is the interface of ${node.id}, and was deleted`)
    );
  },

  'an Elastic IP goes only on the interface of its own node': (
    { nodes, world, facts, claims },
    { command, input },
    { nodeId = '' },
  ) => {
    if (command !== 'AssociateAddress') return [];
    const { NetworkInterfaceId = '', AllocationId = '' } = input as Input;
    const node = nodes.get(nodeId);
    // A console user may delete the interface between the association and EC2's response.
    const owner = world.networkInterfaces.has(NetworkInterfaceId)
      ? nodeTag(world.networkInterfaces.get(NetworkInterfaceId))
      : facts.ownerWhenAssociated.get(NetworkInterfaceId);
    // A step that was running when the table was lost may still finish its calls.
    const isTableLost = facts.lost.size > 0;
    const isWanted = node === undefined ? isTableLost : wants(node, AllocationId);
    const isClaimed = claims.get(AllocationId) === nodeId || isTableLost;
    return [
      ...(owner === nodeId && isWanted
        ? []
        : [`${AllocationId} was put on ${NetworkInterfaceId} of ${owner ?? 'no node'} for ${nodeId}`]),
      ...(isClaimed
        ? []
        : [`${AllocationId} was put on ${NetworkInterfaceId} for ${nodeId}, which has no claim on it`]),
    ];
  },

  'an operation that has read that it does not own the node changes nothing': ({ nodes, world }, call, by) => {
    const { command, input } = call;
    if (by.generation === undefined || command.startsWith('Describe')) return [];
    if (by.ownerSeen === by.generation) return [];
    // Any function may remove what was given up.
    const removed = [...removedBy(call), ...templateDeletedBy(call)];
    const isGivenUp = (id: string): boolean => [...nodes.values()].some((node) => hasGivenUp(world, node, id));
    if (removed.length > 0 && removed.every(isGivenUp)) return [];
    return [
      `${command} ${JSON.stringify(input)} by operation ${by.generation}, while ${by.ownerSeen ?? 'none'} owned it`,
    ];
  },

  'an operation changes only the resources of its own node': ({ world }, { command, input }, { nodeId }) => {
    if (nodeId === undefined || command.startsWith('Describe') || command === 'AssociateAddress') return [];
    const { NetworkInterfaceId = '', InstanceId = '' } = input as Input;
    const owners = [world.networkInterfaces.get(NetworkInterfaceId), world.instances.get(InstanceId)].map(nodeTag);
    return owners
      .filter((owner) => owner !== undefined && owner !== nodeId)
      .map((owner) => `${command} for ${nodeId} on a resource of ${owner}`);
  },

  'an operation has at most one living replacement': ({ nodes, world, facts }, { command }, { nodeId = '' }) => {
    const node = nodes.get(nodeId);
    if (!LAUNCHES.includes(command) || node === undefined) return [];
    const { instance, operation, adoption, failure, givenUp = [] } = node;
    const before = [
      ...[instance?.id, operation?.oldInstanceId, adoption?.originalInstanceId, failure?.remains?.oldInstanceId],
      ...givenUp.map((each) => ('id' in each ? each.id : undefined)),
    ];
    const living = [...world.instances.values()].filter(
      (seen) =>
        nodeTag(seen) === nodeId &&
        isAlive(seen) &&
        !isLeft(seen) &&
        !before.includes(seen.id) &&
        // A restored record does not know an instance from before the loss, which is reported as unknown.
        !facts.lost.has(seen.id) &&
        // Holdfast launches with a client token, and console users launch without one.
        seen.clientToken !== undefined &&
        !givenUp.some((each) => 'clientToken' in each && isMadeBy(world, each.clientToken, seen.id)),
    );
    return living.length <= 1 ? [] : [`${nodeId} has launched ${living.map(({ id }) => id).join(' and ')} at once`];
  },

  'only resources that a record named and no longer needs are removed': ({ nodes, world, facts }, call, { actor }) => {
    const isReplaced = REMOVES_DIRECTLY.includes(actor);
    const isGivenUp = (id: string): boolean => [...nodes.values()].some((node) => hasGivenUp(world, node, id));
    return removedBy(call).flatMap((id) => {
      if (facts.lookalikes.has(id)) return [`${id} is a lookalike, and ${actor} has removed it`];
      if (!facts.history.knows(world, id)) return [`no record has ever named ${id}, and ${actor} has removed it`];
      return isReplaced || isGivenUp(id) ? [] : [`no record has given up ${id}, and ${actor} has removed it`];
    });
  },

  'a table in doubt creates and removes nothing': ({ facts, nowMs }, call, { actor, nodeId = '', generation }) => {
    const since = facts.inDoubtSinceMs;
    const isChange = removedBy(call).length > 0 || [...LAUNCHES, 'CreateNetworkInterface'].includes(call.command);
    // A step that was running when the table was lost may still finish its calls.
    if (since === undefined || !isChange || nowMs - since < DOUBT_SHOWS_WITHIN_MS) return [];
    // An operation that the new table also names runs to its end.
    if (generation !== undefined && facts.underWayWhenLost.get(nodeId) === generation) return [];
    return [`${actor}: ${call.command} ${JSON.stringify(call.input)}`];
  },

  'no volume is ever deleted': (_view, { command, input }) =>
    command === 'DeleteVolume' ? [`${JSON.stringify(input)}: no request deletes volumes`] : [],

  'an instance in service is terminated only for a reason': (view, call, { nodeId }) => {
    if (call.command !== 'TerminateInstances') return [];
    return removedBy(call).flatMap((id) => needlessEnd(view, nodeId, id));
  },

  'a hot node’s old instance serves until the replacement has the interface': (view, { command, input }, by) => {
    const node = view.nodes.get(by.nodeId ?? '');
    if (command !== 'TerminateInstances' || by.actor !== 'terminate-instance' || node === undefined) return [];
    const isOldInstance = (input as Input).InstanceIds?.includes(node.instance?.id ?? '') === true;
    return isOldInstance ? terminatedTooSoon(view, node) : [];
  },
};

/** A function that has not seen the doubt yet runs at most this long: the time limit of the functions. */
/** The calls that launch an instance. */
const LAUNCHES: readonly string[] = ['RunInstances', 'CreateFleet'];

const DOUBT_SHOWS_WITHIN_MS = 60_000;

/** The steps that terminate an old instance or delete a node's resources. Anything else is given up first. */
const REMOVES_DIRECTLY: readonly string[] = [
  'await-termination',
  'terminate-instance',
  'detach-eni',
  'release-identity',
  'confirm-node',
];

/** The ids of what the call removed. */
function removedBy({ command, input }: CallRecord): readonly string[] {
  const { InstanceIds = [], NetworkInterfaceId } = input as Input;
  if (command === 'TerminateInstances') return InstanceIds;
  return command === 'DeleteNetworkInterface' && NetworkInterfaceId !== undefined ? [NetworkInterfaceId] : [];
}

function templateDeletedBy({ command, input }: CallRecord): readonly string[] {
  const { LaunchTemplateName } = input as Input;
  return command === 'DeleteLaunchTemplate' && LaunchTemplateName !== undefined ? [LaunchTemplateName] : [];
}

function hasGivenUp(world: World, { givenUp = [] }: StatefulNode, id: string): boolean {
  return givenUp.some((each) => ('id' in each ? each.id === id : isMadeBy(world, each.clientToken, id)));
}

/**
 * The violation if the terminated instance was in service without a reason to end: it ran with the node's interface and
 * addresses, its checks passed, EC2 had announced nothing, and no request since its launch asked for another instance.
 */
function needlessEnd(
  { nodes, world, facts, clockErrorMs }: View,
  ownerId: string | undefined,
  id: string,
): readonly string[] {
  const instance = world.instances.get(id);
  const node = nodes.get(ownerId ?? nodeTag(instance) ?? '');
  if (instance === undefined || node === undefined) return [];
  const isRequested =
    node.deletion !== undefined || isRemovalRequested({ facts, clockErrorMs }, node, instance.launchedAt);
  const isDown = instance.impairment !== undefined || facts.stopped.has(id) || !isEndedByCall(instance);
  // An import may terminate the instance that it starts from.
  const isExcused = facts.isExternallyChanged(node, instance.launchedAt) || facts.imports.has(id);
  return isServing(world, node, id) && !isRequested && !isDown && !facts.announced.has(id) && !isExcused
    ? [`${id} was in service for ${node.id}, and was terminated`]
    : [];
}

function isServing({ networkInterfaces }: World, { identity }: StatefulNode, instanceId: string): boolean {
  const attachment = networkInterfaces.get(identity.interfaceId ?? '')?.attachment;
  return attachment?.instanceId === instanceId && attachment.status === 'attached';
}

/** Whether a user asked for the node to have no instance, or for another instance than the one launched then. */
function isRemovalRequested(
  { facts, clockErrorMs }: Pick<View, 'facts' | 'clockErrorMs'>,
  { id, operation }: StatefulNode,
  launchedMs: number,
): boolean {
  const isPaused = facts.nodes.get(id)?.desiredStates.some((state) => state !== 'running') === true;
  const isRequestedSince = (facts.requestedAt.get(id) ?? -Infinity) >= launchedMs;
  // An earlier request may have waited for the operation that launched this instance.
  // The record has the time of a step's clock, which may be behind.
  const startedMs = Date.parse(operation?.startedAt ?? '') + clockErrorMs;
  const isRequestedOperation = operation?.reason.includes('requested') === true && startedMs > launchedMs;
  return isPaused || isRequestedSince || isRequestedOperation;
}

/** Later changes would be hidden behind others: `domain/records/latest-changes.ts`. Clocks differ by seconds. */
const LATE_CHANGE_MS = 2 * 60_000;

export const WRITE_INVARIANTS: Readonly<Record<string, WriteInvariant>> = {
  'no two nodes share an interface': ({ nodes }, { after }) => {
    const { interfaceId } = after?.identity ?? {};
    if (interfaceId === undefined) return [];
    return [...nodes.values()]
      .filter((other) => other.id !== after?.id && other.identity.interfaceId === interfaceId)
      .map((other) => `${after?.id} and ${other.id} both have ${interfaceId}`);
  },

  'a settled interface is given up only on request or when it is gone': ({ world }, { before, after }) => {
    const id = before?.identity.interfaceId;
    if (before?.identity.settled !== true || id === undefined || after === undefined) return [];
    const isKept = after.identity.interfaceId === id;
    // A failed operation returns to the interface that the old instance still has.
    if (isKept || after.status === 'ERROR' || mayMove(before, world.networkInterfaces.get(id))) return [];
    return [`${before.id} gave up ${id} for ${after.identity.interfaceId ?? 'none'}`];
  },

  'an operation writes only while it owns the node': (_view, { nodeId, before, after, by }) => {
    // A removal is repeated if its response was lost.
    if (before === undefined && after === undefined) return [];
    const owner = before?.operation?.generation;
    if (before !== undefined && after !== undefined) {
      // Any function may record that what was given up is gone. A wind-up, which comes after its operation, gives up claims.
      if (onlyForgets(before, after, 'givenUp')) return [];
      if (WINDING_UP.includes(by.actor) && onlyForgets(before, after, 'heldClaims')) return [];
    }
    if (by.generation === undefined || owner === by.generation) return [];
    return [`${by.actor} of operation ${by.generation} wrote ${nodeId}, which ${owner ?? 'none'} owned`];
  },

  'a node becomes ACTIVE with its addresses on its instance': (view, { before, after, by }) => {
    if (by.actor !== 'confirm-node' || after?.status !== 'ACTIVE' || before?.operation === undefined) return [];
    return addressesMissing(view, before.operation, after);
  },

  'the version grows by one': (_view, { before, after }) => {
    if (before === undefined || after === undefined) return [];
    return after.version === before.version + 1
      ? []
      : [`${after.id} went from version ${before.version} to ${after.version}`];
  },

  'an operation that ends has left a record': ({ history }, { nodeId, before, after, by }) => {
    const ended = before?.operation && nameOfOperation(nodeId, before.operation);
    const goesOn = after?.operation && nameOfOperation(nodeId, after.operation);
    // A rebuild does not end an operation: it forgets one that EC2 contradicts.
    if (ended === undefined || ended === goesOn || by.actor === 'api') return [];
    return history.has(ended) ? [] : [`${by.actor} ended ${ended} without a record`];
  },

  'what the list for pages shows is changed under a recent time': ({ nowMs }, { before, after }) => {
    if (before === undefined || after === undefined) return [];
    const isSame =
      listedText({ ...listedNode(before), updatedAt: '' }) === listedText({ ...listedNode(after), updatedAt: '' });
    const isRecent = Math.abs(nowMs - Date.parse(after.updatedAt)) < LATE_CHANGE_MS;
    return isSame || isRecent ? [] : [`${after.id} was changed as if at ${after.updatedAt}`];
  },

  'the generation of a node never decreases': (_view, { before, after }) => {
    if (before === undefined || after === undefined || after.generation >= before.generation) return [];
    return [`${after.id} went from operation ${before.generation} to ${after.generation}`];
  },

  'only its owner ends an operation whose execution runs': ({ running, facts }, { before, after, by, nodeId }) => {
    const { operation } = before ?? {};
    const isOver = operation !== undefined && after?.operation?.generation !== operation.generation;
    if (!isOver || by.generation === operation.generation) return [];
    if (facts.takenOver.get(nodeId) === operation.generation) return [];
    if (!running.some(({ arn }) => arn.endsWith(operation.executionId))) return [];
    return [`${by.actor} of operation ${by.generation ?? 'none'} ended operation ${operation.generation}`];
  },
};

function wants({ config, operation }: StatefulNode, allocationId: string): boolean {
  return [config, operation?.config].some((each) => each?.compute.elasticIp === allocationId);
}

/** The state `Wind up`, and the steps that wind up the operation that they end. */
const WINDING_UP: readonly string[] = ['wind-up', 'confirm-node', 'settle-pause', 'apply-settings'];

/** Whether nothing has changed but that fewer entries are in the list. */
function onlyForgets(before: StatefulNode, after: StatefulNode, list: 'givenUp' | 'heldClaims'): boolean {
  const had: readonly unknown[] = before[list] ?? [];
  const has: readonly unknown[] = after[list] ?? [];
  const isNew = has.some((entry) => !had.some((known) => isDeepStrictEqual(known, entry)));
  const apart = (node: StatefulNode): object => ({ ...node, version: 0, [list]: [] });
  return !isNew && isDeepStrictEqual(apart(before), apart(after));
}

function terminatedTooSoon({ world, facts }: View, node: StatefulNode): readonly string[] {
  const { operation, instance, identity } = node;
  if (operation?.kind !== 'replace') return [];
  const isHot = attachmentOf(operation.config) === 'hot' && instance?.attachment === 'hot';
  if (!isHot || facts.isExternallyChanged(node, Date.parse(operation.startedAt))) return [];
  const replacement = world.instances.get(operation.launch?.instanceId ?? '');
  const carrierId = carrierOf(world, identity.interfaceId);
  // EC2 may interrupt the replacement once it has the interface.
  const hasIt = replacement !== undefined && (carrierId === replacement.id || !isAlive(replacement));
  return hasIt ? [] : [`${instance.id} was terminated while the interface was on ${carrierId ?? 'nothing'}`];
}

function addressesMissing({ world, facts }: View, operation: Operation, after: StatefulNode): readonly string[] {
  if (facts.isExternallyChanged(after, Date.parse(operation.startedAt))) return [];
  const { interfaceId } = after.identity;
  const carrierId = carrierOf(world, interfaceId);
  const wanted = operation.config.compute.elasticIp;
  const isOn = world.elasticIps.get(wanted ?? '')?.association?.networkInterfaceId;
  // The instance may have ended and lost the address before EC2 shows it. The event of its end starts the next
  // operation.
  const isTakenOff = isOn === undefined && world.instances.get(carrierId ?? '')?.state === 'terminated';
  return [
    ...(carrierId === after.instance?.id ? [] : [`${interfaceId} is on ${carrierId ?? 'nothing'}`]),
    ...(wanted === undefined || isOn === interfaceId || isTakenOff ? [] : [`${wanted} is on ${isOn ?? 'nothing'}`]),
  ];
}

function carrierOf(world: World, interfaceId = ''): string | undefined {
  return world.networkInterfaces.get(interfaceId)?.attachment?.instanceId;
}

/**
 * Whether the node may get another interface: its own is gone, or the configuration needs another subnet or address.
 */
function mayMove({ operation, config }: StatefulNode, seen: NetworkInterface | undefined): boolean {
  if (seen === undefined) return true;
  const { compute, persistence } = operation?.config ?? config;
  const isAnotherAddress = compute.privateIp !== undefined && compute.privateIp !== seen.privateIpAddress;
  return persistence.persistPrivateIp !== true || isAnotherAddress || !compute.subnetIds.includes(seen.subnetId);
}
