/**
 * The control plane in one process: the resources of the synthesised template, wired as CloudFormation would wire them,
 * on simulated services and one clock.
 *
 * The wiring is not written twice. Functions, environments, state machines, tables, event patterns and targets, secrets
 * and the API are those of the template.
 */
import { resolve } from 'node:path';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { CreateHandler, Runtime } from '../lambdas/runtime';
import type { Clock } from '../simulator/time/clock';
import type { Authorize } from '../simulator/iam/authorization-request';
import { Random } from '../simulator/time/random';
import { modelledTimes, type DrawTime } from '../simulator/time/modelled-time';
import { LocalApiGateway, type ApiRequest, type ApiResponse } from '../simulator/api-gateway/api-gateway';
import { openDynamoDb, type KeptTables } from '../simulator/dynamodb/dynamodb';
import { EventBus, type Deliver } from '../simulator/event-bridge/event-bus';
import { LocalEventBridge } from '../simulator/event-bridge/event-bridge';
import { executionStatusEvent } from '../simulator/step-functions/execution-events';
import { throughJson, type Json } from '../simulator/json';
import { LocalIam, type AuthorizationDecision } from '../simulator/iam/iam';
import { guarded } from './iam-services';
import { modelledClients } from './modelled-clients';
import { LocalCloudWatch } from './cloud-watch';
import {
  clientsAs,
  crashInvocation,
  currentFunction,
  LocalFunction,
  type FunctionOptions,
  type RuntimeClients,
} from './lambda';
import { Schedules } from '../simulator/event-bridge/schedules';
import { LocalInstanceMetrics } from '../simulator/cloudwatch/instance-metrics';
import { LocalPriceList, type OnDemandPrices } from '../simulator/services/price-list';
import { LocalSecrets } from '../simulator/services/secrets-manager';
import {
  LocalStepFunctions,
  type Execution,
  type ExecutionRecord,
  type HistoryEntry,
} from '../simulator/step-functions/step-functions';
import {
  readTemplate,
  type ControlPlaneDefinition,
  type FunctionDefinition,
  type ScheduleDefinition,
} from '../simulator/cloudformation/template';
import { REGION } from '../simulator/cloudformation/template-values';

/** What the simulated EC2 needs from the control plane. */
export interface Ec2Hooks {
  /** Puts an event on the event bus. */
  readonly emit: (event: unknown) => void;
  /** Ends the function that made the current call, as if its process had crashed. */
  readonly onCrash: () => void;
  /** Returns the role of the function that makes the current call, or undefined for a call outside of functions. */
  readonly callerRoleArn: () => string | undefined;
  /** Evaluates the policies of that role. A call outside of functions is always allowed. */
  readonly authorize: Authorize;
}

/** What the control plane needs from the EC2 that it runs on. */
export interface LocalEc2 {
  readonly client: Pick<EC2Client, 'send'>;
  /** The on-demand prices in the price list, in US dollars. @default - no prices */
  readonly onDemandUsdPerHour?: OnDemandPrices;
}

export interface ControlPlaneOptions<Ec2 extends LocalEc2> {
  readonly clock: Clock;
  /** The seed of all randomness here. The same seed gives the same run. */
  readonly seed: number | string;
  /** Creates the EC2 that the functions call. */
  readonly ec2: (hooks: Ec2Hooks) => Ec2;
  /** A CloudFormation template, as `synthesize()` returns it. */
  readonly template: unknown;
  /** Keeps the tables from one process to the next. @default - they end with this one */
  readonly keptTables?: KeptTables;
  /** Is told the read units of every read of a table. */
  readonly onTableRead?: (units: number) => void;
  /** Called with every successful call of a function to a table, at the time at which the table performs it. */
  readonly onTableCall?: (command: object, output: object) => void;
  /** The API's token. @default - generated, from the seed */
  readonly token?: string;
  /** Executions of an earlier process on the same tables. @default none */
  readonly executions?: readonly ExecutionRecord[];
  /** @default - every event arrives once, after 100 to 500 ms */
  readonly deliver?: Deliver;
  /** Whether the template's schedules run. @default true */
  readonly schedules?: boolean;
  /** Whether new function instances have a cold start. @default false */
  readonly coldStarts?: boolean;
  /**
   * Whether transitions, invocations and calls of other services than EC2 take time, the SDK retries, and DynamoDB limits
   * writes (simulator/time/modelled-time.ts). Cold starts too. @default false
   */
  readonly modelledTime?: boolean;
  /** How long a Step Functions API call takes, in milliseconds. @default 0 */
  readonly stepFunctionsLatencyMs?: number;
  /** How many invocations of each function may run at the same time. @default - any number */
  readonly functionConcurrency?: number;
  /** Receives every line that a function logs. */
  readonly log?: (entry: Readonly<Record<string, unknown>>) => void;
  /** Called at the end of each invocation of a function, with its time in milliseconds, cold start included. */
  readonly onInvocation?: (durationMs: number) => void;
  /** Called when an execution enters, leaves, retries or fails in a state. */
  readonly onHistory?: (execution: Execution, entry: HistoryEntry) => void;
  /** Called when an execution begins, before its starter gets the response, and when it ends. */
  readonly onExecution?: (execution: Execution) => void;
  /** Receives every decision on a call of a role. */
  readonly onDecision?: (decision: AuthorizationDecision) => void;
  /** Loads a function's module. @default - from the project's root */
  readonly loadEntry?: (entry: string) => Promise<{ readonly createHandler: CreateHandler }>;
}

/** An event that a function failed to handle on every attempt. When deployed, it would be in the dead-letter queue. */
export interface UndeliveredEvent {
  readonly at: number;
  readonly functionName: string;
  readonly event: Json;
  readonly error: string;
}

export interface ControlPlane<Ec2> {
  readonly ec2: Ec2;
  readonly dynamodb: Runtime['dynamodb'];
  readonly stepFunctions: LocalStepFunctions;
  readonly eventBridge: LocalEventBridge;
  readonly pricing: Runtime['pricing'];
  readonly undelivered: readonly UndeliveredEvent[];
  readonly cloudWatch: LocalCloudWatch;
  /** The calls of functions that their role's policies refused. */
  readonly refusals: readonly AuthorizationDecision[];
  /** The names of the template's tables. */
  readonly tableNames: readonly string[];
  /** Puts an event on the event bus, as EC2 and other services do. */
  publish(event: unknown): void;
  /**
   * Sends a request to the API, as a client would over HTTP.
   * @throws Error if the template has no API
   */
  request(request: ApiRequest): Promise<ApiResponse>;
  /**
   * The clients of a function. Their calls are made with the function's role.
   * @param functionId its logical id, or a part that is unique among the functions
   */
  clientsOf(functionId: string): RuntimeClients;
  /** The environment variables of a function. @param functionId as above */
  environmentOf(functionId: string): Runtime['environment'];
  /**
   * Invokes a function and returns its result.
   * @param functionId its logical id, or a part that is unique among the functions, like `WakeWaiter`
   * @throws FunctionFailed
   */
  invoke(functionId: string, payload: unknown): Promise<Json>;
  /**
   * Runs a schedule's function now, and returns its result.
   * @param scheduleId the rule's logical id, or a part that is unique among the schedules
   * @throws FunctionFailed
   */
  runSchedule(scheduleId: string): Promise<Json>;
  /**
   * Stops an execution: no further step starts. A running step finishes.
   * @throws ExecutionDoesNotExist
   */
  abort(executionArn: string): void;
  /** @param stateMachineId its logical id, or a part that is unique among the state machines */
  stateMachineArn(stateMachineId: string): string;
  /** Returns the text of a secret. @param secretId its logical id, or a part that is unique among the secrets */
  secret(secretId: string): Promise<string>;
  executions(): readonly Execution[];
  /**
   * Whether an execution or a function is running, or an event is being delivered. If not, only schedules start new
   * work.
   */
  isBusy(): boolean;
  /** Stops every execution and closes the tables. */
  stop(): Promise<void>;
}

/** Lambda's delays before it retries a failed asynchronous invocation: one minute, then two. */
const ASYNC_RETRY_DELAYS_MS = [60_000, 120_000];
const PROJECT_ROOT = resolve(__dirname, '..');

function openTables(
  { clock, keptTables, onTableRead }: ControlPlaneOptions<LocalEc2>,
  { tables }: Pick<ControlPlaneDefinition, 'tables'>,
): ReturnType<typeof openDynamoDb> {
  return openDynamoDb(clock, tables, { kept: keptTables, onRead: onTableRead });
}

interface Services {
  readonly ec2: LocalEc2;
  readonly stepFunctions: LocalStepFunctions;
  readonly secrets: LocalSecrets;
  readonly eventBridge: LocalEventBridge;
  readonly priceList: LocalPriceList;
}

function clientsOn(
  { ec2, stepFunctions, secrets, eventBridge, priceList }: Services,
  dynamodb: RuntimeClients['dynamodb'],
  clock: Clock,
): RuntimeClients {
  return {
    ec2: ec2.client,
    dynamodb,
    sfn: stepFunctions.client,
    secrets: secrets.client,
    events: eventBridge.client,
    pricing: priceList.client,
    cloudwatch: new LocalInstanceMetrics(clock).client,
  };
}

export async function startControlPlane<Ec2 extends LocalEc2>(
  options: ControlPlaneOptions<Ec2>,
): Promise<ControlPlane<Ec2>> {
  const { clock } = options;
  const definition = readTemplate(options.template);
  const random = new Random(`${options.seed}/control-plane`);
  const functions = new Functions();
  const undelivered: UndeliveredEvent[] = [];
  const cloudWatch = new LocalCloudWatch(clock, definition.alarms);
  const publish = (event: unknown): void => bus.publish(event);
  const stepFunctions = openStepFunctions(options, definition, random, functions, publish, cloudWatch);
  const send = async (arn: string, event: unknown): Promise<void> => {
    if (definition.stateMachines.some((machine) => machine.arn === arn)) stepFunctions.start(arn, throughJson(event));
    else await invokeAsynchronously(clock, functions.find(arn), throughJson(event), undelivered, cloudWatch);
  };
  const bus = new EventBus(definition.rules, { clock, random: random.fork('events'), deliver: options.deliver, send });
  const schedules = new Schedules(definition.schedules, { clock, random: random.fork('schedules'), send });
  refuseUnknownTargets(definition);

  const eventBridge = new LocalEventBridge({ clock, random: random.fork('put-events'), publish });
  const secrets = new LocalSecrets(definition.secrets, { random: random.fork('secrets'), generated: options.token });
  const iam = new LocalIam(definition.roles, { onDecision: options.onDecision });
  const authorize = asCurrentFunction(iam);
  const ec2 = options.ec2({ emit: publish, onCrash: crashInvocation, callerRoleArn, authorize });
  const priceList = new LocalPriceList(REGION, (instanceType) => ec2.onDemandUsdPerHour?.(instanceType));
  const database = await openTables(options, definition);
  const dynamodb = observed(database.client, options);
  const simulated = clientsOn({ ec2, stepFunctions, secrets, eventBridge, priceList }, dynamodb, clock);
  const allowed = guarded(simulated, authorize, (taskToken) => stepFunctions.stateMachineOf(taskToken));
  const draw = drawOf(options, random);
  const clients = draw === undefined ? allowed : modelledClients(allowed, { clock, random: random.fork('sdk'), draw });
  await functions.load(options, definition, (each) => ({
    clock,
    random: random.fork(each.logicalId),
    clients,
    invocationMs: draw && (() => draw('warmInvocation')),
    measure: (measurement) => cloudWatch.measure(each, measurement),
    onInvocation: counted(each, cloudWatch, options),
  }));
  const api = openApi(options, definition, random.fork('api'), functions, cloudWatch);
  stepFunctions.restore(options.executions ?? []);
  if (options.schedules ?? true) schedules.start();

  return {
    ec2,
    dynamodb: database.client,
    stepFunctions,
    eventBridge,
    pricing: priceList.client,
    undelivered,
    cloudWatch,
    refusals: iam.refusals(),
    tableNames: definition.tables.map(({ name }) => name),
    publish,
    request: (request) => api.request(request),
    clientsOf: (id) => clientsAs(theOne(definition.functions, id), clients),
    environmentOf: (id) => theOne(definition.functions, id).environment,
    invoke: async (id, payload) => functions.find(arnOf(definition.functions, id)).invoke(throughJson(payload)),
    runSchedule: async (id) => runNow(theOne(definition.schedules, id), schedules, functions),
    abort: (executionArn) => stepFunctions.abort(executionArn),
    stateMachineArn: (id) => arnOf(definition.stateMachines, id),
    secret: (id) => readSecret(secrets, arnOf(definition.secrets, id)),
    executions: () => stepFunctions.executions(),
    isBusy: () => bus.isBusy() || schedules.isBusy() || stepFunctions.isRunning() || functions.areBusy(),
    stop: () => {
      schedules.stop();
      stepFunctions.stop();
      return database.close();
    },
  };
}

function observed(
  client: Runtime['dynamodb'],
  { onTableCall }: Pick<ControlPlaneOptions<LocalEc2>, 'onTableCall'>,
): Runtime['dynamodb'] {
  if (onTableCall === undefined) return client;
  const { send } = client as { send: (...command: readonly object[]) => Promise<object> };
  const seen = async (...command: readonly object[]): Promise<object> => {
    const output = await send.call(client, ...command);
    onTableCall(command[0] as object, output);
    return output;
  };
  return { send: seen };
}

async function readSecret(secrets: LocalSecrets, arn: string): Promise<string> {
  const { SecretString } = await secrets.client.send(new GetSecretValueCommand({ SecretId: arn }));
  return SecretString ?? '';
}

function callerRoleArn(): string | undefined {
  return currentFunction()?.roleArn;
}

function runNow(schedule: ScheduleDefinition, schedules: Schedules, functions: Functions): Promise<Json> {
  return functions.find(schedule.targetArns[0] ?? '').invoke(throughJson(schedules.eventOf(schedule)));
}

/** The same streams for every caller: each draws its own times only. */
function drawOf({ modelledTime }: ControlPlaneOptions<LocalEc2>, random: Random): DrawTime | undefined {
  return modelledTime === true ? modelledTimes(random.fork('modelled-time')) : undefined;
}

/** A call outside of functions, or by a function without a role, stands for a person and is always allowed. */
function asCurrentFunction(iam: LocalIam): Authorize {
  return (request) => {
    const { roleArn, name = '' } = currentFunction() ?? {};
    return roleArn === undefined ? undefined : iam.authorize(roleArn, name, request);
  };
}

/** The functions by ARN. State machines and rules refer to functions that are not loaded yet. */
class Functions {
  private readonly byArn = new Map<string, LocalFunction>();

  find(arn: string): LocalFunction {
    const found = this.byArn.get(arn);
    if (found === undefined) throw new Error(`No function has the ARN ${arn}`);
    return found;
  }

  areBusy(): boolean {
    return [...this.byArn.values()].some((each) => each.isBusy());
  }

  async load(
    {
      loadEntry = loadFromProject,
      modelledTime,
      coldStarts = modelledTime,
      functionConcurrency,
      log,
    }: ControlPlaneOptions<LocalEc2>,
    definition: ControlPlaneDefinition,
    dependencies: (
      definition: FunctionDefinition,
    ) => Pick<FunctionOptions, 'clock' | 'random' | 'clients' | 'invocationMs' | 'measure' | 'onInvocation'>,
  ): Promise<void> {
    for (const each of definition.functions) {
      const { createHandler } = await loadEntry(each.entry);
      const options = { ...dependencies(each), coldStarts, concurrency: functionConcurrency, log };
      this.byArn.set(each.arn, new LocalFunction(each, createHandler, options));
    }
  }
}

function counted(
  definition: FunctionDefinition,
  cloudWatch: LocalCloudWatch,
  { onInvocation }: Pick<ControlPlaneOptions<LocalEc2>, 'onInvocation'>,
): NonNullable<FunctionOptions['onInvocation']> {
  return (outcome, durationMs) => {
    cloudWatch.countInvocation(definition, outcome);
    onInvocation?.(durationMs);
  };
}

function openStepFunctions(
  options: ControlPlaneOptions<LocalEc2>,
  definition: ControlPlaneDefinition,
  random: Random,
  functions: Functions,
  publish: (event: unknown) => void,
  cloudWatch: LocalCloudWatch,
): LocalStepFunctions {
  const { clock, stepFunctionsLatencyMs, onHistory, onExecution } = options;
  const draw = drawOf(options, random);
  const statusEventIds = random.fork('execution-events');
  const stepFunctions = new LocalStepFunctions({
    clock,
    random: random.fork('step-functions'),
    apiLatencyMs: stepFunctionsLatencyMs ?? 0,
    transitionMs: draw && (() => draw('stateTransition')),
    invokeFunction: async (arn, payload) => functions.find(arn).invoke(payload),
    ...(onHistory === undefined ? {} : { onHistory }),
    onExecution: (execution) => {
      onExecution?.(execution);
      if (execution.status === 'FAILED') cloudWatch.countExecutionFailed(execution.stateMachineArn);
      publish(executionStatusEvent(execution, statusEventIds, clock.now()));
    },
  });
  stepFunctions.load(
    definition.stateMachines,
    definition.functions.map(({ arn }) => arn),
  );
  return stepFunctions;
}

function openApi(
  { clock, log }: Pick<ControlPlaneOptions<LocalEc2>, 'clock' | 'log'>,
  { api }: ControlPlaneDefinition,
  random: Random,
  functions: Functions,
  cloudWatch: LocalCloudWatch,
): Pick<LocalApiGateway, 'request'> {
  if (api === undefined) return { request: () => Promise.reject(new Error('The template has no API')) };
  const gateway = new LocalApiGateway(api, {
    clock,
    random,
    invoke: async (arn, event) => {
      try {
        return await functions.find(arn).invoke(event);
      } catch (error) {
        // API Gateway tells the caller nothing, so the log must.
        const { requestId } = (event as { readonly requestContext: { readonly requestId: string } }).requestContext;
        log?.({ level: 'ERROR', message: 'the function of the API failed', apiRequestId: requestId, error });
        throw error;
      }
    },
  });
  return {
    request: async (request) => {
      const response = await gateway.request(request);
      cloudWatch.countResponse(api, response.status);
      return response;
    },
  };
}

async function loadFromProject(entry: string): Promise<{ readonly createHandler: CreateHandler }> {
  return (await import(resolve(PROJECT_ROOT, entry))) as { createHandler: CreateHandler };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
async function invokeAsynchronously(
  clock: Clock,
  target: LocalFunction,
  event: Json,
  undelivered: UndeliveredEvent[],
  cloudWatch: LocalCloudWatch,
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await target.invoke(event);
      return;
    } catch (error) {
      const delayMs = attempt < target.definition.asyncRetries ? ASYNC_RETRY_DELAYS_MS[attempt] : undefined;
      if (delayMs === undefined) {
        const { message } = error as Error;
        undelivered.push({ at: clock.now(), functionName: target.definition.name, event, error: message });
        cloudWatch.countUndelivered(target.definition);
        return;
      }
      await clock.sleep(delayMs);
    }
  }
}

function refuseUnknownTargets({ functions, stateMachines, rules, schedules }: ControlPlaneDefinition): void {
  const known = [...functions, ...stateMachines].map(({ arn }) => arn);
  const unknown = [...rules, ...schedules].flatMap(({ targetArns }) => targetArns).find((arn) => !known.includes(arn));
  if (unknown !== undefined) throw new Error(`A rule's target must be a function or a state machine: ${unknown}`);
}

function arnOf(resources: readonly { readonly logicalId: string; readonly arn: string }[], id: string): string {
  return theOne(resources, id).arn;
}

function theOne<T extends { readonly logicalId: string }>(resources: readonly T[], id: string): T {
  const exact = resources.filter(({ logicalId }) => logicalId === id);
  const found = exact.length > 0 ? exact : resources.filter(({ logicalId }) => logicalId.includes(id));
  if (found.length === 1) return found[0]!;
  throw new Error(
    `${id} matches ${found.length} resources instead of one: ${resources.map(({ logicalId }) => logicalId).join(', ')}`,
  );
}
