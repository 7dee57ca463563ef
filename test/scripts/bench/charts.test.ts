/** The charts of the benchmark are valid SVG, and come from the figures. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { draw, readFigures, updateCharts } from '../../../scripts/bench/charts/draw';
import { merged, type Figures, type StormFigures } from '../../../scripts/bench/charts/figures';

const DOCUMENTED = resolve(__dirname, '../../../docs/charts');

const storm = (nodes: number, more: Partial<StormFigures> = {}): StormFigures => ({
  name: `${nodes} cold`,
  nodes,
  carried: 'cold',
  isUsual: true,
  active: [40, 50, 61.5],
  ideal: [38, 48, 58],
  idealJustInTime: [38, 49, 59],
  callsANode: 7.25,
  throttled: 0.125,
  ...more,
});
const FIGURES: Figures = {
  storms: [storm(100)],
  windows: [{ attachment: 'cold', window: 'free to launch', seeds: 2, median: 0.47, p99: 7.125 }],
};

async function drawn(figures: Figures): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await draw(figures)).map(({ name, svg }) => [name, svg]));
}

/** The elements that are not closed, or closed in the wrong order. */
function unclosed(svg: string): readonly string[] {
  const open: string[] = [];
  for (const [, slash, name = '', end] of svg.matchAll(/<(\/?)([\w:]+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g)) {
    if (slash === '/' && open.at(-1) === name) open.pop();
    else if (slash === '/' || end !== '/') open.push(`${slash}${name}`);
  }
  const tags = svg.match(/</g)?.length;
  const read = svg.match(/<\/?[\w:]+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/g)?.length;
  return tags === read ? open : [...open, `${tags} tags, of which ${read} can be read`];
}

test('each chart is valid SVG with the figures as its marks, and the same figures give the same text', async () => {
  const charts = await drawn(FIGURES);

  expect(Object.keys(charts)).toEqual(['storms-active.svg', 'storms-calls.svg', 'one-node-excess.svg']);
  for (const svg of Object.values(charts)) {
    expect(svg).toMatch(/^<svg /);
    expect(unclosed(svg)).toEqual([]);
    expect(svg).not.toMatch(/NaN|undefined|&(?!amp;|lt;|gt;|quot;)/);
  }
  // Vega describes each mark with its values, for screen readers.
  expect(charts['storms-calls.svg']).toMatch(/aria-label="[^"]*EC2 calls a node: 7\.25[^"]*"/);
  expect(charts['storms-calls.svg']).toMatch(/aria-label="[^"]*%: 12\.5[^"]*"/);
  expect(charts['one-node-excess.svg']).toMatch(/aria-label="seconds: 7\.125; [^"]*cold: free to launch[^"]*"/);
  expect(charts['storms-active.svg']).toContain('100 nodes');
  expect(await drawn(FIGURES)).toEqual(charts);
});

test('another time of ACTIVE moves its curve', async () => {
  const before = await drawn(FIGURES);
  const after = await drawn({ ...FIGURES, storms: [storm(100, { active: [40, 50, 90] })] });

  expect(after['storms-active.svg']).not.toBe(before['storms-active.svg']);
  expect(after['storms-calls.svg']).toBe(before['storms-calls.svg']);
});

test('a storm out of the ordinary, and one of mixed nodes, is in no chart', async () => {
  const storms = [storm(100, { isUsual: false }), storm(300, { carried: 'mixed' })];

  expect(await draw({ storms, windows: [] })).toEqual([]);
});

test('a run replaces what it has measured, and leaves the rest', () => {
  const before = { ...FIGURES, storms: [storm(100), storm(1_000)] };
  const after = merged(before, { storms: [storm(300), storm(100, { callsANode: 5 })], windows: [] });

  expect(after.windows).toEqual(FIGURES.windows);
  expect(after.storms).toEqual([storm(100, { callsANode: 5 }), storm(300), storm(1_000)]);
});

describe('the directory of the charts', () => {
  const directory = mkdtempSync(join(tmpdir(), 'charts-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  test('keeps the figures of earlier runs', async () => {
    const excessSeconds = { 'free to launch': { median: 0.5, p90: 1, p99: 2 } };
    const spread = { median: 1, p90: 1, p99: 1 };
    const replacement = {
      attachment: 'hot',
      seeds: 3,
      activeSeconds: spread,
      activeRatio: spread,
      awayBeyondSeconds: spread,
      transitions: spread,
      calls: spread,
      usd: spread,
      excessSeconds,
    } as const;
    const written = await updateCharts({ replacements: [replacement] }, directory);

    expect(written).toEqual(['one-node-excess.svg', 'figures.json'].map((name) => join(directory, name)));
    expect(readFigures(directory)).toEqual({
      storms: [],
      windows: [{ attachment: 'hot', window: 'free to launch', seeds: 3, median: 0.5, p99: 2 }],
    });
    await updateCharts({ replacements: [{ ...replacement, attachment: 'cold' }] }, directory);
    expect(readFigures(directory).windows.map(({ attachment }) => attachment)).toEqual(['cold', 'hot']);
  });

  test('with a file that holds no figures is refused', () => {
    writeFileSync(join(directory, 'figures.json'), '{"storms": 1}');

    expect(() => readFigures(directory)).toThrow(/figures\.json holds no figures of an earlier run: delete it/);
  });
});

test('the documented charts are those of the documented figures', async () => {
  const drawings = await draw(readFigures(DOCUMENTED));

  expect(drawings.map(({ name }) => name)).toHaveLength(3);
  for (const { name, svg } of drawings) expect(readFileSync(join(DOCUMENTED, name), 'utf8')).toBe(svg);
});
