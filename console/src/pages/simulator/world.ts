/** What the simulated account has, as `GET /simulator/world` lists it. Only `npm start` has it. */
import type { Connection } from '../../api/connection';

export interface SimulatedWorld {
  readonly region: string;
  readonly addresses: readonly {
    readonly allocationId: string;
    readonly publicIp: string;
    readonly networkInterfaceId: string | null;
  }[];
  readonly instances: readonly {
    readonly instanceId: string;
    readonly state: string;
    readonly lifeCycle: 'spot' | 'on_demand';
    readonly instanceType: string;
    readonly availabilityZone: string;
    readonly nodeId: string | null;
  }[];
  readonly networkInterfaces: readonly {
    readonly networkInterfaceId: string;
    readonly privateIp: string;
    readonly instanceId: string | null;
    readonly nodeId: string | null;
  }[];
}

/** The simulated time, and how many of its seconds pass in one of ours. */
export interface SimulatedTime {
  readonly now: string;
  readonly speed: number;
}

export interface Seen {
  readonly world: SimulatedWorld;
  readonly time: SimulatedTime;
}

/** @throws ApiError */
export async function look({ send }: Connection): Promise<Seen> {
  const [world, time] = await Promise.all([
    send<SimulatedWorld>('GET', '/simulator/world'),
    send<SimulatedTime>('GET', '/simulator/time'),
  ]);
  return { world, time };
}

/** Whether a running instance carries the node's interface: then the address can be reached. */
export function isReachable(world: SimulatedWorld, nodeId: string): boolean {
  const running = new Set(
    world.instances.filter(({ state }) => state === 'running').map(({ instanceId }) => instanceId),
  );
  return world.networkInterfaces.some(
    (each) => each.nodeId === nodeId && each.instanceId !== null && running.has(each.instanceId),
  );
}
