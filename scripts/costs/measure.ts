/** Measures what Holdfast uses: one run of the reconciler at rest, and one replacement, on the simulator. */
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { EniAttachment } from '../../domain/config/node-config';
import { METRICS_NAMESPACE } from '../../domain/monitoring/metrics';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { allocateElasticIp, createNode, exampleDocument, openSandbox, type Sandbox } from '../../local/sandbox';
import type { Execution, HistoryEntry } from '../../simulator/step-functions/step-functions';
import { VirtualClock } from '../../simulator/time/clock';

/** What one run of the reconciler, or one replacement, uses. */
export interface Usage {
  readonly invocations: number;
  /** Simulated: EC2's latencies, and those of cold starts. The functions' own time is left out. */
  readonly lambdaSeconds: number;
  readonly transitions: number;
  /** An execution is one, with the steps that it runs. The functions that events start have none. */
  readonly traces: number;
  readonly reads: number;
  readonly writes: number;
  readonly events: number;
  readonly logBytes: number;
  /** Metrics of ours that got a value. */
  readonly metrics: number;
}

/** DynamoDB rounds each write up to 1 KB. */
const WRITE_UNIT_BYTES = 1_024;

/** CloudWatch adds this to each line, in bytes. https://aws.amazon.com/cloudwatch/pricing/ */
const BYTES_PER_LINE = 26;

const WRITES = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'];

const DAY_MS = 24 * 60 * 60_000;

/** Counts what the control plane does, from when it is told to. */
export class Meter {
  private calls: string[] = [];
  private lines: Readonly<Record<string, unknown>>[] = [];
  private entries: HistoryEntry[] = [];
  private executions = new Set<string>();
  private billedMs = 0;
  /** Of DynamoDB. */
  readUnits = 0;

  readonly options = {
    onTableRead: (units: number) => void (this.readUnits += units),
    schedules: false,
    coldStarts: true,
    onDecision: ({ request }: { readonly request: { readonly action: string } }) =>
      void this.calls.push(request.action),
    log: (line: Readonly<Record<string, unknown>>) => void this.lines.push(line),
    onInvocation: (durationMs: number) => void (this.billedMs += durationMs),
    onHistory: ({ arn }: Pick<Execution, 'arn'>, entry: HistoryEntry) => {
      this.entries.push(entry);
      this.executions.add(arn);
    },
  };

  begin(): void {
    [this.calls, this.lines, this.entries] = [[], [], []];
    this.executions.clear();
    this.billedMs = 0;
    this.readUnits = 0;
  }

  count(...actions: readonly string[]): number {
    return this.calls.filter((action) => actions.includes(action)).length;
  }

  /** Every state that was entered, and every further try of one. */
  get transitions(): number {
    return this.entries.filter(({ type }) => type === 'entered' || type === 'retried').length;
  }

  /** Those of metrics left out. */
  get logBytes(): number {
    return this.lines.reduce((sum: number, line) => sum + JSON.stringify(line).length + BYTES_PER_LINE, 0);
  }

  /** Each line of the log is of one invocation; several are of the same. */
  get invocations(): number {
    return new Set(this.lines.map((line) => line.function_request_id)).size;
  }

  /** What was used by one replacement, beside its metrics. @param recordBytes the size of the node's record */
  replacement(recordBytes: number): Omit<Usage, 'metrics'> {
    return {
      invocations: this.invocations,
      lambdaSeconds: this.billedMs / 1000,
      transitions: this.transitions,
      traces: this.executions.size,
      reads: this.readUnits,
      writes: this.count(...WRITES) * Math.ceil(recordBytes / WRITE_UNIT_BYTES),
      events: this.count('events:PutEvents'),
      logBytes: this.logBytes,
    };
  }
}

interface Measured {
  readonly clock: VirtualClock;
  readonly sandbox: Sandbox;
  readonly meter: Meter;
}

async function withSandbox<T>(template: unknown, measure: (measured: Measured) => Promise<T>): Promise<T> {
  const clock = new VirtualClock();
  const meter = new Meter();
  const sandbox = await openSandbox({ clock, seed: 1, template, controlPlane: meter.options });
  try {
    return await measure({ clock, sandbox, meter });
  } finally {
    await sandbox.plane.stop();
  }
}

/** @returns the node's record */
async function launch({ clock, sandbox }: Measured, attachment: EniAttachment, index: number): Promise<StatefulNode> {
  const elasticIp = await clock.settle(allocateElasticIp(sandbox));
  const document = exampleDocument(sandbox.account, elasticIp, attachment);
  const compute = { ...document.compute, privateIp: `10.0.0.${42 + index}` };
  const nodeId = await clock.settle(createNode(sandbox, { ...document, compute }));
  await clock.run(() => !sandbox.plane.isBusy(), DAY_MS);
  const node = await clock.settle(sandbox.node(nodeId));
  if (node?.status !== 'ACTIVE') throw new Error(`${nodeId} was not launched: ${node?.errorReason}`);
  return node;
}

/** In bytes, about: DynamoDB names the types of attributes, and leaves out the punctuation. */
export function sizeOf(node: StatefulNode): number {
  return Buffer.byteLength(JSON.stringify(node));
}

/** The metrics of ours that were measured after `from`, one list for each line that is written for them. */
function metricLines({ plane, clock }: Sandbox, from: number): readonly (readonly string[])[] {
  const lines = new Map<string, string[]>();
  const { metrics } = plane.cloudWatch;
  for (const id of metrics.all()) {
    const isMeasured = metrics.statistic(id, 'Sum', from, clock.now()) !== undefined;
    if (id.namespace !== METRICS_NAMESPACE || !isMeasured) continue;
    const key = JSON.stringify(id.dimensions);
    lines.set(key, [...(lines.get(key) ?? []), id.name]);
  }
  return [...lines.values()];
}

function bytesOfMetrics(lines: readonly (readonly string[])[]): number {
  return lines.reduce((sum, names) => {
    const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: 'Holdfast' });
    for (const name of names) metrics.addMetric(name, 'Count', 0);
    return sum + JSON.stringify(metrics.serializeMetrics()).length + BYTES_PER_LINE;
  }, 0);
}

/** One run of the reconciler while nothing is wrong. @param template synthesised @param nodes at most 5, EC2's limit for Elastic IPs */
export function measureIdleRun(template: unknown, nodes: number): Promise<Usage> {
  return withSandbox(template, async (measured) => {
    const { clock, sandbox, meter } = measured;
    for (let index = 0; index < nodes; index += 1) await launch(measured, 'cold', index);
    // The first run finds the table new, and starts cold.
    await clock.settle(sandbox.plane.runSchedule('Reconciler'));
    meter.begin();
    const startedAt = clock.now();
    await clock.settle(sandbox.plane.runSchedule('Reconciler'));
    const ofEachRun = metricLines(sandbox, startedAt);
    return {
      invocations: 1,
      lambdaSeconds: (clock.now() - startedAt) / 1000,
      transitions: meter.transitions,
      traces: 0,
      reads: meter.readUnits,
      writes: meter.count(...WRITES),
      events: meter.count('events:PutEvents'),
      logBytes: meter.logBytes + bytesOfMetrics(ofEachRun),
      metrics: ofEachRun.reduce((sum, names) => sum + names.length, 0),
    };
  });
}

/** One interruption, from the warning until the node is ACTIVE again and its old instance has ended. */
export function measureReplacement(template: unknown, attachment: EniAttachment): Promise<Usage> {
  return withSandbox(template, async (measured) => {
    const { clock, sandbox, meter } = measured;
    const node = await launch(measured, attachment, 0);
    meter.begin();
    const startedAt = clock.now();
    sandbox.ec2.interruptSpotInstance(node.instance?.id ?? '');
    // The old instance's last event wakes a function, too.
    await clock.advance(5 * 60_000);
    await clock.run(() => !sandbox.plane.isBusy(), DAY_MS);
    const made = metricLines(sandbox, startedAt);
    const used = meter.replacement(sizeOf(node));
    return {
      ...used,
      logBytes: used.logBytes + bytesOfMetrics(made),
      metrics: made.reduce((sum, names) => sum + names.length, 0),
    };
  });
}
