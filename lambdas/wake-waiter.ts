/**
 * Wakes the execution that waits for an instance's state, or starts one where a node has lost its instance without a
 * warning. The target of the state-change rule; an event about an instance that is no node's ends here.
 */
import * as z from 'zod';
import { ReplacementLost } from '../domain/errors';
import { hasEnded } from '../domain/launch';
import type { InstanceState } from '../domain/observations';
import { decideLost } from '../domain/reconciliation';
import { decideWake } from '../domain/waiting';
import { createPorts } from './adapters/create-ports';
import type { Ports } from './ports';
import { lambdaHandler, type CreateHandler } from './runtime';

const stateChange = z.object({
  detail: z.object({
    'instance-id': z.string(),
    state: z.enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped']),
  }),
});

export const createHandler: CreateHandler = (runtime) => {
  const ports = createPorts(runtime);
  const { index, waitingTasks } = ports;
  return async (event) => {
    const { 'instance-id': instanceId, state } = stateChange.parse(event).detail;
    if (await replaceLost(ports, instanceId, state)) return { woken: false, started: 'replace' };
    const waiter = await index.waiterOf(instanceId);
    if (waiter === undefined) return { woken: false };
    switch (decideWake(waiter.awaited, state)) {
      case 'reached':
        await waitingTasks.succeed(waiter.taskToken, { instanceId });
        return { woken: true };
      case 'unreachable':
        await waitingTasks.fail(waiter.taskToken, new ReplacementLost(`${instanceId} is ${state}`));
        return { woken: true };
      case 'wait':
        return { woken: false };
    }
  };
};

/** An instance that ended at rest has nobody who waits for it, whatever the index still says. */
async function replaceLost(
  { index, nodes, operations, time }: Ports,
  instanceId: string,
  state: InstanceState,
): Promise<boolean> {
  if (!hasEnded({ state })) return false;
  const nodeId = await index.nodeOf(instanceId);
  const node = nodeId === undefined ? undefined : await nodes.get(nodeId);
  const mending = node && decideLost(node, { id: instanceId, state }, time.now().toISOString());
  if (mending === undefined) return false;
  await operations.start(mending.kind, mending.request, `${mending.request.nodeId}-lost-${instanceId}`);
  return true;
}

export const handler = lambdaHandler(createHandler);
