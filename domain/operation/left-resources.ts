/** What a node consists of in EC2, and what its deletion has left: what it is, and when it may be deleted. */
import type { LeftMarks, SeenElasticIp, SeenInstance, SeenInterface, SeenVolume } from '../node/observations';
import { EXPIRES_AT_TAG, LEFT_BY_TAG, type Tag } from '../node/stateful-node';
import { hasEnded } from './launch';

/** Something in EC2 that belongs to a node, or that the node's deletion has left. */
export interface NodeResource extends LeftMarks {
  readonly kind: 'instance' | 'interface' | 'volume' | 'elasticIp';
  readonly id: string;
  readonly nodeId: string;
  /** EC2's state. An Elastic IP has none: it is `in-use` if it is associated, otherwise `available`. */
  readonly state: string;
  /** What it is attached to or associated with: of an interface, the instance and the Elastic IP. */
  readonly usedBy: readonly string[];
}

/** With its tags, as EC2 lists it. */
type Listed<Seen> = Seen & { readonly origin: LeftMarks & { readonly nodeId: string } };

/** What EC2 lists with this deployment's tag. */
export interface ListedResources {
  readonly instances: readonly Listed<SeenInstance>[];
  readonly interfaces: readonly Listed<SeenInterface>[];
  readonly volumes: readonly SeenVolume[];
  /** Every Elastic IP of the account. */
  readonly elasticIps: readonly SeenElasticIp[];
}

/**
 * The resources in order of their ids, without instances that have ended. An Elastic IP has no tag of Holdfast's, so it
 * belongs to the node of the interface that it is on.
 * @param configured the node's own Elastic IP, which belongs to it even if it is on no interface
 */
export function resourcesIn(
  { instances, interfaces, volumes, elasticIps }: ListedResources,
  configured?: { readonly nodeId: string; readonly allocationId: string },
): readonly NodeResource[] {
  const originOf = new Map(interfaces.map(({ id, origin }) => [id, origin]));
  const resources: NodeResource[] = [
    ...instances
      .filter((each) => !hasEnded(each))
      .map(({ id, state, origin }) => ({ ...marked(origin), kind: 'instance' as const, id, state, usedBy: [] })),
    ...interfaces.map(({ id, status, attachment, allocationId, origin }) => {
      // A person who puts an Elastic IP on a free interface means to use it.
      const usedBy = [attachment?.instanceId, allocationId].filter((user) => user !== undefined);
      return { ...marked(origin), kind: 'interface' as const, id, state: status, usedBy };
    }),
    ...volumes
      .filter(({ state }) => state !== 'deleted')
      .map(({ nodeId = '', leftBy, expiresAt, id, state, instanceIds }) => ({
        ...{ kind: 'volume' as const, id, nodeId, leftBy, expiresAt, state, usedBy: instanceIds },
      })),
    ...elasticIps.flatMap(({ allocationId, interfaceId = '' }) => {
      const isConfigured = allocationId === configured?.allocationId;
      const origin = originOf.get(interfaceId) ?? (isConfigured ? configured : undefined);
      if (origin === undefined) return [];
      const usedBy = interfaceId === '' ? [] : [interfaceId];
      const state = interfaceId === '' ? 'available' : 'in-use';
      return [{ ...marked(origin), kind: 'elasticIp' as const, id: allocationId, state, usedBy }];
    }),
  ];
  return resources.sort((one, other) => (one.id < other.id ? -1 : 1));
}

function marked({ nodeId, leftBy, expiresAt }: LeftMarks & { readonly nodeId: string }) {
  return { nodeId, leftBy, expiresAt };
}

/** Whether something in EC2 uses it, or a program runs on it. */
export function isInUse({ kind, state, usedBy }: NodeResource): boolean {
  return kind === 'instance' || usedBy.length > 0 || state !== 'available';
}

export type LeftDeletion =
  | { readonly kind: 'delete'; readonly resource: NodeResource & { readonly kind: 'interface' | 'volume' } }
  /** It is being deleted already. */
  | { readonly kind: 'nothing' }
  /** EC2 shows nothing of the node with this id. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly because: string };

/**
 * Decides whether a person may delete a resource of a node that is gone: only an interface or a volume that the node's
 * deletion has left, and that is not in use.
 * @param resources everything that EC2 shows of the node
 */
export function decideLeftDeletion(
  nodeId: string,
  resourceId: string,
  resources: readonly NodeResource[],
): LeftDeletion {
  const resource = resources.find(({ id }) => id === resourceId);
  if (resource === undefined) return { kind: 'missing' };
  const { kind, state, usedBy, leftBy } = resource;
  if (kind === 'elasticIp') return refused(`${resourceId} is yours: Holdfast releases no Elastic IP`);
  if (leftBy !== nodeId) return refused(`${resourceId} was not left by the deletion of ${nodeId}`);
  if (kind === 'instance') {
    return refused(`${resourceId} is ${state} and was left running on purpose: terminate it in EC2`);
  }
  if (state === 'deleting') return { kind: 'nothing' };
  if (isInUse(resource)) {
    const user = usedBy.length === 0 ? `it is ${state}` : `${usedBy.join(', ')} uses it`;
    return refused(`${resourceId} is in use (${user}): ask again once it is free`);
  }
  return { kind: 'delete', resource: { ...resource, kind } };
}

function refused(because: string): LeftDeletion {
  return { kind: 'refused', because };
}

/**
 * The tags of what a deletion leaves.
 * @param ttlHours how long it is left; undefined: for good
 * @param now ISO 8601, UTC
 */
export function tagsOfLeft(nodeId: string, ttlHours: number | undefined, now: string): readonly Tag[] {
  const leftBy = { key: LEFT_BY_TAG, value: nodeId };
  if (ttlHours === undefined) return [leftBy];
  const expiresAt = new Date(Date.parse(now) + ttlHours * 60 * 60 * 1000).toISOString();
  return [leftBy, { key: EXPIRES_AT_TAG, value: expiresAt }];
}

const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/;

/** When it expires; ISO 8601, UTC. Undefined if the tag is absent or is no such time: then it never expires. */
export function expiryOf({ expiresAt = '' }: LeftMarks): string | undefined {
  return ISO_UTC.test(expiresAt) && !Number.isNaN(Date.parse(expiresAt)) ? expiresAt : undefined;
}

/**
 * Decides whether a thing has expired: a deletion has left it for a limited time, that time is over, and nothing uses
 * it. `now` is ISO 8601, UTC.
 */
export function decideExpiry(resource: NodeResource, now: string): 'delete' | 'wait' {
  const { kind, nodeId, leftBy } = resource;
  const expiresAt = expiryOf(resource);
  // An instance is never ended here, and an Elastic IP never released. Tags that contradict each other were copied.
  const mayBeDeleted = (kind === 'interface' || kind === 'volume') && nodeId !== '' && leftBy === nodeId;
  if (!mayBeDeleted || expiresAt === undefined || isInUse(resource)) return 'wait';
  return Date.parse(expiresAt) <= Date.parse(now) ? 'delete' : 'wait';
}
