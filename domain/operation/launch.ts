/**
 * Where and how a replacement is launched: the pools in order, and from one answer of EC2 to the next.
 *
 * Every attempt is written to the node record, with its client token, before it is asked of EC2. A step that died
 * between the call and the record asks again under the same token and is given the same instance, or finds it by the
 * token, so that no crash leaves a second one behind.
 */
import { attachmentOf, instanceTypesOf, type LifeCycle, type NodeConfig } from '../config/node-config';
import type { SeenInstance } from '../node/observations';
import {
  GENERATION_TAG,
  NODE_ID_TAG,
  type ExhaustedLaunch,
  type LaunchedLaunch,
  type LaunchPool,
  type LaunchProgress,
  type LaunchRequest,
  type LaunchRound,
  type NetworkIdentity,
  type NextLaunch,
  type Operation,
  type Refusal,
  type RefusalReason,
  type RequestedLaunch,
  type StatefulNode,
  type Tag,
} from '../node/stateful-node';

export type LaunchDecision =
  /** The operation's instance exists, as far as the record knows. */
  | { readonly kind: 'launched' }
  /** Write the progress down, then ask EC2 for its request. */
  | { readonly kind: 'ask'; readonly progress: RequestedLaunch; readonly request: LaunchRequest }
  /** The next pool lies in another subnet than the interface: write the progress down and make one there first. */
  | { readonly kind: 'move'; readonly progress: NextLaunch };

/** What the launch of an operation needs next. `now` is ISO 8601, UTC. */
export function decideLaunch(
  node: StatefulNode,
  operation: Operation,
  seen: SeenInstance | undefined,
  now: string,
): LaunchDecision {
  const { launch } = operation;
  if (launch?.state === 'launched' && !isLost(launch, seen, now)) return { kind: 'launched' };
  if (launch?.state === 'requested') return ask(node, operation, launch);
  const progress = launch?.state === 'next' ? launch : nextRound(node.identity, operation, seen);
  const interfaceElsewhere =
    attachmentOf(operation.config) === 'cold' && node.identity.subnetId !== progress.pool.subnetId;
  if (interfaceElsewhere) return { kind: 'move', progress };
  const clientToken = `${node.id}-${operation.generation}-${progress.attempt}`;
  return ask(node, operation, { ...progress, state: 'requested', clientToken });
}

function ask(node: StatefulNode, operation: Operation, progress: RequestedLaunch): LaunchDecision {
  return { kind: 'ask', progress, request: launchRequest(node, operation, progress) };
}

/** What was seen of an instance says nothing about the one launched after it; one that stays unseen is gone. */
function isLost({ instanceId, launchedAt }: LaunchedLaunch, seen: SeenInstance | undefined, now: string): boolean {
  return seen?.id === instanceId ? hasEnded(seen) : seen === undefined && isPastVisible(launchedAt, now);
}

/** The progress after EC2 has answered with an instance. */
export function launched(progress: RequestedLaunch | LaunchedLaunch, instance: SeenInstance): LaunchedLaunch {
  return { ...progress, state: 'launched', instanceId: instance.id, launchedAt: instance.launchedAt };
}

/** EC2's refusal of a pool. `subnet`: it holds for every pool of the subnet, because the subnet has no free address. */
export interface PoolRefusal {
  readonly because: RefusalReason;
  readonly of: 'pool' | 'subnet';
  readonly code: string;
  readonly message: string;
}

/** The progress after EC2 has refused the pool: on to the next one that the refusals leave open. */
export function refused(
  progress: NextLaunch | RequestedLaunch,
  refusal: PoolRefusal,
  config: NodeConfig,
): LaunchProgress {
  const refusals = withRefusal(progress.refusals, refusal, progress.pool);
  const fullSubnetIds = refusal.of === 'subnet' ? [progress.pool.subnetId] : [];
  // A quota counts a whole way of buying: the other pools bought that way would be refused as well.
  const spent = refusals.filter(({ because }) => because === 'quota').flatMap(({ lifeCycles }) => lifeCycles);
  const subnetIds = progress.subnetIds.filter((subnetId) => !fullSubnetIds.includes(subnetId));
  const next = poolsIn(progress.subnetIds, config)
    .map((pool, poolIndex) => ({ pool, poolIndex }))
    .find(
      ({ pool, poolIndex }) =>
        poolIndex > progress.poolIndex && !spent.includes(pool.lifeCycle) && subnetIds.includes(pool.subnetId),
    );
  const rest = { ...withoutRequest(progress), refusals };
  return next === undefined ? { ...rest, state: 'exhausted' } : { ...rest, ...next, state: 'next' };
}

/** The progress after a subnet was found to have no room for the interface, before anything was launched. */
export function withoutRoom(
  node: StatefulNode,
  operation: Operation,
  subnetId: string,
  refusal: PoolRefusal,
): LaunchProgress {
  const { launch } = operation;
  const progress = launch?.state === 'next' ? launch : nextRound(node.identity, operation, undefined);
  return progress.pool.subnetId === subnetId ? refused(progress, refusal, operation.config) : progress;
}

/** The progress after the token's instance has died: the same pool again, under a new token. */
export function spent(progress: RequestedLaunch): NextLaunch {
  return { ...withoutInterface(progress), losses: progress.losses + 1 };
}

/** The progress after its interface was found missing: the same pool again, with the one that is made in its place. */
export function withoutInterface(progress: RequestedLaunch): NextLaunch {
  return { ...withoutRequest(progress), state: 'next' };
}

function withoutRequest(progress: NextLaunch | RequestedLaunch): LaunchRound {
  const { state: _before, clientToken: _answered, instanceId: _i, launchedAt: _l, ...rest } = progress;
  return { ...rest, attempt: progress.attempt + 1 };
}

/** One entry for each of EC2's answers, however many pools gave it: a record has to stay small. */
function withRefusal(refusals: readonly Refusal[], refusal: PoolRefusal, pool: LaunchPool): readonly Refusal[] {
  const { because, code, message } = refusal;
  const isSame = (each: Refusal): boolean => each.because === because && each.code === code;
  const before = refusals.find(isSame);
  const lifeCycles = [...new Set([...(before?.lifeCycles ?? []), pool.lifeCycle])];
  // EC2's sentence may name the type and the zone: it is of the pool that the entry names.
  const first = before ?? { message, pool };
  const merged = {
    because,
    code,
    lifeCycles,
    message: first.message,
    pool: first.pool,
    count: (before?.count ?? 0) + 1,
  };
  return [...refusals.filter((each) => !isSame(each)), merged];
}

/** What comes after a round in which every pool has refused. */
export type ExhaustionDecision =
  | { readonly kind: 'wait'; readonly seconds: number }
  /** Waiting has not helped for as long as an operation may take. */
  | { readonly kind: 'give-up' }
  /** Only quotas are in the way, which waiting does not change. */
  | { readonly kind: 'quota' }
  /** None of the pools can ever serve the configuration. */
  | { readonly kind: 'unsuitable' };

/** Capacity comes back within minutes, if at all: the first tries come soon, the last after 12 minutes in all. */
const PAUSES_SECONDS = [15, 30, 60, 120, 120, 120, 120, 120] as const;

export function decideExhaustion({ refusals, rounds }: ExhaustedLaunch): ExhaustionDecision {
  if (refusals.every(({ because }) => because === 'quota')) return { kind: 'quota' };
  if (refusals.every(({ because }) => because !== 'capacity')) return { kind: 'unsuitable' };
  const seconds = PAUSES_SECONDS[rounds - 1];
  return seconds === undefined ? { kind: 'give-up' } : { kind: 'wait', seconds };
}

/** The refusals of a round, for a person, with EC2's own sentences. */
export function describeRefusals(refusals: readonly Refusal[]): string {
  return refusals
    .map(({ pool, code, message, count }) => {
      const others = count === 1 ? '' : ` and ${count - 1} more`;
      return `${pool.instanceType} ${pool.lifeCycle} in ${pool.subnetId}${others}: ${code}: ${message}`;
    })
    .join('; ');
}

/**
 * The pools that a node may be launched from, in order: all spot before any on-demand; for each, the subnet
 * that the interface is in before the others, because changing it means another interface; for each, the
 * preferred instance type before the others.
 */
export function launchPools(identity: NetworkIdentity, operation: Operation): readonly LaunchPool[] {
  return poolsIn(subnetsOf(identity, operation), operation.config);
}

function poolsIn(subnetIds: readonly string[], config: NodeConfig): readonly LaunchPool[] {
  return lifeCyclesOf(config).flatMap((lifeCycle) =>
    subnetIds.flatMap((subnetId) =>
      instanceTypesOf(config).map((instanceType) => ({ instanceType, subnetId, lifeCycle })),
    ),
  );
}

/** True for an instance that will never carry anything again. Unseen is not ended: EC2 shows new ones late. */
export function hasEnded(seen: Pick<SeenInstance, 'state'> | undefined): boolean {
  return seen?.state === 'shutting-down' || seen?.state === 'terminated';
}

/** Does not run, and does not start by itself. */
export function isStopped({ state }: Pick<SeenInstance, 'state'>): boolean {
  return state === 'stopping' || state === 'stopped';
}

/** EC2 may take this long, in milliseconds, to show an instance that it has launched. */
const VISIBLE_WITHIN_MS = 10 * 60_000;

/** Is an instance that EC2 does not show gone, rather than not visible yet? Both times are ISO 8601, UTC. */
export function isPastVisible(launchedAt: string, now: string): boolean {
  return Date.parse(now) - Date.parse(launchedAt) > VISIBLE_WITHIN_MS;
}

/** Holdfast's own tags, on everything it makes for a node. */
export function ownTags(nodeId: string, generation: number): readonly Tag[] {
  return [
    { key: NODE_ID_TAG, value: nodeId },
    { key: GENERATION_TAG, value: String(generation) },
  ];
}

function nextRound(identity: NetworkIdentity, operation: Operation, seen: SeenInstance | undefined): NextLaunch {
  const before = operation.launch;
  const [pool] = launchPools(identity, operation);
  if (pool === undefined) throw new RangeError('the operation has no subnet to launch in');
  const isLoss = before?.state === 'launched';
  const lossReason = isLoss ? describeLoss(before, seen) : before?.lossReason;
  return {
    subnetIds: subnetsOf(identity, operation),
    poolIndex: 0,
    pool,
    attempt: before === undefined ? 0 : before.attempt + (isLoss ? 1 : 0),
    state: 'next',
    refusals: [],
    // A replacement that was lost says nothing about capacity.
    rounds: (before?.rounds ?? 0) + (isLoss ? 0 : 1),
    losses: (before?.losses ?? 0) + (isLoss ? 1 : 0),
    ...(lossReason !== undefined && { lossReason }),
  };
}

function describeLoss({ instanceId }: LaunchedLaunch, seen: SeenInstance | undefined): string {
  return `${instanceId} ended${seen?.stateReason === undefined ? '' : `: ${seen.stateReason}`}`;
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

function launchRequest(
  node: StatefulNode,
  operation: Operation,
  { pool, clientToken }: RequestedLaunch,
): LaunchRequest {
  const { launchSpecification: spec } = operation.config.compute;
  const primary = spec.networkInterfaces?.[0];
  const tags = (spec.tags ?? []).map(({ tagKey, tagValue }) => ({ key: tagKey, value: tagValue }));
  return {
    clientToken,
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
