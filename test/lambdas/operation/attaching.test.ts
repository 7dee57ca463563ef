/** A secondary interface gets the first device index that is free. */
import { InterfaceNotFree, RequestRejected } from '../../../domain/errors';
import { attachSecondary } from '../../../lambdas/operation/attaching';
import { anAttachedInterface, anInstance, anInterface, INTERFACE_ID, OLD_INSTANCE_ID } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

/** Ports of an instance that has other interfaces at these device indexes. */
function portsOf(...taken: readonly number[]): InMemoryPorts {
  const ports = new InMemoryPorts();
  ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
  ports.seenInterfaces.set(INTERFACE_ID, anInterface());
  for (const deviceIndex of taken) {
    const id = `eni-${deviceIndex}`;
    ports.seenInterfaces.set(id, anAttachedInterface({ id, instanceId: OLD_INSTANCE_ID, deviceIndex }, { id }));
  }
  return ports;
}

const attach = (ports: InMemoryPorts) => attachSecondary(ports, INTERFACE_ID, OLD_INSTANCE_ID, 1);
const callsAt = (...indexes: readonly number[]) =>
  indexes.map((index) => `attach ${INTERFACE_ID} to ${OLD_INSTANCE_ID} at ${index}`);

it.each([
  { name: 'the first one', taken: [0], tried: [1] },
  { name: 'one that a person has left free', taken: [0, 1, 3], tried: [1, 2] },
  { name: 'the last one', taken: [0, 1, 2, 3, 4, 5, 6], tried: [1, 2, 3, 4, 5, 6, 7] },
])('attaches at $name', async ({ taken, tried }) => {
  const ports = portsOf(...taken);
  await attach(ports);

  expect(ports.journal).toEqual(callsAt(...tried));
  expect(ports.seenInterfaces.get(INTERFACE_ID)?.attachment?.deviceIndex).toBe(tried.at(-1));
});

it('fails for a person to act if all of them are taken', async () => {
  const ports = portsOf(0, 1, 2, 3, 4, 5, 6, 7);

  await expect(attach(ports)).rejects.toThrow(
    new RequestRejected(
      `${OLD_INSTANCE_ID} has no free device index for ${INTERFACE_ID}: detach one of its other interfaces, or recycle the node`,
    ),
  );
  expect(ports.journal).toEqual(callsAt(1, 2, 3, 4, 5, 6, 7));
});

it('tries no other index if the interface is attached already', async () => {
  const ports = portsOf(0);
  ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface());

  await expect(attach(ports)).rejects.toThrow(InterfaceNotFree);
  expect(ports.journal).toEqual(callsAt(1));
});
