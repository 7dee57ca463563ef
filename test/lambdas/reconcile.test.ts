import type { StatefulNode } from '../../domain/stateful-node';
import { reconcile } from '../../lambdas/reconcile';
import {
  aBusyNode,
  aConfig,
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anInstance,
  aNode,
  EXECUTION_ID,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
} from '../domain/builders';
import { InMemoryPorts } from './in-memory-ports';

const origin = { nodeId: NODE_ID, isOurMaking: true, isLeft: false };
const running = anInstance({ id: OLD_INSTANCE_ID });
const ended = anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' });
const carried = anAttachedInterface({ instanceId: OLD_INSTANCE_ID });
const surveyed = ['list instances', 'list interfaces', 'list elastic ips', 'list impairments'];
const nothing = { started: [], marked: [], unmarked: [], removed: [], failures: [] };
const replacement = `start replace ${NODE_ID}-replace-3-202611031000 ${JSON.stringify({
  nodeId: NODE_ID,
  reason: `${OLD_INSTANCE_ID} is terminated`,
  instanceId: OLD_INSTANCE_ID,
  endsAt: NOW,
})}`;

/** Ports of a node that is well, in the listings and on a closer look. */
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
  it('costs four listings where nothing is wrong, and writes nothing', async () => {
    const ports = portsOf(aNode());

    await expect(reconcile(ports)).resolves.toEqual({ ...nothing, nodes: 1 });
    expect(ports.journal).toEqual(surveyed);
    expect(ports.logEntries.size).toBe(0);
  });

  it('finds nothing to do where there are no nodes', async () => {
    await expect(reconcile(new InMemoryPorts())).resolves.toEqual({ ...nothing, nodes: 0 });
  });

  it('starts what is missing after a closer look, and says so in the log', async () => {
    const ports = portsOfLost(aNode());

    await expect(reconcile(ports)).resolves.toEqual({ ...nothing, nodes: 1, started: [`${NODE_ID}: replace`] });
    expect(ports.journal).toEqual([...surveyed, `observe ${OLD_INSTANCE_ID}`, `observe ${INTERFACE_ID}`, replacement]);
    expect(ports.logEntries.get(NODE_ID)).toEqual([
      { createdAt: NOW, severity: 'WARN', message: `reconciler: ${OLD_INSTANCE_ID} is terminated` },
    ]);
  });

  it('starts nothing where the listing was a moment old', async () => {
    const ports = portsOfLost(aNode());
    ports.seenInstances.set(OLD_INSTANCE_ID, running);

    await expect(reconcile(ports)).resolves.toEqual({ ...nothing, nodes: 1 });
    expect(ports.journal).toEqual([...surveyed, `observe ${OLD_INSTANCE_ID}`, `observe ${INTERFACE_ID}`]);
    expect(ports.logEntries.size).toBe(0);
  });

  it('starts nothing where an operation has taken the node since', async () => {
    const ports = portsOfLost(aNode());
    ports.nodes.get = async () => aBusyNode();

    await expect(reconcile(ports)).resolves.toEqual({ ...nothing, nodes: 1 });
    expect(ports.journal).toContain(`look at ${EXECUTION_ID}`);
    expect(ports.journal).not.toContain(replacement);
  });

  it('starts nothing for a node that is gone since', async () => {
    const ports = portsOfLost(aNode());
    ports.nodes.get = async () => undefined;

    await expect(reconcile(ports)).resolves.toEqual({ ...nothing, nodes: 1 });
    expect(ports.journal).toEqual(surveyed);
  });

  it('looks at EC2 before it reads the records: what EC2 shows has been written down by then', async () => {
    const ports = new InMemoryPorts();
    ports.listedInterfaces = [{ ...carried, origin }];
    ports.fleet.impairments = async () => {
      await new Promise(setImmediate);
      ports.nodeRecords.set(NODE_ID, aNode({ status: 'ERROR' }));
      return [];
    };

    const outcome = await reconcile(ports);
    expect(outcome).toMatchObject({ nodes: 1, marked: [] });
  });

  it('names what it starts by the minute: the same once, and again in the next one', async () => {
    const ports = portsOfLost(aNode());
    const startedAfter = async (sleptMs: number) => {
      ports.sleptMs = sleptMs;
      ports.journal.length = 0;
      await reconcile(ports);
      return ports.journal.find((entry) => entry.startsWith('start'))?.split(' ')[2];
    };

    await expect(startedAfter(59_999)).resolves.toBe(`${NODE_ID}-replace-3-202611031000`);
    await expect(startedAfter(60_000)).resolves.toBe(`${NODE_ID}-replace-3-202611031001`);
  });
});

describe('The reconciler sees', () => {
  const taggedOrigin = { ...origin, unclaimedSince: undefined };
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

  it('an Elastic IP where it belongs', async () => {
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
    ports.listedInterfaces = [{ ...carried, attachment: undefined, status: 'available', origin: taggedOrigin }];
    ports.listedInstances = [];
    ports.impairments = [{ instanceId: '', since: '2026-11-03T09:00:00.000Z' }];

    await expect(reconcile(ports)).resolves.toMatchObject({ started: [] });
  });

  it('an operation whose execution has ended, and finishes it', async () => {
    const ports = portsOf(aBusyNode());
    ports.endedExecutions.add(EXECUTION_ID);

    await expect(reconcile(ports)).resolves.toMatchObject({ started: [`${NODE_ID}: replace`] });
    expect(ports.journal.at(-1)).toBe(
      `start replace ${NODE_ID}-replace-4-202611031000 ${JSON.stringify({
        nodeId: NODE_ID,
        reason: 'spot interruption warning (terminate) (taken over: its execution has ended)',
        takesOver: 4,
      })}`,
    );
    expect(ports.journal.filter((entry) => entry === `look at ${EXECUTION_ID}`)).toHaveLength(2);
  });

  it('an operation whose execution runs, and leaves it alone', async () => {
    const ports = portsOfLost(aBusyNode());
    ports.endedExecutions.add('the execution of another');

    await expect(reconcile(ports)).resolves.toEqual({ ...nothing, nodes: 1 });
    expect(ports.journal).toEqual([...surveyed, `look at ${EXECUTION_ID}`]);
  });
});

describe('A run that has much to do', () => {
  it('starts a hundred operations and leaves the others to the next one', async () => {
    const { started } = await reconcile(new InMemoryPorts(...lostNodes(101)));

    expect(started).toHaveLength(100);
    expect(started).not.toContain('smi-00000100: replace');
  });

  it('looks at the hundred operations that have run longest', async () => {
    const busy = Array.from({ length: 101 }, (_, index) => {
      const startedAt = new Date(Date.parse(NOW) - index * 1000).toISOString();
      return aBusyNode({ id: `smi-${index}` }, { executionId: `execution-${index}`, startedAt });
    });
    const ports = new InMemoryPorts(...busy);
    await reconcile(ports);
    const looks = ports.journal.filter((entry) => entry.startsWith('look at'));

    expect(looks).toHaveLength(100);
    expect(looks[0]).toBe('look at execution-100');
    expect(looks).not.toContain('look at execution-0');
  });

  it('keeps nobody waiting for a node that cannot be looked at, and tells of it all the same', async () => {
    const [first, second] = lostNodes(2);
    const ports = new InMemoryPorts(first!, second!);
    ports.listedInstances = [{ ...anInstance({ id: REPLACEMENT_ID }), origin: { ...origin, nodeId: 'smi-gone' } }];
    ports.nodes.get = async (nodeId) => {
      if (nodeId === first!.id) throw new Error('the table is busy');
      return ports.nodeRecords.get(nodeId);
    };

    await expect(reconcile(ports)).resolves.toEqual({
      ...nothing,
      nodes: 2,
      started: [`${second!.id}: replace`],
      marked: [REPLACEMENT_ID],
      failures: [new Error('the table is busy')],
    });
    const changes = ports.journal.filter((entry) => !/^(list|observe)/.test(entry));
    expect(changes.map((entry) => entry.split(' ').slice(0, 3).join(' '))).toEqual([
      `start replace ${second!.id}-replace-3-202611031000`,
      `tag ${REPLACEMENT_ID} holdfast:unclaimed-since=${NOW}`,
    ]);
  });
});
