import {
  InterfaceMissing,
  NoCapacity,
  NotYetVisible,
  OwnershipLost,
  QuotaExceeded,
  ReplacementsKeepEnding,
} from '../../../domain/errors';
import type { LaunchOutcome } from '../../../lambdas/ports';
import { launchInstance } from '../../../lambdas/steps/launch-instance';
import {
  aBusyNode,
  aLaunch,
  aLaunchRequest,
  anInstance,
  aNode,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  REPLACEMENT_ID,
  SUBNET_B,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const capacity: LaunchOutcome = { kind: 'refused', because: 'capacity', code: 'InsufficientInstanceCapacity' };
const quota: LaunchOutcome = { kind: 'refused', because: 'quota', code: 'VcpuLimitExceeded' };
const tokenSpent: LaunchOutcome = { kind: 'token-spent' };

const interfaceMissing: LaunchOutcome = { kind: 'interface-missing' };

const LAUNCHED = { outcome: 'launched', waitSeconds: 0 };

function launchOf(ports: InMemoryPorts) {
  return ports.node(NODE_ID).operation?.launch;
}

describe('launchInstance', () => {
  it('writes down what it asks before it asks, and whose the instance is before anything else', async () => {
    const ports = new InMemoryPorts(aBusyNode());

    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
    expect(ports.journal).toEqual([
      'save requested',
      `launch ${NODE_ID}-4-0`,
      'register i-launched-1',
      'save launched',
    ]);
    expect(ports.nodeOfInstance.get('i-launched-1')).toBe(NODE_ID);
    expect(launchOf(ports)).toMatchObject({ state: 'launched', instanceId: 'i-launched-1' });
  });

  it('has written down exactly the request that it asks', async () => {
    const ports = new InMemoryPorts(aBusyNode());
    const written: unknown[] = [];
    ports.onCall = (entry) => {
      if (entry.startsWith('launch')) written.push(launchOf(ports)?.request);
    };
    ports.launchOutcomes = [capacity, capacity];
    await launchInstance(ports)(input);

    expect(written).toHaveLength(3);
    expect(written).toEqual(ports.launchRequests);
  });

  it.each(['launch', 'register', 'save launched'])('asks the same again after a crash at "%s"', async (where) => {
    const ports = new InMemoryPorts(aBusyNode());
    ports.onCall = (entry) => {
      if (entry.startsWith(where)) throw new Error('the function is gone');
    };
    await expect(launchInstance(ports)(input)).rejects.toThrow('gone');
    ports.onCall = () => undefined;
    ports.launchOutcomes = [{ kind: 'launched', instance: anInstance() }];

    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
    expect(ports.launchRequests).toHaveLength(2);
    expect(ports.launchRequests[1]).toEqual(ports.launchRequests[0]);
    expect(launchOf(ports)).toMatchObject({ state: 'launched', instanceId: REPLACEMENT_ID });
  });

  it('does not ask where it cannot write', async () => {
    const ports = new InMemoryPorts(aBusyNode({}, { generation: 5 }));

    await expect(launchInstance(ports)(input)).rejects.toThrow(OwnershipLost);
    expect(ports.launchRequests).toEqual([]);
  });

  it.each([
    { name: 'not visible yet', seen: undefined },
    { name: 'running', seen: anInstance() },
  ])('launches no second instance while the first is $name', async ({ seen }) => {
    const ports = new InMemoryPorts(aBusyNode({}, { launch: aLaunch() }));
    if (seen !== undefined) ports.seenInstances.set(seen.id, seen);

    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
    expect(ports.journal).toEqual([`observe ${REPLACEMENT_ID}`]);
  });

  it.each(['shutting-down', 'terminated'] as const)(
    'launches one instance in place of one that is %s',
    async (state) => {
      const ports = new InMemoryPorts(aBusyNode({}, { launch: aLaunch() }));
      ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state }));

      await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
      expect(ports.launchRequests.map(({ clientToken }) => clientToken)).toEqual([`${NODE_ID}-4-1`]);
      expect(launchOf(ports)).toMatchObject({ instanceId: 'i-launched-1', losses: 1 });
    },
  );

  it('goes from pool to pool until EC2 gives an instance', async () => {
    const ports = new InMemoryPorts(aBusyNode());
    ports.launchOutcomes = [capacity, capacity];

    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
    expect(
      ports.launchRequests.map(({ clientToken, pool }) => [clientToken, pool.lifeCycle, pool.instanceType]),
    ).toEqual([
      [`${NODE_ID}-4-0`, 'spot', 'm7g.large'],
      [`${NODE_ID}-4-1`, 'spot', 'm6g.large'],
      [`${NODE_ID}-4-2`, 'on_demand', 'm7g.large'],
    ]);
  });

  it.each([
    { name: 'no capacity', outcomes: [capacity, capacity, capacity, capacity], asked: 4 },
    { name: 'a quota on spot, and no capacity on-demand', outcomes: [quota, capacity, capacity], asked: 3 },
  ])('waits where there is $name, and begins anew under new tokens', async ({ outcomes, asked }) => {
    const ports = new InMemoryPorts(aBusyNode());
    ports.launchOutcomes = [...outcomes];

    await expect(launchInstance(ports)(input)).resolves.toEqual({ outcome: 'wait', waitSeconds: 15 });
    expect(ports.launchRequests).toHaveLength(asked);
    expect(launchOf(ports)).toMatchObject({ state: 'exhausted', attempt: asked, rounds: 1 });

    await launchInstance(ports)(input);
    expect(ports.launchRequests.at(-1)).toMatchObject({
      clientToken: `${NODE_ID}-4-${asked}`,
      pool: { lifeCycle: 'spot', instanceType: 'm7g.large' },
    });
  });

  it('gives up in the end, with every refusal in its message', async () => {
    const ports = new InMemoryPorts(aBusyNode());
    ports.launchOutcomes = Array.from({ length: 100 }, () => capacity);
    const waits: unknown[] = [];
    const launching = async (): Promise<void> => {
      while (waits.length < 20) waits.push(await launchInstance(ports)(input));
    };

    const pool = (lifeCycle: string, type: string) =>
      `${type} ${lifeCycle} in subnet-0000000000000000a: InsufficientInstanceCapacity`;
    await expect(launching()).rejects.toThrow(
      new NoCapacity(
        `No pool that the node may use has capacity. ${[
          pool('spot', 'm7g.large'),
          pool('spot', 'm6g.large'),
          pool('on_demand', 'm7g.large'),
          pool('on_demand', 'm6g.large'),
        ].join('; ')}`,
      ),
    );
    expect(waits).toHaveLength(8);
  });

  it('asks for a person at once where only quotas stand in the way', async () => {
    const ports = new InMemoryPorts(aBusyNode());
    ports.launchOutcomes = [quota, quota];
    const launching = launchInstance(ports)(input);

    await expect(launching).rejects.toThrow(QuotaExceeded);
    await expect(launching).rejects.toThrow(
      /m7g.large spot .*VcpuLimitExceeded; m7g.large on_demand .*VcpuLimitExceeded/,
    );
    expect(ports.launchRequests).toHaveLength(2);
  });

  it('tries the same pool under a new token where the token made an instance that has died', async () => {
    const ports = new InMemoryPorts(aBusyNode());
    ports.launchOutcomes = [tokenSpent];
    await launchInstance(ports)(input);

    const [first, second] = ports.launchRequests;
    expect(second?.pool).toEqual(first?.pool);
    expect(second?.clientToken).toBe(`${NODE_ID}-4-1`);
    expect(launchOf(ports)).toMatchObject({ losses: 1 });
  });

  it('has the interface made again where it was deleted, and asks under a new token then', async () => {
    const ports = new InMemoryPorts(aBusyNode());
    ports.launchOutcomes = [interfaceMissing];
    const launching = launchInstance(ports)(input);

    await expect(launching).rejects.toThrow(InterfaceMissing);
    await expect(launching).rejects.toThrow(`${INTERFACE_ID} is gone`);
    expect(launchOf(ports)).toMatchObject({ state: 'next', attempt: 1, losses: 0 });
    expect(launchOf(ports)).not.toHaveProperty('request');
    await launchInstance(ports)(input);
    expect(ports.launchRequests.map(({ clientToken }) => clientToken)).toEqual([`${NODE_ID}-4-0`, `${NODE_ID}-4-1`]);
  });

  it('asks the same again where the interface was made a moment ago, and EC2 may show it late', async () => {
    const ports = new InMemoryPorts(aBusyNode({ identity: { ...aNode().identity, madeAt: NOW } }));
    ports.launchOutcomes = [interfaceMissing];

    await expect(launchInstance(ports)(input)).rejects.toThrow(NotYetVisible);
    expect(launchOf(ports)).toMatchObject({ state: 'requested', attempt: 0 });
    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
    expect(ports.launchRequests.map(({ clientToken }) => clientToken)).toEqual([`${NODE_ID}-4-0`, `${NODE_ID}-4-0`]);
  });

  it('asks for a person where replacements keep ending', async () => {
    const ports = new InMemoryPorts(aBusyNode());
    ports.launchOutcomes = Array.from({ length: 20 }, () => tokenSpent);

    await expect(launchInstance(ports)(input)).rejects.toThrow(ReplacementsKeepEnding);
    expect(ports.launchRequests).toHaveLength(6);
  });

  it('has the interface made where the next pool is, before it asks there', async () => {
    const elsewhere = aLaunch({
      state: 'next',
      pools: [{ instanceType: 'm7g.large', subnetId: SUBNET_B, lifeCycle: 'spot' }],
      request: undefined,
      instanceId: undefined,
    });
    const ports = new InMemoryPorts(aBusyNode({}, { launch: elsewhere }));

    await expect(launchInstance(ports)(input)).resolves.toEqual({ outcome: 'move', waitSeconds: 0 });
    expect(ports.launchRequests).toEqual([]);
    expect(launchOf(ports)).toEqual(elsewhere);
  });

  it('asks again for what was asked, though the node has been updated since', async () => {
    const request = aLaunchRequest({ imageId: 'ami-of-before' });
    const launch = aLaunch({ state: 'requested', request, instanceId: undefined });
    const ports = new InMemoryPorts(aBusyNode({}, { launch }));
    await launchInstance(ports)(input);

    expect(ports.launchRequests).toEqual([request]);
  });
});
