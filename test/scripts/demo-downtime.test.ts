import { downtimeMs, toTenths } from '../../scripts/demo/downtime';

const up = (atMs: number) => ({ atMs, leads: true });
const down = (atMs: number) => ({ atMs, leads: false });

test.each([
  ['never away', [up(0)], 0],
  ['away once', [up(0), down(200), up(500)], 300],
  ['away twice', [up(0), down(200), up(500), down(600), up(700)], 400],
  ['away and back at the same moment', [up(0), down(200), up(200)], 0],
  ['still away at the end', [up(0), down(200)], 800],
  ['away from the start', [down(0), up(50)], 50],
  ['away since before the start', [down(-500), up(50)], 50],
  ['seen twice in the same state', [up(0), down(200), down(300), up(500)], 300],
  ['away only before the start', [down(-500), up(-100), up(50)], 0],
  ['away only after the end', [up(0), down(1_500), up(1_600)], 0],
])('%s', (_name, observations, expected) => {
  expect(downtimeMs(observations, 0, 1_000)).toBe(expected);
});

test.each([
  ['nothing', []],
  ['nothing at the start', [up(1)]],
])('%s observed is an error', (_name, observations) => {
  expect(() => downtimeMs(observations, 0, 1_000)).toThrow(RangeError);
});

test.each([
  [0, 0],
  [49, 0],
  [50, 0.1],
  [42_549, 42.5],
])('%d ms are %d s', (durationMs, seconds) => {
  expect(toTenths(durationMs)).toBe(seconds);
});
