import type { StatefulNode } from '../../../domain/node/stateful-node';
import { reconcile } from '../../../lambdas/reconciler/reconcile';
import {
  aBusyNode,
  aConfig,
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anIdentity,
  anInstance,
  aNode,
  anUnreadableRecord,
  EXECUTION_ID,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const origin = { nodeId: NODE_ID, generation: 3, isLeft: false };
const running = anInstance({ id: OLD_INSTANCE_ID });
const ended = anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' });
const carried = anAttachedInterface({ instanceId: OLD_INSTANCE_ID });
const LISTED = ['instances', 'interfaces', 'elastic ips', 'impairments', 'executions', 'left volumes'];
const surveyed = LISTED.map((what) => `list ${what}`);
const nothing = {
  report: expect.anything() as unknown,
  unreadable: [],
  started: [],
  halted: undefined,
  unknown: [],
  held: [],
  expired: [],
  failures: [],
};
/** The period of five minutes in the name of an execution. */
const PERIOD = Math.floor(Date.parse(NOW) / 300_000);
const replacement = `start replace ${NODE_ID}-replace-3-${PERIOD} ${JSON.stringify({
  nodeId: NODE_ID,
  reason: `${OLD_INSTANCE_ID} is terminated`,
  instanceId: OLD_INSTANCE_ID,
  endsAt: NOW,
  cause: 'lost',
})}`;

/** Ports of a healthy node, in the listings and on a closer look. */
function portsOf(...nodes: readonly StatefulNode[]): InMemoryPorts {
  const ports = new InMemoryPorts(...nodes);
  ports.listedInstances = [{ ...running, origin }];
  ports.listedInterfaces = [{ ...carried, origin }];
  ports.seenInstances.set(OLD_INSTANCE_ID, running);
  ports.seenInterfaces.set(INTERFACE_ID, carried);
  return ports;
}

/** Ports of a node whose instance has ended, in the listings and on a closer look. */
function portsOfLost(...nodes: readonly StatefulNode[]): InMemoryPorts {
  const ports = portsOf(...nodes);
  ports.listedInstances = [{ ...ended, origin }];
  ports.seenInstances.set(OLD_INSTANCE_ID, ended);
  return ports;
}

/** Nodes whose instances are gone, all of them. */
function lostNodes(count: number): readonly StatefulNode[] {
  return Array.from({ length: count }, (_, index) => aNode({ id: `smi-${String(index).padStart(8, '0')}` }));
}

describe('A run of the reconciler', () => {
  it('costs six listings if nothing is wrong, and writes nothing', async () => {
    const ports = portsOf(aNode());

    await expect(reconcile(ports)).resolves.toStrictEqual({ ...nothing, nodes: 1 });
    expect(ports.journal).toEqual(surveyed);
    expect(ports.logEntries.size).toBe(0);
  });

  it('finds nothing to do if there are no nodes', async () => {
    await expect(reconcile(new InMemoryPorts())).resolves.toStrictEqual({ ...nothing, nodes: 0 });
  });

  it('starts a repair after a closer look, and logs it', async () => {
    const ports = portsOfLost(aNode());

    await expect(reconcile(ports)).resolves.toStrictEqual({ ...nothing, nodes: 1, started: [`${NODE_ID}: replace`] });
    expect(ports.journal).toEqual([...surveyed, `observe ${OLD_INSTANCE_ID}`, `observe ${INTERFACE_ID}`, replacement]);
    expect(ports.logEntries.get(NODE_ID)).toEqual([
      { createdAt: NOW, severity: 'WARN', message: `reconciler: ${OLD_INSTANCE_ID} is terminated` },
    ]);
  });

  it('starts nothing if the listing was a moment old', async () => {
    const ports = portsOfLost(aNode());
    ports.seenInstances.set(OLD_INSTANCE_ID, running);

    await expect(reconcile(ports)).resolves.toStrictEqual({ ...nothing, nodes: 1 });
    expect(ports.journal).toEqual([...surveyed, `observe ${OLD_INSTANCE_ID}`, `observe ${INTERFACE_ID}`]);
    expect(ports.logEntries.size).toBe(0);
  });

  it('starts nothing if an operation has taken the node since', async () => {
    const ports = portsOfLost(aNode());
    ports.nodes.get = async () => aBusyNode();
    ports.runningExecutions.add(EXECUTION_ID);

    await expect(reconcile(ports)).resolves.toStrictEqual({ ...nothing, nodes: 1 });
    expect(ports.journal).toContain(`look at ${EXECUTION_ID}`);
    expect(ports.journal).not.toContain(replacement);
  });

  it('starts nothing for a node that has been deleted since', async () => {
    const ports = portsOfLost(aNode());
    ports.nodes.get = async () => undefined;

    await expect(reconcile(ports)).resolves.toStrictEqual({ ...nothing, nodes: 1 });
    expect(ports.journal).toEqual(surveyed);
  });

  it('looks at EC2 before it reads the records, because a step writes the record before EC2 shows the effect', async () => {
    const ports = new InMemoryPorts();
    ports.listedInterfaces = [{ ...carried, origin }];
    ports.fleet.impairments = async () => {
      await new Promise(setImmediate);
      ports.nodeRecords.set(NODE_ID, aNode({ status: 'ERROR' }));
      return [];
    };

    const outcome = await reconcile(ports);
    expect(outcome).toMatchObject({ nodes: 1, report: { byStatus: { ERROR: 1 } }, unknown: [] });
  });

  it('starts nothing if the Elastic IP is where it should be on the closer look', async () => {
    const ports = portsOf(aNode({ config: aConfig({ compute: { elasticIp: ALLOCATION_ID } }) }));
    ports.listedElasticIps = [anElasticIp({ interfaceId: undefined })];
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp());

    await expect(reconcile(ports)).resolves.toStrictEqual({ ...nothing, nodes: 1 });
  });

  it('asks EC2 about nothing that the node does not have', async () => {
    const resume = { kind: 'launch' as const, reason: 'resume requested', requestedAt: '2026-11-03T09:00:00.000Z' };
    const never = { status: 'PAUSED', instance: undefined, identity: { settled: false } } as const;
    const ports = new InMemoryPorts(aNode({ ...never, intents: [resume] }));

    const started = [`${NODE_ID}: launch`];
    await expect(reconcile(ports)).resolves.toStrictEqual({ ...nothing, nodes: 1, started });
    expect(ports.journal).toEqual([...surveyed, expect.stringMatching(/^start launch /)]);
  });

  it('names a repair by a period of five minutes: once in a period, and again in the next one', async () => {
    const ports = portsOfLost(aNode());
    const startedAfter = async (sleptMs: number) => {
      ports.sleptMs = sleptMs;
      ports.journal.length = 0;
      await reconcile(ports);
      return ports.journal.find((entry) => entry.startsWith('start'))?.split(' ')[2];
    };

    await expect(startedAfter(0)).resolves.toBe(`${NODE_ID}-replace-3-${PERIOD}`);
    await expect(startedAfter(299_999)).resolves.toBe(`${NODE_ID}-replace-3-${PERIOD}`);
    await expect(startedAfter(300_000)).resolves.toBe(`${NODE_ID}-replace-3-${PERIOD + 1}`);
  });
});

describe('The reconciler sees', () => {
  const withElasticIp = aConfig({ compute: { elasticIp: ALLOCATION_ID } });

  it('an interface that is gone', async () => {
    const ports = portsOf(aNode());
    ports.listedInterfaces = [];
    ports.seenInterfaces.clear();

    await expect(reconcile(ports)).resolves.toMatchObject({ started: [`${NODE_ID}: adjust`] });
    expect(ports.logEntries.get(NODE_ID)).toMatchObject([{ message: `reconciler: ${INTERFACE_ID} is gone` }]);
  });

  it('an Elastic IP that is elsewhere', async () => {
    const ports = portsOf(aNode({ config: withElasticIp }));
    ports.listedElasticIps = [anElasticIp({ interfaceId: undefined })];
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined }));

    await expect(reconcile(ports)).resolves.toMatchObject({ started: [`${NODE_ID}: adjust`] });
  });

  it('an Elastic IP that is where it should be, and leaves it', async () => {
    const ports = portsOf(aNode({ config: withElasticIp }));
    ports.listedElasticIps = [anElasticIp({ allocationId: 'eipalloc-of-another' }), anElasticIp()];

    await expect(reconcile(ports)).resolves.toMatchObject({ started: [] });
    expect(ports.journal).toEqual(surveyed);
  });

  it('an instance that fails its checks, on the closer look as well', async () => {
    const ports = portsOf(aNode());
    const since = '2026-11-03T09:00:00.000Z';
    ports.impairments = [
      { instanceId: 'i-of-another', since: NOW },
      { instanceId: OLD_INSTANCE_ID, since },
    ];

    await expect(reconcile(ports)).resolves.toMatchObject({ started: [`${NODE_ID}: replace`] });
    expect(ports.logEntries.get(NODE_ID)).toMatchObject([
      { message: `reconciler: ${OLD_INSTANCE_ID} has failed EC2's status checks since ${since}` },
    ]);
  });

  it('that the checks of another instance are not those of a paused node', async () => {
    const ports = portsOf(aNode({ status: 'PAUSED', instance: undefined }));
    ports.listedInterfaces = [{ ...carried, attachment: undefined, status: 'available', origin }];
    ports.listedInstances = [];
    ports.impairments = [{ instanceId: '', since: '2026-11-03T09:00:00.000Z' }];

    await expect(reconcile(ports)).resolves.toMatchObject({ started: [] });
  });

  it('an operation whose execution has ended, and finishes it', async () => {
    const ports = portsOf(aBusyNode());
    ports.endedExecutions.add(EXECUTION_ID);

    await expect(reconcile(ports)).resolves.toMatchObject({ started: [`${NODE_ID}: replace`] });
    expect(ports.journal.at(-1)).toBe(
      `start replace ${NODE_ID}-replace-4-${PERIOD} ${JSON.stringify({
        nodeId: NODE_ID,
        reason: 'spot interruption warning (terminate) (taken over: its execution has ended)',
        takesOver: 4,
      })}`,
    );
    // The listing may be late, so the reconciler looks at the execution itself before it starts anything.
    expect(ports.journal.filter((entry) => entry === `look at ${EXECUTION_ID}`)).toHaveLength(1);
  });

  it('an operation whose execution runs, and leaves it alone', async () => {
    const ports = portsOfLost(aBusyNode());
    ports.endedExecutions.add('the execution of another');

    await expect(reconcile(ports)).resolves.toStrictEqual({ ...nothing, nodes: 1 });
    expect(ports.journal).toEqual(surveyed);
  });
});

describe('A run that has much to do', () => {
  it('starts a hundred operations and leaves the others to the next one', async () => {
    const { started } = await reconcile(new InMemoryPorts(...lostNodes(101)));

    expect(started).toHaveLength(100);
    expect(started).not.toContain('smi-00000100: replace');
  });

  it('removes what a hundred records have given up and leaves the others to the next one', async () => {
    const nodes = Array.from({ length: 101 }, (_, index) =>
      aNode({
        id: `smi-${String(index).padStart(8, '0')}`,
        status: 'PAUSED',
        instance: undefined,
        identity: { settled: false },
        givenUp: [{ kind: 'instance', since: NOW, id: `i-${index}` }],
      }),
    );
    const ports = new InMemoryPorts(...nodes);
    for (let index = 0; index < 101; index += 1)
      ports.seenInstances.set(`i-${index}`, anInstance({ id: `i-${index}` }));
    await reconcile(ports);

    const terminated = ports.journal.filter((entry) => entry.startsWith('terminate'));
    expect(terminated).toHaveLength(100);
    expect(terminated).not.toContain('terminate i-100');
  });

  it('finds the one operation that has stopped behind hundreds that run', async () => {
    const busy = Array.from({ length: 301 }, (_, index) =>
      aBusyNode({ id: `smi-${index}` }, { executionId: `execution-${index}` }),
    );
    const ports = new InMemoryPorts(...busy);
    ports.endedExecutions.add('execution-300');

    await expect(reconcile(ports)).resolves.toMatchObject({ started: ['smi-300: replace'] });
    expect(ports.journal.filter((entry) => entry.startsWith('look at'))).toEqual(['look at execution-300']);
  });

  it('leaves alone an operation that began too late to be listed', async () => {
    const ports = portsOf(aBusyNode());
    ports.operations.running = async () => new Set();

    await expect(reconcile(ports)).resolves.toMatchObject({ started: [] });
    expect(ports.journal).toContain(`look at ${EXECUTION_ID}`);
  });

  it('repairs the other nodes if one cannot be read, and reports the error', async () => {
    const [first, second] = lostNodes(2);
    const ports = new InMemoryPorts(first!, second!);
    ports.listedInstances = [{ ...anInstance({ id: REPLACEMENT_ID }), origin: { ...origin, nodeId: 'smi-gone' } }];
    ports.nodes.get = async (nodeId) => {
      if (nodeId === first!.id) throw new Error('the table is busy');
      return ports.nodeRecords.get(nodeId);
    };

    await expect(reconcile(ports)).resolves.toStrictEqual({
      ...nothing,
      nodes: 2,
      started: [`${second!.id}: replace`],
      unknown: [REPLACEMENT_ID],
      failures: [new Error('the table is busy')],
    });
    const changes = ports.journal.filter((entry) => !/^(list|observe)/.test(entry));
    expect(changes.map((entry) => entry.split(' ').slice(0, 3).join(' '))).toEqual([
      `start replace ${second!.id}-replace-3-${PERIOD}`,
    ]);
  });
});

describe('What a record has given up', () => {
  const givenUp = [{ kind: 'instance' as const, since: NOW, id: 'i-given-up' }];
  const portsOfGivenUp = (): InMemoryPorts => {
    const ports = portsOf(aNode({ givenUp }));
    ports.listedInstances.push({ ...anInstance({ id: 'i-given-up' }), origin });
    ports.seenInstances.set('i-given-up', anInstance({ id: 'i-given-up' }));
    return ports;
  };

  it('is removed, and does not count as unknown', async () => {
    const ports = portsOfGivenUp();

    await expect(reconcile(ports)).resolves.toStrictEqual({ ...nothing, nodes: 1 });
    expect(ports.journal).toContain('terminate i-given-up');
  });

  it('does not hold up anything else if it cannot be removed', async () => {
    const ports = portsOfGivenUp();
    ports.instances.terminate = () => Promise.reject(new Error('it is protected'));

    await expect(reconcile(ports)).resolves.toStrictEqual({
      ...nothing,
      nodes: 1,
      failures: [new Error('it is protected')],
    });
  });
});

describe('A record that cannot be read', () => {
  const OTHER_ID = 'smi-0000000f';
  const unreadable = [anUnreadableRecord(OTHER_ID)];
  /** Enough resources to halt the reconciler if they have no record. */
  const itsOwn = ['i-1', 'i-2', 'i-3', 'i-4'].map((id) => ({
    ...anInstance({ id }),
    origin: { nodeId: OTHER_ID, generation: 99, isLeft: false },
  }));

  it('accounts for everything with the tag of its node, which is left as it is', async () => {
    const ports = portsOf(aNode());
    ports.unreadable = unreadable;
    ports.listedInstances.push(...itsOwn);

    await expect(reconcile(ports)).resolves.toStrictEqual({ ...nothing, nodes: 1, unreadable });
    expect(ports.journal).toEqual(surveyed);
  });

  it('does not prevent repairs of other nodes', async () => {
    const ports = portsOfLost(aNode());
    ports.unreadable = unreadable;
    ports.listedInstances.push(...itsOwn);

    await expect(reconcile(ports)).resolves.toMatchObject({
      unreadable,
      started: [`${NODE_ID}: replace`],
      failures: [],
    });
  });

  it.each([
    { name: 'nothing else', nodes: [] },
    { name: 'one other', nodes: [aNode()] },
  ])('counts as a record: a table with $name is not new', async ({ nodes }) => {
    const ports = new InMemoryPorts(...nodes);
    ports.unreadable = unreadable;
    ports.tableIdentity = undefined;

    await expect(reconcile(ports)).resolves.toMatchObject({
      halted: expect.stringContaining('does not say whose it is') as string,
    });
  });
});

describe('A limit', () => {
  const changes = ({ journal }: InMemoryPorts) => journal.filter((entry) => !/^(list|observe|look)/.test(entry));
  const strays = (count: number, nodeId = 'smi-gone') =>
    Array.from({ length: count }, (_, index) => ({
      ...anInstance({ id: `i-stray-${index}` }),
      origin: { nodeId, generation: 3, isLeft: false },
    }));

  it('never removes what has no record, however long that lasts', async () => {
    const ports = portsOf(aNode());
    ports.listedInstances.push(...strays(2));
    ports.listedInterfaces.push({
      ...carried,
      id: 'eni-left',
      origin: { ...origin, nodeId: 'smi-gone', isLeft: true },
    });
    // EC2 shows an instance for an hour after it has ended.
    ports.listedInstances.push({ ...anInstance({ id: 'i-ended', state: 'terminated' }), origin: strays(1)[0]!.origin });
    for (const sleptMs of [0, 3_600_000, 86_400_000]) {
      ports.sleptMs = sleptMs;
      await expect(reconcile(ports)).resolves.toStrictEqual({
        ...nothing,
        nodes: 1,
        unknown: ['i-stray-0', 'i-stray-1'],
      });
    }
    expect(changes(ports)).toEqual([]);
  });

  it('replaces and removes nothing while many resources are unknown, and says why', async () => {
    const givenUp = [{ kind: 'instance' as const, since: NOW, id: 'i-given-up' }];
    const ports = portsOfLost(aNode({ givenUp }));
    ports.seenInstances.set('i-given-up', anInstance({ id: 'i-given-up' }));
    ports.listedInstances.push(...strays(3));
    const reconciled = await reconcile(ports);

    expect(reconciled).toMatchObject({
      started: [],
      halted: '3 instances and interfaces carry the tag of this deployment, and no record accounts for them',
    });
    expect(changes(ports)).toEqual([]);
  });

  it.each([
    { name: '29 nodes', unreadable: [], halted: expect.stringMatching(/^3 instances/) as string },
    {
      name: '29 nodes and one that cannot be read',
      unreadable: [anUnreadableRecord('smi-0000000f')],
      halted: undefined,
    },
  ])('finds three unknown resources many for $name: $halted', async ({ unreadable, halted }) => {
    const ports = new InMemoryPorts(...lostNodes(29));
    ports.unreadable = unreadable;
    ports.listedInstances = strays(3);

    await expect(reconcile(ports)).resolves.toMatchObject({ nodes: 29, halted });
  });

  it('heals nothing meanwhile', async () => {
    const ports = portsOf(aNode());
    ports.impairments = [{ instanceId: OLD_INSTANCE_ID, since: '2026-11-03T09:00:00.000Z' }];
    ports.listedInstances.push(...strays(3));

    await expect(reconcile(ports)).resolves.toMatchObject({ started: [], held: [] });
    expect(changes(ports)).toEqual([]);
  });

  it('still carries out user intents meanwhile', async () => {
    const pause = { kind: 'pause' as const, reason: 'pause requested', requestedAt: NOW };
    const ports = portsOf(aNode({ intents: [pause], updatedAt: '2026-11-03T09:00:00.000Z' }));
    ports.listedInstances.push(...strays(3));

    await expect(reconcile(ports)).resolves.toMatchObject({ started: [`${NODE_ID}: pause`] });
  });

  it.each([
    { name: 'has no identity', identity: undefined, why: 'does not say whose it is' },
    {
      name: 'belongs to another deployment',
      identity: { deployment: 'Staging', tableName: 'Nodes', createdAt: NOW },
      why: 'belongs to the deployment Staging',
    },
  ])('does nothing if the table is in doubt: it $name', async ({ identity, why }) => {
    const ports = portsOfLost(aNode());
    ports.tableIdentity = identity;

    await expect(reconcile(ports)).resolves.toStrictEqual({
      ...nothing,
      nodes: 1,
      halted: expect.stringContaining(why) as string,
    });
    expect(changes(ports)).toEqual([]);
  });

  it.each([
    { name: 'no nodes, and nothing is tagged: it is only new', listed: 0, halted: undefined },
    { name: 'no nodes, and something is tagged: it was emptied', listed: 1, halted: /does not say whose it is/ },
  ])('distinguishes a new table from an emptied one: $name', async ({ listed, halted }) => {
    const ports = new InMemoryPorts();
    ports.tableIdentity = undefined;
    ports.listedInstances = strays(listed);
    const reconciled = await reconcile(ports);

    if (halted === undefined) expect(reconciled.halted).toBeUndefined();
    else expect(reconciled.halted).toMatch(halted);
  });

  it.each([
    { name: 'something', ids: ['eni-newer'], shown: `eni-newer of ${NODE_ID}` },
    { name: 'several things', ids: ['eni-newer', 'eni-2', 'eni-3'], shown: `eni-newer of ${NODE_ID} (and 2 more)` },
  ])('halts for good if EC2 shows $name newer than the record', async ({ ids, shown }) => {
    const ports = portsOfLost(aNode());
    const newer = { nodeId: NODE_ID, generation: 4, isLeft: false };
    ports.listedInterfaces.push(...ids.map((id) => ({ ...carried, id, origin: newer })));
    const because = `the records are older than what EC2 shows: ${shown} was made, or left, after its record was written`;

    await expect(reconcile(ports)).resolves.toMatchObject({
      started: [],
      halted: expect.stringContaining(because) as string,
    });
    expect(changes(ports)).toEqual([`halt: ${because}`]);
    ports.listedInterfaces.splice(-ids.length);
    await expect(reconcile(ports)).resolves.toMatchObject({
      started: [],
      halted: expect.stringContaining(because) as string,
    });
  });

  it('heals nothing if many nodes fail their checks at once, and names them', async () => {
    const nodes = Array.from({ length: 4 }, (_, index) => {
      const instance = { ...aNode().instance!, id: `i-${index}` };
      return aNode({
        id: `smi-0000000${index}`,
        instance,
        identity: anIdentity({ interfaceId: `eni-${index}` }),
      });
    });
    const ports = new InMemoryPorts(...nodes);
    for (const { id: nodeId, instance, identity } of nodes) {
      const seen = anInstance({ id: instance!.id });
      const eni = anAttachedInterface({ instanceId: seen.id }, { id: identity.interfaceId! });
      ports.listedInstances.push({ ...seen, origin: { ...origin, nodeId } });
      ports.listedInterfaces.push({ ...eni, origin: { ...origin, nodeId } });
      ports.seenInstances.set(seen.id, seen);
      ports.seenInterfaces.set(eni.id, eni);
    }
    const ill = (count: number) =>
      nodes.slice(0, count).map(({ instance }) => ({ instanceId: instance!.id, since: '2026-11-03T09:00:00.000Z' }));

    ports.impairments = ill(4);
    await expect(reconcile(ports)).resolves.toStrictEqual({ ...nothing, nodes: 4, held: nodes.map(({ id }) => id) });
    ports.impairments = ill(1);
    await expect(reconcile(ports)).resolves.toStrictEqual({ ...nothing, nodes: 4, started: ['smi-00000000: replace'] });
  });
});
