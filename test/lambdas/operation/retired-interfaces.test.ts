/** What an operation has retired goes at once where it is free, and nothing waits for it where it is not. */
import { InterfaceNotFree, Throttled } from '../../../domain/errors';
import { removeRetired } from '../../../lambdas/operation/retired-interfaces';
import { anAttachedInterface, anInterface } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const free = anInterface({ id: 'eni-free' });
const held = anAttachedInterface({}, { id: 'eni-held' });

test('what is free is deleted, and what is held is left to be given up', async () => {
  const ports = new InMemoryPorts();

  await expect(removeRetired(ports, [held, free])).resolves.toEqual(['eni-held']);
  expect(ports.journal).toEqual(['delete eni-free']);
});

test('what is held after all is left as well', async () => {
  const ports = new InMemoryPorts();
  ports.interfaces.delete = () => Promise.reject(new InterfaceNotFree('eni-free is in use'));

  await expect(removeRetired(ports, [free])).resolves.toEqual(['eni-free']);
});

test('what EC2 did not answer is tried again', async () => {
  const ports = new InMemoryPorts();
  ports.interfaces.delete = () => Promise.reject(new Throttled('slow down'));

  await expect(removeRetired(ports, [free])).rejects.toThrow(Throttled);
});
