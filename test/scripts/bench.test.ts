import { codeSizes } from '../../scripts/bench/code-size';
import { main } from '../../scripts/bench/main';
import { readOptions } from '../../scripts/bench/options';
import { Stopwatch } from '../../scripts/bench/own-time';
import { runBenchmark } from '../../scripts/bench/run';
import { jsonReport, textReport, type Measured } from '../../scripts/bench/report';
import { percentile, summarize } from '../../scripts/bench/summary';

describe("the benchmark's command line", () => {
  it.each([
    { argv: [], request: { kind: 'bench', requests: 300, nodes: 100, json: false } },
    {
      argv: ['--requests', '5', '--nodes=7', '--json'],
      request: { kind: 'bench', requests: 5, nodes: 7, json: true },
    },
    { argv: ['--requests', 'x', '--help'], request: { kind: 'help' } },
  ])('$argv', ({ argv, request }) => {
    expect(readOptions(argv)).toEqual(request);
  });

  it('reports every error at once, and measures nothing', async () => {
    const written: string[] = [];
    const complaints: string[] = [];
    const terminal = { write: (text: string) => written.push(text), complain: (text: string) => complaints.push(text) };

    await expect(main(['--requests', '0', '--nodes', '1e3', '--fast'], terminal)).resolves.toBe(2);
    expect(written).toEqual([]);
    expect(complaints.join('')).toMatch(/--fast is not an option[^]*--requests must be[^]*--nodes must be[^]*Usage:/);
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
    request: { kind: 'bench', requests: 10, nodes: 5, json: false },
    summaries: [{ name: 'get', requests: 10, p50Ms, p95Ms: 2, ratio: 1, awsCalls: 1 }],
    sizes: [{ entry: 'lambdas/api/handler.ts', bytes: 1_200_000, gzipBytes: 330_000 }],
  });

  it('is a table that says whether the target is met', () => {
    expect(textReport(measured(1.234))).toMatch(
      /get +1\.23 +2\.00 +x 1\.0 +1\n[^]*15 ms: met\.[^]*handler\.ts +1200 +330\n/,
    );
    expect(textReport(measured(15))).toContain('15 ms: missed by get.');
  });

  it('is one JSON document', () => {
    expect(JSON.parse(jsonReport(measured(1)))).toMatchObject({
      requests: 10,
      nodes: 5,
      targetP50Ms: 15,
      api: [{ name: 'get', p50Ms: 1 }],
      code: [{ gzipBytes: 330_000 }],
    });
  });
});

// Loading the code is most of a cold start: https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
test('no function has more than 400 KB of compressed code', () => {
  const sizes = codeSizes();
  expect(sizes.map(({ entry }) => entry)).toEqual(expect.arrayContaining(['lambdas/api/handler.ts']));
  for (const { entry, gzipBytes } of sizes) expect([entry, gzipBytes < 400_000]).toEqual([entry, true]);
}, 120_000);

test('every kind of request is measured, with the AWS calls that it needs', async () => {
  const summaries = await runBenchmark({ kind: 'bench', requests: 2, nodes: 3, json: false });

  expect(summaries.map(({ name, requests }) => [name, requests])).toEqual(
    ['get', 'status', 'list', 'create'].map((name) => [name, 2]),
  );
  expect(summaries.every(({ p50Ms }) => p50Ms > 0)).toBe(true);
  const calls = Object.fromEntries(summaries.map(({ name, awsCalls }) => [name, awsCalls]));
  expect(calls).toMatchObject({ get: 1, status: 1, list: 1 });
  // A creation checks what the document names, and writes the record, the log and the operation.
  expect(calls.create).toBeGreaterThan(5);
});
