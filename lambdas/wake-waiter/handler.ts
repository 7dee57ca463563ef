/** The state-change rule calls this function with the events of all instances of the account. */
import * as z from 'zod';
import { createPorts } from '../adapters/create-ports';
import { lambdaHandler, type CreateHandler } from '../runtime';
import { wakeWaiter } from './wake';

const stateChange = z.object({
  time: z.iso.datetime(),
  detail: z.object({
    'instance-id': z.string(),
    state: z.enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped']),
  }),
});

export const createHandler: CreateHandler = (runtime) => {
  const ports = createPorts(runtime);
  return async (event) => {
    const { time, detail } = stateChange.parse(event);
    return wakeWaiter(ports, { instanceId: detail['instance-id'], state: detail.state, time });
  };
};

export const handler = lambdaHandler(createHandler);
