/**
 * Launches the replacement. Every launch goes through this step. Cold: it puts the Elastic IP on the free interface first, and
 * the launch attaches the interface.
 *
 * It tries pool after pool until EC2 launches an instance, and records every attempt before it asks.
 */
import {
  InterfaceMissing,
  NoCapacity,
  NotYetVisible,
  QuotaExceeded,
  ReplacementLost,
  ReplacementsKeepEnding,
  RequestRejected,
} from '../../domain/errors';
import {
  decideExhaustion,
  decideLaunch,
  describeRefusals,
  launched,
  refused,
  spent,
  withoutInterface,
} from '../../domain/operation/launch';
import { isGone } from '../../domain/operation/network-interface';
import type { SeenInstance } from '../../domain/node/observations';
import type {
  ExhaustedLaunch,
  LaunchedLaunch,
  LaunchProgress,
  LaunchRequest,
  LaunchRound,
  Operation,
  OwnedNode,
  RequestedLaunch,
} from '../../domain/node/stateful-node';
import { attachmentOf } from '../../domain/config/node-config';
import { associateAgain } from '../operation/associating';
import { changeOperation, ownedForLaunch, type OperationInput } from '../operation/owned-node';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

export interface Launched {
  /**
   * - `move`: the next pool is in another subnet, and the interface must be made there first.
   * - `wait`: no pool has capacity at present.
   */
  readonly outcome: 'launched' | 'move' | 'wait';
  /** How long to wait before the next round; 0 unless the outcome is `wait`. */
  readonly waitSeconds: number;
}

/** How many instances in a row may end before they carry the node. After that a person must look at the AMI or type. */
const MAX_LOSSES = 5;

/** An instance that ends this late ends the operation, so that the record says why the node has no instance. */
const MAX_LOSING_MS = 10 * 60_000;

type LaunchPorts = Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'elasticIps' | 'index' | 'measure' | 'time'>;

export const launchInstance =
  (ports: LaunchPorts) =>
  async (input: OperationInput): Promise<Launched> => {
    let owned = await ownedForLaunch(ports.nodes, input);
    let isAddressed = false;
    const launchedId = owned.operation.launch?.instanceId;
    const seen = launchedId === undefined ? undefined : await ports.instances.observe(launchedId);
    for (;;) {
      const decision = decideLaunch(owned.node, owned.operation, seen, ports.time.now().toISOString());
      if (decision.kind === 'launched') return { outcome: 'launched', waitSeconds: 0 };
      refuseOutdated(owned, decision.progress);
      refuseEndlessLosses(owned.operation, decision.progress, ports.time.now());
      if (!isAddressed && decision.kind === 'ask') await associateFree(ports, owned);
      isAddressed = true;
      await record(ports, input, decision.progress);
      if (decision.kind === 'move') return { outcome: 'move', waitSeconds: 0 };
      const progress = await ask(ports, owned, decision.progress, decision.request);
      owned = await record(ports, input, progress);
      if (progress.state === 'exhausted') return exhausted(ports, progress);
    }
  };

/** Before the request is recorded. After that, an instance may have the interface, and the confirmation sees to the address. */
async function associateFree(ports: LaunchPorts, { node, operation }: OwnedNode): Promise<void> {
  const isFree = attachmentOf(operation.config) === 'cold' && operation.launch?.state !== 'requested';
  if (isFree) await associateAgain(ports, { node, operation });
}

/** Sends the recorded request to EC2. Returns what to record. @throws InterfaceMissing @throws NotYetVisible */
async function ask(
  ports: LaunchPorts,
  { node, operation }: OwnedNode,
  progress: RequestedLaunch,
  request: LaunchRequest,
): Promise<LaunchProgress> {
  const outcome = await ports.instances.launch(request);
  switch (outcome.kind) {
    case 'launched':
      return register(ports, node.id, progress, outcome.instance);
    case 'token-used': {
      const made = await ports.instances.launchedBy(request.clientToken);
      if (made === undefined) throw new NotYetVisible(`what ${request.clientToken} has made is not visible yet`);
      return register(ports, node.id, progress, made);
    }
    case 'token-spent':
      return spent(progress);
    case 'refused':
      ports.measure({ group: 'refusal', dimensions: { Code: outcome.refusal.code }, values: { Refusals: 1 } });
      return refused(progress, outcome.refusal, operation.config);
    case 'interface-missing': {
      // We look again before we call it missing. Otherwise the step that remakes it would find it, in a loop.
      const seen = request.interfaceId === undefined ? undefined : await ports.interfaces.observe(request.interfaceId);
      if (!isGone(node.identity, seen, ports.time.now().toISOString())) {
        throw new NotYetVisible(`${request.interfaceId} is not visible yet`);
      }
      await record(ports, { nodeId: node.id, generation: operation.generation }, withoutInterface(progress));
      throw new InterfaceMissing(`${request.interfaceId} is gone`);
    }
  }
}

/** Writes the index before the record: an event about an instance that is not in the index is lost. */
async function register(
  { index }: LaunchPorts,
  nodeId: string,
  progress: RequestedLaunch,
  instance: SeenInstance,
): Promise<LaunchedLaunch> {
  await index.register(instance.id, nodeId);
  return launched(progress, instance);
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

export function describeLaunched({ outcome, waitSeconds }: Launched): LogLine {
  switch (outcome) {
    case 'wait':
      return { severity: 'WARN', message: `no pool has capacity; next try in ${waitSeconds} s` };
    case 'move':
      return info('the next pool is in another subnet');
    case 'launched':
      return info('an instance is launched');
  }
}
