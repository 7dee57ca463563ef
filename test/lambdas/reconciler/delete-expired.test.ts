import { InterfaceNotFree, NotReady, ServiceUnavailable } from '../../../domain/errors';
import { EXPIRES_AT_TAG, LEFT_BY_TAG } from '../../../domain/node/stateful-node';
import { reconcile } from '../../../lambdas/reconciler/reconcile';
import {
  anInstance,
  anInterface,
  aNode,
  anUnreadableRecord,
  aVolume,
  INTERFACE_ID,
  NODE_ID,
  NOW,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const VOLUME_ID = 'vol-0123456789abcdef0';
const PAST = '2026-11-03T08:00:00.000Z';

/** A deleted node has left its interface and a volume until then. */
async function portsWith(expiresAt = PAST): Promise<InMemoryPorts> {
  const ports = new InMemoryPorts();
  ports.seenInterfaces.set(INTERFACE_ID, anInterface());
  ports.listedInterfaces.push({ ...anInterface(), origin: { nodeId: NODE_ID, isLeft: false } });
  ports.seenVolumes.set(VOLUME_ID, aVolume({ id: VOLUME_ID }));
  await ports.tags.set(
    [INTERFACE_ID, VOLUME_ID],
    [
      { key: LEFT_BY_TAG, value: NODE_ID },
      { key: EXPIRES_AT_TAG, value: expiresAt },
    ],
  );
  ports.journal.splice(0);
  return ports;
}

const deletionsOf = ({ journal }: InMemoryPorts) => journal.filter((entry) => entry.startsWith('delete'));

it('deletes what has expired, with the reason in the log', async () => {
  const ports = await portsWith();

  await expect(reconcile(ports)).resolves.toMatchObject({ expired: [INTERFACE_ID, VOLUME_ID], failures: [] });
  expect(deletionsOf(ports)).toEqual([`delete ${INTERFACE_ID}`, `delete ${VOLUME_ID}`].sort());
  const messages = ports.logEntries
    .get(NODE_ID)
    ?.map(({ message }) => message)
    .sort();
  expect(messages).toEqual(
    [INTERFACE_ID, VOLUME_ID].map((id) => `${id} was left by the deletion until ${PAST}, and is deleted`),
  );
  await expect(reconcile(ports)).resolves.toMatchObject({ expired: [], failures: [] });
});

it('leaves what has not expired, and makes no closer look', async () => {
  const ports = await portsWith('2099-01-01T00:00:00.000Z');

  await expect(reconcile(ports)).resolves.toMatchObject({ expired: [] });
  expect(ports.journal.filter((entry) => !entry.startsWith('list'))).toEqual([]);
});

it.each<{ name: string; prepare: (ports: InMemoryPorts) => void }>([
  { name: 'the table says nothing of its owner', prepare: (ports) => void (ports.tableIdentity = undefined) },
  {
    name: 'the table is halted',
    prepare: (ports) => {
      ports.tableIdentity = { ...ports.tableIdentity!, halted: { since: NOW, because: 'it is older than EC2' } };
    },
  },
  {
    name: "the node's record exists",
    prepare: (ports) => void ports.nodeRecords.set(NODE_ID, aNode({ deletion: { ...DELETION } })),
  },
  { name: "the node's record cannot be read", prepare: (ports) => void ports.unreadable.push(anUnreadableRecord()) },
  {
    name: 'many things are unknown',
    prepare: (ports) => {
      const origin = { nodeId: 'smi-ffffffff', isLeft: false };
      ports.listedInstances = ['i-1', 'i-2', 'i-3'].map((id) => ({ ...anInstance({ id }), origin }));
    },
  },
])('deletes nothing while $name', async ({ prepare }) => {
  const ports = await portsWith();
  prepare(ports);

  await expect(reconcile(ports)).resolves.toMatchObject({ expired: [] });
  expect(deletionsOf(ports)).toEqual([]);
});

it.each<{ name: string; prepare: (ports: InMemoryPorts) => void }>([
  {
    name: 'exists',
    prepare: (ports) => void ports.nodeRecords.set(NODE_ID, aNode({ deletion: { ...DELETION } })),
  },
  { name: 'cannot be read', prepare: (ports) => void ports.unreadable.push(anUnreadableRecord()) },
])('makes no closer look at a thing if the record of its node $name', async ({ prepare }) => {
  const ports = await portsWith();
  prepare(ports);

  await expect(reconcile(ports)).resolves.toMatchObject({ failures: [] });
  expect(ports.journal.filter((entry) => entry.includes(VOLUME_ID))).toEqual([]);
});

const DELETION = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false };

it.each<{ name: string; change: (ports: InMemoryPorts) => void }>([
  {
    name: 'its tags are taken off',
    change: (ports) => {
      ports.seenVolumes.set(VOLUME_ID, aVolume({ id: VOLUME_ID }));
      ports.listedInterfaces = [];
    },
  },
  {
    name: 'it is attached',
    change: (ports) => {
      const left = { leftBy: NODE_ID, expiresAt: PAST };
      ports.seenVolumes.set(VOLUME_ID, aVolume({ id: VOLUME_ID, ...left, state: 'in-use', instanceIds: ['i-1'] }));
      const origin = { nodeId: NODE_ID, isLeft: true, ...left };
      ports.listedInterfaces = [{ ...anInterface({ status: 'in-use' }), origin }];
    },
  },
  { name: 'its node appears', change: (ports) => void ports.nodeRecords.set(NODE_ID, aNode({ deletion: DELETION })) },
])('leaves a thing if $name after the listing', async ({ change }) => {
  const ports = await portsWith();
  // Between the listings and the closer look, the reconciler asks whether the table is in doubt.
  const ownership = {
    ...ports.ownership,
    doubt: () => {
      change(ports);
      return ports.ownership.doubt();
    },
  };

  await expect(reconcile(Object.assign(Object.create(ports), { ownership }))).resolves.toMatchObject({ expired: [] });
  expect(deletionsOf(ports)).toEqual([]);
});

it.each([new NotReady('it is in use'), new InterfaceNotFree('it is attached')])(
  'waits if EC2 refuses the deletion: $name',
  async (refusal) => {
    const ports = await portsWith();
    ports.onCall = (entry) => {
      if (entry.startsWith('delete')) throw refusal;
    };

    await expect(reconcile(ports)).resolves.toMatchObject({ expired: [], failures: [] });
  },
);

it('reports a failed deletion, and deletes the others', async () => {
  const ports = await portsWith();
  const failure = new ServiceUnavailable('not now');
  ports.onCall = (entry) => {
    if (entry === `delete ${VOLUME_ID}`) throw failure;
  };

  await expect(reconcile(ports)).resolves.toMatchObject({ expired: [INTERFACE_ID], failures: [failure] });
});

it('repairs nodes and deletes expired interfaces even if EC2 does not list volumes', async () => {
  const ports = await portsWith();
  const failure = new ServiceUnavailable('not now');
  ports.onCall = (entry) => {
    if (entry === 'list left volumes') throw failure;
  };

  await expect(reconcile(ports)).resolves.toMatchObject({ expired: [INTERFACE_ID], failures: [failure] });
});

it('deletes at most fifty in one run', async () => {
  const ports = await portsWith();
  for (let number = 0; number < 60; number += 1) {
    const id = `vol-${number}`;
    ports.seenVolumes.set(id, aVolume({ id, leftBy: NODE_ID, expiresAt: PAST }));
  }

  expect((await reconcile(ports)).expired).toHaveLength(50);
  expect((await reconcile(ports)).expired).toHaveLength(12);
});
