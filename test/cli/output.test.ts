import { LogFollower, without } from '../../cli/nodes/node-log';
import { openApi } from '../../cli/api/client';
import { PLAIN, paintSeverity, paintStatus, styleFor } from '../../cli/output/style';
import { fields, table } from '../../cli/output/table';
import { counted, orDash, printable, shortTime } from '../../cli/output/text';

const COLOURED = styleFor(true, {});
const columns = [
  { header: 'NAME', cell: ({ name }: { readonly name: string; readonly count: string }) => name },
  { header: 'COUNT', align: 'right' as const, cell: ({ count }: { readonly count: string }) => count },
];

test('columns are as wide as their widest cell, and lines have no spaces at their end', () => {
  const rows = [
    { name: 'a', count: '1' },
    { name: 'abcdef', count: '1000000' },
  ];
  expect(table(columns, rows, PLAIN)).toBe('NAME      COUNT\na             1\nabcdef  1000000\n');
  expect(
    fields(
      [
        ['id', 'x'],
        ['status', 'y'],
      ],
      PLAIN,
    ),
  ).toBe('id      x\nstatus  y\n');
});

test('colour codes take no room, and wide characters take two columns', () => {
  const rows = [
    { name: COLOURED.paint('green', 'ab'), count: '1' },
    { name: '日本', count: '2' },
    { name: '👩‍💻', count: '3' },
    { name: 'é', count: '4' },
  ];
  const lines = table(columns, rows, PLAIN).split('\n');
  expect(lines[1]).toBe('\u001b[32mab\u001b[39m        1');
  expect(lines[2]).toBe('日本      2');
  expect(lines[3]).toBe('👩‍💻        3');
  expect(lines[4]).toBe('é         4');
});

test.each([
  { isTTY: true, environment: {}, coloured: true },
  { isTTY: true, environment: { NO_COLOR: '' }, coloured: true },
  { isTTY: true, environment: { NO_COLOR: '1' }, coloured: false },
  { isTTY: false, environment: {}, coloured: false },
])('on a terminal: $isTTY, with $environment, colours: $coloured', ({ isTTY, environment, coloured }) => {
  expect(styleFor(isTTY, environment).paint('red', 'x')).toBe(coloured ? '\u001b[31mx\u001b[39m' : 'x');
});

test('a status and a severity have the colour of their meaning', () => {
  expect(paintStatus(COLOURED, 'ACTIVE')).toBe('\u001b[32mACTIVE\u001b[39m');
  expect(paintStatus(COLOURED, 'ERROR')).toBe('\u001b[31mERROR\u001b[39m');
  expect(paintStatus(COLOURED, 'RECYCLING')).toBe('\u001b[36mRECYCLING\u001b[39m');
  expect(paintSeverity(COLOURED, 'WARN')).toBe('\u001b[33mWARN \u001b[39m');
  expect(paintSeverity(COLOURED, 'INFO')).toBe('INFO ');
});

test('text from the account cannot change the terminal', () => {
  expect(printable('a\u001b[2Jb\nc\u009b31md')).toBe('a [2Jb c 31md');
  expect([orDash(null), orDash(undefined), orDash(''), orDash(0), orDash('a\tb')]).toEqual(['-', '-', '-', '0', 'a b']);
  expect(shortTime('2026-01-01T00:00:04.345Z')).toBe('2026-01-01 00:00:04Z');
  expect([counted(1, 'node'), counted(2, 'node')]).toEqual(['1 node', '2 nodes']);
});

const entry = (second: number, message: string) => ({
  createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
  severity: 'INFO' as const,
  message,
});

test('of equal entries, as many are new as there are more', () => {
  const [one, two] = [entry(1, 'one'), entry(2, 'two')];
  expect(without([one, two, one], [one])).toEqual([two, one]);
  expect(without([one, two], [two, one])).toEqual([]);
});

test('a follower returns each entry once, also one that arrives late with an earlier time', async () => {
  const log = [entry(1, 'begin'), entry(30, 'a'), entry(30, 'a')];
  const asked: (string | null)[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    const from = new URL(request.url).searchParams.get('fromDate');
    asked.push(from);
    const items = log
      .filter(({ createdAt }) => from === null || createdAt >= from)
      .toSorted((one, other) => one.createdAt.localeCompare(other.createdAt));
    return Response.json({ request: { timestamp: '' }, response: { items } });
  };
  const connection = { url: 'http://x', authorize: async (request: Request) => request, region: undefined };
  const follower = new LogFollower(openApi({ fetch, sleep: async () => undefined }, connection), 'smi-0a1b2c3d', {});
  expect((await follower.next()).map(({ message }) => message)).toEqual(['begin', 'a', 'a']);
  expect(await follower.next()).toEqual([]);
  log.push(entry(29, 'late'), entry(31, 'b'));
  expect((await follower.next()).map(({ message }) => message)).toEqual(['late', 'b']);
  expect(await follower.next()).toEqual([]);
  expect(asked).toEqual([null, ...['20', '20', '21'].map((second) => `2026-01-01T00:00:${second}.000Z`)]);
});
