/** Launches among many others: turns, interfaces that nobody has polled, and pools that have just refused another node. */
import { InterfaceNotFree, Throttled } from '../../../domain/errors';
import type { Operation } from '../../../domain/node/stateful-node';
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
