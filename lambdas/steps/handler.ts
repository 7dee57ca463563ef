/**
 * The one function that runs every step of every operation. So a replacement has at most one cold start, and none while
 * the address is detached. Each step has its own file.
 */
import { createPorts, type PortClients, type PortRuntime } from '../adapters/create-ports';
import { portClients } from '../clients';
import type { InstanceSighting, LoggedStep } from '../../domain/node/node-log';
import type { Ports } from '../ports';
import { lambdaHandler, type CreateHandler } from '../runtime';
import type { Fields } from '../monitoring/log';
import { describeError, isTriedAgain, type LogLine } from './log-lines';
import { stepEvent, type StepEvent } from './step-event';
import { runStep, withWindUp } from './steps';

export const createHandler: CreateHandler<PortClients> = (runtime) => {
  const ports = createPorts(runtime);
  const { log } = runtime;
  const run = async (parsed: StepEvent): Promise<object> => {
    log.about(subjectOf(parsed));
    try {
      const { output, line } = await runStep(ports, parsed);
      log.about(nodeIn(output));
      log.info('step done', { output });
      await tell(runtime, ports, nodeIdIn(parsed, output), line, {
        ...visitOf(parsed, output),
        outcome: 'taskToken' in parsed ? 'waits' : 'done',
      });
      return output;
    } catch (error) {
      if (isTriedAgain(error)) log.info('step to be tried again', { error });
      else log.warn('step failed', { error });
      await tell(runtime, ports, nodeIdIn(parsed), describeError(parsed.step, error), {
        ...visitOf(parsed),
        outcome: isTriedAgain(error) ? 'retried' : 'failed',
        errorName: error instanceof Error ? error.name : undefined,
      });
      throw error;
    }
  };
  return async (event) => withWindUp(stepEvent.parse(event), run);
};

export const handler = lambdaHandler(createHandler, portClients);

function subjectOf(event: StepEvent): Fields {
  const { step, operation, executionId } = event;
  if (event.step === 'take-node') return { step, operation, executionId };
  return { step, operation, executionId, nodeId: event.nodeId, generation: event.generation };
}

/** The first step learns from its output which node it is, and the number of its operation. */
function nodeIn(output: object): Fields {
  return {
    ...('nodeId' in output && { nodeId: output.nodeId }),
    ...('generation' in output && { generation: output.generation }),
  };
}

/** If the instance is not ours, there is no node log to write. */
function nodeIdIn(event: StepEvent, output: object = {}): string | undefined {
  if ('nodeId' in event) return event.nodeId;
  return 'nodeId' in output && typeof output.nodeId === 'string' ? output.nodeId : undefined;
}

/** Without a generation if the step has taken no operation. */
function visitOf(
  event: StepEvent,
  output: object = {},
): Pick<LoggedStep, 'name' | 'stateName' | 'enteredAt'> & {
  readonly generation: number | undefined;
} {
  const { step: name, stateName, enteredAt } = event;
  const generation = 'generation' in event ? event.generation : undefined;
  const taken = 'generation' in output && typeof output.generation === 'number' ? output.generation : undefined;
  return { name, stateName, enteredAt, generation: generation ?? taken };
}

/** The step's own outcome decides what happens next, whether or not the node log can be written. */
async function tell(
  runtime: PortRuntime,
  { log, time }: Ports,
  nodeId: string | undefined,
  line: LogLine | undefined,
  { generation, ...visit }: Omit<LoggedStep, 'generation'> & { readonly generation: number | undefined },
): Promise<void> {
  if (nodeId === undefined || line === undefined) return;
  const createdAt = time.now().toISOString();
  const { seen = [], severity, message } = line;
  const sightings = seen.map((each): InstanceSighting => ({ at: createdAt, ...each }));
  const step = generation !== undefined && { ...visit, generation, ...(seen.length > 0 && { seen: sightings }) };
  const entry = { createdAt, severity, message, ...(step !== false && { step }) };
  const [written] = await Promise.allSettled([log.append(nodeId, entry)]);
  if (written.status === 'rejected') runtime.log.warn('node log not written', { line, error: written.reason });
}
