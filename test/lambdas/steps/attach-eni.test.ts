import { NotReady, ReplacementLost } from '../../../domain/errors';
import { attachEni } from '../../../lambdas/steps/attach-eni';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  anAttachedInterface,
  anAttachment,
  anInstance,
  anInterface,
  INTERFACE_ID,
  NODE_ID,
  REPLACEMENT_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const hot = aConfig({ persistence: { persistPrivateIp: true, eniAttachment: 'hot' } });
const attached = `attach ${INTERFACE_ID} to ${REPLACEMENT_ID} at 1`;
const kept = `keep ${INTERFACE_ID} on ${anAttachment().id}`;

function portsWith(config = aConfig()): InMemoryPorts {
  const ports = new InMemoryPorts(aBusyNode({ config }, { launch: aLaunch() }));
  ports.seenInstances.set(REPLACEMENT_ID, anInstance());
  return ports;
}

describe('attachEni', () => {
  it('hot: attaches at index 1, and keeps the interface from being deleted with its instance', async () => {
    const ports = portsWith(hot);
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    const shown = (attachment: Parameters<typeof anAttachedInterface>[0]) =>
      ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ deviceIndex: 1, ...attachment }));
    ports.onCall = (entry) => {
      if (entry === attached) shown({ deleteOnTermination: true });
      if (entry === kept) shown({ deleteOnTermination: false });
    };

    await expect(attachEni(ports)(input)).resolves.toEqual({ interfaceId: INTERFACE_ID, instanceId: REPLACEMENT_ID });
    expect(ports.journal.filter((entry) => !entry.startsWith('observe'))).toEqual([attached, kept]);
  });

  it('cold: has nothing to attach, because the launch did', async () => {
    const ports = portsWith();
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface());
    await attachEni(ports)(input);

    expect(ports.journal).toEqual([`observe ${REPLACEMENT_ID}`, `observe ${INTERFACE_ID}`]);
  });

  it('cold: waits for the attachment that the launch makes, and gives up with the reason', async () => {
    const ports = portsWith();
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ status: 'attaching' }));
    const attaching = attachEni(ports)(input);

    await expect(attaching).rejects.toThrow(NotReady);
    await expect(attaching).rejects.toThrow(`${INTERFACE_ID} is attaching on ${REPLACEMENT_ID}`);
    expect(ports.journal).not.toContain(attached);
  });

  it('has to launch again where the replacement has ended', async () => {
    const ports = portsWith(hot);
    ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state: 'shutting-down' }));

    await expect(attachEni(ports)(input)).rejects.toThrow(ReplacementLost);
    expect(ports.journal).toEqual([`observe ${REPLACEMENT_ID}`]);
  });
});
