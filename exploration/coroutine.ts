/**
 * Runs a function of Holdfast up to its next call. A half-run function is what it was called with and the answers to the
 * calls so far: it is run again from its beginning, gets the same answers, and stops at the first call without one. The
 * real code therefore needs no change to be stopped at every call.
 *
 * Calls that a function makes at the same time are answered one after the other, in the order in which it makes them.
 */
import { IDLE, permitAtOnce } from '../domain/throttling/turns';
import { STEP_MS } from '../lambdas/operation/ask-once-and-poll';
import type { ApiPorts } from '../lambdas/ports';
import { exploredAccount } from './account';

export interface Call {
  readonly port: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

export type Answer = ({ readonly value: unknown } | { readonly error: unknown }) & {
  /** When it was given; ISO 8601, UTC. */
  readonly at: string;
};

export type Progress =
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'done'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly error: Error };

export interface Begun {
  readonly run: (ports: ApiPorts) => Promise<unknown>;
  /** What the function takes for the time until its first answer; ISO 8601, UTC. */
  readonly startedAt: string;
  /** What it gets if it asks for a random number. */
  readonly random: string;
}

/** The name of the deployment. */
export const DEPLOYMENT = 'Holdfast';
/** Its name says nothing: no fleet is launched here. */
const TEMPLATE = 'holdfast-template';

export const SLEEP: Call = { port: 'time', method: 'sleep', args: [] };

type Take = (call: Call) => Promise<unknown>;

export function resume({ run, startedAt, random }: Begun, answers: readonly Answer[]): Promise<Progress> {
  return new Promise((report) => {
    let asked = 0;
    let now = startedAt;
    const take: Take = async (call) => {
      const answer = answers[asked];
      asked += 1;
      if (answer === undefined) {
        report({ kind: 'call', call });
        return forever();
      }
      now = answer.at;
      if ('error' in answer) throw answer.error;
      return answer.value;
    };
    run(portsOn(take, () => new Date(now), random)).then(
      (output) => report({ kind: 'done', output }),
      (error: unknown) => report({ kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) }),
    );
  });
}

function forever(): Promise<never> {
  return new Promise(() => undefined);
}

/** No world has a person who looks at these lists. */
const noList = () => Promise.resolve([]);
const noLists: ApiPorts['accountLists'] = {
  regions: noList,
  zones: noList,
  vpcs: noList,
  subnets: noList,
  addresses: noList,
  images: noList,
  securityGroups: noList,
  keyPairs: noList,
  instanceTypes: noList,
  spotPrices: noList,
};

function portsOn(take: Take, now: () => Date, random: string): ApiPorts {
  return {
    instances: portOn('instances', take),
    originals: portOn('originals', take),
    interfaces: portOn('interfaces', take),
    elasticIps: portOn('elasticIps', take),
    fleet: portOn('fleet', take),
    // EC2 has no volumes here, so the lists of volumes are no points of interleaving.
    volumes: {
      observe: async () => undefined,
      ofNode: async () => [],
      left: async () => [],
      delete: async () => undefined,
    },
    // Every turn has come, so nothing is launched from a template.
    templates: {
      nameFor: () => TEMPLATE,
      make: async () => undefined,
      ofNode: async () => [],
      delete: async () => true,
      launch: async () => ({ kind: 'unusable', code: 'InvalidParameterValue', message: 'there are no fleets here' }),
    },
    nodes: portOn('nodes', take),
    migrations: portOn('migrations', take),
    claims: portOn('claims', take),
    tags: portOn('tags', take),
    index: portOn('index', take),
    waitingTasks: portOn('waitingTasks', take),
    operations: portOn('operations', take),
    prices: portOn('prices', take),
    executionHistory: { visits: async () => [] },
    instanceMetrics: { read: async () => new Map() },
    account: exploredAccount,
    deployment: DEPLOYMENT,
    // Nothing is decided from the log and the usage records, so they are no points of interleaving.
    log: { append: async () => undefined, read: async () => ({ entries: [], nextToken: undefined }) },
    accountLists: noLists,
    instanceRoleArns: [],
    listing: { tag: async () => undefined, list: async () => ({ nodes: [], isLast: true, tag: '' }) },
    history: { write: async () => undefined, list: async () => ({ records: [] }) },
    usage: { begin: async () => undefined, end: async () => undefined, list: async () => [] },
    missingAddresses: { read: async () => ({}), replace: async () => undefined },
    // Every turn has come, and no pool is dry: the pacer and the memory only delay calls, which happens here at every call.
    pacer: {
      level: async () => IDLE,
      take: async (_action, at) => permitAtOnce(at),
      takeIfSoon: async (_action, at) => permitAtOnce(at),
      jump: async (_action, at) => permitAtOnce(at),
      turnAt: async (_action, _permit, at) => at,
      refused: async () => undefined,
    },
    dryPools: { note: async () => undefined, read: async () => [] },
    measure: () => undefined,
    // The table is never in doubt: the fault simulation loses it.
    ownership: {
      doubt: async () => undefined,
      identity: async () => ({ deployment: DEPLOYMENT, tableName: 'Nodes', createdAt: now().toISOString() }),
      establish: async () => undefined,
      adopt: async () => undefined,
      halt: async () => undefined,
    },
    time: {
      now,
      // A longer sleep is a limit on how long EC2 may take. EC2 answers in no time here.
      sleep: async (delayMs) => {
        if (delayMs > STEP_MS) return forever();
        await take(SLEEP);
      },
    },
    randomHex: (digits) => random.padStart(digits, '0'),
  };
}

/** A port whose every method is a call. */
function portOn<Name extends keyof ApiPorts>(port: Name, take: Take): ApiPorts[Name] {
  return new Proxy(Object.create(null) as ApiPorts[Name] & object, {
    get:
      (_target, method) =>
      (...args: readonly unknown[]) =>
        take({ port, method: String(method), args }),
  });
}
