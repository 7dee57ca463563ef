/** What can be done to a node from outside, and what Holdfast should then do. */
import type { SimulatedWorld } from './world';

export interface Mishap {
  readonly id: string;
  readonly name: string;
  readonly expectation: string;
  /** The request, or why it cannot be made now. */
  readonly request: (world: SimulatedWorld, nodeId: string) => MishapRequest | string;
}

export interface MishapRequest {
  readonly path: string;
  readonly body: object;
}

const instanceOf = (world: SimulatedWorld, nodeId: string): SimulatedWorld['instances'][number] | undefined =>
  world.instances.find((each) => each.nodeId === nodeId && ['pending', 'running'].includes(each.state));

const interfaceOf = (world: SimulatedWorld, nodeId: string): SimulatedWorld['networkInterfaces'][number] | undefined =>
  world.networkInterfaces.find((each) => each.nodeId === nodeId);

function onInstance(action: string, only?: 'spot' | 'on_demand'): Mishap['request'] {
  return (world, nodeId) => {
    const instance = instanceOf(world, nodeId);
    if (instance === undefined) return 'The node has no running instance.';
    if (only !== undefined && instance.lifeCycle !== only) {
      return only === 'spot' ? 'The instance is no Spot Instance.' : 'EC2 cannot stop a Spot Instance.';
    }
    return { path: `/simulator/${action}`, body: { instanceId: instance.instanceId } };
  };
}

function onInterface(action: string): Mishap['request'] {
  return (world, nodeId) => {
    const found = interfaceOf(world, nodeId);
    if (found === undefined) return 'The node has no interface.';
    return { path: `/simulator/${action}`, body: { networkInterfaceId: found.networkInterfaceId, force: true } };
  };
}

export const MISHAPS: readonly Mishap[] = [
  {
    id: 'interrupt',
    name: 'Interrupt the Spot Instance',
    expectation:
      'The warning comes now, and the end two minutes later. Holdfast moves the interface to a new instance, and the addresses stay.',
    request: onInstance('interrupt', 'spot'),
  },
  {
    id: 'rebalance',
    name: 'Send a rebalance recommendation',
    expectation: 'Nothing, unless the node is configured to be replaced by a recommendation.',
    request: onInstance('rebalance', 'spot'),
  },
  {
    id: 'terminate',
    name: 'Terminate the instance by hand',
    expectation: 'Holdfast hears of it within a second or two, and launches a replacement with the same interface.',
    request: onInstance('terminate'),
  },
  {
    id: 'stop',
    name: 'Stop the instance by hand',
    expectation: 'Holdfast replaces the instance: a stopped one serves no requests.',
    request: onInstance('stop', 'on_demand'),
  },
  {
    id: 'impair',
    name: 'Fail its status checks',
    expectation:
      'After the grace period and the unhealthy duration, two minutes each by default, the instance is replaced.',
    request: onInstance('impair'),
  },
  {
    id: 'detach',
    name: 'Detach the interface by hand',
    expectation: 'Possible for a hot node only. Holdfast attaches the interface again.',
    request: onInterface('detach-interface'),
  },
  {
    id: 'delete',
    name: 'Delete the interface by hand',
    expectation:
      'Possible while no instance has it as its primary interface. Holdfast makes it anew with the same private IP; the MAC address changes.',
    request: onInterface('delete-interface'),
  },
  {
    id: 'disassociate',
    name: 'Take the Elastic IP off',
    expectation: 'Holdfast associates it again, within a minute at most.',
    request: (world, nodeId) => {
      const found = interfaceOf(world, nodeId);
      const address = world.addresses.find(
        ({ networkInterfaceId }) => networkInterfaceId === found?.networkInterfaceId,
      );
      if (found === undefined || address === undefined) return 'No Elastic IP is on the interface.';
      return { path: '/simulator/disassociate-address', body: { allocationId: address.allocationId } };
    },
  },
  {
    id: 'no-capacity',
    name: "Take the type's capacity away",
    expectation:
      'The next launch finds no Spot capacity of this type in this zone, and uses the next type, zone or On-Demand. "Give capacity back" ends it.',
    request: (world, nodeId) => capacity(world, nodeId, 0),
  },
  {
    id: 'capacity',
    name: 'Give capacity back',
    expectation: 'Launches of this type in this zone succeed again.',
    request: (world, nodeId) => capacity(world, nodeId, null),
  },
  {
    id: 'lose-events',
    name: 'Lose the next three events',
    expectation:
      'EventBridge delivers on a best-effort basis. Waits look at EC2 by themselves, and the reconciler finds the rest.',
    request: () => ({ path: '/simulator/lose-events', body: { count: 3 } }),
  },
];

function capacity(world: SimulatedWorld, nodeId: string, count: number | null): MishapRequest | string {
  const instance = instanceOf(world, nodeId);
  if (instance === undefined) return 'The node has no running instance, so its type and zone are not known.';
  const { instanceType, availabilityZone } = instance;
  return { path: '/simulator/capacity', body: { instanceType, availabilityZone, lifeCycle: 'spot', count } };
}
