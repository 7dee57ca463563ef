import { InterfaceNotFree } from '../../../domain/errors';
import { INTERFACE_POLLS_A_STEP } from '../../../lambdas/poll';
import { detachEni } from '../../../lambdas/steps/detach-eni';
import {
  aBusyNode,
  aLaunch,
  anAttachedInterface,
  anAttachment,
  anInstance,
  anInterface,
  INTERFACE_ID,
  NODE_ID,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const detached = `detach ${anAttachment().id}`;
const secondaryOf = (instanceId: string) => anAttachedInterface({ instanceId, deviceIndex: 1 });

describe('detachEni', () => {
  it('detaches a secondary interface, and waits until it is free', async () => {
    const ports = new InMemoryPorts(aBusyNode());
    ports.seenInterfaces.set(INTERFACE_ID, secondaryOf(OLD_INSTANCE_ID));
    let looks = 0;
    ports.onCall = (entry) => {
      if (entry === `observe ${INTERFACE_ID}` && (looks += 1) === 4)
        ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    };

    await expect(detachEni(ports)(input)).resolves.toEqual({ interfaceIds: [INTERFACE_ID] });
    // Asked once, though EC2 went on showing it as attached.
    expect(ports.journal.filter((entry) => entry === detached)).toHaveLength(1);
    expect(looks).toBe(4);
  });

  it('never detaches a primary interface: it waits for the end of its instance', async () => {
    const ports = new InMemoryPorts(aBusyNode());
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));
    const detaching = detachEni(ports)(input);

    await expect(detaching).rejects.toThrow(InterfaceNotFree);
    await expect(detaching).rejects.toThrow(`${INTERFACE_ID} is attached on ${OLD_INSTANCE_ID}`);
    expect(ports.journal).toEqual(Array.from({ length: INTERFACE_POLLS_A_STEP }, () => `observe ${INTERFACE_ID}`));
  });

  it('leaves an interface on the replacement', async () => {
    const ports = new InMemoryPorts(aBusyNode({}, { launch: aLaunch() }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance());
    ports.seenInterfaces.set(INTERFACE_ID, secondaryOf(REPLACEMENT_ID));
    await detachEni(ports)(input);

    expect(ports.journal).not.toContain(detached);
  });

  it('takes it from a replacement that has ended', async () => {
    const ports = new InMemoryPorts(aBusyNode({}, { launch: aLaunch() }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state: 'shutting-down' }));
    ports.seenInterfaces.set(INTERFACE_ID, secondaryOf(REPLACEMENT_ID));

    await expect(detachEni(ports)(input)).rejects.toThrow(InterfaceNotFree);
    expect(ports.journal).toContain(detached);
  });

  it('frees the device index that a retired interface still holds', async () => {
    const ports = new InMemoryPorts(aBusyNode({}, { retiredInterfaceIds: ['eni-retired'] }));
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    ports.seenInterfaces.set('eni-retired', secondaryOf(OLD_INSTANCE_ID));
    ports.onCall = (entry) => {
      if (entry === detached) ports.seenInterfaces.delete('eni-retired');
    };

    await expect(detachEni(ports)(input)).resolves.toEqual({ interfaceIds: [INTERFACE_ID, 'eni-retired'] });
  });

  it('has nothing to do before the first interface is made', async () => {
    const ports = new InMemoryPorts(aBusyNode({ identity: { settled: false } }));

    await expect(detachEni(ports)(input)).resolves.toEqual({ interfaceIds: [] });
  });
});
