/** Interrupts one node, in modelled time, with many seeds. */
import type { EniAttachment } from '../../../domain/config/node-config';
import { allocateElasticIp, createNode, exampleDocument, type Sandbox } from '../../../local/sandbox';
import type { Execution, HistoryEntry } from '../../../simulator/step-functions/step-functions';
import { inModelledTime, LIMIT_MS, type ModelledSandbox } from '../modelled-sandbox';
import { Meter, sizeOf, type Usage } from '../../costs/measure';
import { Watch } from './watch';
import { milestonesOf, type Milestones } from './milestones';

/** One replacement of a single node. */
export interface Replacement {
  readonly milestones: Milestones;
  /** State transitions, further tries included. */
  readonly transitions: number;
  /** EC2 calls between the warning and ACTIVE. */
  readonly calls: number;
  /** What it used until the old instance had ended. */
  readonly usage: Omit<Usage, 'metrics'>;
}

/** Long enough for every container to have gone: a node is seldom interrupted just after another. */
const REST_MS = 15 * 60_000;

/** @param template synthesised */
export async function replaceOne(attachment: EniAttachment, seed: number, template: unknown): Promise<Replacement> {
  const [watch, meter] = [new Watch(), new Meter()];
  const controlPlane = {
    // The reconciler's runs are a cost of the month, not of a replacement: the meter's options have no schedules.
    ...meter.options,
    onHistory: (execution: Execution, entry: HistoryEntry) => {
      watch.controlPlane.onHistory(execution, entry);
      meter.options.onHistory(execution, entry);
    },
  };
  return inModelledTime({ seed, template, ec2: watch.ec2, controlPlane }, async (sandbox) => {
    const nodeId = await sandbox.clock.settle(launchOne(sandbox, attachment));
    await untilActive(sandbox, nodeId, watch);
    await sandbox.clock.advance(REST_MS);
    return interrupt(sandbox, nodeId, { watch, meter });
  });
}

async function launchOne(sandbox: Sandbox, attachment: EniAttachment): Promise<string> {
  const elasticIp = await allocateElasticIp(sandbox);
  return createNode(sandbox, exampleDocument(sandbox.account, elasticIp, attachment));
}

async function untilActive({ clock }: ModelledSandbox, nodeId: string, watch: Watch): Promise<number> {
  await clock.run(() => watch.nodes.get(nodeId)?.activeAt !== undefined, LIMIT_MS);
  const activeAt = watch.nodes.get(nodeId)?.activeAt;
  if (activeAt === undefined) throw new Error(`${nodeId} was not ACTIVE within ${LIMIT_MS / 60_000} minutes`);
  return activeAt;
}

async function interrupt(
  sandbox: ModelledSandbox,
  nodeId: string,
  { watch, meter }: { readonly watch: Watch; readonly meter: Meter },
): Promise<Replacement> {
  const { clock, plane, ec2 } = sandbox;
  const before = await sandbox.clock.settle(sandbox.node(nodeId));
  const [interfaceId = '', oldInstanceId = ''] = [before?.identity.interfaceId, before?.instance?.id];
  watch.begin();
  meter.begin();
  const warnedAt = clock.now();
  ec2.interruptSpotInstance(oldInstanceId);
  const activeAt = await untilActive(sandbox, nodeId, watch);
  const { calls } = watch;
  // A hot node's old instance may still be ending.
  await clock.run(() => !plane.isBusy(), LIMIT_MS);
  const after = await sandbox.clock.settle(sandbox.node(nodeId));
  const newInstanceId = after?.instance?.id ?? '';
  const usage = meter.replacement(after === undefined ? 0 : sizeOf(after));
  const milestones = milestonesOf({ interfaceId, oldInstanceId, newInstanceId }, watch, warnedAt, activeAt);
  return { milestones, transitions: watch.nodes.get(nodeId)?.transitions ?? 0, calls, usage };
}
