/** What a step leaves in the node log: each step's file says it of the step's outcome, and this one of its failure. */
import { HoldfastError } from '../../domain/errors';
import type { LogSeverity } from '../../domain/node/node-log';
import type { Ports } from '../ports';

export interface LogLine {
  readonly severity: LogSeverity;
  readonly message: string;
}

export function info(message: string): LogLine {
  return { severity: 'INFO', message };
}

/** A step's outcome: its output, and what that says in the node log. */
export interface Outcome {
  readonly output: object;
  /** Undefined if a reader of the log would not miss it. */
  readonly line: LogLine | undefined;
}

export type LoggedStep<Input> = (ports: Ports) => (input: Input) => Promise<Outcome>;

/** The step with its line. */
export function logged<Input, Output extends object>(
  run: (ports: Ports) => (input: Input) => Promise<Output>,
  describe: (output: Output) => LogLine | undefined,
): LoggedStep<Input> {
  return (ports) => async (input) => {
    const output = await run(ports)(input);
    return { output, line: describe(output) };
  };
}

/** A step that waits: its output comes with the task token, and the step after it leaves the line. */
export function unlogged<Input>(run: (ports: Ports) => (input: Input) => Promise<void>): LoggedStep<Input> {
  return (ports) => async (input) => {
    await run(ports)(input);
    return { output: {}, line: undefined };
  };
}

/** A failure that is tried again by itself matters only to a reader who looks closely. */
export function describeError(step: string, error: unknown): LogLine {
  const message = `${step}: ${String(error)}`;
  const isTransient = error instanceof HoldfastError && error.category === 'transient';
  return isTransient ? { severity: 'DEBUG', message: `${message} (trying again)` } : { severity: 'WARN', message };
}
