/** A look at everything that an operation works on, and at nothing else. */
import { observeNode } from '../../../lambdas/operation/observe-node';
import {
  aConfig,
  aLaunch,
  ALLOCATION_ID,
  anAttachedInterface,
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
