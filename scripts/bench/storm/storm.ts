/** Interrupts many nodes within a second, in modelled time. */
import type { EniAttachment, NodeConfig } from '../../../domain/config/node-config';
import { allocateElasticIp, createNode, exampleDocument, type Sandbox } from '../../../local/sandbox';
import { awayMs, milestonesOf, type Milestones } from '../replacement/milestones';
import { inModelledTime, type ModelledSandbox } from '../modelled-sandbox';
import { LAUNCHES, Watch } from '../replacement/watch';
import { idealStorm, type Draws, type IdealNode } from './ideal';

export interface StormRequest {
  readonly nodes: number;
  /** Mixed: every other node is hot. */
  readonly carried: EniAttachment | 'mixed';
  readonly hasElasticIps: boolean;
  /** Whether spot has no capacity in any pool while the nodes are replaced, so that they go to on-demand. */
  readonly isSpotDry: boolean;
  /** The share of EC2's documented rates that is left: others in the account use the rest. From 0 to 1. */
  readonly rateShare: number;
  readonly seed: number;
}

/** Without the seed. */
export function stormName({ nodes, carried, hasElasticIps, isSpotDry, rateShare }: Omit<StormRequest, 'seed'>): string {
  const more = [
    ...(hasElasticIps ? ['Elastic IPs'] : []),
    ...(isSpotDry ? ['spot dry'] : []),
    ...(rateShare < 1 ? [`${rateShare} of the rate`] : []),
  ];
  return [`${nodes} ${carried}`, ...more].join(', ');
}

export interface Storm {
  readonly request: StormRequest;
  /** Of the nodes that were ACTIVE again within the limit. */
  readonly replaced: readonly ReplacedInStorm[];
  readonly failed: number;
  /** Instances that were launched, and launches that EC2 refused. */
  readonly launched: number;
  readonly refusedLaunches: number;
  /** From the warnings until the last node was ACTIVE or the limit was reached, those of the reconciler included. */
  readonly calls: number;
  readonly throttled: number;
  /** Of all nodes together. */
  readonly transitions: number;
  /** How often a launch waited for its turn or for capacity, of all nodes together. */
  readonly waits: number;
}

export interface ReplacedInStorm {
  readonly milestones: Milestones;
  readonly awayMs: number;
  readonly ideal: IdealNode;
  readonly idealJustInTime: IdealNode;
}

/** In the ideal with just-in-time terminations: how long before its launch's turn an instance is ended. */
const LEAD_MS = 30_000;
/** Launches that nothing throttles: EC2 allows two a second, or one if others use the rest. */
const CREATION_INTERVAL_MS = 1_200;
const SPREAD_MS = 1_000;
/** After the last creation. */
const REST_MS = 5 * 60_000;
/** Nodes that are not ACTIVE by then are counted as such. */
const GIVEN_UP_MS = 30 * 60_000;

interface Before {
  readonly nodeId: string;
  readonly interfaceId: string;
  readonly instanceId: string;
}

/** @param template synthesised */
export async function runStorm(request: StormRequest, template: unknown): Promise<Storm> {
  const watch = new Watch();
  const { seed, nodes, rateShare } = request;
  const ec2 = { ...watch.ec2, elasticIpQuota: nodes, rateShare };
  return inModelledTime({ seed, template, ec2, controlPlane: watch.controlPlane }, async (sandbox) => {
    const ids = await createAll(sandbox, request);
    await sandbox.clock.advance(REST_MS);
    const before = await Promise.all(ids.map((id) => sandbox.clock.settle(atRest(sandbox, id))));
    watch.begin();
    return interruptAll(sandbox, request, before, watch);
  });
}

async function createAll(
  sandbox: ModelledSandbox,
  { nodes, carried, hasElasticIps }: StormRequest,
): Promise<readonly string[]> {
  const { vpcId, availabilityZones } = sandbox.account;
  // The account's own subnets have room for 250 nodes.
  const subnetId = sandbox.ec2.addSubnet({ vpcId, cidrBlock: '10.0.64.0/18', availabilityZone: availabilityZones[0] });
  const ids: string[] = [];
  for (let index = 0; index < nodes; index += 1) {
    const attachment = carried === 'mixed' ? (['cold', 'hot'] as const)[index % 2]! : carried;
    const elasticIp = hasElasticIps ? await sandbox.clock.settle(allocateElasticIp(sandbox)) : undefined;
    ids.push(await sandbox.clock.settle(createNode(sandbox, documentIn(sandbox, subnetId, attachment, elasticIp))));
    await sandbox.clock.advance(CREATION_INTERVAL_MS);
  }
  return ids;
}

export function documentIn(
  { account }: Sandbox,
  subnetId: string,
  attachment: EniAttachment,
  elasticIp: string | undefined,
): NodeConfig {
  const { compute, ...rest } = exampleDocument(account, elasticIp ?? '', attachment);
  const { privateIp: _given, elasticIp: _itsOwn, ...others } = compute;
  return { ...rest, compute: { ...others, subnetIds: [subnetId], ...(elasticIp !== undefined && { elasticIp }) } };
}

async function atRest(sandbox: Sandbox, nodeId: string): Promise<Before> {
  const node = await sandbox.node(nodeId);
  const [interfaceId, instanceId] = [node?.identity.interfaceId, node?.instance?.id];
  if (node?.status !== 'ACTIVE' || interfaceId === undefined || instanceId === undefined) {
    throw new Error(`${nodeId} is not ACTIVE: ${node?.errorReason ?? node?.status}`);
  }
  return { nodeId, interfaceId, instanceId };
}

async function interruptAll(
  sandbox: ModelledSandbox,
  request: StormRequest,
  before: readonly Before[],
  watch: Watch,
): Promise<Storm> {
  const { clock, ec2, plane } = sandbox;
  const { rateShare } = request;
  const startedAt = clock.now();
  if (request.isSpotDry) dryUpSpot(sandbox);
  const warnedAt = new Map(
    before.map(({ nodeId }, index) => [nodeId, startedAt + (index / before.length) * SPREAD_MS]),
  );
  for (const { nodeId, instanceId } of before) {
    clock.setTimeout(() => ec2.interruptSpotInstance(instanceId), warnedAt.get(nodeId)! - startedAt);
  }
  const isActive = ({ nodeId }: Before): boolean => watch.nodes.get(nodeId)?.activeAt !== undefined;
  await clock.run(() => before.every(isActive), GIVEN_UP_MS);
  const { calls, throttled, refusedLaunches, changes } = watch;
  const seen = [...watch.nodes.values()];
  const counts = {
    failed: seen.filter(({ hasFailed }) => hasFailed).length,
    launched: changes.filter(({ command }) => LAUNCHES.includes(command)).length,
    transitions: seen.reduce((sum, { transitions }) => sum + transitions, 0),
    waits: seen.reduce((sum, { waits }) => sum + waits, 0),
  };
  // What is still ending tells how long EC2 took for it.
  await clock.run(() => !plane.isBusy(), GIVEN_UP_MS);
  const milestones = await Promise.all(
    before.filter(isActive).map(async ({ nodeId, interfaceId, instanceId }) => {
      const node = await sandbox.clock.settle(sandbox.node(nodeId));
      const replaced = { interfaceId, oldInstanceId: instanceId, newInstanceId: node?.instance?.id ?? '' };
      const attachment: EniAttachment = node?.instance?.attachment ?? 'cold';
      const { activeAt = 0 } = watch.nodes.get(nodeId) ?? {};
      return { attachment, milestones: milestonesOf(replaced, watch, warnedAt.get(nodeId)!, activeAt) };
    }),
  );
  const draws = milestones.map(({ attachment, milestones: each }) => drawsOf(attachment, each));
  const [ideal, justInTime] = [idealStorm(draws, { rateShare }), idealStorm(draws, { rateShare, leadMs: LEAD_MS })];
  const replaced = milestones.map(({ milestones: each }, index) => ({
    milestones: each,
    awayMs: awayMs(each),
    ideal: ideal[index]!,
    idealJustInTime: justInTime[index]!,
  }));
  return { request, replaced, calls, throttled, refusedLaunches, ...counts };
}

function dryUpSpot({ ec2, account }: Sandbox): void {
  const { instanceTypes } = exampleDocument(account, '', 'cold').compute.launchSpecification;
  for (const instanceType of instanceTypes.types) {
    for (const availabilityZone of account.availabilityZones) {
      ec2.setCapacity({ instanceType, availabilityZone, lifeCycle: 'spot' }, 0);
    }
  }
}

function drawsOf(attachment: EniAttachment, each: Milestones): Draws {
  const { endingAt = 0, endedAt = endingAt, terminateMs = 0, freeAt, launchMs, launchedAt, runningAt } = each;
  const { detachingAt, attachingAt, attachedAt } = each;
  return {
    attachment,
    terminateMs: terminateMs / 2,
    endMs: endedAt - endingAt,
    freeMs: Math.max(0, freeAt - endedAt),
    launchMs: launchMs / 2,
    bootMs: runningAt - launchedAt,
    detachMs: detachingAt === undefined ? Infinity : freeAt - detachingAt,
    attachMs: attachedAt - attachingAt,
  };
}
