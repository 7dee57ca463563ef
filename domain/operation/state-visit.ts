/** A state of a state machine that an execution was in, or is. */
import type { OperationError } from './failure-reason';

export interface StateVisit {
  readonly stateName: string;
  /** ISO 8601, UTC. */
  readonly enteredAt: string;
  /** Absent: the execution is in it, or has ended in it. */
  readonly leftAt?: string | undefined;
  /** How often its task was begun. 0 for a state without a task. */
  readonly attempts: number;
  /** Any JSON value. */
  readonly input: unknown;
  /** Any JSON value. Absent until the state is left. */
  readonly output?: unknown;
  /** Of the last attempt that failed. */
  readonly error?: OperationError | undefined;
}
