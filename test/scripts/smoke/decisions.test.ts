/** The decisions of the smoke test, on looks that a test makes up. */
import { answersFrom } from '../../../scripts/smoke/answers';
import { Cleanup } from '../../../scripts/smoke/cleanup';
import { identityFaults, identityIn } from '../../../scripts/smoke/identity';
import { measuredSettings, samplesOf } from '../../../scripts/smoke/measured';
import { milestonesOf, phasesOf, type Interrupted } from '../../../scripts/smoke/milestones';
import { addressAwayMs, changesIn } from '../../../scripts/smoke/observations';
import { readOptions } from '../../../scripts/smoke/options';
import { pricesOf, totalUsd } from '../../../scripts/smoke/price';
import { stoppable, Stopped, until } from '../../../scripts/smoke/time';
import { aLook, anInstance, anInterface, COLD } from './looks';

const line = (seconds: number, message: string) => ({
  createdAt: new Date(seconds * 1000).toISOString(),
  severity: 'INFO',
  message,
});

const INTERRUPTED: Interrupted = {
  attachment: 'cold',
  warnedAtMs: 100_000,
  replacedAtMs: 152_000,
  looks: COLD,
  log: [
    line(10, 'operation 1 begins: created'),
    line(30, 'the interface is free'),
    line(40, 'ACTIVE on i-old'),
    line(101, 'operation 2 begins: interrupted'),
    line(134, 'the interface is free'),
    line(151, 'ACTIVE on i-new'),
  ],
  oldInstanceId: 'i-old',
  newInstanceId: 'i-new',
};

describe('milestones', () => {
  const shown = (interrupted: Interrupted) =>
    milestonesOf(interrupted).map(({ name, atMs, source }) => `${name} ${atMs / 1000} ${source}`);

  test('come from FIS, the node log, EC2 and the looks', () => {
    expect(shown(INTERRUPTED)).toEqual([
      'warning 100 fis',
      'operation 101 log',
      'oldInstanceEnding 102 look',
      'oldInstanceTerminated 130 look',
      'interfaceFree 133 look',
      'replacementLaunched 135 ec2',
      'replacementRunning 150 look',
      'interfaceAttached 150 look',
      'nodeActive 151 log',
    ]);
  });

  test('an interface that no look showed free was free when the node log says so', () => {
    const looks = COLD.filter(({ networkInterface }) => networkInterface?.status !== 'available');
    expect(shown({ ...INTERRUPTED, looks })).toContain('interfaceFree 134 log');
  });

  test('what was not seen has no time, and its phases have none', () => {
    const milestones = milestonesOf({ ...INTERRUPTED, log: [] });
    const phases = new Map(phasesOf('cold', milestones).map(({ phase, seconds }) => [phase, seconds]));
    expect(phases.get('in all')).toBeNull();
    expect(phases.get('ending to terminated')).toBe(28);
    expect(phases.get('replacement launched to running')).toBe(15);
  });
});

describe('the address is away', () => {
  test('while it leads to no running instance', () => {
    expect(addressAwayMs(COLD, 100_000, 152_000)).toBe(48_000);
  });

  test('until the end if it does not come back, and only from the warning on', () => {
    const looks = [aLook(90, { association: undefined })];
    expect(addressAwayMs(looks, 100_000, 160_000)).toBe(60_000);
  });

  test.each([
    {
      why: 'the Elastic IP is on another interface',
      look: { association: { id: 'eipassoc-1', interfaceId: 'eni-2' } },
    },
    { why: 'the interface is still attaching', look: { networkInterface: anInterface('i-old', 'attaching') } },
    { why: 'the instance is pending', look: { instances: [anInstance('i-old', 'pending')] } },
  ])('if $why', ({ look }) => {
    expect(addressAwayMs([aLook(0, look)], 0, 7_000)).toBe(7_000);
  });
});

test('changes name each thing that became different, once', () => {
  const changes = changesIn(COLD.slice(0, 3)).map(
    ({ atMs, what, from, to }) => `${atMs / 1000} ${what} ${from} -> ${to}`,
  );
  expect(changes).toEqual([
    '99 instance none -> running',
    '99 association none -> eni-1 by eipassoc-1',
    '99 interface none -> in-use',
    '99 attachment none -> attached to i-old',
    '102 instance running -> shutting-down',
    '130 instance shutting-down -> terminated',
    '130 association eni-1 by eipassoc-1 -> none',
  ]);
});

describe('the identity', () => {
  const before = identityIn(COLD[0]!)!;
  const after = identityIn(COLD.at(-1)!)!;

  test('is kept by another instance', () => {
    expect(identityFaults(before, after)).toEqual([]);
  });

  test.each([
    { change: { privateIp: '10.0.0.43' }, fault: 'the private IP was 10.0.0.42 and is now 10.0.0.43' },
    { change: { publicIp: '198.51.100.8' }, fault: 'the public IP was 198.51.100.7 and is now 198.51.100.8' },
    { change: { macAddress: '02:ff' }, fault: 'the MAC address was 02:00:00:00:00:01 and is now 02:ff' },
    { change: { networkInterfaceId: 'eni-2' }, fault: 'the interface was eni-1 and is now eni-2' },
    { change: { instanceId: 'i-old' }, fault: 'the interface is still on the interrupted instance i-old' },
  ])('$fault', ({ change, fault }) => {
    expect(identityFaults(before, { ...after, ...change })).toEqual([fault]);
  });

  test('is not kept if the interface is free or has no public IP', () => {
    expect(identityIn(COLD[3]!)).toBeUndefined();
    expect(
      identityIn(aLook(0, { networkInterface: { ...anInterface('i-old'), publicIp: undefined } })),
    ).toBeUndefined();
    expect(identityFaults(before, undefined)).toHaveLength(1);
  });
});

describe('the measured latencies', () => {
  test('are those between two looks', () => {
    expect(samplesOf({ attachment: 'cold', looks: COLD })).toEqual([
      { latency: 'instanceRunning', durationMs: 99_000 },
      { latency: 'instanceTerminated', durationMs: 28_000 },
      { latency: 'instanceRunning', durationMs: 15_000 },
      { latency: 'interfaceAttachedAtLaunch', durationMs: 14_000 },
      { latency: 'interfaceFreedAfterTermination', durationMs: 3_000 },
    ]);
  });

  test('one sample is a fixed latency, several are a range', () => {
    expect(measuredSettings([{ attachment: 'cold', looks: COLD }], true)).toEqual({
      latencies: {
        instanceRunning: { typicalMs: [15_000, 99_000], tailMs: 99_000, tailShare: 0 },
        instanceTerminated: 28_000,
        interfaceAttachedAtLaunch: 14_000,
        interfaceFreedAfterTermination: 3_000,
      },
      elasticIpSurvivesTermination: true,
    });
  });

  test('a hot node measures a detachment', () => {
    const looks = [
      aLook(0, { networkInterface: anInterface('i-old', 'detaching') }),
      aLook(3, { networkInterface: anInterface(undefined) }),
      aLook(4, { networkInterface: anInterface('i-old', 'attaching') }),
      aLook(6),
    ];
    const durations = samplesOf({ attachment: 'hot', looks }).filter(({ latency }) => latency.startsWith('interface'));
    expect(durations).toEqual([
      { latency: 'interfaceAttached', durationMs: 2_000 },
      { latency: 'interfaceDetached', durationMs: 3_000 },
    ]);
  });

  test('a change between two looks is no sample', () => {
    const looks = [aLook(0), aLook(9, { instances: [anInstance('i-old', 'terminated', 0)] })];
    expect(samplesOf({ attachment: 'hot', looks }).map(({ latency }) => latency)).not.toContain('instanceTerminated');
  });
});

describe('the answers', () => {
  const subnet = { id: 'subnet-1', ownerId: '123456789012', arn: 'arn:aws:ec2:us-east-1:123456789012:subnet/subnet-1' };
  const evidence = { accountId: '123456789012', subnet, interrupted: [INTERRUPTED], deleted: [] };
  const answers = (changes: object = {}) => answersFrom({ ...evidence, ...changes }).map(({ answer }) => answer);

  test('come from the looks', () => {
    expect(answers()).toEqual(['no', '3 s after it', 'not seen', 'not seen', 'not seen', 'not seen']);
  });

  test('the same association after the replacement proves that AWS had kept it', () => {
    const kept = { id: 'eipassoc-1', interfaceId: 'eni-1' };
    const looks = COLD.map((look) => ({ ...look, association: kept }));
    expect(answers({ interrupted: [{ ...INTERRUPTED, looks }] })[0]).toBe('yes');
  });

  test('a hot node says nothing about the termination', () => {
    expect(answers({ interrupted: [{ ...INTERRUPTED, attachment: 'hot' }] }).slice(0, 2)).toEqual([
      'not seen',
      'not seen',
    ]);
  });

  test('an interface that is free before EC2 shows the termination is told as that', () => {
    const looks = [aLook(100, { networkInterface: anInterface(undefined) }), ...COLD.slice(2)];
    expect(answers({ interrupted: [{ ...INTERRUPTED, looks }] })[1]).toBe('30 s before EC2 showed the termination');
  });

  test('errors, refusals and a shared subnet are reported', () => {
    const log = [line(120, 'deleteInterface: UnauthorizedOperation: no')];
    const deleted = [{ id: 'eni-1', code: 'InvalidNetworkInterfaceID.NotFound' }];
    const shared = {
      id: 'subnet-1',
      ownerId: '999999999999',
      arn: 'arn:aws:ec2:us-east-1:999999999999:subnet/subnet-1',
    };
    const shown = answers({ interrupted: [{ ...INTERRUPTED, log }], deleted, subnet: shared });
    expect(shown.slice(2, 5)).toEqual(['InvalidNetworkInterfaceID.NotFound', 'perhaps: read the node log', 'yes']);
  });
});

test('the price is dominated by FIS, and doubles with the second node', () => {
  const one = pricesOf(1, ['t4g.micro', 't4g.small']);
  expect(one.find(({ what }) => what.startsWith('FIS'))?.usd).toBeCloseTo(0.2);
  expect(totalUsd(one)).toBeLessThan(0.25);
  expect(totalUsd(pricesOf(2, ['t4g.micro', 't4g.small']))).toBeCloseTo(2 * totalUsd(one));
  // An unknown type is not free.
  expect(totalUsd(pricesOf(1, ['x9.huge']))).toBeGreaterThan(totalUsd(one));
});

describe('options', () => {
  test('defaults', () => {
    expect(readOptions(['--subnet', 'subnet-0a1b'])).toEqual({
      kind: 'smoke',
      simulated: false,
      seed: 1,
      stack: 'Holdfast',
      subnetId: 'subnet-0a1b',
      region: undefined,
      profile: undefined,
      attachments: ['cold', 'hot'],
      instanceTypes: ['t4g.micro', 't4g.small'],
      roleArn: undefined,
      jsonPath: undefined,
      yes: false,
    });
  });

  test.each([
    { argv: [], problem: '--subnet is missing' },
    { argv: ['--subnet', 'sg-1'], problem: '--subnet must be a subnet' },
    { argv: ['--attachment', 'warm'], problem: '--attachment must be cold, hot or both' },
    { argv: ['--attachment', 'toString'], problem: '--attachment must be' },
    { argv: ['--types', 't4g'], problem: '--types must be instance types' },
    { argv: ['--fis-role-arn', 'mine'], problem: '--fis-role-arn must be the ARN' },
    { argv: ['--seed', '1'], problem: '--seed has an effect only' },
    { argv: ['--simulated', '--yes'], problem: '--yes has no effect' },
    { argv: ['--simulated', '--stack', 'Mine'], problem: '--stack has no effect' },
    { argv: ['--simulated', '--seed', 'x'], problem: '--seed must be a whole number' },
    { argv: ['--nope'], problem: '--nope is not an option' },
  ])('$argv is refused', ({ argv, problem }) => {
    const request = readOptions(argv);
    expect(request).toMatchObject({ kind: 'invalid' });
    expect(JSON.stringify(request)).toContain(problem);
  });
});

describe('time', () => {
  const clock = (): { now: () => number; sleep: (delayMs: number) => Promise<void> } => {
    let nowMs = 0;
    return { now: () => nowMs, sleep: async (delayMs) => void (nowMs += delayMs) };
  };

  test('a stopped time ends a sleep that has begun, and each later one', async () => {
    const stop = new AbortController();
    const time = stoppable({ now: () => 0, sleep: () => new Promise(() => undefined) }, stop.signal);
    const sleeping = time.sleep(1_000);
    stop.abort();
    await expect(sleeping).rejects.toThrow(Stopped);
    await expect(time.sleep(1_000)).rejects.toThrow(Stopped);
  });

  test('an attempt is repeated until it returns something, or the time is over', async () => {
    let attempts = 0;
    const third = async () => ((attempts += 1) === 3 ? 'done' : undefined);
    expect(await until(clock(), 1_000, 10_000, third)).toBe('done');
    const never = async (): Promise<string | undefined> => undefined;
    expect(await until(clock(), 1_000, 10_000, never)).toBeUndefined();
  });
});

test('the last made is removed first, a failure keeps none of the others, and what remains is named', async () => {
  const removed: string[] = [];
  const cleanup = new Cleanup(() => undefined);
  const task = (what: string, fails = false) => ({
    what,
    remove: async () => {
      if (fails) throw new Error('no');
      removed.push(what);
    },
    command: () => `remove ${what}`,
  });
  const early = task('early');
  for (const each of [task('one'), task('two', true), early, task('three')]) cleanup.add(each);
  await cleanup.finish(early);
  expect(await cleanup.finishAll()).toEqual([{ what: 'two', reason: 'Error: no', command: 'remove two' }]);
  expect(removed).toEqual(['early', 'three', 'one']);
  expect(cleanup.pending('stopped')).toEqual([{ what: 'two', reason: 'stopped', command: 'remove two' }]);
});
