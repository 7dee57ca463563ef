/**
 * Where and how a replacement is launched: the pools in order, and from one answer of EC2 to the next.
 *
 * Every attempt is written to the node record before it is asked of EC2, with everything it asks. A step that
 * died between the call and the record asks the same again under the same client token and is given the same
 * instance, so that no crash leaves a second one behind.
 */
import { attachmentOf, instanceTypesOf, type LifeCycle, type NodeConfig } from './node-config';
import type { SeenInstance } from './observations';
import {
  GENERATION_TAG,
  NODE_ID_TAG,
  type LaunchPool,
  type LaunchProgress,
  type LaunchRequest,
  type NetworkIdentity,
  type Operation,
  type PoolRefusal,
  type StatefulNode,
  type Tag,
} from './stateful-node';

export type LaunchDecision =
  /** The operation's instance exists, as far as anybody knows. */
  | { readonly kind: 'launched' }
  /** Write the progress down, then ask EC2 for its request. */
  | { readonly kind: 'ask'; readonly progress: LaunchProgress; readonly request: LaunchRequest }
  /** The next pool lies in another subnet than the interface: write the progress down and make one there first. */
  | { readonly kind: 'move'; readonly progress: LaunchProgress };

/** What the launch of an operation needs next. */
export function decideLaunch(node: StatefulNode, operation: Operation, seen: SeenInstance | undefined): LaunchDecision {
  const { launch } = operation;
  if (launch?.state === 'launched' && launch.instanceId !== undefined) {
    // What was seen of an instance says nothing about the one launched after it.
    const hasBeenLost = seen?.id === launch.instanceId && hasEnded(seen);
    if (!hasBeenLost) return { kind: 'launched' };
  }
  if (launch?.state === 'requested' && launch.request !== undefined) {
    return { kind: 'ask', progress: launch, request: launch.request };
  }
  const progress = launch?.state === 'next' ? launch : nextRound(node.identity, operation);
  const pool = poolOf(progress);
  const interfaceElsewhere = attachmentOf(operation.config) === 'cold' && node.identity.subnetId !== pool.subnetId;
  if (interfaceElsewhere) return { kind: 'move', progress };
  const request = launchRequest(node, operation, pool, progress.attempt);
  return { kind: 'ask', progress: { ...progress, state: 'requested', request }, request };
}

/** The progress after EC2 has answered with an instance. */
export function launched(progress: LaunchProgress, instance: SeenInstance): LaunchProgress {
  return { ...progress, state: 'launched', instanceId: instance.id, launchedAt: instance.launchedAt };
}

/** The progress after EC2 has refused the pool: on to the next one that the refusals leave open. */
export function refused(progress: LaunchProgress, because: PoolRefusal['because'], code: string): LaunchProgress {
  const refusals = [...progress.refusals, { pool: poolOf(progress), because, code }];
  // A quota counts a whole way of buying: the other pools bought that way would be refused as well.
  const spentLifeCycles = new Set(refusals.filter((r) => r.because === 'quota').map((r) => r.pool.lifeCycle));
  const poolIndex = progress.pools.findIndex(
    (pool, index) => index > progress.poolIndex && !spentLifeCycles.has(pool.lifeCycle),
  );
  const attempt = progress.attempt + 1;
  const { pools, losses, rounds } = progress;
  return poolIndex < 0
    ? { pools, poolIndex: 0, attempt, state: 'exhausted', refusals, rounds, losses }
    : { pools, poolIndex, attempt, state: 'next', refusals, rounds, losses };
}

/** The progress after the token's instance has died: the same pool again, under a new token. */
export function spent(progress: LaunchProgress): LaunchProgress {
  return { ...withoutInterface(progress), losses: progress.losses + 1 };
}

/** The progress after its interface was found missing: the same pool again, with the one that is made in its place. */
export function withoutInterface(progress: LaunchProgress): LaunchProgress {
  const { pools, poolIndex, refusals, rounds, losses, attempt } = progress;
  return { pools, poolIndex, attempt: attempt + 1, state: 'next', refusals, rounds, losses };
}

/** What comes after a round in which every pool has refused. */
export type ExhaustionDecision =
  | { readonly kind: 'wait'; readonly seconds: number }
  /** Waiting has not helped for as long as an operation may take. */
  | { readonly kind: 'give-up' }
  /** Only quotas stand in the way, which no waiting changes. */
  | { readonly kind: 'quota' };

/** Capacity comes back within minutes, if at all: the first tries come soon, the last after 12 minutes in all. */
const PAUSES_SECONDS = [15, 30, 60, 120, 120, 120, 120, 120] as const;

export function decideExhaustion({ refusals, rounds }: LaunchProgress): ExhaustionDecision {
  if (refusals.every(({ because }) => because === 'quota')) return { kind: 'quota' };
  const seconds = PAUSES_SECONDS[rounds - 1];
  return seconds === undefined ? { kind: 'give-up' } : { kind: 'wait', seconds };
}

/** The refusals of a round, for a person. */
export function describeRefusals(refusals: readonly PoolRefusal[]): string {
  return refusals
    .map(({ pool, code }) => `${pool.instanceType} ${pool.lifeCycle} in ${pool.subnetId}: ${code}`)
    .join('; ');
}

/**
 * The pools that a node may be launched from, in order: all spot before any on-demand; for each, the subnet
 * that the interface is in before the others, because changing it means another interface; for each, the
 * preferred instance type before the others.
 */
export function launchPools(identity: NetworkIdentity, operation: Operation): readonly LaunchPool[] {
  return lifeCyclesOf(operation.config).flatMap((lifeCycle) =>
    subnetsOf(identity, operation).flatMap((subnetId) =>
      instanceTypesOf(operation.config).map((instanceType) => ({ instanceType, subnetId, lifeCycle })),
    ),
  );
}

/** True for an instance that will never carry anything again. Unseen is not ended: EC2 shows new ones late. */
export function hasEnded(seen: Pick<SeenInstance, 'state'> | undefined): boolean {
  return seen?.state === 'shutting-down' || seen?.state === 'terminated';
}

/** EC2 may take this long, in milliseconds, to show an instance that it has launched. */
const VISIBLE_WITHIN_MS = 10 * 60_000;

/** Is an instance that EC2 does not show gone, rather than not visible yet? Both times are ISO 8601, UTC. */
export function isPastVisible(launchedAt: string, now: string): boolean {
  return Date.parse(now) - Date.parse(launchedAt) > VISIBLE_WITHIN_MS;
}

/** The pool being tried. */
export function poolOf(progress: LaunchProgress): LaunchPool {
  const pool = progress.pools[progress.poolIndex];
  if (pool === undefined) throw new RangeError(`there is no pool ${progress.poolIndex} of ${progress.pools.length}`);
  return pool;
}

/** Holdfast's own tags, on everything it makes for a node. */
export function ownTags(nodeId: string, generation: number): readonly Tag[] {
  return [
    { key: NODE_ID_TAG, value: nodeId },
    { key: GENERATION_TAG, value: String(generation) },
  ];
}

function nextRound(identity: NetworkIdentity, operation: Operation): LaunchProgress {
  const before = operation.launch;
  return {
    pools: launchPools(identity, operation),
    poolIndex: 0,
    attempt: before === undefined ? 0 : before.attempt + (before.state === 'launched' ? 1 : 0),
    state: 'next',
    refusals: [],
    // A replacement that was lost says nothing about capacity.
    rounds: (before?.rounds ?? 0) + (before?.state === 'launched' ? 0 : 1),
    losses: (before?.losses ?? 0) + (before?.state === 'launched' ? 1 : 0),
  };
}

function lifeCyclesOf(config: NodeConfig): readonly LifeCycle[] {
  if (config.strategy?.lifeCycle === 'on_demand') return ['on_demand'];
  return config.strategy?.fallbackToOd === false ? ['spot'] : ['spot', 'on_demand'];
}

function subnetsOf(identity: NetworkIdentity, { config, eligibleSubnetIds }: Operation): readonly string[] {
  // An update may have taken the present subnet from the node, and then the interface has to move.
  if (identity.subnetId === undefined || !eligibleSubnetIds.includes(identity.subnetId)) return eligibleSubnetIds;
  if (config.persistence.persistPrivateIp === true && identity.settled) return [identity.subnetId];
  return [identity.subnetId, ...eligibleSubnetIds.filter((subnetId) => subnetId !== identity.subnetId)];
}

function launchRequest(node: StatefulNode, operation: Operation, pool: LaunchPool, attempt: number): LaunchRequest {
  const { launchSpecification: spec } = operation.config.compute;
  const primary = spec.networkInterfaces?.[0];
  const tags = (spec.tags ?? []).map(({ tagKey, tagValue }) => ({ key: tagKey, value: tagValue }));
  return {
    clientToken: `${node.id}-${operation.generation}-${attempt}`,
    pool,
    imageId: spec.imageId,
    securityGroupIds: spec.securityGroupIds,
    ...(attachmentOf(operation.config) === 'cold'
      ? { interfaceId: node.identity.interfaceId }
      : { associatePublicIpAddress: primary?.associatePublicIpAddress ?? undefined }),
    keyPair: spec.keyPair,
    userData: spec.userData,
    iamRole: spec.iamRole,
    ebsOptimized: spec.ebsOptimized,
    monitoring: spec.monitoring,
    tenancy: spec.tenancy,
    cpuCredits: spec.creditSpecification?.cpuCredits,
    metadataOptions: spec.metadataOptions,
    blockDeviceMappings: spec.blockDeviceMappings,
    tags: [...tags, ...ownTags(node.id, operation.generation)],
  };
}
