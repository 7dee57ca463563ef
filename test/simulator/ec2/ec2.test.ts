/** What the simulator adds to EC2: faults, traces, replays, refusals of unsupported requests, stored worlds. */
import {
  CreateVpcCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  EC2ServiceException,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { VirtualClock } from '../../../simulator/time/clock';
import { SimulatedEc2 } from '../../../simulator/ec2/ec2';
import { DEFAULT_LATENCIES } from '../../../simulator/ec2/latencies';
import { worldFromJson, worldToJson } from '../../../simulator/ec2/world';
import { codeOf, FIXED_LATENCIES, Lab } from './lab';

describe('errors', () => {
  test("are the SDK's own, with EC2's code as the name", async () => {
    const lab = new Lab();
    const error = await lab.instance('i-0123456789abcdef0').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(EC2ServiceException);
    expect(error).toMatchObject({
      name: 'InvalidInstanceID.NotFound',
      message: "The instance ID 'i-0123456789abcdef0' does not exist",
      $fault: 'client',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test.each([
    { code: 'InternalError', status: 500, side: 'server' },
    { code: 'RequestLimitExceeded', status: 503, side: 'server' },
    { code: 'InsufficientInstanceCapacity', status: 500, side: 'server' },
    { code: 'InsufficientHostCapacity', status: 500, side: 'server' },
    { code: 'InsufficientVolumeCapacity', status: 500, side: 'server' },
    { code: 'InsufficientAddressCapacity', status: 500, side: 'server' },
    { code: 'InsufficientFreeAddressesInSubnet', status: 400, side: 'client' },
    { code: 'UnauthorizedOperation', status: 403, side: 'client' },
    { code: 'AuthFailure', status: 401, side: 'client' },
    { code: 'AuthFailure.ServiceLinkedRoleCreationNotPermitted', status: 403, side: 'client' },
    { code: 'InvalidParameterValue', status: 400, side: 'client' },
  ])('$code has the status $status and is a $side error', async ({ code, status, side }) => {
    const lab = new Lab({ faults: () => ({ kind: 'error-before', code }) });
    const error = await lab.allocate().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: code, $fault: side, $metadata: { httpStatusCode: status } });
  });
});

describe('unsupported requests are refused', () => {
  test.each([
    ['a command', (lab: Lab) => lab.send(new CreateVpcCommand({}))],
    ['a parameter', (lab: Lab) => lab.launch({ EnclaveOptions: { Enabled: true } })],
    ['an interface parameter', (lab: Lab) => lab.launch({ NetworkInterfaces: [{ InterfaceType: 'efa' }] })],
    [
      'a filter',
      (lab: Lab) => {
        const Filters = [{ Name: 'hypervisor', Values: ['xen'] }];
        return lab.launch().then(() => lab.send(new DescribeInstancesCommand({ Filters })));
      },
    ],
    ['a filter, even if nothing exists', (lab: Lab) => unknownFilter(lab)],
  ])('%s', async (_what, call) => {
    expect(await codeOf(call(new Lab()))).toBe('NotSimulated');
  });

  const unknownFilter = (lab: Lab) =>
    lab.send(new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'nonsense', Values: ['x'] }] }));

  test('a dry run has no effect', async () => {
    const lab = new Lab();
    expect(await codeOf(lab.launch({ DryRun: true }))).toBe('DryRunOperation');
    expect(lab.ec2.world.instances.size).toBe(0);
  });
});

describe('faults', () => {
  test('an error before the effect: nothing has changed', async () => {
    const lab = new Lab({
      faults: ({ command }) => (command === 'RunInstances' ? { kind: 'error-before' } : undefined),
    });
    expect(await codeOf(lab.launch())).toBe('InternalError');
    expect(lab.ec2.world.instances.size).toBe(0);
  });

  test('an error after the effect: the call took effect', async () => {
    const lab = new Lab({
      faults: ({ command }) => (command === 'RunInstances' ? { kind: 'error-after', code: 'Unavailable' } : undefined),
    });
    expect(await codeOf(lab.launch())).toBe('Unavailable');
    expect(lab.ec2.world.instances.size).toBe(1);
  });

  test('a refusal with its message, and the status of its code: nothing has changed', async () => {
    const refuse = { kind: 'refuse', code: 'Gateway.NotAttached', message: 'Network vpc-1 has no gateway.' } as const;
    const lab = new Lab({ faults: ({ number }) => (number > 1 ? refuse : undefined) });
    await lab.allocate();
    for (const _again of [1, 2, 3]) {
      const error = await lab.allocate().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ name: refuse.code, message: refuse.message, $metadata: { httpStatusCode: 400 } });
    }
    expect(lab.ec2.world.elasticIps.size).toBe(1);
  });

  test('a throttle', async () => {
    const lab = new Lab({ faults: ({ number }) => (number === 2 ? { kind: 'throttle' } : undefined) });
    const outcomes = [await codeOf(lab.launch()), await codeOf(lab.launch()), await codeOf(lab.launch())];
    expect(outcomes).toEqual(['ok', 'RequestLimitExceeded', 'ok']);
  });

  test.each([
    { kind: 'crash-before', instances: 0 },
    { kind: 'crash-after', instances: 1 },
  ] as const)(
    '$kind: the caller never hears of it, and $instances instances are there',
    async ({ kind, instances }) => {
      let crashes = 0;
      const lab = new Lab({ faults: () => ({ kind }), onCrash: () => (crashes += 1) });
      let isSettled = false;
      const settled = () => (isSettled = true);
      lab.ec2.client.send(new RunInstancesCommand(lab.launchInput({ SubnetId: lab.subnetId }))).then(settled, settled);
      await lab.passSeconds(60);
      expect([isSettled, crashes, lab.ec2.world.instances.size]).toEqual([false, 1, instances]);
      expect(lab.calls).toMatchObject([{ command: 'RunInstances', outcome: kind }]);
    },
  );

  test('a schedule receives the command, the input and the number of the call', async () => {
    const seen: unknown[] = [];
    const lab = new Lab({
      faults: (call) => {
        seen.push(call);
        return undefined;
      },
    });
    await lab.allocate();
    await lab.allocate();
    expect(seen).toEqual([
      { command: 'AllocateAddress', input: { Domain: 'vpc' }, number: 1 },
      { command: 'AllocateAddress', input: { Domain: 'vpc' }, number: 2 },
    ]);
  });
});

describe('traces', () => {
  test('every call has a time, a duration, an input and an outcome', async () => {
    const lab = new Lab({ latencies: { call: 100 } });
    await lab.passSeconds(1);
    const at = lab.clock.now();
    await lab.allocate();
    expect(await codeOf(lab.instance('i-0123456789abcdef0'))).not.toBe('ok');
    expect(lab.calls).toEqual([
      { at, durationMs: 100, command: 'AllocateAddress', input: { Domain: 'vpc' }, outcome: 'ok' },
      {
        at: at + 100,
        durationMs: 100,
        command: 'DescribeInstances',
        input: { InstanceIds: ['i-0123456789abcdef0'] },
        outcome: 'InvalidInstanceID.NotFound',
      },
    ]);
  });

  test('every transition of instances, interfaces and attachments is reported', async () => {
    const lab = new Lab();
    const interfaceId = await lab.makeInterface();
    const instanceId = await lab.launchWith(interfaceId);
    await lab.passSeconds(10);
    await lab.terminate(instanceId);
    await lab.passSeconds(34);
    const of = (id: string) => lab.transitions.filter(({ resourceId }) => resourceId === id).map(({ to }) => to);
    expect(of(instanceId)).toEqual(['pending', 'running', 'shutting-down', 'terminated']);
    expect(of(interfaceId)).toEqual(['available', 'attaching', 'in-use', 'available']);
    expect(lab.transitions.filter(({ what }) => what === 'attachment').map(({ to }) => to)).toEqual([
      'attaching',
      'attached',
      'detaching',
      'detached',
    ]);
  });

  test('a call takes effect after half of its latency', async () => {
    const lab = new Lab({ latencies: { runInstances: 2_000 } });
    const start = lab.clock.now();
    await lab.launch();
    expect(lab.clock.now() - start).toBe(2_000);
    expect(lab.transitions[0]?.at).toBe(start + 1_000);
  });
});

describe('the same seed', () => {
  const trace = async (seed: number) => {
    const lab = new Lab({ seed, latencies: DEFAULT_LATENCIES });
    const interfaceId = await lab.makeInterface();
    await lab.passSeconds(10);
    await lab.launchWith(interfaceId);
    await lab.passSeconds(60);
    return JSON.stringify([lab.events, lab.calls, lab.transitions, worldToJson(lab.ec2.world)]);
  };

  test('gives the same run, and another seed gives another run', async () => {
    expect(await trace(7)).toBe(await trace(7));
    expect(await trace(7)).not.toBe(await trace(8));
  });
});

describe('a world that is written and read again', () => {
  test('continues where it stopped', async () => {
    const lab = new Lab();
    const interfaceId = await lab.makeInterface();
    const instanceId = await lab.launchWith(interfaceId);
    await lab.passSeconds(4);

    const clock = new VirtualClock(lab.clock.now());
    const world = worldFromJson(worldToJson(lab.ec2.world));
    expect(world).toEqual(lab.ec2.world);
    const states: unknown[] = [];
    const reopened = new SimulatedEc2({
      clock,
      seed: 1,
      world,
      latencies: FIXED_LATENCIES,
      emit: ({ time, detail }) => states.push([time, detail['state']]),
    });
    await clock.advance(6_000);
    reopened.interruptSpotInstance(instanceId);
    await clock.advance(160_000);
    expect(states).toEqual([
      ['2026-01-01T00:00:10Z', 'running'],
      ['2026-01-01T00:00:10Z', undefined],
      ['2026-01-01T00:02:10Z', 'shutting-down'],
      ['2026-01-01T00:02:40Z', 'terminated'],
    ]);
    expect(world.networkInterfaces.get(interfaceId)?.status).toBe('available');
  });
});
