import {
  InterfaceMissing,
  NoCapacity,
  NotYetVisible,
  OwnershipLost,
  QuotaExceeded,
  ReplacementLost,
  ReplacementsKeepEnding,
  RequestRejected,
} from '../../../domain/errors';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import type { LaunchOutcome } from '../../../lambdas/ports';
import { launchInstance } from '../../../lambdas/steps/launch-instance';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  aLaunchRequest,
  aNextLaunch,
  anIdentity,
  anInstance,
  anInterface,
  aPool,
  aPoolRefusal,
  aRequestedLaunch,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  REPLACEMENT_ID,
  SUBNET_A,
  SUBNET_B,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const refusedPool = (overrides: Parameters<typeof aPoolRefusal>[0]): LaunchOutcome => ({
  kind: 'refused',
  refusal: aPoolRefusal(overrides),
});
const capacity = refusedPool({});
const quota = refusedPool({ because: 'quota', code: 'VcpuLimitExceeded', message: 'The limit is 8.' });
const unsuitable = refusedPool({ because: 'unsuitable', code: 'Unsupported', message: 'No such type here.' });
const subnetFull = refusedPool({ of: 'subnet', code: 'InsufficientFreeAddressesInSubnet' });
const tokenSpent: LaunchOutcome = { kind: 'token-spent' };

const interfaceMissing: LaunchOutcome = { kind: 'interface-missing' };

const LAUNCHED = { outcome: 'launched', waitSeconds: 0 };

/** Ports on which EC2 shows the node's interface, free. */
function portsOf(...nodes: readonly StatefulNode[]): InMemoryPorts {
  const ports = new InMemoryPorts(...nodes);
  ports.seenInterfaces.set(INTERFACE_ID, anInterface());
  return ports;
}

function launchOf(ports: InMemoryPorts) {
  return ports.node(NODE_ID).operation?.launch;
}

describe('launchInstance', () => {
  it('launches with the settings of an update that came after the operation had begun', async () => {
    const config = aConfig({ launchSpecification: { imageId: 'ami-00000000000000002' } });
    const ports = portsOf(aBusyNode({ config, configRevision: 2 }, { config: aConfig(), configRevision: 1 }));
    let imageId: string | undefined;
    const { launch } = ports.instances;
    ports.instances.launch = (request) => {
      imageId = request.imageId;
      return launch(request);
    };
    await launchInstance(ports)(input);

    expect(imageId).toBe('ami-00000000000000002');
    expect(ports.node(NODE_ID).operation).toMatchObject({ config, configRevision: 2 });
  });

  it('records its request before it asks, and registers the instance before anything else', async () => {
    const ports = portsOf(aBusyNode());

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

  it('measures each refusal by its code, and the wait for capacity', async () => {
    const ports = portsOf(aBusyNode());
    ports.launchOutcomes = Array.from({ length: 20 }, () => capacity);
    await expect(launchInstance(ports)(input)).resolves.toMatchObject({ outcome: 'wait' });

    const refusals = ports.measured.slice(0, -1);
    expect(refusals).toHaveLength(ports.launchRequests.length);
    for (const each of refusals) {
      expect(each).toEqual({
        group: 'refusal',
        dimensions: { Code: 'InsufficientInstanceCapacity' },
        values: { Refusals: 1 },
      });
    }
    expect(ports.measured.at(-1)).toEqual({ group: 'capacity', dimensions: {}, values: { CapacityWaits: 1 } });
  });

  it('has recorded the token and the pool of each request before it asks', async () => {
    const ports = portsOf(aBusyNode());
    const written: unknown[] = [];
    ports.onCall = (entry) => {
      const { state, clientToken, pool } = launchOf(ports) ?? {};
      if (entry.startsWith('launch')) written.push({ state, clientToken, pool });
    };
    ports.launchOutcomes = [capacity, capacity];
    await launchInstance(ports)(input);

    expect(written).toHaveLength(3);
    expect(written).toEqual(
      ports.launchRequests.map(({ clientToken, pool }) => ({ state: 'requested', clientToken, pool })),
    );
  });

  it.each(['launch', 'register', 'save launched'])('asks the same again after a crash at "%s"', async (where) => {
    const ports = portsOf(aBusyNode());
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

  it('does not ask if it cannot write', async () => {
    const ports = portsOf(aBusyNode({}, { generation: 5 }));

    await expect(launchInstance(ports)(input)).rejects.toThrow(OwnershipLost);
    expect(ports.launchRequests).toEqual([]);
  });

  it.each([
    { name: 'not visible yet', seen: undefined },
    { name: 'running', seen: anInstance() },
  ])('launches no second instance while the first is $name', async ({ seen }) => {
    const ports = portsOf(aBusyNode({}, { launch: aLaunch() }));
    if (seen !== undefined) ports.seenInstances.set(seen.id, seen);

    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
    expect(ports.journal).toEqual([`observe ${REPLACEMENT_ID}`]);
  });

  it.each(['shutting-down', 'terminated'] as const)(
    'launches one instance in place of one that is %s',
    async (state) => {
      const ports = portsOf(aBusyNode({}, { launch: aLaunch() }));
      ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state }));

      await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
      expect(ports.launchRequests.map(({ clientToken }) => clientToken)).toEqual([`${NODE_ID}-4-1`]);
      expect(launchOf(ports)).toMatchObject({ instanceId: 'i-launched-1', losses: 1 });
    },
  );

  it('tries pool after pool until EC2 launches an instance', async () => {
    const ports = portsOf(aBusyNode());
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
  ])('waits if there is $name, and begins again under new tokens', async ({ outcomes, asked }) => {
    const ports = portsOf(aBusyNode());
    ports.launchOutcomes = [...outcomes];

    await expect(launchInstance(ports)(input)).resolves.toEqual({ outcome: 'wait', waitSeconds: 15 });
    expect(ports.launchRequests).toHaveLength(asked);
    expect(launchOf(ports)).toMatchObject({ state: 'exhausted', attempt: asked, rounds: 1 });

    ports.sleptMs += 15_000;
    await launchInstance(ports)(input);
    expect(ports.launchRequests.at(-1)).toMatchObject({
      clientToken: `${NODE_ID}-4-${asked}`,
      pool: { lifeCycle: 'spot', instanceType: 'm7g.large' },
    });
  });

  it('fails in the end, with the message from EC2', async () => {
    const ports = portsOf(aBusyNode());
    ports.launchOutcomes = Array.from({ length: 100 }, () => capacity);
    const waits: unknown[] = [];
    const launching = async (): Promise<void> => {
      while (waits.length < 20) {
        const launched = await launchInstance(ports)(input);
        waits.push(launched);
        ports.sleptMs += launched.waitSeconds * 1000;
      }
    };

    await expect(launching()).rejects.toThrow(
      new NoCapacity(
        'No pool that the node may use has capacity. m7g.large spot in subnet-0000000000000000a and 3 more: ' +
          'InsufficientInstanceCapacity: There is no capacity.',
      ),
    );
    expect(waits).toHaveLength(8);
  });

  it('fails at once for a person to act if only quotas prevent the launch', async () => {
    const ports = portsOf(aBusyNode());
    ports.launchOutcomes = [quota, quota];
    const launching = launchInstance(ports)(input);

    await expect(launching).rejects.toThrow(QuotaExceeded);
    await expect(launching).rejects.toThrow(
      /m7g.large spot in subnet-0000000000000000a and 1 more: VcpuLimitExceeded: The limit is 8\./,
    );
    expect(ports.launchRequests).toHaveLength(2);
  });

  it('tries the same pool under a new token if the instance of the token has ended', async () => {
    const ports = portsOf(aBusyNode());
    ports.launchOutcomes = [tokenSpent];
    await launchInstance(ports)(input);

    const [first, second] = ports.launchRequests;
    expect(second?.pool).toEqual(first?.pool);
    expect(second?.clientToken).toBe(`${NODE_ID}-4-1`);
    expect(launchOf(ports)).toMatchObject({ losses: 1 });
  });

  it('fails so that a deleted interface is made again, and asks under a new token then', async () => {
    const ports = new InMemoryPorts(aBusyNode());
    ports.launchOutcomes = [interfaceMissing];
    const launching = launchInstance(ports)(input);

    await expect(launching).rejects.toThrow(InterfaceMissing);
    await expect(launching).rejects.toThrow(`${INTERFACE_ID} is gone`);
    expect(launchOf(ports)).toMatchObject({ state: 'next', attempt: 1, losses: 0 });
    expect(launchOf(ports)).not.toHaveProperty('clientToken');
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    await launchInstance(ports)(input);
    expect(ports.launchRequests.map(({ clientToken }) => clientToken)).toEqual([`${NODE_ID}-4-0`, `${NODE_ID}-4-1`]);
  });

  it('asks the same again if the interface is new and EC2 may show it late', async () => {
    const ports = new InMemoryPorts(aBusyNode({ identity: anIdentity({ madeAt: NOW }) }));
    ports.launchOutcomes = [interfaceMissing];

    await expect(launchInstance(ports)(input)).rejects.toThrow(NotYetVisible);
    expect(launchOf(ports)).toMatchObject({ state: 'requested', attempt: 0 });
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
    expect(ports.launchRequests.map(({ clientToken }) => clientToken)).toEqual([`${NODE_ID}-4-0`, `${NODE_ID}-4-0`]);
  });

  it('does not have another interface made if EC2 shows the one that it calls missing', async () => {
    const ports = portsOf(aBusyNode());
    ports.launchOutcomes = [interfaceMissing];

    await expect(launchInstance(ports)(input)).rejects.toThrow(new NotYetVisible(`${INTERFACE_ID} is not visible yet`));
    expect(launchOf(ports)).toMatchObject({ state: 'requested', attempt: 0 });
  });

  it('fails for a person to act if replacements keep ending', async () => {
    const ports = portsOf(aBusyNode());
    ports.launchOutcomes = Array.from({ length: 20 }, () => tokenSpent);

    await expect(launchInstance(ports)(input)).rejects.toThrow(ReplacementsKeepEnding);
    expect(ports.launchRequests).toHaveLength(6);
  });

  it('has the interface made in the subnet of the next pool before it asks there', async () => {
    const elsewhere = aNextLaunch({ pool: aPool({ subnetId: SUBNET_B }) });
    const ports = portsOf(aBusyNode({}, { launch: elsewhere }));

    await expect(launchInstance(ports)(input)).resolves.toEqual({ outcome: 'move', waitSeconds: 0 });
    expect(ports.launchRequests).toEqual([]);
    expect(launchOf(ports)).toEqual(elsewhere);
  });

  it('repeats the same request even if the node has been updated since', async () => {
    const config = aConfig({ launchSpecification: { imageId: 'ami-of-before' } });
    const launch = aRequestedLaunch();
    const ports = portsOf(aBusyNode({ configRevision: 2 }, { launch, config }));
    await launchInstance(ports)(input);

    expect(ports.launchRequests).toEqual([aLaunchRequest({ imageId: 'ami-of-before' })]);
  });

  it('leaves a full subnet, and asks for the preferred type in the next one', async () => {
    const config = aConfig({ persistence: { persistPrivateIp: false, eniAttachment: 'hot' } });
    const ports = portsOf(aBusyNode({ config }));
    ports.launchOutcomes = [subnetFull];
    await launchInstance(ports)(input);

    expect(ports.launchRequests.map(({ pool }) => `${pool.instanceType} ${pool.subnetId}`)).toEqual([
      `m7g.large ${SUBNET_A}`,
      `m7g.large ${SUBNET_B}`,
    ]);
  });

  it('skips pools that can never serve, and says so if none can', async () => {
    const ports = portsOf(aBusyNode());
    ports.launchOutcomes = [unsuitable];
    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);

    const others = portsOf(aBusyNode());
    others.launchOutcomes = [unsuitable, unsuitable, unsuitable, unsuitable];
    await expect(launchInstance(others)(input)).rejects.toThrow(
      new RequestRejected(
        'No pool that the node may use can serve its configuration. m7g.large spot in subnet-0000000000000000a ' +
          'and 3 more: Unsupported: No such type here.',
      ),
    );
    expect(others.launchRequests).toHaveLength(4);
  });

  describe('if the token has made an instance for another request', () => {
    it('takes that instance', async () => {
      const ports = portsOf(aBusyNode());
      ports.launchOutcomes = [{ kind: 'token-used' }];
      ports.launchedUnder.set(`${NODE_ID}-4-0`, anInstance());

      await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
      expect(launchOf(ports)).toMatchObject({ state: 'launched', instanceId: REPLACEMENT_ID });
      expect(ports.nodeOfInstance.get(REPLACEMENT_ID)).toBe(NODE_ID);
      expect(ports.launchRequests).toHaveLength(1);
    });

    it('waits for it if EC2 does not show it yet, and asks for no other', async () => {
      const ports = portsOf(aBusyNode());
      ports.launchOutcomes = [{ kind: 'token-used' }];

      await expect(launchInstance(ports)(input)).rejects.toThrow(
        new NotYetVisible(`what ${NODE_ID}-4-0 has made is not visible yet`),
      );
      expect(launchOf(ports)).toMatchObject({ state: 'requested', attempt: 0 });
    });
  });

  describe('continuing with the instance that a failed operation has launched', () => {
    const ended = anInstance({ state: 'terminated', stateReason: 'Client.InternalError' });

    it.each([
      { name: 'the configuration has changed since', continues: true, configRevision: 2, isRefused: true },
      { name: 'the configuration is the same', continues: true, configRevision: 1, isRefused: false },
      { name: 'the operation has launched it itself', continues: false, configRevision: 2, isRefused: false },
    ])(
      'does not launch another in its place if $name: $isRefused',
      async ({ continues, configRevision, isRefused }) => {
        const ports = portsOf(aBusyNode({ configRevision }, { launch: aLaunch(), continues }));
        ports.seenInstances.set(REPLACEMENT_ID, ended);
        const launching = launchInstance(ports)(input);

        if (!isRefused) return expect(launching).resolves.toEqual(LAUNCHED);
        await expect(launching).rejects.toThrow(
          new ReplacementLost(
            `${REPLACEMENT_ID} ended: Client.InternalError; the configuration has changed since it was launched`,
          ),
        );
        expect(ports.launchRequests).toEqual([]);
      },
    );
  });

  it.each([
    { name: 'the first instance', launch: undefined },
    { name: 'another one after an earlier loss', launch: aNextLaunch({ losses: 1, lossReason: 'i-1 ended' }) },
  ])('launches $name however long the operation has waited for capacity, and after an update', async ({ launch }) => {
    const startedAt = '2026-11-03T08:00:00.000Z';
    const ports = portsOf(aBusyNode({ configRevision: 2 }, { launch, startedAt, continues: true }));

    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
    expect(launchOf(ports)).toMatchObject({ losses: launch?.losses ?? 0 });
  });

  it.each([
    { name: 'ten minutes', startedAt: '2026-11-03T09:50:00.000Z', isRefused: true },
    { name: 'less than ten minutes', startedAt: '2026-11-03T09:50:00.001Z', isRefused: false },
  ])('does not launch another in place of one that ends after $name: $isRefused', async ({ startedAt, isRefused }) => {
    const ports = portsOf(aBusyNode({}, { launch: aLaunch(), startedAt }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state: 'terminated' }));
    const launching = launchInstance(ports)(input);

    if (isRefused) await expect(launching).rejects.toThrow(ReplacementsKeepEnding);
    else await expect(launching).resolves.toEqual(LAUNCHED);
  });

  it('says why the last one ended if replacements keep ending', async () => {
    const ports = portsOf(aBusyNode({}, { launch: aLaunch({ losses: 5 }) }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state: 'terminated', stateReason: 'Client.InternalError' }));

    await expect(launchInstance(ports)(input)).rejects.toThrow(
      new ReplacementsKeepEnding(
        'Replacements in a row that ended before they carried the node: 6. ' +
          `The last one: ${REPLACEMENT_ID} ended: Client.InternalError`,
      ),
    );
  });
});
