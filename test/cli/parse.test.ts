import * as z from 'zod';
import { commands, groups } from '../../cli/commands/commands';
import { choice, duration, durationMs, flag, list, operand, pairs, whole } from '../../cli/command-line/arguments';
import { command, optionShapes, operandShapes } from '../../cli/command-line/command';
import { nearest } from '../../cli/command-line/nearest';
import { parse, type Parsed } from '../../cli/command-line/parse';

const HERE = { HOLDFAST_URL: 'http://127.0.0.1:8080', HOLDFAST_TOKEN: 'secret' };

function parsed(argv: readonly string[], environment: Readonly<Record<string, string | undefined>> = HERE): Parsed {
  return parse(argv, { commands, groups, version: '1.2.3', environment });
}

test.each([
  { argv: ['status'], faults: ['<node> is missing'] },
  { argv: ['status', ''], faults: ['<node> must not be empty'] },
  { argv: ['status', 'a', 'b', 'c'], faults: ['b is one argument too many', 'c is one argument too many'] },
  { argv: ['log', 'a', '--folow'], faults: ['--folow is not an option: did you mean --follow?'] },
  { argv: ['log', 'a', '--zzzzzz', 'b'], faults: ['--zzzzzz is not an option'] },
  { argv: ['log', 'a', '-z'], faults: ['-z is not an option'] },
  { argv: ['log', 'a', '--last'], faults: ['--last needs a value'] },
  { argv: ['log', 'a', '--last', '--json'], faults: ['--last needs a value'] },
  { argv: ['log', 'a', '--last', '--follow'], faults: ['--last needs a value'] },
  { argv: ['create', '--types', '--wait'], faults: ['--types needs a value'] },
  { argv: ['create', '-f'], faults: ['-f needs a value'] },
  { argv: ['rebuild', '-yf'], faults: ['-yf needs a value'] },
  { argv: ['status', 'a', '--stack', '--json'], faults: ['--stack needs a value'] },
  { argv: ['log', 'a', '--last', 'x'], faults: ['--last must be a whole number from 0 to 1000000, not x'] },
  { argv: ['log', 'a', '--severity', 'BAD'], faults: ['--severity must be DEBUG, INFO, WARN or ERROR, not BAD'] },
  { argv: ['log', 'a', '-f', '--until', '2026-01-01'], faults: ['--follow and --until exclude each other'] },
  { argv: ['pause', 'a', '--timeout', '5m'], faults: ['--timeout has an effect only with --wait'] },
  {
    argv: ['pause', 'a', '--wait', '--timeout', '5 minutes'],
    faults: ['--timeout must be a duration like 90s, 15m or 2h, not 5 minutes'],
  },
  { argv: ['create', '--tags', 'x'], faults: ['--tags must be key=value, not x'] },
  { argv: ['create', '--types', 'a,,b'], faults: ['--types must not have an empty value'] },
  {
    argv: ['create', '-f', '-', '--user-data', '-'],
    faults: ['--file and --user-data cannot both be the standard input'],
  },
  { argv: ['edit', 'a'], faults: ['nothing is to be changed: give --file or the flag of a field'] },
  {
    argv: ['delete', 'a', '--keep-instance', '--delete-interface'],
    faults: ['--keep-instance and --delete-interface exclude each other: a running instance keeps its interface'],
  },
  { argv: ['rebuild', '--yes'], faults: ['--yes has an effect only with --apply'] },
  { argv: ['completion', 'ksh'], faults: ['<shell> must be bash, zsh or fish, not ksh'] },
  { argv: ['completion'], faults: ['<shell> is missing'] },
])('$argv is refused', ({ argv, faults }) => {
  expect(parsed(argv)).toEqual({ kind: 'faulty', faults, help: `holdfast ${argv[0]}` });
});

test('all faults are named at once', () => {
  expect(parsed(['log', '--last', 'x', '--url', 'nowhere', '--what', '--severity'])).toEqual({
    kind: 'faulty',
    faults: [
      '--severity needs a value',
      '--what is not an option',
      '<node> is missing',
      '--last must be a whole number from 0 to 1000000, not x',
      '--url must be a URL, like https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com',
    ],
    help: 'holdfast log',
  });
});

test.each([
  { argv: ['lst'], fault: "unknown command 'lst': did you mean list?" },
  { argv: ['simulator', 'interupt'], fault: "unknown command 'interupt': did you mean interrupt?" },
])('$argv names the command that may be meant', ({ argv, fault }) => {
  expect(parsed(argv)).toEqual({ kind: 'faulty', faults: [fault], help: 'holdfast' });
});

test.each([
  { argv: ['list', '--url', 'http://x'], environment: {}, fault: /^a URL needs a token as well/ },
  { argv: ['list'], environment: { HOLDFAST_URL: 'http://x', HOLDFAST_TOKEN: '' }, fault: /^a URL needs a token/ },
  { argv: ['list'], environment: { ...HERE, HOLDFAST_URL: 'x' }, fault: /^HOLDFAST_URL must be a URL/ },
  { argv: ['list', '--url', 'http://x?a=1'], environment: HERE, fault: /^--url must be a URL/ },
  { argv: ['list', '--url', 'http://x', '--stack', 'y'], environment: HERE, fault: /^--url and --stack exclude/ },
  { argv: ['list', '--token', 'x', '--sign'], environment: HERE, fault: /^--sign and --token exclude each other$/ },
])('$argv with $environment cannot reach an API', ({ argv, environment, fault }) => {
  expect(parsed(argv, environment)).toMatchObject({ kind: 'faulty', faults: [expect.stringMatching(fault)] });
});

test('a token that does not fit into a header is refused, and not shown', () => {
  const refused = parsed(['list', '--token', 'top secret\n']);
  expect(refused).toMatchObject({
    kind: 'faulty',
    faults: [expect.stringMatching(/^the token must have only visible/)],
  });
  expect(JSON.stringify(refused)).not.toContain('top secret');
});

test.each([
  { argv: ['completion', 'bash'], environment: { HOLDFAST_URL: 'x' } },
  { argv: ['list'], environment: {} },
  { argv: ['list', '--url', 'http://x', '--sign'], environment: {} },
  { argv: ['list', '--stack', 'x'], environment: { HOLDFAST_URL: 'http://x' } },
])('$argv with $environment can run', ({ argv, environment }) => {
  expect(parsed(argv, environment)).toMatchObject({ kind: 'ready' });
});

test('options may come before the command, after it, and with an equals sign', () => {
  expect(parsed(['--json', 'list'])).toMatchObject({ kind: 'ready', globals: { json: true } });
  expect(parsed(['list', '--json', '--url=http://x'])).toMatchObject({ globals: { json: true, url: 'http://x' } });
});

test('an operand after -- may begin with a hyphen', () => {
  expect(parsed(['status', '--', '--weird'])).toMatchObject({ kind: 'ready' });
});

test('no command at all is a fault, and the help lists the commands', () => {
  const nothing = parsed([]);
  expect(nothing).toMatchObject({ kind: 'incomplete', text: expect.stringContaining('recycle <node...>') });
  expect(parsed(['volumes'])).toMatchObject({ kind: 'incomplete', text: expect.stringContaining('delete <node>') });
});

test('the version and the help need nothing else', () => {
  expect(parsed(['--version'], {})).toEqual({ kind: 'text', text: '1.2.3\n' });
  expect(parsed(['--help'], {})).toMatchObject({ kind: 'text', text: expect.stringContaining('Exit status: 0 done;') });
  const help = parsed(['log', '--help']);
  expect(help).toMatchObject({ text: expect.stringContaining('Usage: holdfast log [options] <node>\n') });
  expect(help).toMatchObject({ text: expect.stringMatching(/Global Options:[^]*--token[^]*Examples:/) });
  expect(parsed(['help', 'log'])).toEqual(help);
});

test('every argument has a description, and no command hides a global option', () => {
  for (const { path, operands, options } of commands) {
    for (const [name, schema] of Object.entries(operands.shape)) {
      expect([path, name, operandShapes.get(schema)?.description]).toEqual([path, name, expect.stringMatching(/\.$/)]);
    }
    for (const [name, schema] of Object.entries(options.shape)) {
      expect([path, name, optionShapes.get(schema)?.description]).toEqual([path, name, expect.stringMatching(/\.$/)]);
    }
    expect(Object.keys(options.shape)).not.toEqual(expect.arrayContaining(['json']));
    for (const global of ['url', 'token', 'sign', 'stack', 'region', 'profile']) {
      expect([path, Object.keys(options.shape)]).toEqual([path, expect.not.arrayContaining([global])]);
    }
  }
});

test('a command gets its arguments as values', async () => {
  const got: unknown[] = [];
  const sample = command({
    path: 'sample',
    summary: 'Sample',
    callsApi: false,
    operands: z.object({ first: operand('The first.') }),
    options: z.object({
      follow: flag('Follow.', { short: 'f', isNegatable: true }),
      last: whole('n', 1, 9, 'Last.'),
      lifeCycle: choice(['spot', 'on_demand'], 'Kind.'),
      subnets: list('id', 'Subnets.'),
      tags: pairs('key=value', 'Tags.'),
      timeout: duration('Timeout.'),
    }),
    run: async (_context, input) => {
      got.push(input);
      return { text: () => '' };
    },
  });
  const run = async (...argv: string[]): Promise<void> => {
    const ready = parse(argv, { commands: [sample], groups: {}, version: '', environment: {} });
    if (ready.kind !== 'ready') throw new Error(JSON.stringify(ready));
    await ready.run({} as any);
  };
  await run('sample', 'a', '-f', '--last=3', '--life-cycle', 'spot', '--subnets', 'x, y', '--subnets', 'z');
  await run('sample', 'a', '--tags', 'a=b=c', '--tags', 'd=e,f', '--timeout', '15m', '--no-follow');
  expect(got).toEqual([
    { first: 'a', follow: true, last: 3, lifeCycle: 'spot', subnets: ['x', 'y', 'z'] },
    {
      first: 'a',
      follow: false,
      tags: [
        ['a', 'b=c'],
        ['d', 'e,f'],
      ],
      timeout: 900_000,
    },
  ]);
});

test.each([
  ['90', 90_000],
  ['90s', 90_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000],
  ['1.5h', undefined],
  ['-1s', undefined],
  ['1w', undefined],
  ['', undefined],
])('%s lasts %s ms', (typed, expected) => {
  expect(durationMs(typed)).toBe(expected);
});

test('a word is near enough if at most two letters differ', () => {
  const known = ['--follow', '--last', '--since'];
  expect(nearest('--folow', known)).toBe('--follow');
  expect(nearest('--lats', known)).toBe('--last');
  expect(nearest('--xxxxx', known)).toBeUndefined();
});
