/** What EC2 says of the things a node is made of, in domain words. Decisions are made from these. */
import type { LifeCycle } from './node-config';

/** EC2's instance states. */
export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

export interface SeenInstance {
  readonly id: string;
  readonly state: InstanceState;
  readonly instanceType: string;
  readonly lifeCycle: LifeCycle;
  readonly subnetId: string;
  readonly availabilityZone: string;
  /** ISO 8601, UTC. */
  readonly launchedAt: string;
}

export interface SeenInterface {
  readonly id: string;
  /** EC2 also answers `attaching` and `detaching` here for a moment. */
  readonly status: 'pending' | 'available' | 'associated' | 'attaching' | 'in-use' | 'detaching';
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly privateIp: string;
  readonly macAddress: string;
  readonly ipv6Address?: string;
  /** The Elastic IP's allocation that the interface itself says it carries. */
  readonly allocationId?: string;
  readonly attachment?: SeenAttachment;
}

export interface SeenAttachment {
  readonly id: string;
  readonly instanceId: string;
  readonly deviceIndex: number;
  readonly status: 'attaching' | 'attached' | 'detaching' | 'detached';
  readonly deleteOnTermination: boolean;
}

export interface SeenElasticIp {
  readonly allocationId: string;
  readonly publicIp: string;
  /** The interface it is associated with now; absent when with none. */
  readonly interfaceId?: string;
}

export interface SeenSubnet {
  readonly id: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  /** IPv4, in CIDR notation. */
  readonly cidrBlock: string;
  readonly hasIpv6: boolean;
  readonly assignsPublicIp: boolean;
}
