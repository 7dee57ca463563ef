/**
 * Where and how a replacement is launched: which pools are tried, in which order, and what follows each response of
 * EC2.
 *
 * Every attempt is written to the node record, with its client token, before EC2 is called. If a step crashes between
 * the call and the next write, the step that follows repeats the request under the same token and gets the same
 * instance, or finds it by the token. So no crash leaves a second instance behind.
 */
import { attachmentOf, instanceTypesOf, type LifeCycle, type NodeConfig } from '../config/node-config';
import type { PoolRefusal } from '../capacity/pool-refusal';
import { poolsWorthACall, type DryPool } from '../capacity/dry-pools';
import { configuredTags } from '../node/applied-tags';
import type { SeenInstance } from '../node/observations';
import { ownTags } from '../node/own-tags';
import { needsAnother } from './network-interface';
import type {
  ExhaustedLaunch,
  LaunchedLaunch,
  LaunchPool,
  LaunchProgress,
  LaunchRequest,
  LaunchRound,
  LaunchSettings,
  NetworkIdentity,
  NextLaunch,
  Operation,
  Refusal,
  RequestedLaunch,
  StatefulNode,
} from '../node/stateful-node';

export type LaunchDecision =
  /** The operation's instance exists, as far as the record knows. */
  | { readonly kind: 'launched' }
  /** Write the progress down, then ask EC2 for its request. */
  | { readonly kind: 'ask'; readonly progress: RequestedLaunch; readonly request: LaunchRequest }
  /** The next pool needs another interface, in its subnet: write the progress down, then make the interface. */
  | { readonly kind: 'move'; readonly progress: NextLaunch };

/**
 * What the launch of an operation needs next.
 * @param now ISO 8601, UTC
 * @param dry the pools that had no capacity a moment ago
 */
export function decideLaunch(
  node: StatefulNode,
  operation: Operation,
  seen: SeenInstance | undefined,
  now: string,
  dry: readonly DryPool[] = [],
): LaunchDecision {
  const { launch } = operation;
  if (launch?.state === 'launched' && !isLost(launch, seen, now)) return { kind: 'launched' };
  if (launch?.state === 'requested') return ask(node, operation, launch);
  const next = launch?.state === 'next' ? launch : nextRound(node.identity, operation, seen);
  const progress = withoutDry(next, dry, { identity: node.identity, config: operation.config, now });
  const isCold = attachmentOf(operation.config) === 'cold';
  if (isCold && needsAnother(node, { ...operation, launch: progress })) return { kind: 'move', progress };
  const clientToken = `${node.id}-${operation.generation}-${progress.attempt}`;
  return ask(node, operation, { ...progress, state: 'requested', clientToken });
}

function ask(node: StatefulNode, operation: Operation, progress: RequestedLaunch): LaunchDecision {
  return { kind: 'ask', progress, request: launchRequest(node, operation, progress) };
}

/** Whether the launched instance is gone. `seen` may be an earlier instance, which says nothing about this one. */
function isLost({ instanceId, launchedAt }: LaunchedLaunch, seen: SeenInstance | undefined, now: string): boolean {
  return seen?.id === instanceId ? hasEnded(seen) : seen === undefined && isPastVisible(launchedAt, now);
}

/** The progress after EC2 has returned an instance. */
export function launched(
  progress: RequestedLaunch | LaunchedLaunch,
  instance: Pick<SeenInstance, 'id' | 'launchedAt'>,
): LaunchedLaunch {
  return { ...progress, state: 'launched', instanceId: instance.id, launchedAt: instance.launchedAt };
}

/** The progress after EC2 has refused the pool: the next pool that no refusal rules out. */
export function refused(
  progress: NextLaunch | RequestedLaunch,
  refusal: PoolRefusal,
  config: NodeConfig,
): LaunchProgress {
  const refusals = withRefusal(progress.refusals, refusal, progress.pool);
  const fullSubnetIds = refusal.of === 'subnet' ? [progress.pool.subnetId] : [];
  const next = poolsLeft({ ...progress, refusals }, config).find(
    ({ pool, poolIndex }) => poolIndex > progress.poolIndex && !fullSubnetIds.includes(pool.subnetId),
  );
  const rest = { ...withoutRequest(progress), refusals };
  return next === undefined ? { ...rest, state: 'exhausted' } : { ...rest, ...next, state: 'next' };
}

interface IndexedPool {
  readonly pool: LaunchPool;
  readonly poolIndex: number;
}

/** The round's pools from the present one on that no quota rules out. */
function poolsLeft({ subnetIds, poolIndex: from, refusals }: LaunchRound, config: NodeConfig): readonly IndexedPool[] {
  // A quota applies to a whole life cycle: EC2 would refuse the other pools of that life cycle too.
  const usedUp = refusals.filter(({ because }) => because === 'quota').flatMap(({ lifeCycles }) => lifeCycles);
  return poolsIn(subnetIds, config)
    .map((pool, poolIndex) => ({ pool, poolIndex }))
    .filter(({ pool, poolIndex }) => poolIndex >= from && !usedUp.includes(pool.lifeCycle));
}

/** A node that has waited for capacity asks the pools again that have refused it: only what others were told since counts. */
const TOLD_TO_OTHERS_MS = 10_000;

/** The progress at the first pool that is worth a call. */
function withoutDry(
  progress: NextLaunch,
  dry: readonly DryPool[],
  { identity: { subnetId }, config, now }: { identity: NetworkIdentity; config: NodeConfig; now: string },
): NextLaunch {
  const left = poolsLeft(progress, config);
  const isNews = ({ refusedAt }: DryPool): boolean => Date.parse(now) - Date.parse(refusedAt) < TOLD_TO_OTHERS_MS;
  const [worthIt] = poolsWorthACall(
    left.map(({ pool }) => pool),
    progress.rounds > 1 ? dry.filter(isNews) : dry,
    attachmentOf(config) === 'cold' ? subnetId : undefined,
  );
  return worthIt === left[0]?.pool ? progress : { ...progress, ...left.find(({ pool }) => pool === worthIt) };
}

/** The progress if a subnet has no free address for the interface, before anything was launched. */
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

/** The progress after the instance of the token has ended: the same pool again, under a new token. */
export function spent(progress: RequestedLaunch): NextLaunch {
  return { ...withoutInterface(progress), losses: progress.losses + 1 };
}

/** The progress after a fleet that launched nothing for a reason that will pass: the same pool again, under a new token. */
export function unlaunched(progress: RequestedLaunch): NextLaunch {
  return { ...withoutRequest(progress), state: 'next' };
}

/** The progress if fleets cannot be used: the same pool again, and no fleet. */
export function withoutFleet(progress: RequestedLaunch, because: string): NextLaunch {
  return { ...unlaunched(progress), fleetRefusal: because };
}

/** The progress if the interface of the request is missing: the same pool again, with a new interface. */
export function withoutInterface(progress: RequestedLaunch): NextLaunch {
  return unlaunched(progress);
}

function withoutRequest(progress: NextLaunch | RequestedLaunch): LaunchRound {
  const { state: _before, clientToken: _used, fleet: _f, instanceId: _i, launchedAt: _l, ...rest } = progress;
  return { ...rest, attempt: progress.attempt + 1 };
}

/** One entry for each reason and error code, however many pools returned it, so that the record stays small. */
function withRefusal(refusals: readonly Refusal[], refusal: PoolRefusal, pool: LaunchPool): readonly Refusal[] {
  const { because, code, message } = refusal;
  const isSame = (each: Refusal): boolean => each.because === because && each.code === code;
  const before = refusals.find(isSame);
  const lifeCycles = [...new Set([...(before?.lifeCycles ?? []), pool.lifeCycle])];
  // EC2's message may name the type and the zone, so it belongs to the pool that the entry names.
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

/** What follows a round in which every pool was refused. */
export type ExhaustionDecision =
  | { readonly kind: 'wait'; readonly seconds: number }
  /** The operation has waited for as long as it may. */
  | { readonly kind: 'give-up' }
  /** Only quotas prevent the launch, and waiting does not raise them. */
  | { readonly kind: 'quota' }
  /** None of the pools can ever serve the configuration. */
  | { readonly kind: 'unsuitable' };

/** Capacity usually returns within minutes, if at all: the first tries follow soon, the last after about 12 minutes. */
const PAUSES_SECONDS = [15, 30, 60, 120, 120, 120, 120, 120] as const;

export function decideExhaustion({ refusals, rounds }: ExhaustedLaunch): ExhaustionDecision {
  if (refusals.every(({ because }) => because === 'quota')) return { kind: 'quota' };
  if (refusals.every(({ because }) => because !== 'capacity')) return { kind: 'unsuitable' };
  const seconds = PAUSES_SECONDS[rounds - 1];
  return seconds === undefined ? { kind: 'give-up' } : { kind: 'wait', seconds };
}

/** The refusals of a round, for a person, with EC2's own messages. */
export function describeRefusals(refusals: readonly Refusal[]): string {
  return refusals
    .map(({ pool, code, message, count }) => {
      const others = count === 1 ? '' : ` and ${count - 1} more`;
      return `${pool.instanceType} ${pool.lifeCycle} in ${pool.subnetId}${others}: ${code}: ${message}`;
    })
    .join('; ');
}

/**
 * The pools that a node may be launched from, in order. All spot pools come before any on-demand pool. Within a life
 * cycle, the subnet of the interface comes first, because another subnet needs another interface. Within a subnet, the
 * preferred instance types come first.
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

/** Whether the instance is ending or terminated. An instance that EC2 does not show may be new, so it has not ended. */
export function hasEnded(seen: Pick<SeenInstance, 'state'> | undefined): boolean {
  return seen?.state === 'shutting-down' || seen?.state === 'terminated';
}

/** Whether the instance is stopped or stopping. It does not start by itself. */
export function isStopped({ state }: Pick<SeenInstance, 'state'>): boolean {
  return state === 'stopping' || state === 'stopped';
}

/** EC2 shows a new instance within this many milliseconds. */
const VISIBLE_WITHIN_MS = 10 * 60_000;

/** Whether an instance that EC2 does not show is gone rather than not visible yet. Both times are ISO 8601, UTC. */
export function isPastVisible(launchedAt: string, now: string): boolean {
  return Date.parse(now) - Date.parse(launchedAt) > VISIBLE_WITHIN_MS;
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
    // The loss of a replacement says nothing about capacity.
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
  // If an update has removed the present subnet from the node, the interface must move.
  if (identity.subnetId === undefined || !eligibleSubnetIds.includes(identity.subnetId)) return eligibleSubnetIds;
  if (config.persistence.persistPrivateIp === true && identity.settled) return [identity.subnetId];
  return [identity.subnetId, ...eligibleSubnetIds.filter((subnetId) => subnetId !== identity.subnetId)];
}

function launchRequest(
  node: StatefulNode,
  operation: Operation,
  { pool, clientToken }: RequestedLaunch,
): LaunchRequest {
  const own = ownTags(node.id, operation.generation);
  return {
    clientToken,
    pool,
    ...launchSettings(operation.config),
    ...(attachmentOf(operation.config) === 'cold' && { interfaceId: node.identity.interfaceId }),
    tags: [...configuredTags('instance', operation.config), ...own],
    volumeTags: [...configuredTags('volumes', operation.config), ...own],
  };
}

/** What the configuration says about the node's instances. */
export function launchSettings(config: NodeConfig): LaunchSettings {
  const { launchSpecification: spec } = config.compute;
  const primary = spec.networkInterfaces?.[0];
  return {
    imageId: spec.imageId,
    securityGroupIds: spec.securityGroupIds,
    ...(attachmentOf(config) === 'hot' && {
      associatePublicIpAddress: primary?.associatePublicIpAddress ?? undefined,
    }),
    keyPair: spec.keyPair,
    userData: spec.userData,
    iamRole: spec.iamRole,
    ebsOptimized: spec.ebsOptimized,
    monitoring: spec.monitoring,
    tenancy: spec.tenancy,
    cpuCredits: spec.creditSpecification?.cpuCredits,
    metadataOptions: spec.metadataOptions,
    blockDeviceMappings: spec.blockDeviceMappings,
  };
}
