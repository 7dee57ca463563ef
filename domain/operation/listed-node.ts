/**
 * What the list for pages shows of a node. The table keeps it beside the node's record, so that a list reads neither
 * configurations nor user data.
 */
import { shownStatus } from './intents';
import type { LifeCycle, NodeConfig } from '../config/node-config';
import type { Cause, LastReplacement, NodeStatus, OperationKind, StartedBy, StatefulNode } from '../node/stateful-node';

export type ConfiguredTags = NonNullable<NodeConfig['compute']['launchSpecification']['tags']>;

export interface ListedNode {
  readonly id: string;
  readonly name: string;
  readonly status: NodeStatus;
  /** At most `REASON_MAX` characters of it. */
  readonly errorReason?: string | undefined;
  /** The name of the error of the operation that failed last. */
  readonly errorName?: string | undefined;
  /** ISO 8601, UTC. */
  readonly nextTryAt?: string | undefined;
  readonly operation?: ListedOperation | undefined;
  readonly instance?: ListedInstance | undefined;
  readonly availabilityZone?: string | undefined;
  readonly interfaceId?: string | undefined;
  readonly privateIp?: string | undefined;
  readonly ipv6Address?: string | undefined;
  readonly publicIp?: string | undefined;
  readonly lastReplacement?: LastReplacement | undefined;
  /** Absent if they take more than `TAGS_MAX_BYTES`: then only the record has them. */
  readonly tags?: ConfiguredTags | undefined;
  /** Whether the deletion of the node has been requested. No list shows it then. */
  readonly isLeaving: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC. Another one for every change of the rest. */
  readonly updatedAt: string;
}

export interface ListedOperation {
  readonly kind: OperationKind;
  readonly startedBy?: StartedBy | Cause | undefined;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

export interface ListedInstance {
  readonly id: string;
  readonly instanceType: string;
  readonly lifeCycle: LifeCycle;
  /** ISO 8601, UTC. */
  readonly launchedAt: string;
}

/** EC2's messages in it may be long. The status of the node has all of it. */
export const REASON_MAX = 1_000;

/** In UTF-8, as JSON. An index is billed by the byte, and pages rarely ask for tags. */
export const TAGS_MAX_BYTES = 512;

export function listedNode(node: StatefulNode): ListedNode {
  const { id, config, errorReason, failure, operation, instance, identity, lastReplacement } = node;
  const { tags = [] } = config.compute.launchSpecification;
  return {
    id,
    name: config.name,
    status: shownStatus(node),
    errorReason: errorReason && shortened(errorReason),
    errorName: failure?.errorName,
    nextTryAt: failure?.nextTryAt,
    operation: operation && listedOperation(operation),
    instance: instance && listedInstance(instance),
    availabilityZone: identity.availabilityZone,
    interfaceId: identity.interfaceId,
    privateIp: identity.privateIp,
    ipv6Address: identity.ipv6Address,
    publicIp: identity.publicIp,
    lastReplacement,
    tags: byteLength(JSON.stringify(tags)) <= TAGS_MAX_BYTES ? tags : undefined,
    isLeaving: node.deletion !== undefined,
    createdAt: node.createdAt,
    updatedAt: node.updatedAt,
  };
}

function listedOperation({
  kind,
  cause,
  startedBy,
  startedAt,
}: NonNullable<StatefulNode['operation']>): ListedOperation {
  return { kind, startedBy: cause ?? startedBy, startedAt };
}

function listedInstance({
  id,
  instanceType,
  lifeCycle,
  launchedAt,
}: NonNullable<StatefulNode['instance']>): ListedInstance {
  return { id, instanceType, lifeCycle, launchedAt };
}

function shortened(text: string): string {
  return text.length <= REASON_MAX ? text : `${text.slice(0, REASON_MAX - 1)}…`;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
