/**
 * The control plane in one process: what the synthesised template describes, wired as CloudFormation would
 * wire it, on simulated services and one clock.
 *
 * Nothing of the wiring is written a second time: functions, environments, state machines, tables, event
 * patterns and targets, secrets and the API are those of the template.
 */
import { resolve } from 'node:path';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { CreateHandler, Runtime } from '../lambdas/runtime';
import type { Clock } from '../simulator/time/clock';
import type { Authorize } from '../simulator/iam/authorization-request';
import { Random } from '../simulator/time/random';
import { LocalApiGateway, type ApiRequest, type ApiResponse } from '../simulator/api-gateway/api-gateway';
import { openDynamoDb } from '../simulator/dynamodb/dynamodb';
import { EventBus, type Deliver } from '../simulator/event-bridge/event-bus';
import { LocalEventBridge } from '../simulator/event-bridge/event-bridge';
import { executionStatusEvent } from '../simulator/step-functions/execution-events';
import { throughJson, type Json } from '../simulator/json';
import { LocalIam, type AuthorizationDecision } from '../simulator/iam/iam';
import { guarded } from './iam-services';
import { clientsAs, crashInvocation, functionUnderWay, LocalFunction, type RuntimeClients } from './lambda';
import { Schedules } from '../simulator/event-bridge/schedules';
import { LocalPriceList, type OnDemandPrices } from '../simulator/services/price-list';
import { LocalSecrets } from '../simulator/services/secrets-manager';
import {
  LocalStepFunctions,
  type Execution,
  type ExecutionRecord,
  type HistoryEntry,
} from '../simulator/step-functions/step-functions';
import { readTemplate, type ControlPlaneDefinition } from '../simulator/cloudformation/template';
import { REGION } from '../simulator/cloudformation/template-values';

/** What the simulated EC2 tells the control plane, and does to it. */
export interface Ec2Hooks {
  /** Puts an event on the bus. */
  readonly emit: (event: unknown) => void;
  /** Ends the function that made the current call, as if its process had died. */
  readonly onCrash: () => void;
  /** The role of the function that makes the current call; undefined for a call from outside of functions. */
  readonly callerRoleArn: () => string | undefined;
  /** Asks the policies of that role; a call from outside of functions may do everything. */
  readonly authorize: Authorize;
}

/** What the control plane needs of the EC2 that it runs on. */
export interface LocalEc2 {
  readonly client: Pick<EC2Client, 'send'>;
  /** What the price list says of an instance type. @default - it has no prices */
  readonly onDemandUsdPerHour?: OnDemandPrices;
}

export interface ControlPlaneOptions<Ec2 extends LocalEc2> {
  readonly clock: Clock;
  /** One seed for everything that is drawn here; the same seed gives the same run. */
  readonly seed: number | string;
  /** Makes the EC2 that everything here calls. */
  readonly ec2: (hooks: Ec2Hooks) => Ec2;
  /** A CloudFormation template, as `synthesize()` makes it. */
  readonly template: unknown;
  /** A folder that keeps the tables. @default - in memory */
  readonly dataPath?: string;
  /** Whether calls of the table skip the SDK's serialisation, for whoever plays thousands of runs. @default false */
  readonly directTables?: boolean;
  /** The API's token. @default - generated, from the seed */
  readonly token?: string;
  /** Executions of an earlier process on the same tables. @default none */
  readonly executions?: readonly ExecutionRecord[];
  /** @default - every event arrives once, after 100 to 500 ms */
  readonly deliver?: Deliver;
  /** Whether what the template has on a schedule happens by itself. @default true */
  readonly schedules?: boolean;
  /** Whether new function instances take their time to start. @default false */
  readonly coldStarts?: boolean;
  /** How long a Step Functions API call takes, in milliseconds. @default 0 */
  readonly stepFunctionsLatencyMs?: number;
  /** Lines that functions log. */
  readonly log?: (entry: Readonly<Record<string, unknown>>) => void;
  /** Told of every state that an execution enters, leaves, retries or fails in. */
  readonly onHistory?: (execution: Execution, entry: HistoryEntry) => void;
  /** Told of every execution that begins, before its starter is, and of every one that ends. */
  readonly onExecution?: (execution: Execution) => void;
  /** Told of everything that a role's policies are asked, and of the answer. */
  readonly onDecision?: (asked: AuthorizationDecision) => void;
  /** Loads a function's module. @default - from the project's root */
  readonly loadEntry?: (entry: string) => Promise<{ readonly createHandler: CreateHandler }>;
}

/** An event that a function failed on at its last try; deployed, it would be in the dead-letter queue. */
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
  /** What functions were refused because no policy of their role allows it. */
  readonly refusals: readonly AuthorizationDecision[];
  /** Of every table of the template. */
  readonly tableNames: readonly string[];
  /** Puts an event on the bus, as EC2 and other services do. */
  publish(event: unknown): void;
  /**
   * Sends the API a request, as a client would by HTTP.
   * @throws Error where the template has no API
   */
  request(request: ApiRequest): Promise<ApiResponse>;
  /**
   * What a function calls with, and as: its own role.
   * @param functionId its logical id, or a part of it that no other function's has
   */
  clientsOf(functionId: string): RuntimeClients;
  /** The environment variables of a function. @param functionId as above */
  environmentOf(functionId: string): Runtime['environment'];
  /**
   * Invokes a function and waits for its answer.
   * @param functionId its logical id, or a part of it that no other function's has, like `WakeWaiter`
   * @throws FunctionFailed
   */
  invoke(functionId: string, payload: unknown): Promise<Json>;
  /**
   * Does now what a schedule does when its time comes, and waits for the function's answer.
   * @param scheduleId the rule's logical id, or a part of it that no other schedule's has
   * @throws FunctionFailed
   */
  runSchedule(scheduleId: string): Promise<Json>;
  /**
   * Stops an execution: no further step of it starts. A step that is in flight goes on to its end.
   * @throws ExecutionDoesNotExist
   */
  abort(executionArn: string): void;
  /** @param stateMachineId its logical id, or a part of it that no other state machine's has */
  stateMachineArn(stateMachineId: string): string;
  /** The text of a secret. @param secretId its logical id, or a part of it that no other secret's has */
  secret(secretId: string): Promise<string>;
  executions(): readonly Execution[];
  /**
   * Whether an execution runs, an event is on its way or a function works: if not, nothing will happen by itself
   * but what is on a schedule.
   */
  isBusy(): boolean;
  /** Stops every execution and closes the tables. */
  stop(): Promise<void>;
}

/** Before Lambda repeats an asynchronous invocation that failed: one minute, then two. */
const ASYNC_RETRY_DELAYS_MS = [60_000, 120_000];
const PROJECT_ROOT = resolve(__dirname, '..');

export async function startControlPlane<Ec2 extends LocalEc2>(
  options: ControlPlaneOptions<Ec2>,
): Promise<ControlPlane<Ec2>> {
  const { clock } = options;
  const definition = readTemplate(options.template);
  const random = new Random(`${options.seed}/control-plane`);
  const functions = new Functions();
  const undelivered: UndeliveredEvent[] = [];
  const publish = (event: unknown): void => bus.publish(event);
  const stepFunctions = openStepFunctions(options, definition, random, functions, publish);
  const isStateMachine = (arn: string): boolean => definition.stateMachines.some((machine) => machine.arn === arn);
  const send = async (arn: string, event: unknown): Promise<void> => {
    if (isStateMachine(arn)) stepFunctions.start(arn, throughJson(event));
    else await invokeAsynchronously(clock, functions.find(arn), throughJson(event), undelivered);
  };
  const bus = new EventBus(definition.rules, { clock, random: random.fork('events'), deliver: options.deliver, send });
  const schedules = new Schedules(definition.schedules, { clock, random: random.fork('schedules'), send });
  refuseUnknownTargets(definition);

  const eventBridge = new LocalEventBridge({ clock, random: random.fork('put-events'), publish });
  const secrets = new LocalSecrets(definition.secrets, { random: random.fork('secrets'), generated: options.token });
  const iam = new LocalIam(definition.roles, { onDecision: options.onDecision });
  const authorize = asFunctionUnderWay(iam);
  const callerRoleArn = () => functionUnderWay()?.roleArn;
  const ec2 = options.ec2({ emit: publish, onCrash: crashInvocation, callerRoleArn, authorize });
  const priceList = new LocalPriceList(REGION, (instanceType) => ec2.onDemandUsdPerHour?.(instanceType));
  const database = await openDynamoDb(clock, definition.tables, options.dataPath, options.directTables);
  const unguarded = {
    ...{ ec2: ec2.client, dynamodb: database.client, sfn: stepFunctions.client },
    ...{ secrets: secrets.client, events: eventBridge.client, pricing: priceList.client },
  };
  const clients = guarded(unguarded, authorize, (taskToken) => stepFunctions.stateMachineOf(taskToken));
  await functions.load(options, definition, (id) => ({ clock, random: random.fork(id), clients }));
  const api = openApi(clock, definition, random.fork('api'), functions);
  stepFunctions.restore(options.executions ?? []);
  if (options.schedules ?? true) schedules.start();

  return {
    ec2,
    dynamodb: database.client,
    stepFunctions,
    eventBridge,
    pricing: priceList.client,
    undelivered,
    refusals: iam.refusals(),
    tableNames: definition.tables.map(({ name }) => name),
    publish,
    request: (request) => api.request(request),
    clientsOf: (id) => clientsAs(theOne(definition.functions, id), clients),
    environmentOf: (id) => theOne(definition.functions, id).environment,
    invoke: async (id, payload) => functions.find(arnOf(definition.functions, id)).invoke(throughJson(payload)),
    runSchedule: async (id) => {
      const schedule = theOne(definition.schedules, id);
      return functions.find(schedule.targetArns[0] ?? '').invoke(throughJson(schedules.eventOf(schedule)));
    },
    abort: (executionArn) => stepFunctions.abort(executionArn),
    stateMachineArn: (id) => arnOf(definition.stateMachines, id),
    secret: async (id) => {
      const command = new GetSecretValueCommand({ SecretId: arnOf(definition.secrets, id) });
      return (await secrets.client.send(command)).SecretString ?? '';
    },
    executions: () => stepFunctions.executions(),
    isBusy: () => bus.isBusy() || schedules.isBusy() || stepFunctions.isRunning() || functions.areBusy(),
    stop: async () => {
      schedules.stop();
      stepFunctions.stop();
      await database.close();
    },
  };
}

/** What is not called from a function, or from one without a role, is a person's doing and may do everything. */
function asFunctionUnderWay(iam: LocalIam): Authorize {
  return (request) => {
    const { roleArn, name = '' } = functionUnderWay() ?? {};
    return roleArn === undefined ? undefined : iam.authorize(roleArn, name, request);
  };
}

/** The functions by ARN. State machines and rules name them before their clients, and so they themselves, exist. */
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
    { loadEntry = loadFromProject, coldStarts, log }: ControlPlaneOptions<LocalEc2>,
    definition: ControlPlaneDefinition,
    surroundings: (
      logicalId: string,
    ) => Pick<ConstructorParameters<typeof LocalFunction>[2], 'clock' | 'random' | 'clients'>,
  ): Promise<void> {
    for (const each of definition.functions) {
      const { createHandler } = await loadEntry(each.entry);
      const options = { ...surroundings(each.logicalId), coldStarts, log };
      this.byArn.set(each.arn, new LocalFunction(each, createHandler, options));
    }
  }
}

function openStepFunctions(
  { clock, stepFunctionsLatencyMs, onHistory, onExecution }: ControlPlaneOptions<LocalEc2>,
  definition: ControlPlaneDefinition,
  random: Random,
  functions: Functions,
  publish: (event: unknown) => void,
): LocalStepFunctions {
  const statusEventIds = random.fork('execution-events');
  const stepFunctions = new LocalStepFunctions({
    clock,
    random: random.fork('step-functions'),
    apiLatencyMs: stepFunctionsLatencyMs ?? 0,
    invokeFunction: async (arn, payload) => functions.find(arn).invoke(payload),
    ...(onHistory === undefined ? {} : { onHistory }),
    onExecution: (execution) => {
      onExecution?.(execution);
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
  clock: Clock,
  { api }: ControlPlaneDefinition,
  random: Random,
  functions: Functions,
): Pick<LocalApiGateway, 'request'> {
  if (api === undefined) return { request: () => Promise.reject(new Error('The template has no API')) };
  return new LocalApiGateway(api, { clock, random, invoke: async (arn, event) => functions.find(arn).invoke(event) });
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
        return;
      }
      await clock.sleep(delayMs);
    }
  }
}

function refuseUnknownTargets({ functions, stateMachines, rules, schedules }: ControlPlaneDefinition): void {
  const known = [...functions, ...stateMachines].map(({ arn }) => arn);
  const unknown = [...rules, ...schedules].flatMap(({ targetArns }) => targetArns).find((arn) => !known.includes(arn));
  if (unknown !== undefined) throw new Error(`A rule's target is neither a function nor a state machine: ${unknown}`);
}

function arnOf(resources: readonly { readonly logicalId: string; readonly arn: string }[], id: string): string {
  return theOne(resources, id).arn;
}

function theOne<T extends { readonly logicalId: string }>(resources: readonly T[], id: string): T {
  const exact = resources.filter(({ logicalId }) => logicalId === id);
  const found = exact.length > 0 ? exact : resources.filter(({ logicalId }) => logicalId.includes(id));
  if (found.length === 1) return found[0]!;
  throw new Error(`${id} means ${found.length}, not one, of ${resources.map(({ logicalId }) => logicalId).join(', ')}`);
}
