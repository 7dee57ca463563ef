/**
 * Lambda, simulated in this process. A function's module runs with the environment of the template and with simulated
 * clients. It receives and returns JSON, has a time limit, and can crash.
 *
 * A crash or a timeout ends the instance, as when Lambda kills the execution environment. The promises that the handler
 * still waits for never settle, so none of its code runs after that.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { types } from 'node:util';
import type { Fields, Log } from '../lambdas/monitoring/log';
import type { Measure } from '../lambdas/ports';
import type { CreateHandler, Runtime } from '../lambdas/runtime';
import type { Clock } from '../simulator/time/clock';
import type { Random } from '../simulator/time/random';
import { throughJson, type Json } from '../simulator/json';
import type { FunctionDefinition } from '../simulator/cloudformation/template';

/** The clients of the functions' code. All functions share them. */
export type RuntimeClients = Pick<
  Runtime,
  'ec2' | 'dynamodb' | 'sfn' | 'secrets' | 'events' | 'pricing' | 'cloudwatch'
>;

export interface FunctionOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly clients: RuntimeClients;
  /** Whether a new instance has a cold start: typically 0.3 to 0.5 s, at most 1.5 s. @default false */
  readonly coldStarts?: boolean | undefined;
  /** How long the next invocation takes beyond its calls, in milliseconds. @default 0 */
  readonly invocationMs?: (() => number) | undefined;
  readonly log?: ((entry: Fields) => void) | undefined;
  readonly measure?: Measure | undefined;
  /** How many invocations of the function may run at the same time. @default - any number */
  readonly concurrency?: number | undefined;
  /** Called at the end of each invocation, with its time in milliseconds, and for each that is throttled. */
  readonly onInvocation?: ((outcome: InvocationOutcome, durationMs: number) => void) | undefined;
}

export type InvocationOutcome = 'succeeded' | 'failed' | 'throttled';

/**
 * A failed invocation, as Step Functions reports it. `name` is the Error and `message` is the Cause: JSON with
 * `errorType`, `errorMessage` and, for an error that the code threw, `trace`.
 */
export class FunctionFailed extends Error {
  constructor(
    readonly errorType: string,
    errorMessage: string,
    trace?: readonly string[],
  ) {
    super(JSON.stringify({ errorType, errorMessage, ...(trace === undefined ? {} : { trace }) }));
    this.name = errorType;
  }
}

/** Lambda's error types for a call that it refuses, a process that exited, and one that reached its time limit. */
const THROTTLED = 'Lambda.TooManyRequestsException';
const EXITED = 'Runtime.ExitError';
const TIMED_OUT = 'Sandbox.Timedout';

/** Third-party measurements: typically 0.4 s for Node with a bundled SDK, at worst 1.5 s. */
const COLD_START_MS = { least: 300, typical: 500, worst: 1_500, shareOfSlow: 0.05 };
/** Lambda keeps an idle instance for some minutes. It does not document how many. */
const IDLE_INSTANCE_LIFETIME_MS = 10 * 60_000;

const never = (): Promise<never> => new Promise(() => {});

/** An invocation in progress. */
interface Invocation {
  readonly crash: () => void;
  readonly definition: FunctionDefinition;
}

const current = new AsyncLocalStorage<Invocation>();

/** Ends the invocation that the caller runs in, as if its process had crashed. @throws if there is none */
export function crashInvocation(): void {
  const invocation = current.getStore();
  if (invocation === undefined)
    throw new Error('There is no invocation to crash: the caller does not run inside of a function');
  invocation.crash();
}

/** Returns the function that the caller runs in, or undefined outside of functions. */
export function currentFunction(): FunctionDefinition | undefined {
  return current.getStore()?.definition;
}

/** Returns what stands for the invocation that the caller runs in: an object of its own. Undefined outside of invocations. */
export function currentInvocationKey(): object | undefined {
  return current.getStore();
}

/** Returns clients for the function's code outside of an invocation. Every call is made with the function's role. */
export function clientsAs(definition: FunctionDefinition, clients: RuntimeClients): RuntimeClients {
  const crash = (): never => {
    throw new Error(`${definition.name} runs outside of an invocation, so it cannot crash`);
  };
  const as = <Client extends object>(client: Client): Client => {
    const inner = client as { send: (...command: readonly unknown[]) => Promise<unknown> };
    const send = (...command: readonly unknown[]) => current.run({ crash, definition }, () => inner.send(...command));
    return { send } as unknown as Client;
  };
  const { ec2, dynamodb, sfn, secrets, events, pricing, cloudwatch } = clients;
  return {
    ec2: as(ec2),
    dynamodb: as(dynamodb),
    sfn: as(sfn),
    secrets: as(secrets),
    events: as(events),
    pricing: as(pricing),
    cloudwatch: as(cloudwatch),
  };
}

/** One execution environment: created by a cold start, used by one invocation at a time. */
class Instance {
  idleSince = 0;
  private killed = false;
  private subject: Fields = {};
  readonly handle: (event: unknown) => Promise<unknown>;

  constructor(createHandler: CreateHandler, environment: Runtime['environment'], options: FunctionOptions) {
    const { ec2, dynamodb, sfn, secrets, events, pricing, cloudwatch } = options.clients;
    this.handle = createHandler({
      environment,
      ec2: this.whileAlive(ec2),
      dynamodb: this.whileAlive(dynamodb),
      sfn: this.whileAlive(sfn),
      secrets: this.whileAlive(secrets),
      events: this.whileAlive(events),
      pricing: this.whileAlive(pricing),
      cloudwatch: this.whileAlive(cloudwatch),
      time: {
        now: () => new Date(options.clock.now()),
        sleep: (delayMs) => this.settleWhileAlive(() => options.clock.sleep(delayMs)),
      },
      randomHex: (digits) => options.random.hex(digits),
      log: this.logTo(options),
      measure: (measurement) => {
        if (this.isAlive()) options.measure?.(measurement);
      },
    });
  }

  /** Forgets what earlier invocations were about. */
  begin(requestId: string): void {
    this.subject = { function_request_id: requestId };
  }

  /** Lines with the fields that Lambda's own have, so that a query finds the same in both. */
  private logTo({ log, clock }: FunctionOptions): Log {
    const write =
      (level: string) =>
      (message: string, fields: Fields = {}) => {
        const timestamp = new Date(clock.now()).toISOString();
        if (this.isAlive()) log?.({ level, message, timestamp, ...this.subject, ...fields });
      };
    return {
      about: (fields) => void (this.subject = { ...this.subject, ...fields }),
      info: write('INFO'),
      warn: write('WARN'),
      error: write('ERROR'),
    };
  }

  isAlive(): boolean {
    return !this.killed;
  }

  kill(): void {
    this.killed = true;
  }

  private whileAlive<Client extends { send: unknown }>(client: Client): Client {
    const { send } = client as unknown as { send: (...command: readonly unknown[]) => Promise<unknown> };
    const limited = (...command: readonly unknown[]): Promise<unknown> =>
      this.settleWhileAlive(() => send.call(client, ...command));
    return { send: limited } as unknown as Client;
  }

  private async settleWhileAlive<T>(call: () => Promise<T>): Promise<T> {
    if (!this.isAlive()) return never();
    try {
      const result = await call();
      return this.isAlive() ? result : await never();
    } catch (error) {
      if (!this.isAlive()) return never();
      throw error;
    }
  }
}

export class LocalFunction {
  private readonly idle: Instance[] = [];
  private underWay = 0;

  constructor(
    readonly definition: FunctionDefinition,
    private readonly createHandler: CreateHandler,
    private readonly options: FunctionOptions,
  ) {}

  isBusy(): boolean {
    return this.underWay > 0;
  }

  /** @throws FunctionFailed */
  async invoke(payload: Json): Promise<Json> {
    const { concurrency = Infinity, onInvocation } = this.options;
    if (this.underWay >= concurrency) {
      onInvocation?.('throttled', 0);
      throw new FunctionFailed(THROTTLED, 'Rate Exceeded.');
    }
    this.underWay += 1;
    const startedAt = this.options.clock.now();
    const end = (outcome: InvocationOutcome): void => onInvocation?.(outcome, this.options.clock.now() - startedAt);
    try {
      const instance = this.takeIdle() ?? (await this.start());
      await this.pass(this.options.invocationMs?.() ?? 0);
      const result = await this.run(instance, throughJson(payload)).finally(() => this.putBack(instance));
      end('succeeded');
      return throughJson(result);
    } catch (error) {
      end('failed');
      throw error;
    } finally {
      this.underWay -= 1;
    }
  }

  private async pass(durationMs: number): Promise<void> {
    if (durationMs > 0) await this.options.clock.sleep(durationMs);
  }

  private takeIdle(): Instance | undefined {
    const oldest = this.options.clock.now() - IDLE_INSTANCE_LIFETIME_MS;
    const instance = this.idle.pop();
    return instance !== undefined && instance.idleSince >= oldest ? instance : undefined;
  }

  private putBack(instance: Instance): void {
    instance.idleSince = this.options.clock.now();
    if (instance.isAlive()) this.idle.push(instance);
  }

  private async start(): Promise<Instance> {
    if (this.options.coldStarts === true) await this.options.clock.sleep(this.coldStartMs());
    return new Instance(this.createHandler, this.definition.environment, this.options);
  }

  private coldStartMs(): number {
    const { random } = this.options;
    const { least, typical, worst, shareOfSlow } = COLD_START_MS;
    const isSlow = random.next() < shareOfSlow;
    return Math.round(isSlow ? random.between(typical, worst) : random.between(least, typical));
  }

  private run(instance: Instance, payload: Json): Promise<unknown> {
    const requestId = [8, 4, 4, 4, 12].map((digits) => this.options.random.hex(digits)).join('-');
    const { definition } = this;
    const { timeoutSeconds } = definition;
    return new Promise((resolve, reject) => {
      const kill = (errorType: string, what: string): void => {
        instance.kill();
        this.options.clock.clearTimeout(timer);
        reject(new FunctionFailed(errorType, `RequestId: ${requestId} Error: ${what}`));
      };
      const timer = this.options.clock.setTimeout(
        () => kill(TIMED_OUT, `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`),
        timeoutSeconds * 1000,
      );
      const crash = (): void => kill(EXITED, 'Runtime exited with error: exit status 1');
      void current
        .run({ crash, definition }, async () => {
          instance.begin(requestId);
          return instance.handle(payload);
        })
        .then(resolve, (error: unknown) => reject(thrown(error)))
        .finally(() => this.options.clock.clearTimeout(timer));
    });
  }
}

/** Reports an error as Lambda's Node runtime does. */
function thrown(error: unknown): FunctionFailed {
  if (!isError(error)) return new FunctionFailed(typeof error, String(error), []);
  return new FunctionFailed(error.name, error.message, (error.stack ?? '').split('\n'));
}

/** An error may come from another realm, so `instanceof` is not enough. */
function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}
