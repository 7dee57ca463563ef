import type { Origin } from '../../domain/orphans';
import { removeOrphans, type OrphanOutcome } from '../../lambdas/orphans';
import { takeSurvey } from '../../lambdas/survey';
import {
  aBusyNode,
  anAttachedInterface,
  anInstance,
  anInterface,
  aNode,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
} from '../domain/builders';
import { InMemoryPorts } from './in-memory-ports';

const TEN_MINUTES_AGO = '2026-11-03T09:50:00.000Z';
const MARK = 'holdfast:unclaimed-since';
const nothing = { marked: [], unmarked: [], removed: [], failures: [] };

function anOrigin(overrides: Partial<Origin> = {}): Origin {
  return { nodeId: NODE_ID, isOurMaking: true, isLeft: false, ...overrides };
}

const changesIn = ({ journal }: InMemoryPorts) => journal.filter((entry) => !entry.startsWith('list'));

async function remove(ports: InMemoryPorts): Promise<OrphanOutcome> {
  return removeOrphans(ports, await takeSurvey(ports));
}

describe('removeOrphans', () => {
  it('leaves alone what belongs to a node', async () => {
    const ports = new InMemoryPorts(aNode());
    ports.listedInstances = [{ ...anInstance({ id: OLD_INSTANCE_ID }), origin: anOrigin() }];
    ports.listedInterfaces = [{ ...anAttachedInterface(), origin: anOrigin() }];

    await expect(remove(ports)).resolves.toEqual(nothing);
    expect(changesIn(ports)).toEqual([]);
  });

  it('marks what belongs to none, and says so in the log of the node that it names', async () => {
    const ports = new InMemoryPorts(aNode());
    ports.listedInstances = [{ ...anInstance({ id: 'i-stray' }), origin: anOrigin() }];
    ports.listedInterfaces = [{ ...anInterface({ id: 'eni-stray' }), origin: anOrigin({ nodeId: 'smi-gone' }) }];

    await expect(remove(ports)).resolves.toEqual({ ...nothing, marked: ['i-stray', 'eni-stray'] });
    expect(changesIn(ports)).toEqual([`tag i-stray ${MARK}=${NOW}`, `tag eni-stray ${MARK}=${NOW}`]);
    expect(Object.fromEntries(ports.logEntries)).toEqual({
      [NODE_ID]: [
        {
          createdAt: NOW,
          severity: 'WARN',
          message: 'reconciler: i-stray carries the tag of this node, which does not know it',
        },
      ],
      'smi-gone': [
        {
          createdAt: NOW,
          severity: 'WARN',
          message: 'reconciler: eni-stray carries the tag of this node, which does not know it',
        },
      ],
    });
  });

  it.each([
    { name: 'an instance', id: 'i-stray', removed: 'terminate i-stray' },
    { name: 'an interface', id: 'eni-stray', removed: 'delete eni-stray' },
  ])('removes $name after the grace time, and tells of it before', async ({ id, removed }) => {
    const ports = new InMemoryPorts(aNode());
    const origin = anOrigin({ unclaimedSince: TEN_MINUTES_AGO });
    ports.listedInstances = id === 'i-stray' ? [{ ...anInstance({ id }), origin }] : [];
    ports.listedInterfaces = id === 'eni-stray' ? [{ ...anInterface({ id }), origin }] : [];
    let toldBefore: unknown;
    ports.onCall = (entry) => {
      if (entry === removed) toldBefore = ports.logEntries.get(NODE_ID);
    };

    await expect(remove(ports)).resolves.toEqual({ ...nothing, removed: [id] });
    expect(changesIn(ports)).toEqual([removed]);
    expect(toldBefore).toEqual([
      { createdAt: NOW, severity: 'WARN', message: `reconciler: ${id} belongs to nothing and is removed` },
    ]);
  });

  it('takes the mark off what belongs to a node after all, and has nothing to tell', async () => {
    const ports = new InMemoryPorts(aNode());
    const origin = anOrigin({ unclaimedSince: TEN_MINUTES_AGO });
    ports.listedInstances = [{ ...anInstance({ id: OLD_INSTANCE_ID }), origin }];
    ports.listedInterfaces = [{ ...anInterface(), origin }];

    await expect(remove(ports)).resolves.toEqual({ ...nothing, unmarked: [OLD_INSTANCE_ID, INTERFACE_ID] });
    expect(changesIn(ports)).toEqual([`untag ${OLD_INSTANCE_ID} ${MARK}`, `untag ${INTERFACE_ID} ${MARK}`]);
    expect(ports.logEntries.size).toBe(0);
  });

  it.each([
    { name: 'an instance that is ending', state: 'shutting-down' as const, marked: [] },
    { name: 'an instance that has ended', state: 'terminated' as const, marked: [] },
    { name: 'an instance that starts', state: 'pending' as const, marked: ['i-stray'] },
    { name: 'an instance that is stopped', state: 'stopped' as const, marked: ['i-stray'] },
  ])('counts what is still there: $name', async ({ state, marked }) => {
    const ports = new InMemoryPorts(aNode());
    ports.listedInstances = [{ ...anInstance({ id: 'i-stray', state }), origin: anOrigin() }];

    await expect(remove(ports)).resolves.toEqual({ ...nothing, marked });
  });

  it('waits for an interface that something holds', async () => {
    const ports = new InMemoryPorts(aNode());
    const origin = anOrigin({ unclaimedSince: TEN_MINUTES_AGO });
    ports.listedInterfaces = [{ ...anAttachedInterface({}, { id: 'eni-stray' }), origin }];

    await expect(remove(ports)).resolves.toEqual(nothing);
    expect(changesIn(ports)).toEqual([]);
  });

  it.each([
    {
      name: 'an operation has begun that may be making it',
      unclaimedSince: undefined,
      now: aBusyNode(),
      changes: [],
    },
    {
      name: 'an operation has begun that may use what is to be removed',
      unclaimedSince: TEN_MINUTES_AGO,
      now: aBusyNode(),
      changes: [`untag i-stray ${MARK}`],
    },
    {
      name: 'its node has taken it up',
      unclaimedSince: TEN_MINUTES_AGO,
      now: aNode({ instance: { ...aNode().instance!, id: 'i-stray' } }),
      changes: [`untag i-stray ${MARK}`],
    },
    {
      name: 'its node is gone',
      unclaimedSince: TEN_MINUTES_AGO,
      now: undefined,
      changes: ['terminate i-stray'],
    },
  ])('goes by the record of now: $name', async ({ unclaimedSince, now, changes }) => {
    const ports = new InMemoryPorts(aNode());
    ports.listedInstances = [{ ...anInstance({ id: 'i-stray' }), origin: anOrigin({ unclaimedSince }) }];
    ports.nodes.get = async () => now;
    await remove(ports);

    expect(changesIn(ports)).toEqual(changes);
  });

  it.each([
    { name: 'left behind by a deletion', unclaimedSince: undefined, change: { isLeft: true }, changes: [] },
    {
      name: 'left behind, to be removed',
      unclaimedSince: TEN_MINUTES_AGO,
      change: { isLeft: true },
      changes: [`untag eni-stray ${MARK}`],
    },
    { name: 'gone', unclaimedSince: TEN_MINUTES_AGO, change: undefined, changes: [] },
    {
      name: 'marked, and left alone, by another run',
      unclaimedSince: undefined,
      change: { unclaimedSince: NOW },
      changes: [],
    },
    { name: 'as it was', unclaimedSince: TEN_MINUTES_AGO, change: {}, changes: ['delete eni-stray'] },
  ])('goes by the tags of now: $name', async ({ unclaimedSince, change, changes }) => {
    const ports = new InMemoryPorts();
    const listed = { ...anInterface({ id: 'eni-stray' }), origin: anOrigin({ unclaimedSince }) };
    ports.listedInterfaces = [listed];
    const survey = await takeSurvey(ports);
    ports.listedInterfaces = change === undefined ? [] : [{ ...listed, origin: { ...listed.origin, ...change } }];
    await removeOrphans(ports, survey);

    expect(changesIn(ports)).toEqual(changes);
  });

  it('looks at what is left behind after the record, which goes last', async () => {
    const ports = new InMemoryPorts(aNode());
    const listed = { ...anInterface({ id: 'eni-stray' }), origin: anOrigin() };
    ports.listedInterfaces = [listed];
    const survey = await takeSurvey(ports);
    const { get } = ports.nodes;
    ports.nodes.get = async (id) => {
      ports.listedInterfaces = [{ ...listed, origin: anOrigin({ isLeft: true }) }];
      return get(id);
    };

    await expect(removeOrphans(ports, survey)).resolves.toEqual(nothing);
  });
});
