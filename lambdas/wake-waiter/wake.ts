/**
 * Wakes the execution that waits for an instance's state. If a node has lost its instance without a warning, starts a
 * replacement. Ignores the events of instances that belong to no node.
 */
import { hasEnded } from '../../domain/operation/launch';
import type { InstanceState } from '../../domain/node/observations';
import { decideLost } from '../../domain/reconciliation/reconciliation';
import { decideWake, unreachable, type AwaitedState } from '../../domain/operation/await-instance';
import type { DrainLeft } from '../operation/draining';
import { reached, type Reached } from '../operation/reached';
import type { Ports } from '../ports';

/** What waking an execution needs. */
export type WakePorts = Pick<Ports, 'index' | 'waitingTasks' | 'operations' | 'time'> & {
  readonly nodes: Pick<Ports['nodes'], 'get'>;
};

export interface StateChange {
  readonly instanceId: string;
  readonly state: InstanceState;
  /** When EC2 sent the event; ISO 8601, UTC. */
  readonly time: string;
}

export interface Woken {
  readonly woken: boolean;
  readonly started?: 'replace';
}

export async function wakeWaiter(ports: WakePorts, { instanceId, state, time }: StateChange): Promise<Woken> {
  // Nothing waits for it: the event only warms the container up.
  if (state === 'pending') return { woken: false };
  const { index, waitingTasks } = ports;
  // Recorded for a step that is about to wait: the event may come before EC2 shows the state.
  const known = await index.noteState(instanceId, state, time);
  if (known === undefined) return { woken: false };
  if (await replaceLost(ports, known.nodeId, instanceId, state)) return { woken: false, started: 'replace' };
  const { waiter } = known;
  if (waiter === undefined) return { woken: false };
  const decision = decideWake(waiter.awaited, state);
  if (decision === 'wait') return { woken: false };
  await (decision === 'reached'
    ? waitingTasks.succeed(waiter.taskToken, outputOf(waiter.awaited, { instanceId, state, time }))
    : waitingTasks.fail(waiter.taskToken, unreachable(decision, { id: instanceId, state })));
  return { woken: true };
}

/** What the state machine continues with. */
function outputOf(awaited: AwaitedState, { instanceId, state, time }: StateChange): DrainLeft | Reached {
  return awaited === 'drained' ? { seconds: 0 } : reached(instanceId, state, new Date(time));
}

/** If the instance ended while no operation ran, no execution waits for it, whatever the index still says. */
async function replaceLost(
  { nodes, operations, time }: WakePorts,
  nodeId: string,
  instanceId: string,
  state: InstanceState,
): Promise<boolean> {
  if (!hasEnded({ state })) return false;
  const node = await nodes.get(nodeId);
  const repair = node && decideLost(node, { id: instanceId, state }, time.now().toISOString());
  if (repair === undefined) return false;
  await operations.start(repair.kind, repair.request, `${repair.request.nodeId}-lost-${instanceId}`);
  return true;
}
