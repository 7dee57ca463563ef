/** A node with an unreadable record: the API's error says what is wrong, and the other nodes are not affected. */
import { createNodeService } from '../../../lambdas/api/create-node-service';
import { errorEnvelopeSchema } from '../../../lambdas/api/envelope';
import { aNode, anUnreadableRecord, NODE_ID } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';
import { anApi, NODE, NODES, OTHER_ID } from './requests';

const message = `The record NODE ${NODE_ID} cannot be read: identity.privateIp: expected string, received number`;

function open() {
  const ports = new InMemoryPorts(aNode({ id: OTHER_ID }));
  ports.unreadable = [anUnreadableRecord()];
  return { ports, api: anApi({ service: createNodeService(ports) }) };
}

it.each([
  { method: 'GET', path: NODE },
  { method: 'GET', path: `${NODE}/status` },
  { method: 'PUT', path: `${NODE}/pause` },
  { method: 'PUT', path: NODE, body: { managedInstance: { name: 'other' } } },
  { method: 'DELETE', path: NODE },
])('$method $path is refused, and names the record and the field', async (request) => {
  const { ports, api } = open();
  const { status, body } = await api.send(request);

  expect(status).toBe(409);
  expect(body.response.errors).toEqual([{ code: 'UNREADABLE_RECORD', message }]);
  errorEnvelopeSchema.parse(body);
  expect(ports.journal).toEqual([]);
});

it('the list leaves the node out', async () => {
  const { status, body } = await open().api.send({ method: 'GET', path: NODES });

  expect(status).toBe(200);
  expect(body.response.items).toMatchObject([{ id: OTHER_ID }]);
});

it('a bulk request pauses the other nodes', async () => {
  const { ports, api } = open();
  const managedInstanceStates = [NODE_ID, OTHER_ID].map((id) => ({ id, state: 'PAUSE' }));
  const { status, body } = await api.send({ method: 'PUT', path: `${NODES}/state`, body: { managedInstanceStates } });

  expect(status).toBe(400);
  expect(body.response.errors).toEqual([{ code: 'UNREADABLE_RECORD', message, field: 'managedInstanceStates.0.id' }]);
  expect(ports.node(OTHER_ID).intents).toMatchObject([{ kind: 'pause' }]);
});
