/**
 * What must hold whatever happens. Each is a pure function of what is; what it answers are the ways in which it does
 * not hold, in words.
 */
import type { LogEntry } from '../domain/node-log';
import { LEFT_BY_TAG, NODE_ID_TAG, type StatefulNode } from '../domain/stateful-node';
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
}

export const CALL_INVARIANTS: Readonly<Record<string, CallInvariant>> = {
  'an interface of a node is deleted only when that was asked for': ({ nodes }, { command, input }) => {
    if (command !== 'DeleteNetworkInterface') return [];
    const { NetworkInterfaceId: id } = input as Input;
    return [...nodes.values()]
      .filter(
        ({ identity, deletion }) => identity.interfaceId === id && deletion?.shouldDeleteNetworkInterfaces !== true,
      )
      .map((node) => `${id} is the interface of ${node.id}, and was deleted`);
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

export function leftBy(entity: Instance | NetworkInterface): string | undefined {
  return entity.tags.current[LEFT_BY_TAG];
}

export function isAlive({ state }: Instance): boolean {
  return state !== 'terminated' && state !== 'shutting-down';
}
