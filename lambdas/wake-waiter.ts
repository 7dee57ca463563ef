/**
 * Wakes the execution that waits for an instance's state. The target of the state-change rule; an event about
 * an instance that nobody waits for ends here.
 */
import * as z from 'zod';
import { ReplacementLost } from '../domain/errors';
import { decideWake } from '../domain/waiting';
import { createPorts } from './adapters/create-ports';
import { lambdaHandler, type CreateHandler } from './runtime';

const stateChange = z.object({
  detail: z.object({
    'instance-id': z.string(),
    state: z.enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped']),
  }),
});

export const createHandler: CreateHandler = (runtime) => {
  const { index, waitingTasks } = createPorts(runtime);
  return async (event) => {
    const { 'instance-id': instanceId, state } = stateChange.parse(event).detail;
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

export const handler = lambdaHandler(createHandler);
