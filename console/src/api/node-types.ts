/** What the API says of one node, beyond its row in the list. */
import type { NodeStatus, Schemas } from './schemas';

export type NodeConfiguration = Schemas['Node'];
export type NodeCosts = Schemas['NodeCosts'];
export type Resource = Schemas['Resource'];

/** `nextTryAt`: when the failed operation is tried again; absent in the status of an earlier version. */
export type NodeDetails = NodeStatus & { readonly nextTryAt?: string | null };

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

export const OPERATION_KINDS = ['launch', 'replace', 'pause', 'adjust', 'delete'] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

export interface OperationStep {
  readonly step: string;
  /** The state of the state machine. Null: recorded by an earlier version. */
  readonly state: string | null;
  readonly enteredAt: string;
  /** Null: under way, or not known. */
  readonly leftAt: string | null;
  /** Null: under way. */
  readonly outcome: 'done' | 'failed' | 'retried' | null;
  readonly errorName: string | null;
}

export interface InstanceSighting {
  readonly instanceId: string;
  readonly role: 'old' | 'replacement';
  readonly state: string;
  readonly at: string;
}

export interface CarryingInstance {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly availabilityZone: string | null;
  readonly lifeCycle: 'spot' | 'on_demand';
}

/** An item of `GET /aws/ec2/managedInstance/{id}/operations`. */
export interface Operation {
  readonly kind: OperationKind;
  /** Null: recorded by an earlier version. */
  readonly startedBy: string | null;
  readonly generation: number;
  readonly executionArn: string;
  readonly startedAt: string;
  /** Null: under way. */
  readonly endedAt: string | null;
  /** Null: under way. */
  readonly outcome: 'succeeded' | 'failed' | 'cancelled' | null;
  readonly errorName: string | null;
  /** In the order of `enteredAt`. A state may occur more than once. */
  readonly steps: readonly OperationStep[];
  readonly instanceStates: readonly InstanceSighting[];
  readonly before: CarryingInstance | null;
  readonly after: CarryingInstance | null;
  readonly address: {
    readonly awayFrom: string | null;
    readonly awayTo: string | null;
    readonly awaySeconds: number | null;
  };
}
