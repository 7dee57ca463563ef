/** A view of one correct node, with the deviations that a test adds. */
import { NODE_ID_TAG, type StatefulNode } from '../../domain/node/stateful-node';
import { Facts } from '../../fault-simulation/facts/known-facts';
import type { View } from '../../fault-simulation/checks/invariants';
import {
  emptyWorld,
  type ElasticIp,
  type Instance,
  type NetworkInterface,
  type World,
} from '../../simulator/ec2/world';
import { nameOfOperation } from '../../fault-simulation/facts/table-mirror';
import { ALLOCATION_ID, aBusyNode, aNode, INTERFACE_ID, NODE_ID, OLD_INSTANCE_ID } from '../domain/builders';

export const NOW_MS = Date.parse('2026-11-03T10:00:00Z');
export const tags = (nodeId: string) => ({ current: { [NODE_ID_TAG]: nodeId }, previous: {}, visibleAt: 0 });

export function anInstance(overrides: Partial<Instance> = {}): Instance {
  const launchedAt = NOW_MS - 3_600_000;
  return {
    id: OLD_INSTANCE_ID,
    ordinal: 1,
    clientToken: 'token',
    tags: tags(NODE_ID),
    state: 'running',
    launchedAt,
    ...overrides,
  } as Instance;
}

export function anInterface(overrides: Partial<NetworkInterface> = {}): NetworkInterface {
  return {
    id: INTERFACE_ID,
    ordinal: 2,
    tags: tags(NODE_ID),
    subnetId: 'subnet-0000000000000000a',
    privateIpAddress: '10.0.0.10',
    groupIds: ['sg-00000000000000001'],
    status: 'in-use',
    attachment: {
      id: 'a',
      instanceId: OLD_INSTANCE_ID,
      deviceIndex: 0,
      status: 'attached',
      deleteOnTermination: false,
    },
    ...overrides,
  } as NetworkInterface;
}

export function anAddress(interfaceId: string): ElasticIp {
  return { id: ALLOCATION_ID, association: { networkInterfaceId: interfaceId } } as ElasticIp;
}

export interface Deviation {
  readonly node?: StatefulNode;
  readonly others?: readonly StatefulNode[];
  readonly instances?: readonly Instance[];
  readonly interfaces?: readonly NetworkInterface[];
  readonly addresses?: readonly ElasticIp[];
  readonly claims?: readonly (readonly [string, string])[];
  readonly desired?: 'running' | 'paused' | 'deleted';
  readonly running?: View['running'];
  /** The records of operations. Default: that of the operation of `aBusyNode`. */
  readonly history?: readonly string[];
}

export function aView(deviation: Deviation = {}): View {
  const { node = aNode(), others = [], instances = [anInstance()], interfaces = [anInterface()] } = deviation;
  const world: World = emptyWorld('eu-west-1', '123456789012');
  for (const each of instances) world.instances.set(each.id, each);
  for (const each of interfaces) world.networkInterfaces.set(each.id, each);
  for (const each of deviation.addresses ?? []) world.elasticIps.set(each.id, each);
  const facts = new Facts();
  facts.created(0, node.id).launchedFor = node.config;
  for (const each of [node, ...others]) facts.history.wrote(each);
  facts.stateRequested(node.id, deviation.desired ?? 'running', true);
  return {
    nowMs: NOW_MS,
    world,
    nodes: new Map([node, ...others].map((each) => [each.id, each])),
    claims: new Map(deviation.claims ?? []),
    logs: new Map(),
    history: new Set(deviation.history ?? [nameOfOperation(NODE_ID, aBusyNode().operation)]),
    facts,
    running: deviation.running ?? [],
    phaseOf: () => 'at-rest',
    clockErrorMs: 0,
    isSteady: true,
  };
}
