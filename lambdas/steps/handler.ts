/**
 * The function that carries every step of a replacement: one function, so that a replacement meets one cold
 * start at the most, and none while the address is away. Each step stands in a file of its own.
 */
import { createPorts } from '../adapters/create-ports';
import type { Ports } from '../ports';
import { lambdaHandler, type CreateHandler } from '../runtime';
import { associateEip } from './associate-eip';
import { attachEni } from './attach-eni';
import { awaitInstance } from './await-instance';
import { confirmNode } from './confirm-node';
import { detachEni } from './detach-eni';
import { ensureEni } from './ensure-eni';
import { failOperation } from './fail-operation';
import { launchInstance } from './launch-instance';
import { startNext } from './start-next';
import { stepEvent, type StepEvent } from './step-event';
import { takeNode } from './take-node';
import { terminateInstance } from './terminate-instance';

export const createHandler: CreateHandler = (runtime) => {
  const ports = createPorts(runtime);
  return async (event) => {
    const parsed = stepEvent.parse(event);
    const about = { step: parsed.step, ...('nodeId' in parsed && { nodeId: parsed.nodeId }) };
    try {
      const output = await run(ports, parsed);
      runtime.log({ ...about, output });
      return output ?? {};
    } catch (error) {
      runtime.log({ ...about, error: String(error) });
      throw error;
    }
  };
};

export const handler = lambdaHandler(createHandler);

function run(ports: Ports, event: StepEvent): Promise<unknown> {
  switch (event.step) {
    case 'take-node':
      return takeNode(ports)(event);
    case 'ensure-eni':
      return ensureEni(ports)(event);
    case 'detach-eni':
      return detachEni(ports)(event);
    case 'attach-eni':
      return attachEni(ports)(event);
    case 'associate-eip':
      return associateEip(ports)(event);
    case 'launch-instance':
      return launchInstance(ports)(event);
    case 'terminate-instance':
      return terminateInstance(ports)(event);
    case 'await-instance':
      return awaitInstance(ports)(event);
    case 'confirm-node':
      return confirmNode(ports)(event);
    case 'start-next':
      return startNext(ports)(event);
    case 'fail-operation':
      return failOperation(ports)(event);
  }
}
