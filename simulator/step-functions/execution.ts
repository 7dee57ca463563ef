/** An execution of a state machine, and what it went through. */
import type { Json } from '../json';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface HistoryEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly state: string;
  readonly type: 'entered' | 'exited' | 'failed' | 'retried' | 'caught';
  readonly input?: Json;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  /** For a retry: the attempt number of its retrier, from 1. */
  readonly attempt?: number;
  /** For a retry: the index of its retrier in the state's `Retry`. */
  readonly retrier?: number;
  /** For a caught error: the next state. */
  readonly next?: string;
  /** For a caught error: the index of its catcher in the state's `Catch`. */
  readonly catcher?: number;
}

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly input: Json;
  readonly startedAt: number;
  readonly stoppedAt?: number;
  readonly status: ExecutionStatus;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  readonly history: readonly HistoryEntry[];
}
