/** What an operation has retired goes at once where it is free, and is waited for by nobody where it is not. */
import { InterfaceNotFree, Throttled } from '../../domain/errors';
import { removeRetired } from '../../lambdas/retired-interfaces';
import { anAttachedInterface, anInterface, NODE_ID, NOW } from '../domain/builders';
import { InMemoryPorts } from './in-memory-ports';

const free = anInterface({ id: 'eni-free' });
const held = anAttachedInterface({}, { id: 'eni-held' });
const markOn = (id: string) => `tag ${id} holdfast:unclaimed-since=${NOW}`;

test('what is free is deleted, what is held is handed over to the reconciler, with a word in the log', async () => {
  const ports = new InMemoryPorts();
  await removeRetired(ports, NODE_ID, [held, free]);
  expect(ports.journal).toEqual([markOn('eni-held'), 'delete eni-free']);
  expect(ports.logEntries.get(NODE_ID)).toEqual([
    {
      createdAt: NOW,
      severity: 'INFO',
      message: 'eni-held serves nothing any more and is not free yet: it is removed once it is',
    },
  ]);
});

test('what is held after all is handed over as well', async () => {
  const ports = new InMemoryPorts();
  ports.interfaces.delete = () => Promise.reject(new InterfaceNotFree('eni-free is in use'));
  await removeRetired(ports, NODE_ID, [free]);
  expect(ports.journal).toEqual([markOn('eni-free')]);
});

test('what EC2 did not answer is tried again', async () => {
  const ports = new InMemoryPorts();
  ports.interfaces.delete = () => Promise.reject(new Throttled('slow down'));
  await expect(removeRetired(ports, NODE_ID, [free])).rejects.toThrow(Throttled);
  expect(ports.journal).toEqual([]);
});
