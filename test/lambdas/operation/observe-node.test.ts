/** A look at everything that an operation works on, and at nothing else. */
import { observeNode, observeReplaced } from '../../../lambdas/operation/observe-node';
import {
  aConfig,
  aLaunch,
  ALLOCATION_ID,
  anAttachedInterface,
  anAttachment,
  anElasticIp,
  anInstance,
  anInterface,
  anOwnedNode,
  aNextLaunch,
  aRequestedLaunch,
  INTERFACE_ID,
  NODE_ID,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const config = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
const old = anInstance({ id: OLD_INSTANCE_ID });

function portsOf(): InMemoryPorts {
  const ports = new InMemoryPorts();
  for (const seen of [old, anInstance()]) ports.seenInstances.set(seen.id, seen);
  ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface());
  ports.seenInterfaces.set('eni-retired', anInterface({ id: 'eni-retired' }));
  ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp());
  ports.launchedUnder.set(`${NODE_ID}-4-0`, anInstance());
  return ports;
}

it('shows what exists, and no retired interface that is gone', async () => {
  const retiredInterfaceIds = ['eni-gone', 'eni-retired'];
  const owned = anOwnedNode({ config }, { launch: aLaunch(), retiredInterfaceIds });

  await expect(observeNode(portsOf(), owned)).resolves.toStrictEqual({
    replacement: anInstance(),
    old,
    interface: anAttachedInterface(),
    elasticIp: anElasticIp(),
    retired: [anInterface({ id: 'eni-retired' })],
  });
});

it.each([
  { name: 'by its id', launch: aLaunch(), look: `observe ${REPLACEMENT_ID}`, replacement: anInstance() },
  {
    name: 'by the token of a request without an answer',
    launch: aRequestedLaunch(),
    look: `observe what ${NODE_ID}-4-0 made`,
    replacement: anInstance(),
  },
  { name: 'not before it is requested', launch: aNextLaunch(), look: undefined, replacement: undefined },
])('finds the replacement $name', async ({ launch, look, replacement }) => {
  const ports = portsOf();
  const seen = await observeNode(ports, anOwnedNode({}, { launch }));

  expect(seen.replacement).toEqual(replacement);
  expect(ports.journal).toEqual([
    ...(look === undefined ? [] : [look]),
    `observe ${OLD_INSTANCE_ID}`,
    `observe ${INTERFACE_ID}`,
  ]);
});

it('asks EC2 about nothing that the node does not have', async () => {
  const ports = portsOf();
  const seen = await observeNode(ports, anOwnedNode({ identity: { settled: false } }, { oldInstanceId: undefined }));

  expect(seen).toStrictEqual({
    replacement: undefined,
    old: undefined,
    interface: undefined,
    elasticIp: undefined,
    retired: [],
  });
  expect(ports.journal).toEqual([]);
});

describe('observeReplaced', () => {
  const BOTH = `observe ${REPLACEMENT_ID} and ${OLD_INSTANCE_ID}`;
  const carried = anAttachedInterface({ deviceIndex: 0 });
  const launch = aLaunch();

  it('looks once at both instances, and at the Elastic IP, if everything is in place', async () => {
    const ports = portsOf();
    ports.seenInterfaces.set(INTERFACE_ID, carried);
    const seen = await observeReplaced(ports, anOwnedNode({ config }, { config, launch }));

    expect(ports.journal).toEqual([BOTH, `observe ${ALLOCATION_ID}`]);
    expect(seen).toMatchObject({ replacement: { id: REPLACEMENT_ID }, old: { id: OLD_INSTANCE_ID }, retired: [] });
    expect(seen.interface).toMatchObject({
      id: INTERFACE_ID,
      attachment: { instanceId: REPLACEMENT_ID, deviceIndex: 0 },
    });
    expect(seen.elasticIp).toEqual(anElasticIp());
  });

  it('needs no old instance', async () => {
    const ports = portsOf();
    ports.seenInterfaces.set(INTERFACE_ID, carried);
    const seen = await observeReplaced(ports, anOwnedNode({}, { launch, oldInstanceId: undefined }));
    expect(ports.journal).toEqual([`observe ${REPLACEMENT_ID}`]);
    expect(seen.old).toBeUndefined();
  });

  it.each([
    {
      name: 'it would be deleted with the replacement',
      eni: { ...carried, attachment: anAttachment({ deleteOnTermination: true, deviceIndex: 0 }) },
    },
    { name: 'it is a secondary one', eni: anAttachedInterface({ deviceIndex: 1 }) },
    { name: 'it is on its way', eni: anAttachedInterface({ deviceIndex: 0, status: 'attaching' }) },
    { name: 'it is free', eni: anInterface() },
  ])('looks at everything if the interface is not in place: $name', async ({ eni }) => {
    const ports = portsOf();
    ports.seenInterfaces.set(INTERFACE_ID, eni);
    const seen = await observeReplaced(ports, anOwnedNode({}, { launch }));
    expect(ports.journal[0]).toBe(BOTH);
    expect(ports.journal).toContain(`observe ${INTERFACE_ID}`);
    expect(seen.interface).toEqual(eni);
  });

  it('looks at everything if the replacement does not run', async () => {
    const ports = portsOf();
    ports.seenInterfaces.set(INTERFACE_ID, carried);
    ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state: 'pending' }));
    await observeReplaced(ports, anOwnedNode({}, { launch }));
    expect(ports.journal).toContain(`observe ${INTERFACE_ID}`);
  });

  it.each([
    { name: 'interfaces are retired', operation: { launch, retiredInterfaceIds: ['eni-retired'] } },
    { name: 'the launch has no answer', operation: { launch: aRequestedLaunch() } },
  ])('looks at everything from the start if $name', async ({ operation }) => {
    const ports = portsOf();
    await observeReplaced(ports, anOwnedNode({}, operation));
    expect(ports.journal).not.toContain(BOTH);
    expect(ports.journal).toContain(`observe ${INTERFACE_ID}`);
  });
});
