/**
 * The state-machine engine (`aws-local-stepfunctions`), running on our clock and our randomness.
 *
 * The engine uses the global timers, `Date`, `Math.random` and `Promise.withResolvers`, and has no option to replace
 * them. Its one file is therefore compiled here as a function whose parameters have those names. No global is patched:
 * everything else in the process keeps wall time, and two control planes with different clocks can run side by side.
 *
 * Gotchas:
 * - We compile with `Function`, not with `vm.compileFunction`. The latter makes objects in the main realm even inside a
 *   test runner's sandbox. The engine recognises plain objects by their prototype, so payload templates would stay
 *   unevaluated there.
 * - The AWS clients that the engine loads for real Lambda calls, and its own copy of the validator, are left out. We
 *   perform every task ourselves, and `asl-check.ts` has checked the definitions.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Clock, Timer } from '../time/clock';
import type { Random } from '../time/random';
import type { Json } from '../json';

/** The engine's own events: the fields that the history needs. */
export interface EngineEvent {
  readonly type: string;
  /** Milliseconds since the epoch, on our clock. */
  readonly timestamp: number;
  readonly state?: { readonly name: string; readonly type: string; readonly input?: Json; readonly output?: Json };
  readonly Error?: string;
  readonly Cause?: string;
  /** `retrier` is the object in the definition that the engine runs. */
  readonly retry?: { readonly retrier: unknown; readonly attempt: number };
  /** `catcher` is the object in the definition that the engine runs. */
  readonly catch?: { readonly catcher: { readonly Next: string } };
}

export interface EngineRun {
  abort(): void;
  readonly eventLogs: AsyncIterable<EngineEvent>;
  /**
   * Rejects with an error whose `cause` is the error that ended the execution, or with an error named
   * `ExecutionAbortedError`.
   */
  readonly result: Promise<Json>;
}

export interface Engine {
  readonly StateMachine: new (
    definition: unknown,
    options: { validationOptions: { noValidate: true } },
  ) => {
    run(
      input: Json,
      options: {
        context: unknown;
        overrides: { taskResourceLocalHandlers: Readonly<Record<string, (input: Json) => Promise<Json>>> };
      },
    ): EngineRun;
  };
}

const LEFT_OUT = new Set(['@aws-sdk/client-lambda', '@aws-sdk/credential-providers', 'asl-validator']);
const PARAMETERS = ['module', 'exports', 'require', 'setTimeout', 'clearTimeout', 'Date', 'Math', 'Promise'];

type CompiledEngine = (...values: readonly unknown[]) => void;
let compiled: { readonly run: CompiledEngine; readonly require: NodeJS.Require } | undefined;

/** Returns a separate engine for a clock. The source is compiled once per process. */
export function loadEngine(clock: Clock, random: Random): Engine {
  compiled ??= compileEngine();
  const { run, require: engineRequire } = compiled;
  const module = { exports: {} };
  run(
    module,
    module.exports,
    (name: string) => (LEFT_OUT.has(name) ? {} : (engineRequire(name) as unknown)),
    (callback: () => void, delayMs: number) => clock.setTimeout(callback, delayMs),
    (timer: Timer | undefined) => clock.clearTimeout(timer),
    dateOf(clock),
    mathOf(random),
    PromiseWithResolvers,
  );
  return module.exports as Engine;
}

function compileEngine(): NonNullable<typeof compiled> {
  const path = createRequire(__filename).resolve('aws-local-stepfunctions');
  const source = `${readFileSync(path, 'utf8')}\n//# sourceURL=${path}`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the comment at the top of the file says why
  const run = new Function(...PARAMETERS, source) as CompiledEngine;
  return { run, require: createRequire(path) };
}

function dateOf(clock: Clock): DateConstructor {
  class ClockDate extends Date {
    constructor(...values: [] | [number | string | Date]) {
      super(values.length === 0 ? clock.now() : values[0]);
    }

    static override now(): number {
      return clock.now();
    }
  }
  return ClockDate as unknown as DateConstructor;
}

function mathOf(random: Random): Math {
  return Object.create(Math, { random: { value: () => random.next() } }) as Math;
}

/** `Promise.withResolvers` needs Node 22. One class for all versions keeps the order of events the same. */
class PromiseWithResolvers<T> extends Promise<T> {
  static withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
    let resolve!: (value: T) => void;
    let reject!: (error: Error) => void;
    const promise = new PromiseWithResolvers<T>((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    return { promise, resolve, reject };
  }
}
