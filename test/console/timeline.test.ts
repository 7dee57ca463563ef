import type { Operation } from '../../console/src/api/node-types';
import { ticksOf, tickText, timelineOf } from '../../console/src/pages/node/replacements/timeline/timeline';

const at = (seconds: number): string =>
  new Date(Date.parse('2026-03-01T08:00:00.000Z') + seconds * 1_000).toISOString();
const NOW = new Date(at(20));
const [OLD, NEW] = ['i-05539d9ebed9fcc09', 'i-07c6be4322b1ecf88'];
const instance = (instanceId: string, instanceType: string): Operation['before'] => ({
  instanceId,
  instanceType,
  availabilityZone: 'eu-west-1a',
  lifeCycle: 'spot',
});

const cold: Operation = {
  kind: 'replace',
  startedBy: 'interruption',
  generation: 3,
  executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:Holdfast-replace-node:abc',
  startedAt: at(0.3),
  endedAt: at(44),
  outcome: 'succeeded',
  errorName: null,
  steps: [
    { step: 'take-node', state: 'Take the node', enteredAt: at(0), leftAt: at(0.3), outcome: 'done', errorName: null },
    {
      step: 'await-termination',
      state: 'Terminate',
      enteredAt: at(1),
      leftAt: at(31),
      outcome: 'done',
      errorName: null,
    },
    {
      step: 'launch-instance',
      state: 'Launch',
      enteredAt: at(32),
      leftAt: at(33),
      outcome: 'retried',
      errorName: 'Throttled',
    },
    { step: 'launch-instance', state: 'Launch', enteredAt: at(34), leftAt: at(36), outcome: 'done', errorName: null },
  ],
  instanceStates: [
    { instanceId: OLD, role: 'old', state: 'shutting-down', at: at(1) },
    { instanceId: OLD, role: 'old', state: 'terminated', at: at(31) },
    { instanceId: NEW, role: 'replacement', state: 'pending', at: at(35) },
    { instanceId: NEW, role: 'replacement', state: 'running', at: at(43) },
  ],
  before: instance(OLD, 'm7g.large'),
  after: instance(NEW, 'm6g.large'),
  address: { awayFrom: at(1), awayTo: at(43), awaySeconds: 42 },
};
const underWay: Operation = {
  ...cold,
  endedAt: null,
  outcome: null,
  after: null,
  steps: [cold.steps[0]!, { ...cold.steps[1]!, leftAt: null, outcome: null }],
  instanceStates: [cold.instanceStates[0]!],
  address: { awayFrom: at(1), awayTo: null, awaySeconds: null },
};

it('begins with the earliest time that is known, and marks the time without the address', () => {
  const { start, end, away } = timelineOf(cold, NOW);
  expect(start).toBe(at(0));
  expect(end).toBe(44_000);
  expect(away).toEqual({ from: 1_000, to: 43_000, isOpen: false });
});

it('says where the address was, and what became of both instances', () => {
  const { lanes } = timelineOf(cold, NOW);
  const texts = lanes.map(({ name, detail, bars }) => [
    name,
    detail,
    ...bars.map(({ from, to, label }) => `${label} ${from}-${to}`),
  ]);
  expect(texts).toEqual([
    [
      'Address',
      undefined,
      'leads to the old instance 0-1000',
      'leads nowhere 1000-43000',
      'leads to the new instance 43000-44000',
    ],
    ['Old instance', `${OLD}, m7g.large`, 'running 0-1000', 'shutting-down 1000-31000', 'terminated 31000-31000'],
    ['New instance', `${NEW}, m6g.large`, 'pending 35000-43000', 'running 43000-44000'],
  ]);
});

it('puts the visits of a state into one row, with their sum', () => {
  const launch = timelineOf(cold, NOW).phases.find(({ name }) => name === 'Launch')!;
  expect(launch.visits.map(({ from, to, outcome }) => [from, to, outcome])).toEqual([
    [32_000, 33_000, 'retried'],
    [34_000, 36_000, 'done'],
  ]);
  expect(launch.totalMs).toBe(3_000);
});

it('goes on until now while the operation is under way', () => {
  const { end, away, phases, lanes } = timelineOf(underWay, NOW);
  expect(end).toBe(20_000);
  expect(away).toEqual({ from: 1_000, to: 20_000, isOpen: true });
  expect(phases.at(-1)).toMatchObject({ name: 'Terminate', visits: [{ from: 1_000, to: 20_000, isOpen: true }] });
  expect(lanes[1]!.bars.at(-1)).toMatchObject({ label: 'shutting-down', to: 20_000, isOpen: true });
});

it('ends a step of which nobody knows when it ended where it began', () => {
  const steps = [{ ...cold.steps[1]!, leftAt: null, outcome: 'done' as const }];
  expect(timelineOf({ ...cold, steps: [cold.steps[0]!, ...steps] }, NOW).phases[1]!.visits[0]).toMatchObject({
    from: 1_000,
    to: 1_000,
    isOpen: false,
  });
});

it('has no address before the first instance, and none after the last one', () => {
  const address = { awayFrom: null, awayTo: null, awaySeconds: null };
  const launch = timelineOf({ ...cold, kind: 'launch', before: null, instanceStates: [], address }, NOW);
  expect(launch.lanes).toEqual([]);
  const away = { awayFrom: at(1), awayTo: null, awaySeconds: null };
  const pause = timelineOf({ ...cold, kind: 'pause', after: null, address: away }, NOW);
  expect(pause.lanes[0]!.bars.map(({ label }) => label)).toEqual(['leads to the old instance', 'leads nowhere']);
  expect(pause.away).toEqual({ from: 1_000, to: 44_000, isOpen: false });
});

it.each([
  [44_000, 9, [0, 5_000, 10_000, 15_000, 20_000, 25_000, 30_000, 35_000, 40_000]],
  [360_000, 8, [0, 60_000, 120_000, 180_000, 240_000, 300_000, 360_000]],
  [900, 5, [0, 200, 400, 600, 800]],
])('marks round times up to %d ms', (end, count, ticks) => {
  expect(ticksOf(end, count)).toEqual(ticks);
});

it.each([
  [0, '0'],
  [2_500, '2.5 s'],
  [240_000, '4 min'],
  [5_400_000, '1 h 30 min'],
  [7_200_000, '2 h'],
])('writes %d ms at the line of time as %s', (ms, text) => {
  expect(tickText(ms)).toBe(text);
});
