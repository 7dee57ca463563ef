/** What the API says of one node, beyond its row in the list. */
import type { NodeStatus, Schemas } from './schemas';

export type NodeConfiguration = Schemas['Node'];
export type InstanceMetrics = Schemas['InstanceMetrics'];
export type NodeCosts = Schemas['NodeCosts'];
export type NodeDetails = NodeStatus;
export type Resource = Schemas['Resource'];
export type SecurityGroup = Schemas['SecurityGroup'];

export type Operation = Schemas['Operation'];
export type OperationKind = Operation['kind'];
export type OperationStep = Operation['steps'][number];
export type StateVisit = Schemas['StateVisit'];
export type InstanceSighting = Operation['instanceStates'][number];
export type CarryingInstance = NonNullable<Operation['before']>;

export const OPERATION_KINDS: readonly OperationKind[] = ['launch', 'replace', 'pause', 'adjust', 'delete'];
