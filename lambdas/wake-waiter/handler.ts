/** The state-change rule calls this function with the events of all instances of the account. */
import * as z from 'zod';
import { createWakePorts } from '../adapters/create-wake-ports';
import { dynamodbClient, sfnClient } from '../clients';
import { lambdaHandler, type CreateHandler } from '../runtime';
import { wakeWaiter } from './wake';

const stateChange = z.object({
  time: z.iso.datetime(),
  detail: z.object({
    'instance-id': z.string(),
    state: z.enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped']),
  }),
});

export const createHandler: CreateHandler<'dynamodb' | 'sfn'> = (runtime) => {
  const ports = createWakePorts(runtime);
  return async (event) => {
    const { time, detail } = stateChange.parse(event);
    const change = { instanceId: detail['instance-id'], state: detail.state, time };
    runtime.log.about(change);
    const outcome = await wakeWaiter(ports, change);
    runtime.log.info('state change handled', { outcome });
    return outcome;
  };
};

export const handler = lambdaHandler(createHandler, () => ({ dynamodb: dynamodbClient(), sfn: sfnClient() }));
