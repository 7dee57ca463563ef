/**
 * The invariants of a storm, in which EC2 interrupts many nodes within a second. Nothing but the storm's own faults happens
 * then, and Holdfast must survive all of them: they excuse nothing here.
 */
import type { CallRecord } from '../../simulator/ec2/ec2';
import type { Instance } from '../../simulator/ec2/world';
import { PACED_ACTIONS } from '../../domain/throttling/paced-actions';
import { isAlive, isEndedByCall, nodeTag } from '../facts/world-facts';
import type { RecordWrite } from '../facts/table-mirror';
import type { View } from './invariants';

type Report = (invariant: string, violations: readonly string[]) => void;

/**
 * The time of a node beside its turn: an event that is lost (the instance ends after two minutes, and the reconciler sees it
 * within two and a half), an interface that is released late (five minutes), and retries while EC2 refuses calls.
 */
const BESIDE_TURNS_MS = 10 * 60_000;
/** Half the rate at the worst, and the turns of the launches that no pool could serve. */
const TURNS_A_NODE = 4;

export class StormInvariants {
  private readonly late = new Set<string>();

  constructor(
    private readonly view: () => View,
    private readonly report: Report,
  ) {}

  wrote({ nodeId, before, after }: RecordWrite): void {
    const { facts } = this.view();
    const isNew = after?.status === 'ERROR' && before?.status !== 'ERROR';
    if (!isNew || facts.storm?.nodeIds.includes(nodeId) !== true) return;
    this.report('no node of a storm passes through ERROR', [`${nodeId}: ${after.errorReason ?? 'without a reason'}`]);
  }

  call({ command }: CallRecord): void {
    const { facts, world } = this.view();
    const { storm } = facts;
    if (command !== 'RunInstances' || storm === undefined) return;
    const launched = new Map<string, Instance[]>();
    for (const instance of world.instances.values()) {
      const nodeId = nodeTag(instance) ?? '';
      // EC2 or the guest may have ended the first one.
      const isLost = !isAlive(instance) && !isEndedByCall(instance);
      if (instance.launchedAt < storm.atMs || isLost || facts.announced.has(instance.id)) continue;
      launched.set(nodeId, [...(launched.get(nodeId) ?? []), instance]);
    }
    for (const nodeId of storm.nodeIds) {
      const ids = (launched.get(nodeId) ?? []).map(({ id }) => id);
      if (ids.length > 1)
        this.report('a storm launches one replacement for each node', [`${nodeId}: ${ids.join(', ')}`]);
    }
  }

  /** Must be called regularly. */
  checkNodes(): void {
    const { facts, nodes, nowMs } = this.view();
    const { storm } = facts;
    if (storm === undefined) return;
    const turnsMs = TURNS_A_NODE * storm.nodeIds.length * PACED_ACTIONS.RunInstances.intervalMs;
    const isOver = nowMs - storm.atMs > BESIDE_TURNS_MS + turnsMs;
    if (!isOver) return;
    for (const nodeId of storm.nodeIds) {
      const status = nodes.get(nodeId)?.status;
      if (status === 'ACTIVE' || this.late.has(nodeId)) continue;
      this.late.add(nodeId);
      const afterSeconds = Math.round((nowMs - storm.atMs) / 1_000);
      this.report('every node of a storm is ACTIVE in time', [`${nodeId} is ${status} after ${afterSeconds} s`]);
    }
  }
}
