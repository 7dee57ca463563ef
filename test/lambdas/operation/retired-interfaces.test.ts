/** Retired interfaces are deleted at once if they are free. The operation does not wait for the others. */
import { InterfaceNotFree, Throttled } from '../../../domain/errors';
import { removeRetired } from '../../../lambdas/operation/retired-interfaces';
import { anAttachedInterface, anInterface } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const free = anInterface({ id: 'eni-free' });
const held = anAttachedInterface({}, { id: 'eni-held' });

test('a free interface is deleted, and an attached one is left for the record to give up', async () => {
  const ports = new InMemoryPorts();

  await expect(removeRetired(ports, [held, free])).resolves.toEqual(['eni-held']);
  expect(ports.journal).toEqual(['delete eni-free']);
});

test('an interface that was attached just now is left, too', async () => {
  const ports = new InMemoryPorts();
  ports.interfaces.delete = () => Promise.reject(new InterfaceNotFree('eni-free is in use'));

  await expect(removeRetired(ports, [free])).resolves.toEqual(['eni-free']);
});

test('a call that EC2 did not answer is tried again', async () => {
  const ports = new InMemoryPorts();
  ports.interfaces.delete = () => Promise.reject(new Throttled('slow down'));

  await expect(removeRetired(ports, [free])).rejects.toThrow(Throttled);
});
