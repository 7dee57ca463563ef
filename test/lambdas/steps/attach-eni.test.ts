import { InterfaceMissing, NotReady, ReplacementLost, Throttled } from '../../../domain/errors';
import type { InterfaceIdentity, Operation } from '../../../domain/node/stateful-node';
import { attachEni } from '../../../lambdas/steps/attach-eni';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  ALLOCATION_ID,
  anAttachedInterface,
  anAttachment,
  anElasticIp,
  aNextLaunch,
  anIdentity,
  anInstance,
  anInterface,
  aNode,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
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
    ports.showsLate = true;
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    const shown = (attachment: Parameters<typeof anAttachedInterface>[0]) =>
      ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ deviceIndex: 1, ...attachment }));
    ports.onCall = (entry) => {
      if (entry === attached) shown({ deleteOnTermination: true });
      if (entry === kept) shown({ deleteOnTermination: false });
    };

    await expect(attachEni(ports)(input)).resolves.toEqual({
      interfaceId: INTERFACE_ID,
      instanceId: REPLACEMENT_ID,
      attachedAt: expect.any(String) as string,
    });
    expect(ports.journal.filter((entry) => !entry.startsWith('observe'))).toEqual([attached, kept]);
  });

  it('cold: attaches nothing, because the launch did', async () => {
    const ports = portsWith();
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface());
    await attachEni(ports)(input);

    expect(ports.journal).toEqual([`observe ${INTERFACE_ID}`]);
  });

  it('cold: waits for the attachment that the launch makes, and fails with the reason', async () => {
    const ports = portsWith();
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ status: 'attaching' }));
    const attaching = attachEni(ports)(input);

    await expect(attaching).rejects.toThrow(NotReady);
    await expect(attaching).rejects.toThrow(`${INTERFACE_ID} is attaching on ${REPLACEMENT_ID}`);
    expect(ports.journal).not.toContain(attached);
  });

  it('fails so that another is launched if the replacement has ended', async () => {
    const ports = portsWith(hot);
    ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state: 'shutting-down' }));

    await expect(attachEni(ports)(input)).rejects.toThrow(new ReplacementLost(`${REPLACEMENT_ID} has ended`));
    expect(ports.journal).toEqual([`observe ${INTERFACE_ID}`, `observe ${REPLACEMENT_ID}`]);
  });
});

describe('attachEni, of an interface whose attachment the step before has requested', () => {
  it('does not look before it can be attached', async () => {
    const ports = portsWith(hot);
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ deviceIndex: 1 }));
    await attachEni(ports)(input);
    expect(ports.sleptMs).toBe(900);
  });

  it.each([
    { retries: 0, sleptMs: 5_000 },
    { retries: 1, sleptMs: 0 },
  ])('looks once if many interfaces move, when most attachments are done: after $retries tries', async (row) => {
    const node = aBusyNode({ config: hot }, { config: hot, launch: aLaunch({ isInStorm: true }) });
    const ports = new InMemoryPorts(node);
    ports.seenInstances.set(REPLACEMENT_ID, anInstance());
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ deviceIndex: 1, status: 'attaching' }));
    await expect(attachEni(ports)({ ...input, retries: row.retries })).rejects.toThrow(NotReady);
    expect(ports.journal.filter((entry) => entry === `observe ${INTERFACE_ID}`)).toHaveLength(1);
    expect(ports.sleptMs).toBe(row.sleptMs);
  });

  it.each([
    { name: 'often in the first try', retries: 0, looks: 12 },
    { name: 'once in a further try: the attachment takes minutes', retries: 1, looks: 1 },
  ])('if no others move theirs, looks $name', async ({ retries, looks }) => {
    const ports = portsWith(hot);
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ deviceIndex: 1, status: 'attaching' }));
    await expect(attachEni(ports)({ ...input, retries })).rejects.toThrow(NotReady);
    expect(ports.journal.filter((entry) => entry === `observe ${INTERFACE_ID}`)).toHaveLength(looks);
  });

  it('looks often in a further try that has to ask again', async () => {
    const ports = portsWith(hot);
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    ports.onCall = (entry) => {
      if (!entry.startsWith('attach ')) return;
      ports.showsLate = true;
      ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ deviceIndex: 1, status: 'attaching' }));
    };
    await expect(attachEni(ports)({ ...input, retries: 1 })).rejects.toThrow(NotReady);
    expect(ports.journal.filter((entry) => entry === `observe ${INTERFACE_ID}`).length).toBeGreaterThan(9);
  });

  it('slows the moves down if EC2 refuses one for its rate', async () => {
    const ports = portsWith(hot);
    await ports.pacer.take('MoveInterface', NOW);
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    ports.interfaces.attach = () => Promise.reject(new Throttled('RequestLimitExceeded'));
    await expect(attachEni(ports)(input)).rejects.toThrow(Throttled);
    expect(ports.pacer.turns.get('MoveInterface')).toMatchObject({ refusals: 1 });
  });
});

describe('attachEni, of a node with an Elastic IP', () => {
  const config = aConfig({ persistence: { eniAttachment: 'hot' }, compute: { elasticIp: ALLOCATION_ID } });
  const associated = `associate ${ALLOCATION_ID} with ${INTERFACE_ID}`;
  const journalOf = async (identity: Partial<InterfaceIdentity>, operation: Partial<Operation> = {}) => {
    const instance = { ...aNode().instance!, id: REPLACEMENT_ID, attachment: 'hot' as const };
    const node = aBusyNode({ identity: anIdentity(identity), instance }, { config, launch: aLaunch(), ...operation });
    const ports = new InMemoryPorts(node);
    ports.seenInstances.set(REPLACEMENT_ID, anInstance());
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ deviceIndex: 1 }));
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined }));
    await attachEni(ports)(input);
    return ports.journal;
  };

  it('associates one that the interface has not had', async () => {
    expect(await journalOf({})).toContain(associated);
  });

  it('does not look for one that the interface has brought along: the confirmation does', async () => {
    expect(await journalOf({ allocationId: ALLOCATION_ID })).not.toContain(`observe ${ALLOCATION_ID}`);
  });

  it('leaves it to the settings that an adjustment applies', async () => {
    expect(await journalOf({}, { kind: 'adjust', launch: undefined })).not.toContain(associated);
  });
});

describe('attachEni, without an interface or an instance', () => {
  it.each([
    {
      name: 'an operation that has not launched',
      node: aBusyNode(),
      message: `${NODE_ID} has no replacement to carry ${INTERFACE_ID}`,
    },
    {
      name: 'a launch without an answer',
      node: aBusyNode({}, { launch: aNextLaunch() }),
      message: `${NODE_ID} has no replacement to carry ${INTERFACE_ID}`,
    },
    {
      name: 'no interface',
      node: aBusyNode({ identity: { settled: false } }, { launch: aLaunch() }),
      message: `${NODE_ID} has no interface to attach`,
    },
    {
      name: 'no interface, for an adjustment',
      node: aBusyNode({ identity: { settled: false } }, { kind: 'adjust' }),
      message: `${NODE_ID} has no interface to attach`,
    },
  ])('cannot attach: $name', async ({ node, message }) => {
    const ports = new InMemoryPorts(node);
    const attaching = attachEni(ports)(input);

    await expect(attaching).rejects.toThrow(ReplacementLost);
    await expect(attaching).rejects.toThrow(message);
    expect(ports.journal).toEqual([]);
  });

  it('asks once a run, until EC2 shows it', async () => {
    const ports = portsWith(hot);
    ports.showsLate = true;
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    const attaching = attachEni(ports)(input);

    await expect(attaching).rejects.toThrow(`${INTERFACE_ID} is being attached to ${REPLACEMENT_ID}`);
    expect(ports.journal.filter((entry) => entry === attached)).toHaveLength(1);
  });

  it('says that the interface would still be deleted with the instance', async () => {
    const ports = portsWith();
    ports.showsLate = true;
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ deleteOnTermination: true }));

    await expect(attachEni(ports)(input)).rejects.toThrow(
      `${INTERFACE_ID} would still be deleted with ${REPLACEMENT_ID}`,
    );
  });
});

describe('attachEni, if EC2 does not show the interface', () => {
  it('fails so that it is made again if a person has deleted it', async () => {
    const ports = portsWith(hot);
    const attaching = attachEni(ports)(input);

    await expect(attaching).rejects.toThrow(InterfaceMissing);
    await expect(attaching).rejects.toThrow(`${INTERFACE_ID} is gone`);
    expect(ports.journal).toEqual([`observe ${INTERFACE_ID}`, `observe ${REPLACEMENT_ID}`]);
  });

  it('waits for one that was made a moment ago', async () => {
    const ports = new InMemoryPorts(
      aBusyNode({ config: hot, identity: anIdentity({ madeAt: NOW }) }, { launch: aLaunch() }),
    );
    ports.seenInstances.set(REPLACEMENT_ID, anInstance());

    await expect(attachEni(ports)(input)).rejects.toThrow('the interface is not visible');
  });
});

describe('attachEni, for an adjustment', () => {
  const instance = { ...aBusyNode().instance!, attachment: 'hot' as const };
  const nobody = { interfaceId: INTERFACE_ID, instanceId: null };
  const again = `attach ${INTERFACE_ID} to ${OLD_INSTANCE_ID} at 1`;

  function adjusting(node: Parameters<typeof aBusyNode>[0] = {}): InMemoryPorts {
    const ports = new InMemoryPorts(aBusyNode({ instance, ...node }, { kind: 'adjust' }));
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    return ports;
  }

  it("attaches the interface again to the node's instance, in the way that the instance was launched", async () => {
    const ports = adjusting();
    ports.onCall = (entry) => {
      if (entry === again) {
        ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex: 1 }));
      }
    };

    await expect(attachEni(ports)(input)).resolves.toMatchObject({
      interfaceId: INTERFACE_ID,
      instanceId: OLD_INSTANCE_ID,
    });
    expect(ports.journal).toContain(again);
    // Nothing has requested the attachment before, so the first look comes at once.
    expect(ports.sleptMs).toBeLessThan(900);
  });

  it('does not launch an instance for a node that has none', async () => {
    const ports = adjusting({ instance: undefined });

    await expect(attachEni(ports)(input)).resolves.toEqual(nobody);
    expect(ports.journal).toEqual([]);
  });

  it.each(['pending', 'stopping', 'stopped', 'shutting-down', 'terminated', undefined] as const)(
    'leaves an instance that does not run to a replacement: %s',
    async (state) => {
      const ports = adjusting();
      if (state === undefined) ports.seenInstances.delete(OLD_INSTANCE_ID);
      else ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID, state }));

      await expect(attachEni(ports)(input)).resolves.toEqual(nobody);
      expect(ports.journal).toEqual([`observe ${OLD_INSTANCE_ID}`]);
    },
  );
});
