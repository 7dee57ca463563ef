import { measureApi } from '../../scripts/bench/api/run';
import { Stopwatch } from '../../scripts/bench/api/own-time';
import { summarize } from '../../scripts/bench/api/summary';
import { measureBaseline } from '../../scripts/bench/baseline';
import { main } from '../../scripts/bench/main';
import { measure, type Measured } from '../../scripts/bench/measure';
import { PARTS, readOptions } from '../../scripts/bench/options';
import { measureReplacements } from '../../scripts/bench/replacement/summary';
import { jsonReport, textReport } from '../../scripts/bench/report';
import { reconcileMany } from '../../scripts/bench/scale';
import { seedCost } from '../../scripts/bench/seed-cost';
import { codeSizes } from '../../scripts/bench/start-up';
import { mean, percentile } from '../../scripts/bench/statistics';
import { runStorm } from '../../scripts/bench/storm/storm';
import { summarizeStorm } from '../../scripts/bench/storm/summary';
import { targetsOf } from '../../scripts/bench/targets';
import { inventoryOf } from '../../scripts/costs/bill';
import { template } from '../infra/synthesized-stack';

describe("the benchmark's command line", () => {
  it.each([
    { argv: [], request: { kind: 'bench', parts: PARTS, isQuick: false, only: undefined, json: false, charts: false } },
    {
      argv: ['--part', 'storm,api', '--quick', '--json', '--charts'],
      request: { kind: 'bench', parts: ['api', 'storm'], isQuick: true, only: undefined, json: true, charts: true },
    },
    {
      argv: ['--part', 'storm', '--only', '100 cold'],
      request: { kind: 'bench', parts: ['storm'], isQuick: false, only: '100 cold', json: false, charts: false },
    },
    { argv: ['--part', 'x', '--help'], request: { kind: 'help' } },
  ])('$argv', ({ argv, request }) => {
    expect(readOptions(argv)).toEqual(request);
  });

  it('reports every error at once, and measures nothing', async () => {
    const written: string[] = [];
    const complaints: string[] = [];
    const terminal = { write: (text: string) => written.push(text), complain: (text: string) => complaints.push(text) };

    await expect(main(['--part', 'api,speed', '--fast'], terminal)).resolves.toBe(2);
    expect(written).toEqual([]);
    expect(complaints.join('')).toMatch(/--fast is not an option[^]*--part must be api, [^]*, not speed[^]*Usage:/);
  });
});

describe('--only', () => {
  async function complaintsOf(argv: readonly string[]): Promise<string> {
    const complaints: string[] = [];
    const terminal = { write: () => undefined, complain: (text: string) => complaints.push(text) };
    await expect(main(argv, terminal)).resolves.toBe(2);
    return complaints.join('');
  }

  it('is refused with a part that is measured as a whole', async () => {
    expect(await complaintsOf(['--only', '100 cold'])).toMatch(/--only cannot be combined with api and start-up/);
    expect(await complaintsOf(['--part', 'api', '--only', '100 cold'])).toMatch(/cannot be combined with api, which/);
  });

  it('is refused if nothing has the name, and the names are told', async () => {
    expect(await complaintsOf(['--part', 'storm', '--quick', '--only', '11 cold'])).toMatch(
      /--only names nothing in the part storm: it must be one of "10 cold", "10 hot", "30 cold", not "11 cold"/,
    );
  });

  it('measures one item', async () => {
    const request = readOptions(['--part', 'baseline', '--quick', '--only', 'one node, polls of 5 s']);
    if (request.kind !== 'bench') throw new Error('the options were refused');
    const { baselines = [] } = await measure(request, () => undefined);

    expect(baselines.map(({ name }) => name)).toEqual(['one node, polls of 5 s']);
  });
});

describe('the stopwatch', () => {
  /** A stopwatch on a clock that only the test advances. */
  function manualStopwatch() {
    let nowMs = 0;
    return { stopwatch: new Stopwatch(() => nowMs), pass: (ms: number) => (nowMs += ms) };
  }

  it('excludes the time of calls, also of parallel ones', async () => {
    const { stopwatch, pass } = manualStopwatch();
    const { result, own } = await stopwatch.measure(async () => {
      pass(1);
      await stopwatch.waiting(async () => pass(100));
      pass(2);
      const end: (() => void)[] = [];
      const both = [0, 1].map(() => stopwatch.waiting(() => new Promise<void>((resolve) => end.push(resolve))));
      pass(100);
      end[0]?.();
      await both[0];
      pass(100);
      end[1]?.();
      await both[1];
      pass(4);
      return 'done';
    });

    expect({ result, own }).toEqual({ result: 'done', own: { ms: 7, calls: 3 } });
  });

  it('continues after a failed call, and starts at zero each time', async () => {
    const { stopwatch, pass } = manualStopwatch();
    const invocation = async () => {
      await stopwatch.waiting(async () => Promise.reject(new Error('no'))).catch(() => pass(3));
    };
    await stopwatch.measure(invocation);

    await expect(stopwatch.measure(invocation)).resolves.toMatchObject({ own: { ms: 3, calls: 1 } });
  });
});

describe('the summary', () => {
  it.each([
    { name: 'three, in any order', values: [3, 1, 2], percent: 50, value: 2 },
    { name: 'four', values: [1, 2, 3, 4], percent: 50, value: 2 },
    { name: 'one', values: [1], percent: 95, value: 1 },
    { name: 'a hundred', values: Array.from({ length: 100 }, (_, index) => index + 1), percent: 95, value: 95 },
  ])('percentile $percent of $name', ({ values, percent, value }) => {
    expect(percentile(values, percent)).toBe(value);
  });

  it('fails without samples', () => {
    expect(() => percentile([], 50)).toThrow(RangeError);
    expect(() => mean([])).toThrow(RangeError);
  });

  it('has a mean', () => {
    expect(mean([1, 2, 6])).toBe(3);
  });

  it('compares with the reference of the same run', () => {
    const samples = (...times: readonly number[]) => times.map((ms) => ({ ms, calls: 2 }));

    expect(summarize('list', samples(4, 6, 8), samples(2, 3, 4))).toEqual({
      name: 'list',
      requests: 3,
      p50Ms: 6,
      p95Ms: 8,
      ratio: 2,
      awsCalls: 2,
    });
  });
});

describe('the report', () => {
  const measured = (p50Ms: number): Measured => ({
    api: [{ name: 'get', requests: 10, p50Ms, p95Ms: 2, ratio: 1, awsCalls: 1 }],
    startUp: [{ entry: 'lambdas/api/handler.ts', bytes: 1_200_000, gzipBytes: 330_000, loadMs: 150 }],
  });

  it('is tables, of which the last says whether the targets are met', () => {
    const text = textReport(measured(1.234));
    expect(text).toMatch(/get +1\.23 +2\.00 +x 1\.0 +1\n[^]*handler\.ts +1200 +330 +150\n/);
    expect(text).toMatch(/API: get, own time, ms, median +1\.234 +15 +met\n/);
    expect(textReport(measured(16))).toMatch(/API: get, own time, ms, median +16 +15 +missed\n/);
    expect(text).not.toContain('Storms');
  });

  it('is one JSON document', () => {
    expect(JSON.parse(jsonReport(measured(1)))).toMatchObject({
      targets: expect.arrayContaining([
        { name: 'API: get, own time, ms, median', value: 1, limit: 15, met: true },
        { name: 'lambdas/api/handler.ts: KB in gzip', value: 330, limit: 180, met: false },
      ]),
      api: [{ name: 'get', p50Ms: 1 }],
      startUp: [{ gzipBytes: 330_000 }],
    });
  });
});

// Loading the code is most of a cold start: https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
/** Of each bundle, in bytes. docs/performance.md says which are above their target. */
const LIMITS: Readonly<Record<string, number>> = {
  'lambdas/wake-waiter/handler.ts': 115_000,
  'lambdas/steps/handler.ts': 195_000,
  'lambdas/api/handler.ts': 228_000,
  'lambdas/console/handler.ts': 5_000,
};

test('no function has more compressed code than it had when this was written, and a little', () => {
  const sizes = codeSizes();
  expect(sizes.map(({ entry }) => entry)).toEqual(expect.arrayContaining(['lambdas/api/handler.ts']));
  for (const { entry, gzipBytes } of sizes) {
    const limit = LIMITS[entry] ?? 180_000;
    expect([entry, gzipBytes < limit]).toEqual([entry, true]);
  }
});

test('a seed of the fault simulation has a cost, and a target', () => {
  const cost = seedCost(1);

  expect(cost).toEqual({ seeds: 1, cpuMs: expect.any(Number) as number });
  expect(cost.cpuMs).toBeGreaterThan(5);
  expect(textReport({ simulation: [{ seeds: 30, cpuMs: 61 }] })).toMatch(
    /30 +61\n[^]*npm run simulate: CPU a seed, ms +61 +60 +missed/,
  );
});

test('every kind of request is measured, with the AWS calls that it needs', async () => {
  const summaries = await measureApi({ requests: 2, nodes: 3 });

  expect(summaries.map(({ name, requests }) => [name, requests])).toEqual(
    ['get', 'status', 'list', 'create'].map((name) => [name, 2]),
  );
  expect(summaries.every(({ p50Ms }) => p50Ms > 0)).toBe(true);
  // A list reads sixteen partitions, and the one of an earlier version.
  const calls = Object.fromEntries(summaries.map(({ name, awsCalls }) => [name, awsCalls]));
  expect(calls).toMatchObject({ get: 1, status: 1, list: 17 });
  // A creation checks what the document names, and writes the record, the log and the operation.
  expect(calls.create).toBeGreaterThan(5);
});

test.each(['cold', 'hot'] as const)(
  'a %s replacement takes longer than its floor, by what its windows say',
  async (how) => {
    const summary = await measureReplacements(how, 2, template, inventoryOf(template));
    const { activeRatio, awayBeyondSeconds, excessSeconds, transitions, calls, usd } = summary;

    expect(activeRatio.median).toBeGreaterThan(1);
    expect(activeRatio.p99).toBeLessThan(1.5);
    expect(awayBeyondSeconds.median).toBeGreaterThan(0);
    expect(Object.values(excessSeconds).every(({ median }) => median > 0)).toBe(true);
    expect(transitions.median).toBe(9);
    expect(calls.median).toBeGreaterThanOrEqual(4);
    expect(usd.median).toBeGreaterThan(transitions.median * 0.000025);
  },
);

test('a storm is no faster than the ideal on the same draws, and its targets are told', async () => {
  const request = { nodes: 8, carried: 'mixed', hasElasticIps: true, isSpotDry: true, rateShare: 1, seed: 2 } as const;
  const storm = summarizeStorm(await runStorm(request, template));
  const { active, ideal } = storm;

  expect(storm).toMatchObject({ ...request, notActive: 0, failed: 0, launchedANode: 1 });
  // A node that asks no later than the others asks two pools before it falls back to on-demand.
  expect(storm.refusedLaunchesANode).toBeGreaterThan(0);
  expect(storm.refusedLaunchesANode).toBeLessThan(2);
  expect(active!.last).toBeGreaterThan(ideal!.last);
  expect(active!.awayMean).toBeGreaterThan(ideal!.awayMean);
  expect(storm.worstOverIdeal).toBeGreaterThan(1);
  expect(storm.curves.active).toHaveLength(8);
  expect(storm.curves.active.at(-1)).toBeCloseTo(active!.last, 1);
  expect(storm.curves.active).toEqual([...storm.curves.active].sort((one, other) => one - other));
  expect(storm.transitionsANode).toBeGreaterThanOrEqual(9 + 4 * storm.waitsANode);
  expect(targetsOf({ storms: [storm] })).toEqual([
    {
      name: expect.stringContaining('refused launches a node'),
      value: storm.refusedLaunchesANode,
      limit: 0.1,
      met: false,
    },
  ]);
});

test('a script with long polls is slower than one with short polls, and makes fewer calls', async () => {
  const measured = (pollMs: number) => measureBaseline({ name: 'a script', nodes: 2, pollMs }, 3);
  const [waiters, polls] = [await measured(15_000), await measured(2_000)];

  expect(waiters.median).toBeGreaterThan(polls.median);
  expect(waiters.last).toBeGreaterThanOrEqual(waiters.median);
  expect(waiters.callsANode).toBeLessThan(polls.callsANode);
  expect(polls.throttled).toBe(0);
});

test('the reconciler reads all nodes in a few calls, and finds nothing to do', async () => {
  const [few, more] = [await reconcileMany(2, template), await reconcileMany(400, template)];

  expect(more.calls).toBe(few.calls);
  expect(more.readUnits).toBeGreaterThan(few.readUnits);
  expect(more.seconds).toBeGreaterThan(0);
});
