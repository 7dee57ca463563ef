/** Measures the parts that were asked for, one after another. */
import { synthesizeTemplate } from '../../infra/app';
import { inventoryOf } from '../costs/bill';
import { measureApi } from './api/run';
import type { Summary } from './api/summary';
import { measureBaseline, type Baseline, type BaselineRequest } from './baseline';
import { measureIdle, type IdleCost } from './idle';
import type { BenchRequest, Part } from './options';
import { localServerLoad, type LocalServerLoad } from './local-server';
import { measureReplacements, type ReplacementSummary } from './replacement/summary';
import { reconcileMany, type ReconcilerRun } from './scale';
import { seedCost, type SeedCost } from './seed-cost';
import { codeSizes, type CodeSize } from './start-up';
import { runStorm, stormName, type StormRequest } from './storm/storm';
import { summarizeStorm, type StormSummary } from './storm/summary';

/** What was not asked for is undefined. */
export interface Measured {
  readonly api?: readonly Summary[];
  readonly startUp?: readonly CodeSize[];
  readonly replacements?: readonly ReplacementSummary[];
  readonly storms?: readonly StormSummary[];
  readonly baselines?: readonly Baseline[];
  readonly scale?: readonly ReconcilerRun[];
  readonly idle?: readonly IdleCost[];
  readonly simulation?: readonly SeedCost[];
  readonly local?: readonly LocalServerLoad[];
}

interface Extent {
  readonly requests: number;
  readonly seeds: number;
  readonly storms: readonly StormRequest[];
  readonly baselines: readonly { readonly request: BaselineRequest; readonly seeds: number }[];
  readonly scale: readonly number[];
  readonly idle: readonly number[];
  /** Seeds of the fault simulation. */
  readonly simulation: readonly number[];
  /** Of `npm start`. */
  readonly local: readonly { readonly nodes: number; readonly interrupted: number }[];
}

const storm = (nodes: number, carried: StormRequest['carried'], more: Partial<StormRequest> = {}): StormRequest => ({
  nodes,
  carried,
  hasElasticIps: false,
  isSpotDry: false,
  rateShare: 1,
  seed: 1,
  ...more,
});

const WAITERS = { name: 'one node, waiters of 15 s', nodes: 1, pollMs: 15_000 };
const POLLS = { name: 'one node, polls of 5 s', nodes: 1, pollMs: 5_000 };
const BACK_OFF = (nodes: number): BaselineRequest => ({
  name: `storm of ${nodes}, polls of 5 s and exponential back-off`,
  nodes,
  pollMs: 5_000,
});

const QUICK: Extent = {
  requests: 50,
  seeds: 20,
  storms: [storm(10, 'cold'), storm(10, 'hot'), storm(30, 'cold')],
  baselines: [
    { request: WAITERS, seeds: 20 },
    { request: POLLS, seeds: 20 },
    { request: BACK_OFF(30), seeds: 1 },
  ],
  scale: [1_000, 10_000],
  idle: [100],
  simulation: [30],
  local: [],
};

const FULL: Extent = {
  requests: 300,
  seeds: 300,
  storms: [
    ...([1, 10, 30, 100, 300, 1_000] as const).flatMap((nodes) => [storm(nodes, 'cold'), storm(nodes, 'hot')]),
    storm(100, 'mixed'),
    storm(100, 'cold', { hasElasticIps: true }),
    storm(1_000, 'cold', { hasElasticIps: true }),
    storm(100, 'cold', { isSpotDry: true }),
    storm(100, 'cold', { rateShare: 0.5 }),
  ],
  baselines: [
    { request: WAITERS, seeds: 300 },
    { request: POLLS, seeds: 300 },
    ...[100, 300, 1_000].map((nodes) => ({ request: BACK_OFF(nodes), seeds: 1 })),
  ],
  scale: [100, 1_000, 10_000, 100_000],
  idle: [100, 10_000],
  simulation: [200],
  local: [{ nodes: 1_000, interrupted: 200 }],
};

const API_NODES = 100;

/** `--only` names nothing of a part that is measured. */
export class NothingToMeasure extends Error {
  constructor(part: Part, only: string | undefined, names: readonly string[]) {
    super(`--only names nothing in the part ${part}: it must be one of "${names.join('", "')}", not "${only}"`);
  }
}

/** @throws NothingToMeasure @param tell is told what is measured next, because it takes minutes */
export async function measure({ parts, isQuick, only }: BenchRequest, tell: (what: string) => void): Promise<Measured> {
  const { requests, seeds, storms, baselines, scale, idle, simulation, local } = isQuick ? QUICK : FULL;
  const template = synthesizeTemplate() as Parameters<typeof inventoryOf>[0];
  const inventory = inventoryOf(template);
  const each = async <In, Out>(
    part: Part,
    items: readonly In[],
    nameOf: (item: In) => string,
    run: (item: In) => Promise<Out>,
  ) => {
    const wanted = items.filter((item) => only === undefined || nameOf(item) === only);
    if (wanted.length === 0) throw new NothingToMeasure(part, only, items.map(nameOf));
    const results: Out[] = [];
    for (const item of wanted) {
      tell(`${part}: ${nameOf(item)}`);
      results.push(await run(item));
    }
    return results;
  };
  const runs: Readonly<Record<Part, () => Promise<Measured>>> = {
    api: async () => ({ api: await measureApi({ requests, nodes: API_NODES }) }),
    'start-up': async () => ({ startUp: codeSizes() }),
    replacement: async () => ({
      replacements: await each('replacement', ['cold', 'hot'] as const, String, (attachment) =>
        measureReplacements(attachment, seeds, template, inventory),
      ),
    }),
    storm: async () => ({
      storms: await each('storm', storms, stormName, async (request) =>
        summarizeStorm(await runStorm(request, template)),
      ),
    }),
    baseline: async () => ({
      baselines: await each(
        'baseline',
        baselines,
        ({ request: { name } }) => name,
        ({ request, seeds: runs }) => measureBaseline(request, runs),
      ),
    }),
    scale: async () => ({ scale: await each('scale', scale, String, (nodes) => reconcileMany(nodes, template)) }),
    cost: async () => ({ idle: await each('cost', idle, String, (nodes) => measureIdle(nodes, template, inventory)) }),
    simulation: async () => ({
      simulation: await each('simulation', simulation, String, async (count) => seedCost(count)),
    }),
    local: async () => ({ local: local.map(({ nodes, interrupted }) => localServerLoad(nodes, interrupted)) }),
  };
  let measured: Measured = {};
  for (const part of parts) measured = { ...measured, ...(await runs[part]()) };
  return measured;
}
