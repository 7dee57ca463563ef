/**
 * What must hold whatever happens. Each is a pure function of what is; what it answers are the ways in which it does
 * not hold, in words.
 */
import { isDeepStrictEqual } from 'node:util';
import type { LogEntry } from '../../domain/node/node-log';
import { attachmentOf } from '../../domain/config/node-config';
import type { Operation, StatefulNode } from '../../domain/node/stateful-node';
import type { Execution } from '../../simulator/step-functions/step-functions';
import type { CallRecord } from '../../simulator/ec2/ec2';
import type { NetworkInterface, World } from '../../simulator/ec2/world';
import type { Facts } from '../play/known-facts';
import type { Invocation } from '../play/invocation';
import { isMadeBy } from '../play/own-history';
import type { RecordWrite } from '../play/table-mirror';
import { isAlive, isEndedByCall, isLeft, nodeTag } from '../play/world-facts';

export interface View {
  readonly nowMs: number;
  readonly world: World;
  readonly nodes: ReadonlyMap<string, StatefulNode>;
  readonly claims: ReadonlyMap<string, string>;
  readonly logs: ReadonlyMap<string, readonly LogEntry[]>;
  readonly facts: Facts;
  readonly running: readonly Execution[];
  /** Where the operation of a node is. */
  readonly phaseOf: (nodeId: string) => string;
  readonly clockErrorMs: number;
  /** Whether nothing that EC2 does takes rarely long. */
  readonly isSteady: boolean;
}

export interface Violation {
  /** Seconds from the beginning. */
  readonly atSeconds: number;
  readonly invariant: string;
  readonly what: string;
}

/** Judged of every call that a function has made to EC2 with success. */
export type CallInvariant = (view: View, call: CallRecord, by: Invocation) => readonly string[];

/** Judged of every write of a node record. */
export type WriteInvariant = (view: View, write: RecordWrite) => readonly string[];

interface Input {
  readonly NetworkInterfaceId?: string;
  readonly AllocationId?: string;
  readonly InstanceId?: string;
  readonly InstanceIds?: readonly string[];
}

export const CALL_INVARIANTS: Readonly<Record<string, CallInvariant>> = {
  'an interface of a node is deleted only when that was asked for': ({ nodes, world }, { command, input }) => {
    if (command !== 'DeleteNetworkInterface') return [];
    const { NetworkInterfaceId: id } = input as Input;
    return (
      [...nodes.values()]
        .filter(
          ({ identity, deletion }) => identity.interfaceId === id && deletion?.shouldDeleteNetworkInterfaces !== true,
        )
        // One that was made for a replacement that failed goes where the old instance still has the one before it.
        .filter(({ operation, instance }) =>
          (operation?.retiredInterfaceIds ?? []).every(
            (retired) => instance === undefined || carrierOf(world, retired) !== instance.id,
          ),
        )
        .map((node) => `${id} is the interface of ${node.id}, and was deleted`)
    );
  },

  'an Elastic IP is put on the interface of the node that it belongs to, and on no other': (
    { nodes, world },
    { command, input },
    { nodeId = '' },
  ) => {
    if (command !== 'AssociateAddress') return [];
    const { NetworkInterfaceId = '', AllocationId = '' } = input as Input;
    const node = nodes.get(nodeId);
    const owner = nodeTag(world.networkInterfaces.get(NetworkInterfaceId));
    const isWanted = [node?.config, node?.operation?.config].some(
      (config) => config?.compute.elasticIp === AllocationId,
    );
    return owner === nodeId && isWanted
      ? []
      : [`${AllocationId} was put on ${NetworkInterfaceId} of ${owner ?? 'nobody'} for ${nodeId}`];
  },

  'an operation that knows that it does not own the node changes nothing': ({ nodes, world }, call, by) => {
    const { command, input } = call;
    if (by.generation === undefined || command.startsWith('Describe')) return [];
    if (by.ownerSeen === by.generation) return [];
    // What was given up is anybody's to remove.
    const removed = removedBy(call);
    const isGivenUp = (id: string): boolean => [...nodes.values()].some((node) => hasGivenUp(world, node, id));
    if (removed.length > 0 && removed.every(isGivenUp)) return [];
    return [
      `${command} ${JSON.stringify(input)} by operation ${by.generation}, while ${by.ownerSeen ?? 'none'} owned it`,
    ];
  },

  'an operation touches only what is its own node’s': ({ world }, { command, input }, { nodeId }) => {
    if (nodeId === undefined || command.startsWith('Describe') || command === 'AssociateAddress') return [];
    const { NetworkInterfaceId = '', InstanceId = '' } = input as Input;
    const owners = [world.networkInterfaces.get(NetworkInterfaceId), world.instances.get(InstanceId)].map(nodeTag);
    return owners
      .filter((owner) => owner !== undefined && owner !== nodeId)
      .map((owner) => `${command} for ${nodeId} on what belongs to ${owner}`);
  },

  'an operation has one living replacement at the most': ({ nodes, world, facts }, { command }, { nodeId = '' }) => {
    const node = nodes.get(nodeId);
    if (command !== 'RunInstances' || node === undefined) return [];
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
        // A record of an earlier time does not know it: it is shown as unknown.
        !facts.lost.has(seen.id) &&
        // Every launch of ours has a token, and no person's has.
        seen.clientToken !== undefined &&
        !givenUp.some((each) => 'clientToken' in each && isMadeBy(world, each.clientToken, seen.id)),
    );
    return living.length <= 1 ? [] : [`${nodeId} has launched ${living.map(({ id }) => id).join(' and ')} at once`];
  },

  'nothing is removed but what a record has named, and has given up or was asked to take apart': (
    { nodes, world, facts },
    call,
    { actor },
  ) => {
    const isReplaced = REMOVES_DIRECTLY.includes(actor);
    const isGivenUp = (id: string): boolean => [...nodes.values()].some((node) => hasGivenUp(world, node, id));
    return removedBy(call).flatMap((id) => {
      if (facts.strangers.has(id)) return [`${id} is a stranger’s, and ${actor} has removed it`];
      if (!facts.history.knows(world, id)) return [`no record has ever named ${id}, and ${actor} has removed it`];
      return isReplaced || isGivenUp(id) ? [] : [`no record has given up ${id}, and ${actor} has removed it`];
    });
  },

  'nothing is made or removed on the word of a table in doubt': (
    { facts, nowMs },
    call,
    { actor, nodeId = '', generation },
  ) => {
    const since = facts.inDoubtSinceMs;
    const isChange = removedBy(call).length > 0 || ['RunInstances', 'CreateNetworkInterface'].includes(call.command);
    // A step that was under way may be in the middle of its calls.
    if (since === undefined || !isChange || nowMs - since < DOUBT_SHOWS_WITHIN_MS) return [];
    // And an operation that the table knows goes on to its end.
    if (generation !== undefined && facts.underWayWhenLost.get(nodeId) === generation) return [];
    return [`${actor}: ${call.command} ${JSON.stringify(call.input)}`];
  },

  'no volume is ever deleted': (_view, { command, input }) =>
    command === 'DeleteVolume' ? [`${JSON.stringify(input)}: nobody has asked for that`] : [],

  'an instance that serves is not ended without a reason': (view, call, { nodeId }) => {
    if (call.command !== 'TerminateInstances') return [];
    return removedBy(call).flatMap((id) => whyKept(view, nodeId, id));
  },

  'a hot node’s old instance serves until the replacement has the interface': (view, { command, input }, by) => {
    const node = view.nodes.get(by.nodeId ?? '');
    if (command !== 'TerminateInstances' || by.actor !== 'terminate-instance' || node === undefined) return [];
    const isOldInstance = (input as Input).InstanceIds?.includes(node.instance?.id ?? '') === true;
    return isOldInstance ? endedTooSoon(view, node) : [];
  },
};

/** The time limit of a function. */
const DOUBT_SHOWS_WITHIN_MS = 60_000;

/** The steps that end an old instance, or take a node apart. Whatever else goes is given up first. */
const REMOVES_DIRECTLY: readonly string[] = ['terminate-instance', 'detach-eni', 'release-identity', 'confirm-node'];

/** What the call has removed, by id. */
function removedBy({ command, input }: CallRecord): readonly string[] {
  const { InstanceIds = [], NetworkInterfaceId } = input as Input;
  if (command === 'TerminateInstances') return InstanceIds;
  return command === 'DeleteNetworkInterface' && NetworkInterfaceId !== undefined ? [NetworkInterfaceId] : [];
}

function hasGivenUp(world: World, { givenUp = [] }: StatefulNode, id: string): boolean {
  return givenUp.some((each) => ('id' in each ? each.id === id : isMadeBy(world, each.clientToken, id)));
}

/**
 * An instance that runs, has the node's interface and its addresses, whose checks pass, of which EC2 has said nothing,
 * and since whose launch nobody has asked for another: why should it end?
 */
function whyKept(
  { nodes, world, facts, clockErrorMs }: View,
  ownerId: string | undefined,
  id: string,
): readonly string[] {
  const instance = world.instances.get(id);
  const node = nodes.get(ownerId ?? nodeTag(instance) ?? '');
  if (instance === undefined || node === undefined) return [];
  const isAsked = node.deletion !== undefined || isWishedAway({ facts, clockErrorMs }, node, instance.launchedAt);
  const isDown = instance.impairment !== undefined || facts.stopped.has(id) || !isEndedByCall(instance);
  // An import ends the instance that it begins with.
  const isExcused = facts.meddledWith(node, instance.launchedAt) || facts.originals.has(id);
  return isServing(world, node, id) && !isAsked && !isDown && !facts.announced.has(id) && !isExcused
    ? [`${id} served ${node.id}, and was terminated`]
    : [];
}

function isServing({ networkInterfaces }: World, { identity }: StatefulNode, instanceId: string): boolean {
  const attachment = networkInterfaces.get(identity.interfaceId ?? '')?.attachment;
  return attachment?.instanceId === instanceId && attachment.status === 'attached';
}

/** Whether a person wants the node to go without an instance, or has asked for another than the one launched then. */
function isWishedAway(
  { facts, clockErrorMs }: Pick<View, 'facts' | 'clockErrorMs'>,
  { id, operation }: StatefulNode,
  launchedMs: number,
): boolean {
  const isPaused = facts.nodes.get(id)?.wishes.some((wish) => wish !== 'running') === true;
  const isAskedSince = (facts.askedAt.get(id) ?? -Infinity) >= launchedMs;
  // What was asked for earlier may have had to wait for the operation that launched this one.
  // The record has the time of a step's clock, which may be behind.
  const startedMs = Date.parse(operation?.startedAt ?? '') + clockErrorMs;
  const isOfWish = operation?.reason.includes('requested') === true && startedMs > launchedMs;
  return isPaused || isAskedSince || isOfWish;
}

export const WRITE_INVARIANTS: Readonly<Record<string, WriteInvariant>> = {
  'no two nodes have one interface': ({ nodes }, { after }) => {
    const { interfaceId } = after?.identity ?? {};
    if (interfaceId === undefined) return [];
    return [...nodes.values()]
      .filter((other) => other.id !== after?.id && other.identity.interfaceId === interfaceId)
      .map((other) => `${after?.id} and ${other.id} both have ${interfaceId}`);
  },

  'a settled interface is given up only where that was asked for, or it is gone': ({ world }, { before, after }) => {
    const id = before?.identity.interfaceId;
    if (before?.identity.settled !== true || id === undefined || after === undefined) return [];
    const isKept = after.identity.interfaceId === id;
    // An operation that fails goes back to the interface that the old instance still carries.
    if (isKept || after.status === 'ERROR' || mayMove(before, world.networkInterfaces.get(id))) return [];
    return [`${before.id} gave up ${id} for ${after.identity.interfaceId ?? 'none'}`];
  },

  'an operation writes only while it owns the node': (_view, { nodeId, before, after, by }) => {
    // Removed twice, because an answer was lost, is removed.
    if (before === undefined && after === undefined) return [];
    const owner = before?.operation?.generation;
    // Anybody may note that what was given up is gone.
    if (before !== undefined && after !== undefined && onlyForgets(before, after)) return [];
    // A wind-up comes after the end of its operation.
    if (by.generation === undefined || by.actor === 'wind-up' || owner === by.generation) return [];
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

  'the number of the latest operation never falls': (_view, { before, after }) => {
    if (before === undefined || after === undefined || after.generation >= before.generation) return [];
    return [`${after.id} went from operation ${before.generation} to ${after.generation}`];
  },

  'nobody but its owner ends an operation, unless its execution has ended': ({ running }, { before, after, by }) => {
    const { operation } = before ?? {};
    const isOver = operation !== undefined && after?.operation?.generation !== operation.generation;
    if (!isOver || by.generation === operation.generation) return [];
    if (!running.some(({ arn }) => arn.endsWith(operation.executionId))) return [];
    return [`${by.actor} of operation ${by.generation ?? 'none'} ended operation ${operation.generation}`];
  },
};

function onlyForgets(before: StatefulNode, after: StatefulNode): boolean {
  const { givenUp: had = [], version: _was, ...rest } = before;
  const { givenUp: has = [], version: _is, ...same } = after;
  return has.length <= had.length && isDeepStrictEqual(rest, same);
}

function endedTooSoon({ world, facts }: View, node: StatefulNode): readonly string[] {
  const { operation, instance, identity } = node;
  if (operation?.kind !== 'replace') return [];
  const isHot = attachmentOf(operation.config) === 'hot' && instance?.attachment === 'hot';
  if (!isHot || facts.meddledWith(node, Date.parse(operation.startedAt))) return [];
  const replacement = world.instances.get(operation.launch?.instanceId ?? '');
  const carrierId = carrierOf(world, identity.interfaceId);
  // A replacement may be taken back once it has the interface.
  const hasIt = replacement !== undefined && (carrierId === replacement.id || !isAlive(replacement));
  return hasIt ? [] : [`${instance.id} was terminated while the interface was on ${carrierId ?? 'nothing'}`];
}

function addressesMissing({ world, facts }: View, operation: Operation, after: StatefulNode): readonly string[] {
  if (facts.meddledWith(after, Date.parse(operation.startedAt))) return [];
  const { interfaceId } = after.identity;
  const carrierId = carrierOf(world, interfaceId);
  const wanted = operation.config.compute.elasticIp;
  const isOn = world.elasticIps.get(wanted ?? '')?.association?.networkInterfaceId;
  // An end that EC2 has not shown yet has taken the address off; the event of the end starts what comes next.
  const isTakenOff = isOn === undefined && world.instances.get(carrierId ?? '')?.state === 'terminated';
  return [
    ...(carrierId === after.instance?.id ? [] : [`${interfaceId} is on ${carrierId ?? 'nothing'}`]),
    ...(wanted === undefined || isOn === interfaceId || isTakenOff ? [] : [`${wanted} is on ${isOn ?? 'nothing'}`]),
  ];
}

function carrierOf(world: World, interfaceId = ''): string | undefined {
  return world.networkInterfaces.get(interfaceId)?.attachment?.instanceId;
}

/** Whether the node may have another interface: it is gone, or the configuration asks for another place or address. */
function mayMove({ operation, config }: StatefulNode, seen: NetworkInterface | undefined): boolean {
  if (seen === undefined) return true;
  const { compute, persistence } = operation?.config ?? config;
  const isAnotherAddress = compute.privateIp !== undefined && compute.privateIp !== seen.privateIpAddress;
  return persistence.persistPrivateIp !== true || isAnotherAddress || !compute.subnetIds.includes(seen.subnetId);
}
