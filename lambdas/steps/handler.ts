/**
 * The one function that runs every step of every operation. So a replacement has at most one cold start, and none while
 * the address is detached. Each step has its own file.
 */
import { createPorts } from '../adapters/create-ports';
import type { Ports } from '../ports';
import { lambdaHandler, type CreateHandler, type Runtime } from '../runtime';
import { describeError, type LogLine } from './log-lines';
import { stepEvent, type StepEvent } from './step-event';
import { runStep } from './steps';

export const createHandler: CreateHandler = (runtime) => {
  const ports = createPorts(runtime);
  return async (event) => {
    const parsed = stepEvent.parse(event);
    try {
      const { output, line } = await runStep(ports, parsed);
      runtime.log({ ...about(parsed), output });
      await tell(runtime, ports, nodeIdIn(parsed, output), line);
      return output;
    } catch (error) {
      runtime.log({ ...about(parsed), error: String(error) });
      await tell(runtime, ports, nodeIdIn(parsed), describeError(parsed.step, error));
      throw error;
    }
  };
};

export const handler = lambdaHandler(createHandler);

function about(event: StepEvent): Readonly<Record<string, unknown>> {
  return { step: event.step, nodeId: nodeIdIn(event) };
}

/** The first step learns its node only from its output. If the instance is not ours, there is no node log to write. */
function nodeIdIn(event: StepEvent, output: object = {}): string | undefined {
  if ('nodeId' in event) return event.nodeId;
  return 'nodeId' in output && typeof output.nodeId === 'string' ? output.nodeId : undefined;
}

/** The step's own outcome decides what happens next, whether or not the node log can be written. */
async function tell(
  runtime: Runtime,
  { log, time }: Ports,
  nodeId: string | undefined,
  line: LogLine | undefined,
): Promise<void> {
  if (nodeId === undefined || line === undefined) return;
  const [written] = await Promise.allSettled([log.append(nodeId, { createdAt: time.now().toISOString(), ...line })]);
  if (written.status === 'rejected') runtime.log({ nodeId, line, error: String(written.reason) });
}
