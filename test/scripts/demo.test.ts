/** The demo from its options to its exit status, on the real control plane. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../scripts/demo/main';
import type { NodeAddresses } from '../../local/sandbox';
import type { Entry } from '../../scripts/demo/timeline';
import { RECOMMENDATION, WARNING } from './demo-events';

interface Document {
  readonly before: NodeAddresses;
  readonly after: NodeAddresses | null;
  readonly timeline: readonly Entry[];
  readonly downtimeSeconds: number;
  readonly persisted: boolean;
}

async function demo(...argv: string[]): Promise<{ status: number; out: string; complaints: string }> {
  let [out, complaints] = ['', ''];
  const status = await main(argv, {
    isTTY: false,
    environment: {},
    write: (text) => (out += text),
    complain: (text) => (complaints += text),
  });
  return { status, out, complaints };
}

async function demoJson(...argv: string[]): Promise<Document & { status: number; complaints: string }> {
  const { status, out, complaints } = await demo('--json', ...argv);
  return { ...(JSON.parse(out) as Document), status, complaints };
}

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: unknown): string {
  const path = join(folder, 'event.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** When the change happened, in seconds. */
function when(timeline: readonly Entry[], resourceId: string, to: string): number {
  const found = timeline.find((entry) => entry.kind === 'change' && entry.resourceId === resourceId && entry.to === to);
  return found?.atSeconds ?? NaN;
}

describe.each(['cold', 'hot'])('%s', (attachment) => {
  test.each(['1', '2', '3'])('seed %s: another instance, the same addresses', async (seed) => {
    const { before, after, ...outcome } = await demoJson('--attachment', attachment, '--seed', seed);
    const { instanceId, ...identity } = before;
    expect(identity).toEqual({
      networkInterfaceId: expect.stringMatching(/^eni-/),
      privateIp: '10.0.0.42',
      publicIp: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
      macAddress: expect.stringMatching(/^02:/),
    });
    expect(after).toEqual({ instanceId: expect.stringMatching(/^i-/), ...identity });
    expect(after!.instanceId).not.toBe(instanceId);
    expect(outcome).toMatchObject({ status: 0, persisted: true, complaints: '' });
    expect(when(outcome.timeline, instanceId, 'terminated')).toBeGreaterThan(0);
  });

  test('the timeline starts with the event and is in order', async () => {
    const { timeline, before } = await demoJson('--attachment', attachment);
    expect(timeline[0]).toEqual({
      atSeconds: 0,
      kind: 'event',
      what: 'EC2 Spot Instance Interruption Warning',
      instanceId: before.instanceId,
      action: 'terminate',
    });
    const seconds = timeline.map(({ atSeconds }) => atSeconds);
    expect(seconds).toEqual([...seconds].sort((one, other) => one - other));
    expect(new Set(timeline.map(({ kind }) => kind))).toEqual(new Set(['event', 'step', 'call', 'change']));
  });
});

test('cold: the downtime lasts from the end of the old instance until the new one runs', async () => {
  const { before, after, timeline, downtimeSeconds } = await demoJson('--attachment', 'cold');
  const away = when(timeline, after!.instanceId, 'running') - when(timeline, before.instanceId, 'shutting-down');
  expect(downtimeSeconds).toBeCloseTo(away, 1);
});

test('hot: the downtime lasts while the interface moves', async () => {
  const { before, timeline, downtimeSeconds } = await demoJson('--attachment=hot');
  const eni = before.networkInterfaceId;
  expect(downtimeSeconds).toBeCloseTo(when(timeline, eni, 'in-use') - when(timeline, eni, 'detaching'), 1);
});

test.each([['--json'], ['--attachment=hot']])('the same seed gives the same output: %s', async (option) => {
  const [one, other] = [await demo(option, '--seed', '5'), await demo(option, '--seed', '5')];
  expect(one).toEqual(other);
  expect((await demo(option, '--seed', '6')).out).not.toBe(one.out);
});

test('the text report: plain lines, a table, a closing sentence', async () => {
  const { status, out } = await demo('--attachment', 'hot');
  expect(status).toBe(0);
  expect(out).toMatch(/^[\x20-\x7e\n]*$/);
  expect(out).toMatch(/First launch of licence-server \(smi-[0-9a-f]+\): ACTIVE after \d+\.\d s/);
  expect(out).toMatch(/ s {2}= Hot: detach the persisted ENI\n/);
  expect(out).toMatch(/> DetachNetworkInterface +eni-attach-\w+ \(node ENI on old instance\)/);
  expect(out).toMatch(/DescribeNetworkInterfaces x\d/);
  for (const name of ['interface', 'private IP', 'public IP', 'MAC address']) {
    expect(out).toMatch(new RegExp(`^  ${name} +(\\S+) +\\1 +\\+ kept$`, 'm'));
  }
  expect(out).toMatch(/^ {2}instance +(i-\w+) +(?!\1)i-\w+ +\+ changed$/m);
  expect(out).toMatch(
    /^The node moved to another instance and kept its addresses, which were away for \d+\.\d s\.\n$/m,
  );
});

describe('an event from a file', () => {
  test.each([
    ['a warning', 'cold', WARNING],
    ['a warning', 'hot', WARNING],
    ['a warning of a stop', 'hot', { ...WARNING, detail: { ...WARNING.detail, 'instance-action': 'stop' } }],
    ['a recommendation', 'cold', RECOMMENDATION],
    ['a recommendation', 'hot', RECOMMENDATION],
  ])('%s replaces the instance of the node: %s', async (_name, attachment, event) => {
    const outcome = await demoJson('--event', file(event), '--attachment', attachment);
    expect(outcome).toMatchObject({ status: 0, persisted: true });
    expect(outcome.timeline[0]).toMatchObject({ what: event['detail-type'], instanceId: outcome.before.instanceId });
    const executions = outcome.timeline.filter((entry) => entry.kind === 'step' && entry.what === 'Take the node');
    expect(executions).toHaveLength(1);
  });

  test('about another instance replaces nothing', async () => {
    const event = { ...WARNING, detail: { ...WARNING.detail, 'instance-id': 'i-0aaaaaaaaaaaaaaaa' } };
    const outcome = await demoJson('--event', file(event));
    expect(outcome).toMatchObject({ status: 1, persisted: false, downtimeSeconds: 0 });
    expect(outcome.after).toEqual(outcome.before);
    expect(outcome.complaints).toBe("i-0aaaaaaaaaaaaaaaa is not a node's instance: nothing was replaced.\n");
    const last = outcome.timeline.filter((entry) => entry.kind === 'step').at(-1);
    expect(last).toMatchObject({ what: 'Nothing to do' });
  });

  test('about another instance is also explained in the text report', async () => {
    const event = { ...WARNING, detail: { ...WARNING.detail, 'instance-id': 'i-0aaaaaaaaaaaaaaaa' } };
    const { status, out } = await demo('--event', file(event));
    expect(status).toBe(1);
    expect(out).toContain("i-0aaaaaaaaaaaaaaaa is not a node's instance: nothing was replaced.\n");
    expect(out).toMatch(/^ {2}instance +(i-\w+) +\1 +x kept$/m);
  });

  test.each<[string, () => string, string[]]>([
    ['does not exist', () => join(folder, 'missing.json'), ['it cannot be read: there is no such file']],
    ['is a folder', () => folder, ['it cannot be read: it is a folder']],
    ['is not JSON', () => file('{'), ['the file is not JSON']],
    ['is not an object', () => file([]), ['the file holds a list']],
    ['has several errors', () => file({ detail: {} }), ['source', 'detail-type', 'detail.instance-id']],
  ])('that %s is refused, with every error', async (_name, path, problems) => {
    const { status, out, complaints } = await demo('--json', '--event', path());
    expect({ status, out }).toEqual({ status: 2, out: '' });
    const [title, ...lines] = complaints.trimEnd().split('\n');
    expect(title).toMatch(/ is not an event that the demo can deliver:$/);
    expect(lines).toEqual(problems.map((problem) => expect.stringContaining(`  - ${problem}`)));
  });
});

test('an unknown option is refused, with the usage', async () => {
  const { status, out, complaints } = await demo('--colour');
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(complaints).toContain('  - --colour is not an option\n\nUsage: npm run demo');
});

test('--help prints the usage', async () => {
  const { status, out } = await demo('--help');
  expect(status).toBe(0);
  expect(out).toMatch(/^Usage: npm run demo/);
});
