/** One node of a run: it is made, interrupted, watched until another instance has it, and deleted. */
import { onlyItemOf, type NodeStatus } from '../../cli/api/client';
import { selectedNodes } from '../../cli/nodes/find-node';
import { Failed } from '../../cli/failures';
import type { Task } from './cleanup';
import { identityFaults, identityIn, type Identity } from './identity';
import { Interruption } from './interruption';
import type { Interrupted, LogLine } from './milestones';
import { nodeDocument } from './node-document';
import { stateOf, type Look } from './observations';
import type { Run } from './run-context';
import { nameOf } from './tag';
import { deleteNode, Watch, type Seen } from './watch';
import { uncheckedNode } from '../../cli/documents/unchecked';

/** What is known so far. A run that fails reports it all the same. */
export interface Trial {
  readonly attachment: 'cold' | 'hot';
  nodeId?: string;
  before?: Identity;
  after?: Identity | undefined;
  interrupted?: Interrupted;
  looks: readonly Look[];
  log: readonly LogLine[];
  /** Why the identity was not kept. */
  faults: readonly string[];
}

/** Longer than the twelve minutes after which a launch without capacity fails. */
const LAUNCH_MAX_MS = 15 * 60_000;
const REPLACEMENT_MAX_MS = 15 * 60_000;
/** How long EC2 may take to show an association after the node is ACTIVE. */
const SETTLING_MAX_MS = 60_000;
const DELETION_MAX_MS = 10 * 60_000;
/** EC2 may show a new instance so much later. A launch may have been under way when the node was deleted. */
const QUIET_MS = 10_000;

/** @param trial receives what is known, also if this fails @throws Failed, Stopped, or an error of the SDK */
export async function runTrial(run: Run, trial: Trial): Promise<void> {
  const { tell, cleanup } = run;
  const node = new TrialNode(run, trial);
  const task = node.deletion();
  cleanup.add(task);
  try {
    await node.create();
    await node.untilActive();
    await node.interrupt();
  } finally {
    await node.readLog();
  }
  tell(`${trial.attachment}: the replacement is complete`);
  await cleanup.finish(task);
  trial.looks = node.looks;
}

class TrialNode {
  private watch: Watch | undefined;
  private readonly name: string;

  constructor(
    private readonly run: Run,
    private readonly trial: Trial,
  ) {
    this.name = nameOf(run.runId, trial.attachment);
  }

  get looks(): readonly Look[] {
    return this.watch?.looks ?? [];
  }

  async create(): Promise<void> {
    const { api, runId, surroundings, elasticIp, tell } = this.run;
    const { attachment } = this.trial;
    const { region, subnet, machine } = surroundings;
    const { allocationId } = elasticIp;
    const document = nodeDocument({ runId, attachment, region, subnet, machine, allocationId });
    const body = { managedInstance: uncheckedNode.parse(document) };
    const { id } = await onlyItemOf(api.client.POST('/aws/ec2/managedInstance', { body }));
    tell(`${attachment}: the node ${id} (${this.name}) is created`);
    this.know(id);
  }

  private know(nodeId: string): Watch {
    const { clients, api, elasticIp, clockOffsetMs } = this.run;
    const { allocationId } = elasticIp;
    this.trial.nodeId = nodeId;
    this.watch ??= new Watch({ clients, api, nodeId, allocationId, clockOffsetMs });
    return this.watch;
  }

  async untilActive(): Promise<void> {
    const { time, tell } = this.run;
    const { attachment } = this.trial;
    const { identity, look } = await this.watched.until(time, 'The launch', LAUNCH_MAX_MS, (seen) => {
      const found = identityIn(seen.look);
      if (!isActive(this.healthy(seen)) || found === undefined) return undefined;
      return { identity: found, look: seen.look };
    });
    this.trial.before = identity;
    const instance = look.instances.find(({ id }) => id === identity.instanceId);
    if (instance?.isSpot !== true) throw new Failed(`EC2 does not show ${identity.instanceId} as a Spot Instance.`);
    tell(
      `${attachment}: ACTIVE on ${identity.instanceId} (${instance.type}), ${identity.privateIp}, ${identity.publicIp}`,
    );
  }

  async interrupt(): Promise<void> {
    const { before } = this.trial;
    if (before === undefined) throw new Failed('The node was not ACTIVE.');
    const oldInstanceId = before.instanceId;
    const interruption = new Interruption({ ...this.run, ...this.run.surroundings, name: this.name });
    const sent = this.send(interruption, oldInstanceId);
    try {
      const replaced = await this.untilReplaced(oldInstanceId, () => sent.outcome());
      this.trial.interrupted = {
        attachment: this.trial.attachment,
        warnedAtMs: replaced.warnedAtMs,
        replacedAtMs: replaced.look.atMs,
        looks: [...this.looks],
        log: await this.watched.log(),
        oldInstanceId,
        newInstanceId: replaced.newInstanceId,
      };
      this.trial.after = await this.settled(replaced.newInstanceId);
      this.trial.faults = identityFaults(before, this.trial.after);
    } finally {
      await sent.settled;
    }
    await interruption.remove();
  }

  /** The looks go on while FIS is asked. */
  private send(interruption: Interruption, instanceId: string) {
    let outcome: { readonly warnedAtMs: number } | { readonly error: unknown } | undefined;
    const settled = interruption.send(instanceId).then(
      (warnedAtMs) => {
        outcome = { warnedAtMs };
        this.run.tell(`${this.trial.attachment}: FIS interrupts ${instanceId}`);
      },
      (error: unknown) => void (outcome = { error }),
    );
    return {
      settled,
      outcome: (): number | undefined => {
        if (outcome !== undefined && 'error' in outcome) throw outcome.error;
        return outcome?.warnedAtMs;
      },
    };
  }

  private untilReplaced(oldInstanceId: string, warned: () => number | undefined) {
    const { time } = this.run;
    return this.watched.until(time, 'The replacement', REPLACEMENT_MAX_MS, (seen) => {
      const warnedAtMs = warned();
      const status = this.healthy(seen);
      const newInstanceId = status?.instanceId ?? oldInstanceId;
      const hasMoved = isActive(status) && newInstanceId !== oldInstanceId;
      if (warnedAtMs === undefined || !hasMoved || !hasEnded(seen.look, oldInstanceId)) return undefined;
      return { warnedAtMs, newInstanceId, look: seen.look };
    });
  }

  /** EC2 may show the association a moment later than the node is ACTIVE. Undefined if it does not show it at all. */
  private async settled(newInstanceId: string): Promise<Identity | undefined> {
    const { time } = this.run;
    let latest: Identity | undefined;
    const deadline = time.now() + SETTLING_MAX_MS;
    await this.watched.until(time, 'Settling', 2 * SETTLING_MAX_MS, ({ look }) => {
      latest = identityIn(look);
      return latest?.instanceId === newInstanceId || time.now() >= deadline ? true : undefined;
    });
    return latest;
  }

  /** @throws Failed if the node is in ERROR, or does not exist */
  private healthy({ status }: Seen): NodeStatus | undefined {
    if (status === undefined) throw new Failed(`The node ${this.trial.nodeId ?? ''} does not exist any more.`);
    if (status.status === 'ERROR' && status.operation === null)
      throw new Failed(`The node ${status.id} is in ERROR: ${status.errorReason ?? 'without a reason'}`);
    return status;
  }

  private get watched(): Watch {
    if (this.watch === undefined) throw new Failed('The node was not created.');
    return this.watch;
  }

  /** What the log says matters most if the run has failed. */
  async readLog(): Promise<void> {
    this.trial.looks = this.looks;
    const [read] = await Promise.allSettled([this.watch?.log() ?? []]);
    if (read.status === 'fulfilled') this.trial.log = read.value;
  }

  deletion(): Task {
    return {
      what: `the ${this.trial.attachment} node`,
      remove: () => this.delete(),
      command: () => {
        const { stack, surroundings } = this.run;
        return `npx holdfast delete ${this.trial.nodeId ?? this.name} --delete-interface --stack ${stack} --region ${surroundings.region}`;
      },
    };
  }

  /** The response of the creation may have been lost, so the node is also looked for by its name, which only it has. */
  private async delete(): Promise<void> {
    const { api, unstoppableTime } = this.run;
    const found =
      this.trial.nodeId ?? (await selectedNodes(api, ['id', 'name'])).find(({ name }) => name === this.name)?.id;
    if (found === undefined) return;
    const watch = this.know(found);
    await deleteNode(api, found);
    let quietSinceMs: number | undefined;
    await watch.until(unstoppableTime, `The deletion of ${found}`, DELETION_MAX_MS, ({ look, status }) => {
      if (status !== undefined || !isNothingLeft(look)) quietSinceMs = undefined;
      else quietSinceMs ??= look.atMs;
      return quietSinceMs !== undefined && look.atMs - quietSinceMs >= QUIET_MS ? true : undefined;
    });
    this.trial.looks = watch.looks;
  }
}

function isActive(status: NodeStatus | undefined): boolean {
  return status?.status === 'ACTIVE' && status.operation === null;
}

/** EC2 forgets a terminated instance after about an hour. */
function hasEnded(look: Look, instanceId: string): boolean {
  return (stateOf(look, instanceId) ?? 'terminated') === 'terminated';
}

function isNothingLeft({ instances, networkInterface, association }: Look): boolean {
  const haveEnded = instances.every(({ state }) => state === 'terminated');
  return haveEnded && networkInterface === undefined && association === undefined;
}
