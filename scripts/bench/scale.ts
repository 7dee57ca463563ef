/** Runs the reconciler over many nodes at rest, and counts what one run takes. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { nodeRecords } from '../../lambdas/adapters/dynamodb-nodes';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { createNode } from '../../local/sandbox';
import type { Entity, TagSet } from '../../simulator/ec2/world';
import { Meter } from '../costs/measure';
import { inModelledTime, type ModelledSandbox } from './modelled-sandbox';
import { Watch } from './replacement/watch';
import { documentIn } from './storm/storm';

export interface ReconcilerRun {
  readonly nodes: number;
  /** Of EC2. */
  readonly calls: number;
  /** Of DynamoDB: 4 KB each, or 8 KB of its index. */
  readonly readUnits: number;
  /** The process's time on this machine, in seconds: that of the simulated EC2 and table included. */
  readonly cpuSeconds: number;
  /** In modelled time: calls and pages, without the function's own computing. */
  readonly seconds: number;
  readonly writes: number;
  /** Of its log. */
  readonly logBytes: number;
  /** What the function holds at most, beyond what the simulated account does. Seen in a run of its own, because looks take time. */
  readonly heapBytes: number;
}

/** @param template synthesised @throws Error if the reconciler finds anything to repair: then it was no run at rest */
export async function reconcileMany(nodes: number, template: unknown): Promise<ReconcilerRun> {
  const [watch, meter] = [new Watch(), new Meter()];
  return inModelledTime(
    { seed: 1, template, ec2: { ...watch.ec2, shortPageShare: 0 }, controlPlane: meter.options },
    async (sandbox) => {
      const { clock, plane } = sandbox;
      const node = await launchOne(sandbox);
      await copy(sandbox, node, nodes - 1);
      // The first run starts cold.
      await sandbox.clock.settle(plane.runSchedule('Reconciler'));
      watch.begin();
      meter.begin();
      const [before, startedAt] = [process.cpuUsage(), clock.now()];
      const found = await sandbox.clock.settle(plane.runSchedule('Reconciler'));
      const { user, system } = process.cpuUsage(before);
      refuseUnrest(nodes, found as unknown as Found);
      const run = {
        nodes,
        calls: watch.calls,
        readUnits: meter.readUnits,
        writes: meter.count('dynamodb:PutItem', 'dynamodb:UpdateItem'),
        cpuSeconds: (user + system) / 1_000_000,
        seconds: (clock.now() - startedAt) / 1_000,
        logBytes: meter.logBytes,
      };
      const peak = new HeapPeak();
      await sandbox.clock.settle(plane.runSchedule('Reconciler'));
      peak.stop();
      return { ...run, heapBytes: peak.bytes };
    },
  );
}

/** How much more is in use than before, each time after a collection. */
class HeapPeak {
  bytes = 0;
  private readonly before = bytesInUse();
  private timer = this.after(0);

  private after(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      const begunAt = performance.now();
      this.look();
      // A collection of the simulated account's objects takes seconds, so there are fewer looks at more nodes.
      this.timer = this.after(LOOKS_APART * (performance.now() - begunAt));
    }, ms);
  }

  private look(): void {
    this.bytes = Math.max(this.bytes, bytesInUse() - this.before);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.look();
  }
}

/** In times of what a look takes. */
const LOOKS_APART = 3;

function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

interface Found {
  readonly nodes: number;
  readonly started: readonly unknown[];
  readonly unknown: readonly unknown[];
}

function refuseUnrest(nodes: number, { nodes: seen, started, unknown }: Found): void {
  if (seen === nodes && started.length + unknown.length === 0) return;
  throw new Error(
    `Of ${nodes} nodes at rest, ${seen} were seen, ${started.length} repaired, and ${unknown.length} things were unknown`,
  );
}

async function launchOne(sandbox: ModelledSandbox): Promise<StatefulNode> {
  const document = documentIn(sandbox, sandbox.account.subnetIds[0], 'cold', undefined);
  const nodeId = await sandbox.clock.settle(createNode(sandbox, document));
  await sandbox.clock.run(() => !sandbox.plane.isBusy());
  // Until its tags are visible.
  await sandbox.clock.advance(60_000);
  const node = await sandbox.clock.settle(sandbox.node(nodeId));
  if (node?.status !== 'ACTIVE') throw new Error(`${nodeId} was not launched: ${node?.errorReason}`);
  return node;
}

/** After everything that the launch has made. */
const COPIES_FROM = 1_000_000;

/** Only one node is launched. The others are copies of its record, of its instance and of its interface. */
async function copy(sandbox: ModelledSandbox, node: StatefulNode, count: number): Promise<void> {
  const { ec2, plane } = sandbox;
  const { instances, networkInterfaces } = ec2.world;
  const instance = instances.get(node.instance?.id ?? '')!;
  const eni = networkInterfaces.get(node.identity.interfaceId ?? '')!;
  const records = nodeRecords({ dynamodb: plane.dynamodb, tableName: plane.tableNames[0]! }, () => Promise.resolve());
  for (let index = 1; index <= count; index += 1) {
    const suffix = index.toString(16);
    const [nodeId, instanceId, interfaceId] = [
      // Ids are random, so their first digits differ.
      `smi-${Array.from(suffix.padStart(8, '0')).reverse().join('')}`,
      `i-${suffix.padStart(17, '0')}`,
      `eni-${suffix.padStart(17, '0')}`,
    ];
    const privateIp = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
    // EC2 lists them in this order, page by page.
    const ordinal = COPIES_FROM + 2 * index;
    const reservationId = `r-${suffix.padStart(17, '0')}`;
    instances.set(instanceId, {
      ...instance,
      id: instanceId,
      ordinal,
      reservationId,
      tags: tagsOf(instance, node.id, nodeId),
    });
    networkInterfaces.set(interfaceId, {
      ...eni,
      id: interfaceId,
      ordinal: ordinal + 1,
      privateIpAddress: privateIp,
      tags: tagsOf(eni, node.id, nodeId),
      attachment: { ...eni.attachment!, id: `eni-attach-${suffix.padStart(17, '0')}`, instanceId },
    });
    await sandbox.clock.settle(
      records.create({
        ...node,
        id: nodeId,
        identity: { ...node.identity, interfaceId, privateIp } as StatefulNode['identity'],
        instance: { ...node.instance!, id: instanceId },
      }),
    );
  }
}

function tagsOf({ tags }: Entity, before: string, after: string): TagSet {
  const current = Object.entries(tags.current).map(([key, value]) => [key, value === before ? after : value] as const);
  return { ...tags, current: Object.fromEntries(current), previous: {} };
}
