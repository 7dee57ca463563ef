import { readServerOptions } from '../../../local/server/server-options';

const DEFAULTS = {
  port: 8080,
  data: '.holdfast',
  speed: 1,
  token: undefined,
  seed: undefined,
  latencies: undefined,
  instanceRoleArns: [],
};
const ROLES = ['arn:aws:iam::123456789012:role/web', 'arn:aws:iam::123456789012:role/db'];

test.each([
  { argv: [], options: {} },
  { argv: ['--port', '0'], options: { port: 0 } },
  { argv: ['--port=65535', '--data', 'x/y'], options: { port: 65_535, data: 'x/y' } },
  { argv: ['--speed', '0.5'], options: { speed: 0.5 } },
  { argv: ['--speed', '10000', '--seed', '0'], options: { speed: 10_000, seed: 0 } },
  { argv: ['--token', 'aZ0._~+/-=='], options: { token: 'aZ0._~+/-==' } },
  { argv: ['--instance-roles', ROLES.join(',')], options: { instanceRoleArns: ROLES } },
  { argv: ['--latencies', 'smoke.json'], options: { latencies: 'smoke.json' } },
])('$argv', ({ argv, options }) => {
  expect(readServerOptions(argv)).toEqual({ kind: 'serve', options: { ...DEFAULTS, ...options } });
});

test.each([
  { argv: ['--port', '65536'], problem: '--port must be a whole number from 0 to 65535, not 65536' },
  { argv: ['--port', '-1'], problem: '--port must be a whole number from 0 to 65535, not -1' },
  { argv: ['--port', '80a'], problem: '--port must be a whole number from 0 to 65535, not 80a' },
  { argv: ['--port'], problem: '--port needs a value' },
  { argv: ['--port', '--seed', '1'], problem: '--port needs a value' },
  { argv: ['--speed', '0'], problem: '--speed must be a number above 0 and up to 10000, not 0' },
  { argv: ['--speed', 'fast'], problem: '--speed must be a number above 0 and up to 10000, not fast' },
  { argv: ['--speed', '10001'], problem: '--speed must be a number above 0 and up to 10000, not 10001' },
  { argv: ['--seed', '1.5'], problem: '--seed must be a whole number from 0, not 1.5' },
  {
    argv: ['--instance-roles', 'web'],
    problem:
      '--instance-roles must be ARNs of IAM roles, with commas between them and no wildcards, like arn:aws:iam::123456789012:role/web',
  },
  { argv: ['--data', ''], problem: '--data needs a value' },
  { argv: ['--dta', 'x'], problem: '--dta is not an option' },
  { argv: ['serve'], problem: 'serve is not an option' },
  { argv: ['--help=1'], problem: '--help takes no value' },
])('$argv is refused', ({ argv, problem }) => {
  expect(readServerOptions(argv)).toMatchObject({ kind: 'invalid', problems: expect.arrayContaining([problem]) });
});

test('a token that does not fit into a header is refused, and not shown', () => {
  const request = readServerOptions(['--token', 'top secret']);
  expect(request.kind).toBe('invalid');
  expect(JSON.stringify(request)).not.toContain('top secret');
});

test('every problem is named at once', () => {
  const request = readServerOptions(['--port', 'x', '--speed', 'y', '--foo']);
  expect(request).toMatchObject({
    kind: 'invalid',
    problems: [expect.anything(), expect.anything(), expect.anything()],
  });
});

test('--help works together with any other option', () => {
  expect(readServerOptions(['--port', 'x', '-h'])).toEqual({ kind: 'help' });
});
