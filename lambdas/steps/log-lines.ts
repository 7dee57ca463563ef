/** The lines that steps write to the node log. Each step's file describes its outcome. This file describes failures. */
import { HoldfastError } from '../../domain/errors';
import type { InstanceSighting, LogSeverity } from '../../domain/node/node-log';
import type { Ports } from '../ports';

export interface LogLine {
  readonly severity: LogSeverity;
  readonly message: string;
  /** What the step learned about instances. Without a time, it is that of the line. */
  readonly seen?: readonly Sighting[];
}

export type Sighting = Omit<InstanceSighting, 'at'> & Partial<Pick<InstanceSighting, 'at'>>;

export function info(message: string, ...seen: readonly Sighting[]): LogLine {
  return { severity: 'INFO', message, ...(seen.length > 0 && { seen }) };
}

/** A step's outcome: its output, and its line for the node log. */
export interface Outcome {
  readonly output: object;
  /** Undefined if the node log needs no line. */
  readonly line: LogLine | undefined;
}

export type LoggedStep<Input> = (ports: Ports) => (input: Input) => Promise<Outcome>;

/** A step that writes a line about its output. */
export function logged<Input, Output extends object>(
  run: (ports: Ports) => (input: Input) => Promise<Output>,
  describe: (output: Output) => LogLine | undefined,
): LoggedStep<Input> {
  return (ports) => async (input) => {
    const output = await run(ports)(input);
    return { output, line: describe(output) };
  };
}

/** A step that waits. Its output comes with the task token. Without `describe`, the step after it writes the line. */
export function waits<Input>(
  run: (ports: Ports) => (input: Input) => Promise<void>,
  describe: (input: Input) => LogLine | undefined = () => undefined,
): LoggedStep<Input> {
  return (ports) => async (input) => {
    await run(ports)(input);
    return { output: {}, line: describe(input) };
  };
}

/** A failed step that is retried matters only to a reader who looks for details. */
export function describeError(step: string, error: unknown): LogLine {
  const message = `${step}: ${String(error)}`;
  return isTriedAgain(error)
    ? { severity: 'DEBUG', message: `${message} (trying again)` }
    : { severity: 'WARN', message };
}

/** Whether the state machine retries the step: the same call may succeed in a moment. */
export function isTriedAgain(error: unknown): boolean {
  return error instanceof HoldfastError && error.category === 'transient';
}
