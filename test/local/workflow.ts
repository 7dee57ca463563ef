/** A state machine for tests, on virtual time, with a function that the test writes. */
import type { Json } from '../../simulator/json';
import { LocalStepFunctions, type Execution } from '../../simulator/step-functions/step-functions';
import { VirtualClock } from '../../simulator/time/clock';
import { Random } from '../../simulator/time/random';

export const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:Steps';
export const MACHINE_ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:Machine';

export type States = Readonly<Record<string, object>>;

export interface Workflow {
  readonly clock: VirtualClock;
  readonly stepFunctions: LocalStepFunctions;
  /** Starts an execution and runs until everything has ended. */
  run(input?: Json): Promise<Execution>;
}

/** The first state is the start state. */
export function definitionOf(states: States, more: object = {}): string {
  return JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...more });
}

export function workflow(
  states: States,
  invokeFunction: (payload: Json) => Promise<Json> = async () => null,
  more: object = {},
  onExecution: (execution: Execution) => void = () => undefined,
): Workflow {
  const clock = new VirtualClock(0);
  const stepFunctions = new LocalStepFunctions({
    clock,
    random: new Random(1),
    invokeFunction: async (_arn, payload) => invokeFunction(payload),
    onExecution,
  });
  const definition = definitionOf(states, more);
  stepFunctions.load([{ arn: MACHINE_ARN, name: 'Machine', definition }], [FUNCTION_ARN]);
  return {
    clock,
    stepFunctions,
    run: async (input = {}) => {
      const execution = stepFunctions.start(MACHINE_ARN, input);
      await clock.run(() => !stepFunctions.isRunning());
      return execution;
    },
  };
}

/** A task state that invokes the function. */
export function task(more: object = {}, payload: object = {}): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: FUNCTION_ARN, Payload: payload },
    TimeoutSeconds: 10,
    ...('Next' in more ? {} : { End: true }),
    ...more,
  };
}

/** A task state that invokes the function and waits for a callback with its token. */
export function waitingTask(more: object = {}): object {
  return task(
    { Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', ...more },
    { 'taskToken.$': '$$.Task.Token' },
  );
}

export function failure(name: string, message = 'because'): Error {
  return Object.assign(new Error(message), { name });
}

/** When each state was entered, in seconds since the start. */
export function timeline(execution: Execution): readonly string[] {
  return execution.history.map(({ at, state, type }) => `${at / 1000} ${type} ${state}`);
}
