/**
 * Task tokens: one per attempt. A token is valid for one callback, until the attempt ends.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
 */
import type { Clock, Timer } from '../time/clock';
import type { Random } from '../time/random';
import type { Json } from '../json';

interface WaitingTask {
  readonly resolve: (output: Json) => void;
  readonly reject: (error: Error) => void;
  readonly isClosed: () => boolean;
  readonly timer: Timer;
}

/** Throws the API's error: `unknown` if the token was never issued, `spent` if its task has ended. */
export type RefuseToken = (because: 'unknown' | 'spent') => never;

const TOKEN_DIGITS = 64;

export class TaskTokens {
  /** The value is undefined if the token's task has ended, or does not wait yet. */
  private readonly tokens = new Map<string, WaitingTask | undefined>();
  private readonly stateMachineArns = new Map<string, string>();

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  issue(stateMachineArn: string): string {
    const token = this.random.hex(TOKEN_DIGITS);
    this.stateMachineArns.set(token, stateMachineArn);
    this.tokens.set(token, undefined);
    return token;
  }

  /** Returns the state machine that issued a token, or undefined for an unknown token. */
  stateMachineOf(token: string): string | undefined {
    return this.stateMachineArns.get(token);
  }

  /**
   * Settles with the callback. After the timeout it never settles: the engine has its own timer for the same moment and
   * fails the task. The timer here only ensures that a callback at that very moment is too late.
   */
  awaitCallback(token: string, timeoutSeconds: number, isClosed: () => boolean): Promise<Json> {
    return new Promise((resolve, reject) => {
      const timer = this.clock.setTimeout(() => this.spend(token), timeoutSeconds * 1000);
      this.tokens.set(token, { resolve, reject, isClosed, timer });
    });
  }

  /** Makes a token invalid for further callbacks. */
  spend(token: string): void {
    this.clock.clearTimeout(this.tokens.get(token)?.timer);
    this.tokens.set(token, undefined);
  }

  succeed(token: string, output: Json, refuse: RefuseToken): void {
    this.take(token, refuse).resolve(output);
  }

  fail(token: string, error: string, cause: string, refuse: RefuseToken): void {
    this.take(token, refuse).reject(Object.assign(new Error(cause), { name: error }));
  }

  private take(token: string, refuse: RefuseToken): WaitingTask {
    if (!this.tokens.has(token)) return refuse('unknown');
    const task = this.tokens.get(token);
    if (task === undefined || task.isClosed()) return refuse('spent');
    this.spend(token);
    return task;
  }
}
