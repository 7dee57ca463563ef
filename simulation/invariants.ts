/**
 * What must hold whatever happens. Each is a pure function of what is; what it answers are the ways in which it does
 * not hold, in words.
 */
import type { LogEntry } from '../domain/node-log';
import { attachmentOf } from '../domain/node-config';
import {
  LEFT_BY_TAG,
  NODE_ID_TAG,
  UNCLAIMED_SINCE_TAG,
  type Operation,
  type StatefulNode,
} from '../domain/stateful-node';
import type { Execution } from '../local/step-functions';
import type { CallRecord } from '../simulator/ec2';
import type { Instance, NetworkInterface, World } from '../simulator/world';
import type { Facts } from './facts';
import type { Invocation } from './invocation';
import type { RecordWrite } from './table-mirror';

export interface View {
  readonly nowMs: number;
  readonly world: World;
  readonly nodes: ReadonlyMap<string, StatefulNode>;
  readonly claims: ReadonlyMap<string, string>;
  readonly logs: ReadonlyMap<string, readonly LogEntry[]>;
  readonly facts: Facts;
  readonly running: readonly Execution[];
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
  readonly Resources?: readonly string[];
  readonly Tags?: readonly { readonly Key?: string }[];
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

  'an operation that knows that it does not own the node changes nothing': (_view, { command, input }, by) => {
    if (by.generation === undefined || command.startsWith('Describe')) return [];
    if (by.ownerSeen === by.generation) return [];
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

  'an operation has one living replacement at the most': ({ nodes, world }, { command }, { nodeId = '' }) => {
    const node = nodes.get(nodeId);
    if (command !== 'RunInstances' || node === undefined) return [];
    const before = [node.instance?.id, node.operation?.oldInstanceId, node.adoption?.originalInstanceId];
    const living = [...world.instances.values()].filter(
      (seen) => nodeTag(seen) === nodeId && isAlive(seen) && !isLeft(seen) && !before.includes(seen.id),
    );
    return living.length <= 1 ? [] : [`${nodeId} has launched ${living.map(({ id }) => id).join(' and ')} at once`];
  },

  // Everything is written down before it is asked for: whatever goes wrong, the operation finds it again.
  'nothing that an operation makes is ever lost sight of': ({ world, facts }, { command, input }, { actor }) => {
    const { Tags = [], Resources = [] } = input as Input;
    const isAbandoned = (id: string | undefined): boolean => facts.abandoned.has(id ?? '');
    const isMarking = command === 'CreateTags' && Tags.some(({ Key }) => Key === UNCLAIMED_SINCE_TAG);
    if (isMarking) {
      const isOurs = (id: string): boolean => !isAbandoned(id) && !isLeft(entityOf(world, id));
      const lost = Resources.filter(isOurs);
      return lost.map((id) => `no record names ${id}`);
    }
    if (isAbandoned((input as Input).NetworkInterfaceId)) return [];
    const removes = ['TerminateInstances', 'DeleteNetworkInterface'].includes(command) && actor === 'reconciler';
    return removes ? [`the reconciler has removed what was left over: ${JSON.stringify(input)}`] : [];
  },

  'a hot node’s old instance serves until the replacement has the interface': (view, { command, input }, by) => {
    const node = view.nodes.get(by.nodeId ?? '');
    if (command !== 'TerminateInstances' || by.actor !== 'terminate-instance' || node === undefined) return [];
    const isOldInstance = (input as Input).InstanceIds?.includes(node.instance?.id ?? '') === true;
    return isOldInstance ? endedTooSoon(view, node) : [];
  },
};

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
  return [
    ...(carrierId === after.instance?.id ? [] : [`${interfaceId} is on ${carrierId ?? 'nothing'}`]),
    ...(wanted === undefined || isOn === interfaceId ? [] : [`${wanted} is on ${isOn ?? 'nothing'}`]),
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

export function nodeTag(entity: Instance | NetworkInterface | undefined): string | undefined {
  return entity?.tags.current[NODE_ID_TAG];
}

function entityOf({ instances, networkInterfaces }: World, id: string): Instance | NetworkInterface | undefined {
  return instances.get(id) ?? networkInterfaces.get(id);
}

/** Left behind on purpose when its node was deleted. */
export function isLeft(entity: Instance | NetworkInterface | undefined): boolean {
  return entity?.tags.current[LEFT_BY_TAG] !== undefined;
}

export function isAlive({ state }: Instance): boolean {
  return state !== 'terminated' && state !== 'shutting-down';
}
