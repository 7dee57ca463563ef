/**
 * Launches the replacement. Every launch goes through this step. Cold: it puts the Elastic IP on the free interface first, and
 * the launch attaches the interface.
 *
 * It tries pool after pool until EC2 launches an instance, and records every attempt before it asks.
 */
import {
  NoCapacity,
  QuotaExceeded,
  ReplacementLost,
  ReplacementsKeepEnding,
  RequestRejected,
} from '../../domain/errors';
import { decideExhaustion, decideLaunch, describeRefusals, launchPools } from '../../domain/operation/launch';
import type {
  ExhaustedLaunch,
  LaunchProgress,
  LaunchRequest,
  LaunchRound,
  Operation,
  OwnedNode,
  RequestedLaunch,
} from '../../domain/node/stateful-node';
import { attachmentOf } from '../../domain/config/node-config';
import type { DryPool } from '../../domain/capacity/dry-pools';
import { associateAgain } from '../operation/associating';
import { changeOperation, ownedForLaunch, type OperationInput } from '../operation/owned-node';
import { askForFleet, type FleetPorts } from '../operation/fleet-call';
import { askForInstance } from '../operation/launch-call';
import { templateOf } from '../operation/launch-template';
import { awaitLaunchTurn, takeNextTurn, withoutTurn, type LaunchAction } from '../operation/launch-turn';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

export interface Launched {
  /**
   * - `move`: the next pool needs another interface, in its subnet, and the interface must be made first.
   * - `release`: the launch has its turn, and the interface is not free yet.
   * - `wait`: no pool has capacity at present, or others launch first.
   */
  readonly outcome: 'launched' | 'move' | 'release' | 'wait';
  /** How long to wait; 0 unless the outcome is `wait`. */
  readonly waitSeconds: number;
  /** Whether it waits for its turn. */
  readonly isQueued?: boolean;
}

const MOVE: Launched = { outcome: 'move', waitSeconds: 0 };
const RELEASE: Launched = { outcome: 'release', waitSeconds: 0 };
const LAUNCHED: Launched = { outcome: 'launched', waitSeconds: 0 };

/** How many instances in a row may end before they carry the node. After that a person must look at the AMI or type. */
const MAX_LOSSES = 5;

/** An instance that ends this late ends the operation, so that the record says why the node has no instance. */
const MAX_LOSING_MS = 10 * 60_000;

type LaunchPorts = FleetPorts & Pick<Ports, 'elasticIps'>;

export const launchInstance =
  (ports: LaunchPorts) =>
  async (input: OperationInput): Promise<Launched> => {
    let owned = await ownedForLaunch(ports.nodes, input);
    const launchedId = owned.operation.launch?.instanceId;
    const seen = launchedId === undefined ? undefined : await ports.instances.observe(launchedId);
    for (;;) {
      const { node, operation } = owned;
      const now = ports.time.now();
      const dry = await dryPools(ports, owned, now);
      const decision = decideLaunch(node, operation, seen, now.toISOString(), dry);
      if (decision.kind === 'launched') return LAUNCHED;
      refuseOutdated(owned, decision.progress);
      refuseEndlessLosses(operation, decision.progress, now);
      if (decision.kind === 'move') {
        await record(ports, input, decision.progress);
        return MOVE;
      }
      const prepared = await prepare(ports, owned, input, actionsFor(ports, owned, decision.progress));
      if (prepared.kind === 'not-yet') return prepared.outcome;
      const asked = requested(ports, owned, decision.progress, prepared);
      await record(ports, input, asked);
      const progress = await ask(ports, owned, asked, decision.request);
      owned = await recordAnswer(ports, input, progress);
      if (progress.state === 'exhausted') return exhausted(ports, progress);
      if (progress.state === 'next') {
        await takeNextTurn(ports, input, progress.fleetRefusal === undefined ? prepared.action : 'RunInstances');
        owned = await ownedForLaunch(ports.nodes, input);
      }
    }
  };

/** Whether the launch may be requested now. */
type Prepared =
  | { readonly kind: 'ready'; readonly action: LaunchAction; readonly hasWaited: boolean }
  | { readonly kind: 'not-yet'; readonly outcome: Launched };

/** Waits for the turn, and puts the Elastic IP on the interface. */
async function prepare(
  ports: LaunchPorts,
  owned: OwnedNode,
  input: OperationInput,
  actions: readonly LaunchAction[],
): Promise<Prepared> {
  const turn = await awaitLaunchTurn(ports, owned.operation, input, actions);
  if (turn.kind === 'wait')
    return { kind: 'not-yet', outcome: { outcome: 'wait', waitSeconds: turn.seconds, isQueued: true } };
  const { action, hasWaited } = turn;
  if (hasWaited && !(await isFree(ports, owned))) return { kind: 'not-yet', outcome: RELEASE };
  await associateFree(ports, owned);
  return { kind: 'ready', action, hasWaited };
}

/** A launch that has waited looks once more, because many nodes wait and none of them has polled. */
async function isFree({ interfaces }: LaunchPorts, { node, operation }: OwnedNode): Promise<boolean> {
  const { interfaceId } = node.identity;
  const { config, launch, oldInstanceId } = operation;
  if (interfaceId === undefined || attachmentOf(config) === 'hot') return true;
  const seen = await interfaces.observe(interfaceId);
  // The launch finds out whether it is gone.
  if (seen?.attachment === undefined) return seen === undefined || seen.status === 'available';
  // If the launch was requested before, its own instance may have the interface.
  return launch?.state === 'requested' && seen.attachment.instanceId !== oldInstanceId;
}

/** Whether the interface must be free. After a launch was requested, its instance may have the interface. */
function launchesWithIt({ config, launch }: Operation): boolean {
  return attachmentOf(config) === 'cold' && launch?.state !== 'requested';
}

/** Which of the pools had no capacity a moment ago. A launch that was requested before is repeated as it was. */
async function dryPools(ports: LaunchPorts, { node, operation }: OwnedNode, now: Date): Promise<readonly DryPool[]> {
  const isOpen = operation.launch?.state !== 'requested' && operation.launch?.state !== 'launched';
  return isOpen ? ports.dryPools.read(launchPools(node.identity, operation), now.toISOString()) : [];
}

/** After the request is recorded, an instance may have the interface, and the confirmation sees to the address. */
async function associateFree(ports: LaunchPorts, owned: OwnedNode): Promise<void> {
  if (launchesWithIt(owned.operation)) await associateAgain(ports, owned);
}

/** By which calls the operation may launch. A request that was recorded before is repeated by the same call. */
function actionsFor(ports: LaunchPorts, { node, operation }: OwnedNode, { fleet, fleetRefusal }: RequestedLaunch) {
  if (fleet !== undefined) return ['CreateFleet'] as const;
  if (operation.launch?.state === 'requested' || fleetRefusal !== undefined) return ['RunInstances'] as const;
  const template = templateOf(ports, { id: node.id, config: operation.config });
  const hasTemplate = template !== undefined && node.launchTemplate === template;
  return hasTemplate ? (['RunInstances', 'CreateFleet'] as const) : (['RunInstances'] as const);
}

/** What to record before the call. */
function requested(
  ports: LaunchPorts,
  { node, operation }: OwnedNode,
  progress: RequestedLaunch,
  { action, hasWaited }: Extract<Prepared, { kind: 'ready' }>,
): RequestedLaunch {
  const template = action === 'CreateFleet' ? templateOf(ports, { id: node.id, config: operation.config }) : undefined;
  const fleet = template === undefined ? undefined : { template, requestedAt: ports.time.now().toISOString() };
  return {
    ...progress,
    ...(fleet !== undefined && progress.fleet === undefined && { fleet }),
    ...((hasWaited || fleet !== undefined) && { isInStorm: true }),
  };
}

/** Sends the recorded request to EC2. Returns what to record. */
function ask(
  ports: LaunchPorts,
  owned: OwnedNode,
  progress: RequestedLaunch,
  request: LaunchRequest,
): Promise<LaunchProgress> {
  const { fleet } = progress;
  return fleet === undefined
    ? askForInstance(ports, owned, progress, request)
    : askForFleet(ports, owned, progress, fleet, request);
}

/** @throws NoCapacity @throws QuotaExceeded @throws RequestRejected */
function exhausted({ measure }: LaunchPorts, progress: ExhaustedLaunch): Launched {
  const decision = decideExhaustion(progress);
  const what = describeRefusals(progress.refusals);
  switch (decision.kind) {
    case 'wait':
      measure({ group: 'capacity', dimensions: {}, values: { CapacityWaits: 1 } });
      return { outcome: 'wait', waitSeconds: decision.seconds };
    case 'give-up':
      throw new NoCapacity(`No pool that the node may use has capacity. ${what}`);
    case 'quota':
      throw new QuotaExceeded(`A quota of the account is used up; request an increase. ${what}`);
    case 'unsuitable':
      throw new RequestRejected(`No pool that the node may use can serve its configuration. ${what}`);
  }
}

function record(ports: LaunchPorts, input: OperationInput, launch: LaunchProgress): Promise<OwnedNode> {
  return changeOperation(ports.nodes, input, (operation) => ({ ...operation, launch }));
}

function recordAnswer(ports: LaunchPorts, input: OperationInput, launch: LaunchProgress): Promise<OwnedNode> {
  return changeOperation(ports.nodes, input, (operation) => ({ ...withoutTurn(operation), launch }));
}

function refuseEndlessLosses(
  { startedAt, launch }: Operation,
  { losses, lossReason = 'EC2 gives no reason' }: LaunchRound,
  now: Date,
): void {
  const isAnother = losses > (launch?.losses ?? 0);
  const isLong = isAnother && now.getTime() - Date.parse(startedAt) >= MAX_LOSING_MS;
  if (losses > MAX_LOSSES || isLong) {
    throw new ReplacementsKeepEnding(
      `Replacements in a row that ended before they carried the node: ${losses}. The last one: ${lossReason}`,
    );
  }
}

/**
 * An instance that a failed operation launched has the configuration of that time. Once that instance has ended, the
 * present configuration counts.
 */
function refuseOutdated({ node, operation }: OwnedNode, { losses, lossReason }: LaunchRound): void {
  const isOutdated = operation.continues === true && operation.configRevision < node.configRevision;
  if (isOutdated && losses > (operation.launch?.losses ?? 0)) {
    throw new ReplacementLost(`${lossReason}; the configuration has changed since it was launched`);
  }
}

export function describeLaunched({ outcome, waitSeconds, isQueued = false }: Launched): LogLine {
  switch (outcome) {
    case 'release':
      return info('the launch has its turn, and waits until the interface is free');
    case 'wait':
      if (isQueued) return info(`others launch first; looks again in ${waitSeconds} s`);
      return { severity: 'WARN', message: `no pool has capacity; next try in ${waitSeconds} s` };
    case 'move':
      return info('the next pool needs another interface');
    case 'launched':
      return info('an instance is launched');
  }
}
