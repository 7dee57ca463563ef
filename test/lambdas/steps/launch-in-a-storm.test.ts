/** Launches among many others: turns, interfaces that nobody has polled, and pools that have just refused another node. */
import { InterfaceNotFree, NotYetVisible, Throttled } from '../../../domain/errors';
import type { Operation } from '../../../domain/node/stateful-node';
import { launchSettings } from '../../../domain/operation/launch';
import type { LaunchOutcome } from '../../../lambdas/ports';
import { describeLaunched, launchInstance } from '../../../lambdas/steps/launch-instance';
import {
  aBusyNode,
  aConfig,
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anInstance,
  anInterface,
  aPool,
  aPoolRefusal,
  aRequestedLaunch,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const ITS_TURN = { turnAt: NOW, takenAt: NOW };
const LAUNCHED = { outcome: 'launched', waitSeconds: 0 };
const RELEASE = { outcome: 'release', waitSeconds: 0 };
const endsAt = '2026-11-03T10:02:00.000Z';

function portsOf(operation: Partial<Operation> = {}, node: Parameters<typeof aBusyNode>[0] = {}): InMemoryPorts {
  const ports = new InMemoryPorts(aBusyNode(node, { endsAt, ...operation }));
  ports.seenInterfaces.set(INTERFACE_ID, anInterface());
  return ports;
}

const operationOf = (ports: InMemoryPorts): Operation => ports.node(NODE_ID).operation!;
const launches = (ports: InMemoryPorts) => ports.launchRequests.map(({ pool }) => [pool.lifeCycle, pool.instanceType]);

describe('the turn', () => {
  it('is waited for before anything is asked or written, but the turn itself', async () => {
    const ports = portsOf();
    for (let taken = 0; taken < 50; taken += 1) await ports.pacer.take('RunInstances', NOW);
    const found = await launchInstance(ports)(input);

    expect(found).toEqual({ outcome: 'wait', waitSeconds: 23, isQueued: true });
    expect(describeLaunched(found)).toMatchObject({
      severity: 'INFO',
      message: 'others launch first; looks again in 23 s',
    });
    expect(ports.launchRequests).toEqual([]);
    expect(operationOf(ports).launch).toBeUndefined();
    expect(operationOf(ports).launchPermit).toMatchObject({ ticket: 51 });
  });

  it('is used up by the call', async () => {
    const ports = portsOf({ launchPermit: ITS_TURN });
    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
    expect(operationOf(ports)).not.toHaveProperty('launchPermit');
  });

  it.each([
    { name: 'after a wait', operation: { launchPermit: ITS_TURN }, isInStorm: true },
    { name: 'at once', operation: {}, isInStorm: undefined },
  ])('tells the steps that follow whether many launch: $name', async ({ operation, isInStorm }) => {
    const ports = portsOf(operation);
    await launchInstance(ports)(input);
    expect(operationOf(ports).launch?.isInStorm).toBe(isInStorm);
  });

  it('is taken anew for the next pool, ahead of those that wait, because a call was made', async () => {
    const ports = portsOf({ launchPermit: ITS_TURN });
    for (let taken = 0; taken < 50; taken += 1) await ports.pacer.take('RunInstances', NOW);
    const before = ports.pacer.turns.get('RunInstances')!.nextTurnMs;
    ports.launchOutcomes = [{ kind: 'refused', refusal: aPoolRefusal() }];
    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
    expect(ports.launchRequests).toHaveLength(2);
    expect(ports.pacer.turns.get('RunInstances')!.nextTurnMs).toBeGreaterThan(before);
  });

  it.each([
    { error: new Throttled('RequestLimitExceeded'), refusals: 1 },
    { error: new InterfaceNotFree('it is attached'), refusals: 0 },
  ])('is taken anew after $error.name, and only a throttle is learned from', async ({ error, refusals }) => {
    const ports = portsOf();
    ports.instances.launch = () => Promise.reject(error);
    await expect(launchInstance(ports)(input)).rejects.toThrow(error);
    expect(operationOf(ports).launchPermit).toBeDefined();
    expect(ports.pacer.turns.get('RunInstances')).toMatchObject({ refusals });
  });
});

describe('a hot node with a launch template', () => {
  const config = aConfig({ persistence: { eniAttachment: 'hot' } });
  const template = `${NODE_ID} ${JSON.stringify(launchSettings(config))}`;
  const ITS_FLEET_TURN = { fleetPermit: ITS_TURN };
  const REQUESTED_AT = '2026-11-03T09:59:00.000Z';
  const asked = { ...aRequestedLaunch({ fleet: { template, requestedAt: NOW } }), isInStorm: true };

  function hotPorts(operation: Partial<Operation> = {}, node: Parameters<typeof aBusyNode>[0] = {}): InMemoryPorts {
    return portsOf({ config, ...operation }, { config, launchTemplate: template, ...node });
  }

  async function inStorm(ports: InMemoryPorts): Promise<InMemoryPorts> {
    for (let taken = 0; taken < 50; taken += 1) await ports.pacer.take('RunInstances', NOW);
    return ports;
  }

  it('is launched as before if few launch', async () => {
    const ports = hotPorts();
    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
    expect([ports.launchRequests.length, ports.fleetTemplates]).toEqual([1, []]);
    expect(operationOf(ports).launch).not.toHaveProperty('fleet');
  });

  it('is launched by a fleet if it would have to wait, and the request is recorded before', async () => {
    const ports = await inStorm(hotPorts());
    let recorded: unknown;
    ports.onCall = (entry) => {
      if (entry.startsWith('fleet')) recorded = operationOf(ports).launch;
    };
    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
    expect(recorded).toMatchObject({ state: 'requested', fleet: { template, requestedAt: NOW }, isInStorm: true });
    expect([ports.launchRequests.length, ports.fleetTemplates]).toEqual([0, [template]]);
    const { launch } = operationOf(ports);
    expect(launch).toMatchObject({ state: 'launched', launchedAt: NOW });
    expect(ports.nodeOfInstance.get(launch?.instanceId ?? '')).toBe(NODE_ID);
  });

  it.each([
    { name: 'the template is of another configuration', node: { launchTemplate: 'another' } },
    { name: 'there is none', node: { launchTemplate: undefined } },
  ])('waits for its turn if $name', async ({ node }) => {
    const ports = await inStorm(hotPorts({}, node));
    await expect(launchInstance(ports)(input)).resolves.toMatchObject({ outcome: 'wait' });
    expect(ports.fleetTemplates).toEqual([]);
  });

  it('cold: waits for its turn, whatever templates there are', async () => {
    const ports = await inStorm(portsOf({}, { launchTemplate: template }));
    await expect(launchInstance(ports)(input)).resolves.toMatchObject({ outcome: 'wait' });
  });

  it('tries the next pool by a fleet too if the first has no capacity', async () => {
    const ports = await inStorm(hotPorts());
    ports.fleetOutcomes = [{ kind: 'refused', refusal: aPoolRefusal() }];
    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
    expect(ports.fleetTemplates).toHaveLength(2);
    expect(ports.dryPools.noted).toHaveLength(1);
    expect(operationOf(ports).launch).toMatchObject({ attempt: 1, fleet: { template } });
  });

  it('is launched without a fleet, under another token, if fleets cannot be used', async () => {
    const ports = await inStorm(hotPorts());
    ports.fleetOutcomes = [{ kind: 'unusable', code: 'UnauthorizedOperation', message: 'no' }];
    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
    expect(ports.launchRequests).toHaveLength(1);
    expect(operationOf(ports).launch).toMatchObject({ attempt: 1, fleetRefusal: 'UnauthorizedOperation: no' });
    expect(operationOf(ports).launch).not.toHaveProperty('fleet');
    expect(ports.measured).toContainEqual(expect.objectContaining({ dimensions: { Code: 'UnauthorizedOperation' } }));
  });

  it('asks under another token after a refusal that will pass, with a turn of its own', async () => {
    const ports = await inStorm(hotPorts());
    const error = new Throttled('RequestLimitExceeded');
    ports.fleetOutcomes = [{ kind: 'failed', error }];
    await expect(launchInstance(ports)(input)).rejects.toThrow(error);
    expect(operationOf(ports).launch).toMatchObject({ state: 'next', attempt: 1 });
    expect(operationOf(ports).fleetPermit).toBeDefined();
    expect(ports.pacer.turns.get('CreateFleet')).toMatchObject({ refusals: 1 });

    await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
    expect(operationOf(ports).launch).toMatchObject({ attempt: 1 });
  });

  it('repeats a call that EC2 has throttled, under the same token', async () => {
    const ports = await inStorm(hotPorts());
    ports.templates.launch = () => Promise.reject(new Throttled('RequestLimitExceeded'));
    await expect(launchInstance(ports)(input)).rejects.toThrow(Throttled);
    expect(operationOf(ports).launch).toMatchObject({ state: 'requested', attempt: 0, fleet: { template } });
    expect(ports.pacer.turns.get('CreateFleet')).toMatchObject({ refusals: 1 });
  });

  describe('whose answer was lost', () => {
    it('finds the instance by its tag, and asks for no other', async () => {
      const ports = hotPorts({ launch: asked, ...ITS_FLEET_TURN });
      ports.launchedUnder.set(asked.clientToken, anInstance());
      await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
      expect([ports.fleetTemplates, ports.launchRequests]).toEqual([[], []]);
      expect(operationOf(ports).launch).toMatchObject({ state: 'launched', instanceId: REPLACEMENT_ID });
    });

    it('launches another if the instance has ended', async () => {
      const ports = hotPorts({ launch: asked, ...ITS_FLEET_TURN });
      ports.launchedUnder.set(asked.clientToken, anInstance({ state: 'terminated' }));
      await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
      expect(operationOf(ports).launch).toMatchObject({ losses: 1, attempt: 1 });
    });

    it('repeats the same request if none is shown, also if few launch by now', async () => {
      const ports = hotPorts({ launch: asked });
      await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
      expect([ports.fleetTemplates, ports.launchRequests]).toEqual([[template], []]);
    });

    it.each([
      { kind: 'unknown' } as const,
      { kind: 'unusable', code: 'InvalidLaunchTemplateName.NotFoundException', message: 'gone' } as const,
    ])('waits until an instance would be shown if the repeat is $kind', async (outcome) => {
      const ports = hotPorts({ launch: asked });
      ports.fleetOutcomes = [outcome];
      await expect(launchInstance(ports)(input)).rejects.toThrow(NotYetVisible);
      expect(operationOf(ports).launch).toMatchObject({ state: 'requested', clientToken: asked.clientToken });
      expect(ports.launchRequests).toEqual([]);
    });

    it('launches anew once it is sure that there is none', async () => {
      const fleet = { template, requestedAt: new Date(Date.parse(NOW) - 10 * 60_000 - 1).toISOString() };
      const ports = hotPorts({ launch: { ...asked, fleet }, ...ITS_FLEET_TURN });
      ports.fleetOutcomes = [{ kind: 'unusable', code: 'UnauthorizedOperation', message: 'no' }];
      await expect(launchInstance(ports)(input)).resolves.toEqual(LAUNCHED);
      expect(ports.launchRequests).toHaveLength(1);
    });

    it('is not sure a minute later', async () => {
      const ports = hotPorts({ launch: { ...asked, fleet: { template, requestedAt: REQUESTED_AT } } });
      ports.fleetOutcomes = [{ kind: 'unknown' }];
      await expect(launchInstance(ports)(input)).rejects.toThrow(NotYetVisible);
    });
  });
});

describe('the interface', () => {
  const onOld = anAttachedInterface({ instanceId: OLD_INSTANCE_ID });

  it.each([
    { name: 'is free', seen: anInterface(), outcome: LAUNCHED },
    { name: 'is on the old instance', seen: onOld, outcome: RELEASE },
    { name: 'is free, but not available yet', seen: anInterface({ status: 'pending' }), outcome: RELEASE },
  ])('is looked at once more after a wait: it $name', async ({ seen, outcome }) => {
    const ports = portsOf({ launchPermit: ITS_TURN });
    ports.seenInterfaces.set(INTERFACE_ID, seen);
    await expect(launchInstance(ports)(input)).resolves.toEqual(outcome);
    expect(ports.journal.filter((entry) => entry === `observe ${INTERFACE_ID}`)).toHaveLength(1);
    expect(ports.launchRequests).toHaveLength(outcome === LAUNCHED ? 1 : 0);
  });

  it('is not looked at without a wait, because the step before has just seen it free', async () => {
    const ports = portsOf();
    await launchInstance(ports)(input);
    expect(ports.journal).not.toContain(`observe ${INTERFACE_ID}`);
  });

  it.each([
    { holder: OLD_INSTANCE_ID, outcome: 'release' },
    // The first try of the request has succeeded, and its answer was lost.
    { holder: REPLACEMENT_ID, outcome: 'launched' },
  ])('of a launch that was requested before: on $holder', async ({ holder, outcome }) => {
    const ports = portsOf({ launchPermit: ITS_TURN, launch: aRequestedLaunch() });
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: holder }));
    ports.launchOutcomes = [{ kind: 'launched', instance: anInstance() }];
    await expect(launchInstance(ports)(input)).resolves.toMatchObject({ outcome });
  });

  it('gets the Elastic IP before the request is recorded, once', async () => {
    const config = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
    const ports = portsOf({ config }, { config });
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined }));
    await launchInstance(ports)(input);
    const associate = `associate ${ALLOCATION_ID} with ${INTERFACE_ID}`;
    expect(ports.journal.filter((entry) => entry === associate)).toHaveLength(1);
    expect(ports.journal.indexOf(associate)).toBeLessThan(ports.journal.indexOf('save requested'));
  });

  it('gets no Elastic IP if the launch was requested before', async () => {
    const config = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
    const ports = portsOf({ config, launch: aRequestedLaunch() }, { config });
    ports.launchOutcomes = [{ kind: 'launched', instance: anInstance() }];
    await launchInstance(ports)(input);
    expect(ports.journal.some((entry) => entry.startsWith('associate'))).toBe(false);
  });
});

describe('a pool', () => {
  const first = aPool();
  const refusal: LaunchOutcome = { kind: 'refused', refusal: aPoolRefusal() };

  it('that has just refused another node is skipped', async () => {
    const ports = portsOf();
    await ports.dryPools.note(first, aPoolRefusal(), NOW);
    await launchInstance(ports)(input);
    expect(launches(ports)).toEqual([['spot', 'm6g.large']]);
  });

  it('is asked if all have refused: the last one', async () => {
    const ports = portsOf();
    for (const lifeCycle of ['spot', 'on_demand'] as const) {
      for (const instanceType of ['m7g.large', 'm6g.large']) {
        await ports.dryPools.note(aPool({ lifeCycle, instanceType }), aPoolRefusal(), NOW);
      }
    }
    await launchInstance(ports)(input);
    expect(launches(ports)).toEqual([['on_demand', 'm6g.large']]);
  });

  it.each([
    { secondsAgo: 9, asked: 'm6g.large' },
    { secondsAgo: 10, asked: 'm7g.large' },
  ])('is asked again after a wait for capacity, unless others were refused since: $secondsAgo s ago', async (row) => {
    const ports = portsOf();
    ports.launchOutcomes = Array.from({ length: 4 }, () => refusal);
    const { waitSeconds } = await launchInstance(ports)(input);
    ports.sleptMs += waitSeconds * 1000;
    const refusedAt = new Date(Date.parse(NOW) + ports.sleptMs - row.secondsAgo * 1000).toISOString();
    await ports.dryPools.note(first, aPoolRefusal(), refusedAt);
    await launchInstance(ports)(input);
    expect(launches(ports).at(-1)).toEqual(['spot', row.asked]);
  });

  it('that refuses is told to the other nodes', async () => {
    const ports = portsOf();
    ports.launchOutcomes = [refusal];
    await launchInstance(ports)(input);
    expect(ports.dryPools.noted).toMatchObject([{ of: 'pool', ...first }]);
  });
});
