/** Creations whose request has a key: a repeat returns the node that the first try has made. */
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { createNodeService } from '../../../lambdas/api/create-node-service';
import { nodeIdFor } from '../../../lambdas/api/node-id';
import { NodeMissing } from '../../../lambdas/api/node-service';
import { aConfig, aNode } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const KEY = 'arn:of:the:stack/Db/request-1';
const id = nodeIdFor(KEY);
const create = (ports: InMemoryPorts, document = aConfig()): Promise<StatefulNode> =>
  createNodeService(ports).create(document, KEY);
const createdIn = ({ journal }: InMemoryPorts) => journal.filter((call) => call.startsWith('create '));

test('the key names the node', async () => {
  const ports = new InMemoryPorts();

  await expect(create(ports)).resolves.toMatchObject({ id, requestKey: KEY });
  expect(createdIn(ports)).toEqual([`create ${id}`]);
});

test('a repeat returns the node as it is now, and writes nothing, even if the document is invalid by now', async () => {
  const ports = new InMemoryPorts();
  await create(ports);
  const before = ports.journal.length;

  await expect(create(ports, aConfig({ region: 'us-west-2' }))).resolves.toEqual(ports.node(id));
  expect(ports.journal).toHaveLength(before);
});

test.each([
  { name: 'of another request', node: aNode({ id, requestKey: 'another request' }) },
  { name: 'without a key', node: aNode({ id }) },
])('a node $name that has the id by chance is never returned', async ({ node }) => {
  const ports = new InMemoryPorts(node);

  await expect(create(ports)).rejects.toMatchObject({
    name: 'InvalidRequest',
    fieldErrors: [{ field: 'id', message: `${id} is another node by chance: repeat the request` }],
  });
  expect(ports.journal).toEqual([]);
  expect(ports.node(id)).toEqual(node);
});

test('a node that is being deleted is not made again', async () => {
  const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
  const ports = new InMemoryPorts(aNode({ id, requestKey: KEY, deletion }));

  await expect(create(ports)).rejects.toThrow(NodeMissing);
  expect(ports.journal).toEqual([]);
});
