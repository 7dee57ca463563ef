import { launchLines, timelineLines } from '../../scripts/demo/lines';
import { styleFor } from '../../scripts/demo/style';
import { Timeline, type Entry } from '../../scripts/demo/timeline';

const PLAIN = styleFor({ isTTY: false, environment: {} });
const ENI = 'eni-0123';
const NAMES = new Map([
  [ENI, 'node ENI'],
  ['i-01', 'old instance'],
]);

describe('recording', () => {
  test('a call has the time of its request and the ids of its resources', () => {
    const timeline = new Timeline();
    timeline.addTransition({ at: 1_100, what: 'instance', resourceId: 'i-01', from: 'none', to: 'pending' });
    const input = {
      ImageId: 'ami-01',
      SubnetId: 'subnet-01',
      NetworkInterfaces: [{ NetworkInterfaceId: ENI }],
      Filters: [{ Name: 'instance', Values: ['i-01', ENI] }],
    };
    timeline.addCall({ at: 1_000, durationMs: 200, command: 'RunInstances', input, outcome: 'ok' });
    expect(timeline.between(900, 2_000)).toEqual([
      {
        atSeconds: 0.1,
        kind: 'call',
        what: 'RunInstances',
        resourceIds: [ENI, 'i-01'],
        outcome: 'ok',
        durationSeconds: 0.2,
      },
      { atSeconds: 0.2, kind: 'change', what: 'instance', resourceId: 'i-01', from: 'none', to: 'pending' },
    ]);
  });

  test('states are recorded when entered, failed or retried, not when exited', () => {
    const timeline = new Timeline();
    timeline.addHistory('Replace', { at: 0, type: 'entered', state: 'Work' });
    timeline.addHistory('Replace', { at: 1, type: 'failed', state: 'Work', error: 'NotReady' });
    timeline.addHistory('Replace', { at: 2, type: 'exited', state: 'Work' });
    expect(timeline.between(0, 10)).toEqual([
      { atSeconds: 0, kind: 'step', what: 'Work', workflow: 'Replace', phase: 'entered' },
      { atSeconds: 0.001, kind: 'step', what: 'Work', workflow: 'Replace', phase: 'failed', error: 'NotReady' },
    ]);
  });

  test('entries before the start and from the end on are left out', () => {
    const timeline = new Timeline();
    for (const at of [999, 1_000, 1_999, 2_000])
      timeline.add(at, { kind: 'event', what: `at ${at}`, instanceId: 'i-01' });
    expect(timeline.between(1_000, 2_000).map(({ what }) => what)).toEqual(['at 1000', 'at 1999']);
  });
});

const poll = (atSeconds: number, resourceIds: string[] = [ENI], outcome = 'ok'): Entry => ({
  atSeconds,
  kind: 'call',
  what: 'DescribeNetworkInterfaces',
  resourceIds,
  outcome,
  durationSeconds: 0.1,
});
const change = (what: 'instance' | 'interface' | 'attachment' | 'association' | 'address', from: string, to: string) =>
  ({ atSeconds: 3, kind: 'change', what, resourceId: what === 'instance' ? 'i-01' : ENI, from, to }) as const;
const step = (what: string, phase: 'entered' | 'failed' | 'retried' | 'caught' = 'entered', error?: string): Entry => ({
  atSeconds: 2,
  kind: 'step',
  what,
  workflow: 'Replace',
  phase,
  ...(error === undefined ? {} : { error }),
});

describe('lines', () => {
  test.each<[string, Entry[], string[]]>([
    [
      'an event',
      [{ atSeconds: 0, kind: 'event', what: 'Warning', instanceId: 'i-01', action: 'terminate' }],
      ['    0.0 s  ! Warning (terminate): i-01 (old instance)'],
    ],
    ['a state', [step('Take the node')], ['    2.0 s  = Take the node']],
    ['a choice is not shown', [step('Is the node ours?')], []],
    ['an error', [step('Work', 'failed', 'NotReady')], ['    2.0 s    ~ NotReady']],
    ['a timeout', [step('Work', 'failed', 'States.Timeout')], ['    2.0 s    ~ timed out (States.Timeout)']],
    ['a retry', [step('Work', 'retried')], ['    2.0 s    ~ retried']],
    ['a call', [poll(1.26)], ['    1.3 s    > DescribeNetworkInterfaces     eni-0123 (node ENI)']],
    [
      'polls are one line',
      [poll(1), poll(1.5), poll(2)],
      ['    1.0 s    > DescribeNetworkInterfaces x3  eni-0123 (node ENI)'],
    ],
    [
      'a poll with another outcome is another line',
      [poll(1, [ENI], 'InvalidNetworkInterfaceID.NotFound'), poll(2)],
      [
        '    1.0 s    > DescribeNetworkInterfaces     eni-0123 (node ENI)  InvalidNetworkInterfaceID.NotFound',
        '    2.0 s    > DescribeNetworkInterfaces     eni-0123 (node ENI)',
      ],
    ],
    [
      'a poll of another resource is another line',
      [poll(1), poll(2, ['eni-0999'])],
      [
        '    1.0 s    > DescribeNetworkInterfaces     eni-0123 (node ENI)',
        '    2.0 s    > DescribeNetworkInterfaces     eni-0999',
      ],
    ],
    [
      'a change',
      [change('instance', 'pending', 'running')],
      ['    3.0 s    * i-01 (old instance): pending -> running'],
    ],
    ['a new resource', [change('instance', 'none', 'pending')], ['    3.0 s    * i-01 (old instance): new, pending']],
    ['an attachment is not shown', [change('attachment', 'attaching', 'attached')], []],
    [
      'an address put on',
      [change('association', 'none', ENI)],
      ['    3.0 s    * eni-0123 (node ENI): put on node ENI'],
    ],
    [
      'an address taken off',
      [change('association', ENI, 'none')],
      ['    3.0 s    * eni-0123 (node ENI): taken off node ENI'],
    ],
    [
      'the address becomes unreachable',
      [change('address', 'reachable', 'away')],
      ['    3.0 s  x The address leads nowhere.'],
    ],
    [
      'the address becomes reachable',
      [change('address', 'away', 'reachable')],
      ['    3.0 s  + The address leads to a running instance again.'],
    ],
    [
      'another interface is shown only when it is created and deleted',
      [
        { ...change('interface', 'none', 'available'), resourceId: 'eni-0999' },
        { ...change('interface', 'available', 'attaching'), resourceId: 'eni-0999' },
        { ...change('interface', 'in-use', 'deleted'), resourceId: 'eni-0999' },
      ],
      [
        '    3.0 s    * eni-0999 (its own primary): new, available',
        '    3.0 s    * eni-0999 (its own primary): in-use -> deleted',
      ],
    ],
  ])('%s', (_name, entries, lines) => {
    expect(timelineLines(entries, NAMES, PLAIN)).toEqual(lines);
  });

  test('the lines of a launch show what was created', () => {
    const entries = [
      step('Take the node'),
      poll(1),
      change('interface', 'none', 'available'),
      change('interface', 'available', 'in-use'),
    ];
    expect(launchLines(entries, NAMES, PLAIN)).toEqual(['    3.0 s    * eni-0123 (node ENI): new, available']);
  });
});

describe('style', () => {
  const polls = [poll(1), poll(2)];
  const drawn = (isTTY: boolean, environment: Record<string, string>): string =>
    timelineLines([...polls, change('instance', 'pending', 'running')], NAMES, styleFor({ isTTY, environment })).join(
      '\n',
    );

  test.each([
    ['a terminal', true, {}, { colour: true, ascii: false }],
    ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, { colour: false, ascii: false }],
    ['a terminal with an empty NO_COLOR', true, { NO_COLOR: '' }, { colour: true, ascii: false }],
    ['a pipe', false, {}, { colour: false, ascii: true }],
  ])('%s', (_name, isTTY, environment, { colour, ascii }) => {
    const text = drawn(isTTY, environment);
    expect(text.includes('\u001b[')).toBe(colour);
    expect(/^[\x20-\x7e\n]*$/.test(text)).toBe(ascii);
    expect(text).toContain(ascii ? 'x2' : '×2');
  });
});
