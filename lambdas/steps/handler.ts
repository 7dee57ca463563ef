/**
 * The function that carries every step of a replacement: one function, so that a replacement meets one cold
 * start at the most, and none while the address is away. Each step stands in a file of its own.
 */
import { createPorts } from '../adapters/create-ports';
import type { Ports } from '../ports';
import { lambdaHandler, type CreateHandler, type Runtime } from '../runtime';
import { applySettings } from './apply-settings';
import { associateEip } from './associate-eip';
import { attachEni } from './attach-eni';
import { awaitInstance } from './await-instance';
import { confirmNode } from './confirm-node';
import { detachEni } from './detach-eni';
import { ensureEni } from './ensure-eni';
import { failOperation } from './fail-operation';
import { launchInstance } from './launch-instance';
import { describeError, describeOutcome, type Line, type Output } from '../narrative';
import { stepEvent, type StepEvent } from '../step-event';
import { releaseIdentity } from './release-identity';
import { settlePause } from './settle-pause';
import { takeNode } from './take-node';
import { terminateInstance } from './terminate-instance';
import { windUp } from './wind-up';

export const createHandler: CreateHandler = (runtime) => {
  const ports = createPorts(runtime);
  return async (event) => {
    const parsed = stepEvent.parse(event);
    try {
      const output = { ...(await run(ports, parsed)) } as Output;
      runtime.log({ ...about(parsed), output });
      await tell(runtime, ports, nodeIdIn(parsed, output), describeOutcome(parsed, output));
      return output;
    } catch (error) {
      runtime.log({ ...about(parsed), error: String(error) });
      await tell(runtime, ports, nodeIdIn(parsed), describeError(parsed, error));
      throw error;
    }
  };
};

export const handler = lambdaHandler(createHandler);

function about(event: StepEvent): Readonly<Record<string, unknown>> {
  return { step: event.step, nodeId: nodeIdIn(event) };
}

/** The first step learns only by its outcome which node it works for; where it is none of ours, there is no log. */
function nodeIdIn(event: StepEvent, output: Readonly<Record<string, unknown>> = {}): string | undefined {
  if ('nodeId' in event) return event.nodeId;
  return typeof output.nodeId === 'string' ? output.nodeId : undefined;
}

/** The step's own outcome decides what happens next, whether or not the node log can be written. */
async function tell(
  runtime: Runtime,
  { log, time }: Ports,
  nodeId: string | undefined,
  line: Line | undefined,
): Promise<void> {
  if (nodeId === undefined || line === undefined) return;
  const [written] = await Promise.allSettled([log.append(nodeId, { createdAt: time.now().toISOString(), ...line })]);
  if (written.status === 'rejected') runtime.log({ nodeId, line, error: String(written.reason) });
}

async function run(ports: Ports, event: StepEvent): Promise<object> {
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
      await awaitInstance(ports)(event);
      return {};
    case 'confirm-node':
      return confirmNode(ports)(event);
    case 'settle-pause':
      return settlePause(ports)(event);
    case 'apply-settings':
      return applySettings(ports)(event);
    case 'release-identity':
      return releaseIdentity(ports)(event);
    case 'wind-up':
      return windUp(ports)(event);
    case 'fail-operation':
      return failOperation(ports)(event);
  }
}
