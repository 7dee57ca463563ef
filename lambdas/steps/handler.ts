/**
 * The function that carries every step of a replacement: one function, so that a replacement meets one cold
 * start at the most, and none while the address is away. Each step stands in a file of its own.
 */
import { createPorts } from '../adapters/create-ports';
import type { Ports } from '../ports';
import { lambdaHandler, type CreateHandler, type Runtime } from '../runtime';
import { adoptInstance } from './adopt-instance';
import { applySettings } from './apply-settings';
import { associateEip } from './associate-eip';
import { attachEni } from './attach-eni';
import { awaitInstance } from './await-instance';
import { confirmNode } from './confirm-node';
import { detachEni } from './detach-eni';
import { drainInstance } from './drain-instance';
import { ensureEni } from './ensure-eni';
import { failOperation } from './fail-operation';
import { launchInstance } from './launch-instance';
import { describeError, describeOutcome, type Line, type Output } from './log-lines';
import { stepEvent, type StepEvent } from './step-event';
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

type EventOf<Name extends StepEvent['step']> = Extract<StepEvent, { readonly step: Name }>;

/** Every step by its name, each with the input that its event has. */
const STEPS: { readonly [Name in StepEvent['step']]: (ports: Ports) => (event: EventOf<Name>) => Promise<unknown> } = {
  'take-node': takeNode,
  'adopt-instance': adoptInstance,
  'ensure-eni': ensureEni,
  'detach-eni': detachEni,
  'attach-eni': attachEni,
  'associate-eip': associateEip,
  'launch-instance': launchInstance,
  'drain-instance': drainInstance,
  'terminate-instance': terminateInstance,
  'await-instance': awaitInstance,
  'confirm-node': confirmNode,
  'settle-pause': settlePause,
  'apply-settings': applySettings,
  'release-identity': releaseIdentity,
  'wind-up': windUp,
  'fail-operation': failOperation,
};

/** What a step answers; one that waits answers nothing. */
async function run<Name extends StepEvent['step']>(ports: Ports, event: EventOf<Name>): Promise<object> {
  const step: (ports: Ports) => (event: EventOf<Name>) => Promise<unknown> = STEPS[event.step];
  return { ...((await step(ports)(event)) as object | undefined) };
}
