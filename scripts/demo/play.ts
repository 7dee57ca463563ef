/** The demo itself: a node is launched, its instance is interrupted, and everything that happens is written down. */
import { WARNING_DETAIL_TYPE } from '../../domain/operation/trigger';
import type { EniAttachment, NodeConfig } from '../../domain/config/node-config';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { addressesOf, allocateElasticIp, createNode, exampleDocument, openSandbox } from '../../local/sandbox';
import type { NodeAddresses, Sandbox } from '../../local/sandbox';
import { VirtualClock } from '../../simulator/time/clock';
import { downtimeMs, toTenths, type Observation } from './downtime';
import { addressTo, type EventFile } from './event-file';
import { Timeline, type Entry } from './timeline';
import { leadsToRunningInstance, leftoversIn, objections } from './verdict';

export interface PlayOptions {
  readonly attachment: EniAttachment;
  readonly seed: number;
  /** @default - a warning of the simulated EC2's own */
  readonly event?: EventFile;
}

export interface Outcome {
  readonly nodeId: string;
  readonly nodeName: string;
  /** The node's first launch, in seconds after it was asked for. */
  readonly launch: readonly Entry[];
  readonly launchSeconds: number;
  readonly before: NodeAddresses;
  /** Absent where the interface is on no instance. */
  readonly after: NodeAddresses | undefined;
  readonly elasticIp: string;
  /** Of the interface, to the instance that carried it before. */
  readonly attachmentId: string;
  /** The instance that the event is about. */
  readonly subject: string;
  /** From the event on, in seconds after it. */
  readonly timeline: readonly Entry[];
  readonly downtimeSeconds: number;
  /** Why the identity cannot be called kept; none if it can. */
  readonly objections: readonly string[];
  /** Why the node is in ERROR. */
  readonly errorReason?: string;
}

/** Before the interruption. By then Lambda has let go of its idle functions, which start cold as they would in life. */
const TIME_OF_PEACE_MS = 60 * 60_000;
/** A launch or a replacement that is not over by then will not be; terminated instances are forgotten after an hour. */
const PATIENCE_MS = 45 * 60_000;

/** @throws where the node cannot even be launched */
export async function play({ attachment, seed, event }: PlayOptions): Promise<Outcome> {
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
        // EC2 tells of a change in the midst of making it: the world is looked at once it is made, at the same time.
        queueMicrotask(() => watch?.look());
      },
    },
    controlPlane: {
      coldStarts: true,
      // Nothing gets lost here, so the reconciler would look once a minute, find all well, and fill the timeline.
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
    await clock.advance(TIME_OF_PEACE_MS);
    const interruptedAt = clock.now();
    watch = new AddressWatch(sandbox, interfaceId, timeline);
    const subject = interrupt(sandbox, timeline, instanceId, event);
    const isOver = (): boolean =>
      !sandbox.plane.isBusy() && (subject !== instanceId || isTerminated(sandbox, instanceId));
    await clock.run(isOver, PATIENCE_MS);
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
      objections: objections({
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

/** Remembers when the address led to a running instance and when it did not. */
class AddressWatch {
  readonly observations: Observation[] = [];

  constructor(
    private readonly sandbox: Sandbox,
    private readonly interfaceId: string,
    private readonly timeline: Timeline,
  ) {
    this.look();
  }

  look(): void {
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
  await clock.run(() => !sandbox.plane.isBusy(), PATIENCE_MS);
  const node = await nodeNow(sandbox, clock, id);
  const before = addressesOf(sandbox, node);
  if (node.status !== 'ACTIVE' || node.instance === undefined || before === undefined) {
    throw new Error(`The node could not be launched: it is ${node.status}. ${node.errorReason ?? ''}`);
  }
  const interfaceId = before.networkInterfaceId;
  const attachmentId = sandbox.ec2.world.networkInterfaces.get(interfaceId)?.attachment?.id ?? '';
  return { node, instanceId: node.instance.id, interfaceId, attachmentId, before };
}

/** Answers the instance that the event is about. */
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
  // What the file warns of comes true. A recommendation announces no end.
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

/** Lets time pass until the promise has settled. */
async function settle<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  let isSettled = false;
  const mark = (): void => void (isSettled = true);
  void work.then(mark, mark);
  await clock.run(() => isSettled);
  return work;
}
