/**
 * Wakes the execution that waits for an instance's state. If a node has lost its instance without a warning, it starts
 * a replacement. The state-change rule calls it with the events of all instances; it ignores those of no node.
 */
import * as z from 'zod';
import { hasEnded } from '../../domain/operation/launch';
import type { InstanceState } from '../../domain/node/observations';
import { decideLost } from '../../domain/reconciliation/reconciliation';
import { decideWake, unreachable, type AwaitedState } from '../../domain/operation/await-instance';
import { createPorts } from '../adapters/create-ports';
import type { DrainLeft } from '../operation/draining';
import type { Ports } from '../ports';
import { lambdaHandler, type CreateHandler } from '../runtime';

const stateChange = z.object({
  time: z.iso.datetime(),
  detail: z.object({
    'instance-id': z.string(),
    state: z.enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped']),
  }),
});

export const createHandler: CreateHandler = (runtime) => {
  const ports = createPorts(runtime);
  const { index, waitingTasks } = ports;
  return async (event) => {
    const { time, detail } = stateChange.parse(event);
    const { 'instance-id': instanceId, state } = detail;
    // Recorded for a step that is about to wait: the event may come before EC2 shows the state.
    const known = await index.noteState(instanceId, state, time);
    if (known === undefined) return { woken: false };
    if (await replaceLost(ports, known.nodeId, instanceId, state)) return { woken: false, started: 'replace' };
    const { waiter } = known;
    if (waiter === undefined) return { woken: false };
    const decision = decideWake(waiter.awaited, state);
    if (decision === 'wait') return { woken: false };
    await (decision === 'reached'
      ? waitingTasks.succeed(waiter.taskToken, reached(waiter.awaited, instanceId))
      : waitingTasks.fail(waiter.taskToken, unreachable(decision, { id: instanceId, state })));
    return { woken: true };
  };
};

/** What the state machine continues with. */
function reached(awaited: AwaitedState, instanceId: string): DrainLeft | { readonly instanceId: string } {
  return awaited === 'drained' ? { seconds: 0 } : { instanceId };
}

/** If the instance ended while no operation ran, no execution waits for it, whatever the index still says. */
async function replaceLost(
  { nodes, operations, time }: Ports,
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

export const handler = lambdaHandler(createHandler);
