/** The demo itself: launches a node, interrupts its instance, and records everything that happens. */
import { WARNING_DETAIL_TYPE } from '../../domain/operation/trigger';
import type { EniAttachment, NodeConfig } from '../../domain/config/node-config';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { addressesOf, allocateElasticIp, createNode, exampleDocument, openSandbox } from '../../local/sandbox';
import type { NodeAddresses, Sandbox } from '../../local/sandbox';
import { VirtualClock } from '../../simulator/time/clock';
import { downtimeMs, toTenths, type Observation } from './downtime';
import { addressTo, type EventFile } from './event-file';
import { Timeline, type Entry } from './timeline';
import { leadsToRunningInstance, leftoversIn, problemsOf } from './verdict';

export interface DemoOptions {
  readonly attachment: EniAttachment;
  readonly seed: number;
  /** @default - a warning from the simulated EC2 */
  readonly event?: EventFile;
}

export interface Outcome {
  readonly nodeId: string;
  readonly nodeName: string;
  /** The node's first launch, in seconds after its request. */
  readonly launch: readonly Entry[];
  readonly launchSeconds: number;
  readonly before: NodeAddresses;
  /** Undefined if the interface is on no instance. */
  readonly after: NodeAddresses | undefined;
  readonly elasticIp: string;
  /** The interface's attachment to the first instance. */
  readonly attachmentId: string;
  /** The instance that the event is about. */
  readonly subject: string;
  /** Everything from the event on, in seconds after it. */
  readonly timeline: readonly Entry[];
  readonly downtimeSeconds: number;
  /** Why the identity was not kept, one sentence each; empty if it was. */
  readonly problems: readonly string[];
  /** Why the node is in ERROR. */
  readonly errorReason?: string;
}

/** The idle time before the interruption. After it the functions start cold, as they usually do in AWS. */
const IDLE_MS = 60 * 60_000;
/** A launch or a replacement that takes longer is stuck. EC2 forgets terminated instances after an hour. */
const TIMEOUT_MS = 45 * 60_000;

/** @throws Error if the first launch fails */
export async function runDemo({ attachment, seed, event }: DemoOptions): Promise<Outcome> {
  const clock = new VirtualClock();
  const timeline = new Timeline();
  let watch: AddressWatch | undefined;
  const sandbox = await openSandbox({
    clock,
    seed,
    ec2: {
      onCall: (record) => timeline.addCall(record),
      onTransition: (record) => {
        timeline.addTransition(record);
        // EC2 reports a change while it makes it, so the world is checked just afterwards, at the same virtual time.
        queueMicrotask(() => watch?.check());
      },
    },
    controlPlane: {
      coldStarts: true,
      // No event is lost here, so the reconciler would find nothing and only fill the timeline.
      schedules: false,
      onHistory: ({ stateMachineName }, entry) => timeline.addHistory(stateMachineName, entry),
    },
  });
  try {
    const elasticIp = await settle(clock, allocateElasticIp(sandbox));
    const askedAt = clock.now();
    const { node, instanceId, interfaceId, attachmentId, before } = await launchNode(sandbox, clock, {
      ...exampleDocument(sandbox.account, elasticIp, attachment),
      ...(event === undefined || event.detailType === WARNING_DETAIL_TYPE ? {} : REPLACED_ON_RECOMMENDATION),
    });
    const launchedAt = clock.now();
    await clock.advance(IDLE_MS);
    const interruptedAt = clock.now();
    watch = new AddressWatch(sandbox, interfaceId, timeline);
    const subject = interrupt(sandbox, timeline, instanceId, event);
    const isOver = (): boolean =>
      !sandbox.plane.isBusy() && (subject !== instanceId || isTerminated(sandbox, instanceId));
    await clock.run(isOver, TIMEOUT_MS);
    const after = await nodeNow(sandbox, clock, node.id);
    const found = addressesOf(sandbox, after);
    const carrier = { interfaceId, instanceId: found?.instanceId ?? '', attachment };
    return {
      nodeId: node.id,
      nodeName: node.config.name,
      launch: timeline.between(askedAt, interruptedAt),
      launchSeconds: (launchedAt - askedAt) / 1000,
      before,
      after: found,
      elasticIp,
      attachmentId,
      subject,
      timeline: timeline.between(interruptedAt, Infinity),
      downtimeSeconds: toTenths(downtimeMs(watch.observations, interruptedAt, clock.now())),
      problems: problemsOf({
        before,
        after: found,
        nodeStatus: after.status,
        isOldInstanceTerminated: isTerminated(sandbox, instanceId),
        leftovers: leftoversIn(sandbox.ec2.world, carrier),
      }),
      ...(after.errorReason === undefined ? {} : { errorReason: after.errorReason }),
    };
  } finally {
    await sandbox.plane.stop();
  }
}

const REPLACED_ON_RECOMMENDATION: Pick<NodeConfig, 'strategy'> = {
  strategy: { lifeCycle: 'spot', fallbackToOd: true, rebalanceRecommendation: 'replace' },
};

/** Records when the address leads to a running instance and when it does not. */
class AddressWatch {
  readonly observations: Observation[] = [];

  constructor(
    private readonly sandbox: Sandbox,
    private readonly interfaceId: string,
    private readonly timeline: Timeline,
  ) {
    this.check();
  }

  check(): void {
    const atMs = this.sandbox.clock.now();
    const leads = leadsToRunningInstance(this.sandbox.ec2.world, this.interfaceId);
    const previous = this.observations.at(-1);
    if (previous?.leads === leads) return;
    this.observations.push({ atMs, leads });
    if (previous === undefined) return;
    const [from, to] = leads ? ['away', 'reachable'] : ['reachable', 'away'];
    this.timeline.add(atMs, { kind: 'change', what: 'address', resourceId: this.interfaceId, from, to });
  }
}

async function launchNode(sandbox: Sandbox, clock: VirtualClock, document: NodeConfig) {
  const id = await settle(clock, createNode(sandbox, document));
  await clock.run(() => !sandbox.plane.isBusy(), TIMEOUT_MS);
  const node = await nodeNow(sandbox, clock, id);
  const before = addressesOf(sandbox, node);
  if (node.status !== 'ACTIVE' || node.instance === undefined || before === undefined) {
    throw new Error(`The node could not be launched: it is ${node.status}. ${node.errorReason ?? ''}`);
  }
  const interfaceId = before.networkInterfaceId;
  const attachmentId = sandbox.ec2.world.networkInterfaces.get(interfaceId)?.attachment?.id ?? '';
  return { node, instanceId: node.instance.id, interfaceId, attachmentId, before };
}

/** Publishes the event. Returns the instance that the event is about. */
function interrupt(sandbox: Sandbox, timeline: Timeline, instanceId: string, file: EventFile | undefined): string {
  const event = file === undefined ? undefined : addressTo(file, instanceId);
  const { detailType = WARNING_DETAIL_TYPE, instanceId: subject = instanceId } = event ?? {};
  const action = event === undefined ? 'terminate' : event.action;
  timeline.add(sandbox.clock.now(), {
    kind: 'event',
    what: detailType,
    instanceId: subject,
    ...(action === undefined ? {} : { action }),
  });
  if (event === undefined) {
    sandbox.ec2.interruptSpotInstance(instanceId);
    return instanceId;
  }
  sandbox.plane.publish(event.document);
  // EC2 then does what the file's warning says. A recommendation announces no end.
  if (action !== undefined && subject === instanceId) sandbox.ec2.reclaimSpotInstance(instanceId, action);
  return subject;
}

function isTerminated({ ec2 }: Sandbox, instanceId: string): boolean {
  const instance = ec2.world.instances.get(instanceId);
  return instance === undefined || instance.state === 'terminated';
}

async function nodeNow(sandbox: Sandbox, clock: VirtualClock, nodeId: string): Promise<StatefulNode> {
  const node = await settle(clock, sandbox.node(nodeId));
  if (node === undefined) throw new Error(`The record of ${nodeId} is gone`);
  return node;
}

/** Lets virtual time pass until the promise has settled. */
async function settle<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  let isSettled = false;
  const mark = (): void => void (isSettled = true);
  void work.then(mark, mark);
  await clock.run(() => isSettled);
  return work;
}
