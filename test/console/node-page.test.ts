/** What the page of a node derives from the API's responses. */
import type { LogEntry } from '../../console/src/api/schemas';
import type { Operation } from '../../console/src/api/node-types';
import { asText, merged, MOST_LINES, partsOf, readFrom, withText } from '../../console/src/pages/node/log/log-lines';
import { boundsOf, faultOf, secondsOf } from '../../console/src/pages/node/log/log-range';
import { attachmentsOf } from '../../console/src/pages/node/network/attachments';
import { dollars, firstDay } from '../../console/src/pages/node/overview/cost-range';
import {
  awayText,
  instancesText,
  newestFirst,
  starterText,
} from '../../console/src/pages/node/replacements/operation-text';

const at = (seconds: number): string =>
  new Date(Date.parse('2026-03-01T08:00:00.000Z') + seconds * 1_000).toISOString();
const entry = (seconds: number, message = `at ${seconds}`): LogEntry => ({
  createdAt: at(seconds),
  severity: 'INFO',
  message,
});

describe('the log', () => {
  it('reads again a little before the newest entry, but not before the range', () => {
    expect(readFrom([], at(0))).toBe(at(0));
    expect(readFrom([entry(100)], at(0))).toBe(at(70));
    expect(readFrom([entry(100)], at(90))).toBe(at(90));
  });

  it('is the same object if nothing is new', () => {
    const known = [entry(10), entry(100)];
    expect(merged(known, [entry(100)], at(70))).toBe(known);
  });

  it('takes up an entry that appears late, and keeps equal ones apart', () => {
    const known = [entry(10), entry(100)];
    const read = [entry(99), entry(100), entry(100)];
    expect(merged(known, read, at(70))).toEqual([entry(10), ...read]);
  });

  it('keeps the newest entries only', () => {
    const known = Array.from({ length: MOST_LINES }, (_, second) => entry(second));
    const news = entry(MOST_LINES);
    const all = merged(known, [...known.slice(-31), news], readFrom(known, undefined));
    expect(all).toHaveLength(MOST_LINES);
    expect([all[0], all.at(-1)]).toEqual([entry(1), news]);
  });

  it('finds text in upper or lower case, and marks each place', () => {
    const entries = [entry(1, 'ACTIVE on i-1'), entry(2, 'created')];
    expect(withText(entries, ' active ')).toEqual([entries[0]]);
    expect(withText(entries, ' ')).toBe(entries);
    expect(partsOf('eni and ENI', 'eni')).toEqual([
      { text: 'eni', isMatch: true },
      { text: ' and ', isMatch: false },
      { text: 'ENI', isMatch: true },
    ]);
  });

  it('becomes a text file with a line an entry', () => {
    expect(asText([entry(1, 'created')])).toBe('2026-03-01T08:00:01.000Z INFO  created\n');
  });

  it('has a range that ends now, or one with both ends', () => {
    expect(boundsOf({ type: 'relative', seconds: secondsOf(2, 'hour') }, new Date(at(7_200)))).toEqual({
      fromDate: at(0),
    });
    expect(boundsOf({ type: 'absolute', from: at(1), to: at(2) }, new Date())).toEqual({
      fromDate: at(1),
      toDate: at(2),
    });
    expect(faultOf({ type: 'absolute', from: at(2), to: at(1) })).toBe('The range ends before it begins.');
    expect(faultOf({ type: 'relative', seconds: 0 })).toBe('Enter a positive number.');
    expect(faultOf({ type: 'absolute', from: at(1), to: at(1) })).toBeUndefined();
  });
});

const instance = (instanceId: string): NonNullable<Operation['before']> => ({
  instanceId,
  instanceType: 'm7g.large',
  availabilityZone: 'eu-west-1a',
  lifeCycle: 'spot',
});
const operation = (change: Partial<Operation>): Operation => ({
  kind: 'replace',
  startedBy: 'interruption',
  generation: 1,
  executionArn: 'arn',
  startedAt: at(0),
  endedAt: at(50),
  outcome: 'succeeded',
  errorName: null,
  steps: [],
  instanceStates: [],
  before: null,
  after: null,
  address: { awayFrom: null, awayTo: null, awaySeconds: null },
  ...change,
});
const [A, B] = [instance('i-a'), instance('i-b')];
const launch = operation({ kind: 'launch', startedAt: at(0), endedAt: at(10), after: A });
const replace = operation({
  startedAt: at(100),
  endedAt: at(150),
  before: A,
  after: B,
  address: { awayFrom: at(101), awayTo: at(149), awaySeconds: 48 },
});
const adjust = operation({ kind: 'adjust', startedAt: at(60), endedAt: at(61), before: A, after: A });
const pause = operation({
  kind: 'pause',
  startedAt: at(200),
  endedAt: at(240),
  before: B,
  address: { awayFrom: at(201), awayTo: null, awaySeconds: null },
});

describe('the attachment history', () => {
  it('has each instance once, newest first, with the time that the address was away after it', () => {
    expect(attachmentsOf([pause, replace, adjust, launch])).toEqual([
      { instance: B, from: at(149), until: at(201), awaySeconds: null },
      { instance: A, from: at(10), until: at(101), awaySeconds: 48 },
    ]);
  });

  it('has the instance that carries the interface now', () => {
    expect(attachmentsOf([adjust, launch])).toEqual([{ instance: A, from: at(10), until: null, awaySeconds: null }]);
  });

  it('does not know since when an instance carried it that an earlier operation brought', () => {
    expect(attachmentsOf([replace])[1]).toEqual({ instance: A, from: null, until: at(101), awaySeconds: 48 });
  });

  it('has an instance that is being replaced until the address has left it', () => {
    const begun = { endedAt: null, outcome: null, after: null } as const;
    const carried = { ...replace, ...begun, address: { awayFrom: null, awayTo: null, awaySeconds: null } };
    const left = { ...replace, ...begun, address: { awayFrom: at(101), awayTo: null, awaySeconds: null } };
    expect(attachmentsOf([carried, launch])[0]).toMatchObject({ instance: A, until: null });
    expect(attachmentsOf([left, launch])[0]).toMatchObject({ instance: A, until: at(101) });
  });
});

describe('an operation in words', () => {
  const now = new Date(at(131));
  it.each([
    [replace, '48 s'],
    [launch, 'not at all'],
    [pause, 'from then on'],
    [{ ...pause, outcome: 'failed' as const }, 'still away at the end'],
    [{ ...replace, outcome: null, endedAt: null, address: { ...pause.address, awayFrom: at(101) } }, '30 s so far'],
  ])('says how long the address was away', (one, text) => {
    expect(awayText(one, now)).toBe(text);
  });

  it('says what started it, if that is known', () => {
    expect([starterText('lost'), starterText('new'), starterText(null)]).toEqual([
      'the instance had ended',
      'new',
      'its cause was not recorded',
    ]);
  });

  it('names both instances, or the one that stayed', () => {
    expect(instancesText(replace)).toBe('i-a (m7g.large) → i-b (m7g.large)');
    expect(instancesText(adjust)).toBe('i-a (m7g.large)');
    expect(instancesText(launch)).toBe('none → i-a (m7g.large)');
  });

  it('comes in the order of the starts', () => {
    expect(newestFirst([launch, replace, adjust])).toEqual([replace, adjust, launch]);
  });
});

describe('the costs', () => {
  const now = new Date('2026-03-05T23:30:00.000Z');
  it.each([
    ['month', '2026-03-01'],
    ['7', '2026-02-27'],
    ['30', '2026-02-04'],
  ] as const)('of the range %s begin on %s', (range, day) => {
    expect(firstDay(range, now)).toBe(day);
  });

  it('show fractions of a cent only below a dollar', () => {
    expect([dollars(0.00131), dollars(12.3456), dollars(null)]).toEqual(['$0.0013', '$12.35', 'Unknown']);
  });
});
