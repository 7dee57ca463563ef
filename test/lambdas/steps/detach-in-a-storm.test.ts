/** Detachments among many others, and the attachment that follows at once. */
import {
  InterfaceMissing,
  InterfaceNotFree,
  NotReady,
  NotYetVisible,
  RequestRejected,
  Throttled,
} from '../../../domain/errors';
import type { Operation } from '../../../domain/node/stateful-node';
import { PACED_ACTIONS } from '../../../domain/throttling/paced-actions';
import { describeDetached, detachEni } from '../../../lambdas/steps/detach-eni';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  anAttachedInterface,
  anIdentity,
  anInterface,
  aPool,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
  SUBNET_B,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const LOOK = `observe ${INTERFACE_ID}`;
const DETACHED = { interfaceIds: [INTERFACE_ID] };
const { burst } = PACED_ACTIONS.RunInstances;

async function coldPorts(launches: number, operation: Partial<Operation> = {}): Promise<InMemoryPorts> {
  const ports = new InMemoryPorts(aBusyNode({}, operation));
  ports.seenInterfaces.set(INTERFACE_ID, anInterface());
  for (let taken = 0; taken < launches; taken += 1) await ports.pacer.take('RunInstances', NOW);
  return ports;
}

describe('cold', () => {
  it.each([
    { launches: burst + 2, looks: [LOOK] },
    { launches: burst + 3, looks: [] },
  ])('does not look if the launch waits for its turn in any case: after $launches others', async (row) => {
    const ports = await coldPorts(row.launches);
    const found = await detachEni(ports)(input);
    expect(ports.journal).toEqual(row.looks);
    // The node's log does not say that the interface is free.
    expect(describeDetached(found) === undefined).toBe(row.looks.length === 0);
  });

  it('looks in any case if the launch has a turn', async () => {
    const ports = await coldPorts(burst + 50, { launchPermit: { turnAt: NOW, takenAt: NOW } });
    await expect(detachEni(ports)(input)).resolves.toEqual(DETACHED);
    expect(ports.journal).toEqual([LOOK]);
  });

  it('does not look before an instance that has just ended can have released it', async () => {
    const ports = await coldPorts(0, { addressTakenAt: NOW });
    await detachEni(ports)(input);
    expect(ports.sleptMs).toBe(900);

    const again = await coldPorts(0, {
      addressTakenAt: NOW,
      detachments: [{ attachmentId: 'eni-attach-1', askedAt: NOW }],
    });
    await detachEni(again)(input);
    expect(again.sleptMs).toBe(0);
  });

  it('looks less often, the more instances were ended for launches', async () => {
    const looksAfter = async (ends: number): Promise<number> => {
      const ports = await coldPorts(0);
      for (let taken = 0; taken < ends; taken += 1) await ports.pacer.take('TerminateInTime', NOW);
      ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));
      await expect(detachEni(ports)(input)).rejects.toThrow(InterfaceNotFree);
      return ports.journal.filter((entry) => entry === LOOK).length;
    };
    const [alone, few, many, most] = [
      await looksAfter(1),
      await looksAfter(4),
      await looksAfter(10),
      await looksAfter(60),
    ];
    expect(few).toBeLessThan(alone);
    expect(many).toBeLessThan(few);
    // At least once a second.
    expect(most).toBeGreaterThanOrEqual(4);
  });
});

describe('hot', () => {
  const config = aConfig({ persistence: { eniAttachment: 'hot' } });
  const ATTACH = `attach ${INTERFACE_ID} to ${REPLACEMENT_ID} at 1`;

  function hotPorts(operation: Partial<Operation> = {}): InMemoryPorts {
    const node = aBusyNode({ config, identity: anIdentity() }, { config, launch: aLaunch(), ...operation });
    const ports = new InMemoryPorts(node);
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    return ports;
  }

  it('asks for the attachment as soon as the interface is free', async () => {
    const ports = hotPorts();
    await expect(detachEni(ports)(input)).resolves.toEqual(DETACHED);
    expect(ports.journal).toEqual([LOOK, ATTACH]);
  });

  it('asks for no attachment before there is a replacement, nor for one that it sees already', async () => {
    const early = hotPorts({ launch: undefined });
    await detachEni(early)(input);
    expect(early.journal).not.toContain(ATTACH);

    const late = hotPorts();
    late.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ deviceIndex: 1 }));
    await detachEni(late)(input);
    expect(late.journal).not.toContain(ATTACH);
  });

  it.each([new NotReady('it has ended'), new InterfaceNotFree('it is attached'), new NotYetVisible('it is new')])(
    'leaves a refusal to the step that makes sure of the attachment: $name',
    async (error) => {
      const ports = hotPorts();
      ports.interfaces.attach = () => Promise.reject(error);
      await expect(detachEni(ports)(input)).resolves.toEqual(DETACHED);
    },
  );

  describe('among many others', () => {
    const { burst, intervalMs } = PACED_ACTIONS.MoveInterface;
    const stormPorts = async (others: number, operation: Partial<Operation> = {}): Promise<InMemoryPorts> => {
      const ports = hotPorts({ launch: aLaunch({ isInStorm: true }), ...operation });
      for (let taken = 0; taken < others; taken += 1) await ports.pacer.take('MoveInterface', NOW);
      return ports;
    };
    const onOld = anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex: 1 });
    const operationOf = (ports: InMemoryPorts): Operation => ports.node(NODE_ID).operation!;

    it('waits for its turn before it looks', async () => {
      const ports = await stormPorts(burst + 9);
      await expect(detachEni(ports)(input)).resolves.toEqual(DETACHED);
      expect(ports.sleptMs).toBe(10 * intervalMs);
      expect(ports.journal).toEqual([LOOK, ATTACH]);
      expect(operationOf(ports)).not.toHaveProperty('movePermit');
    });

    it('leaves a longer wait to the state machine, and keeps its turn', async () => {
      const ports = await stormPorts(burst + 99);
      await expect(detachEni(ports)(input)).rejects.toThrow('others move their interfaces first, for 21 s');
      expect(ports.journal).not.toContain(LOOK);
      expect(operationOf(ports).movePermit).toMatchObject({ ticket: burst + 100 });

      ports.sleptMs += 100 * intervalMs;
      await expect(detachEni(ports)(input)).resolves.toEqual(DETACHED);
      expect(ports.pacer.turns.get('MoveInterface')).toMatchObject({ issued: burst + 100 });
    });

    it('looks once more, when most interfaces are detached', async () => {
      const ports = await stormPorts(0);
      ports.showsLate = true;
      ports.seenInterfaces.set(INTERFACE_ID, onOld);
      await expect(detachEni(ports)(input)).rejects.toThrow(InterfaceNotFree);
      expect(ports.journal.filter((entry) => entry === LOOK)).toHaveLength(2);
      expect(ports.sleptMs).toBe(3_200);
    });

    it('looks once in a further try, and takes no other turn', async () => {
      const ports = await stormPorts(0, { detachments: [{ attachmentId: onOld.attachment!.id, askedAt: NOW }] });
      ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ ...onOld.attachment!, status: 'detaching' }));
      await expect(detachEni(ports)(input)).rejects.toThrow(InterfaceNotFree);
      expect(ports.journal.filter((entry) => entry === LOOK)).toHaveLength(1);
      expect(ports.pacer.turns.get('MoveInterface')).toBeUndefined();
    });

    it('gives up its turn for a later one while the old instance shuts down, and does not ask in between', async () => {
      const ports = await stormPorts(burst + 9);
      ports.seenInterfaces.set(INTERFACE_ID, onOld);
      const detach = jest.spyOn(ports.interfaces, 'detach').mockImplementation(async () => {
        for (let taken = 0; taken < 40; taken += 1) await ports.pacer.take('MoveInterface', NOW);
        throw new NotReady('the instance is shutting down');
      });
      await expect(detachEni(ports)(input)).rejects.toThrow('cannot be detached yet: the instance is shutting down');
      expect(operationOf(ports).movePermit).toMatchObject({ ticket: burst + 51 });

      const looks = ports.journal.length;
      await expect(detachEni(ports)(input)).rejects.toThrow('others move their interfaces first, for 9 s');
      expect(ports.journal).toHaveLength(looks);
      expect(detach).toHaveBeenCalledTimes(1);

      // Meanwhile its end has freed the interface.
      ports.seenInterfaces.set(INTERFACE_ID, anInterface());
      ports.sleptMs += 41 * intervalMs;
      await expect(detachEni(ports)(input)).resolves.toEqual(DETACHED);
      expect(ports.journal.slice(looks)).toEqual([LOOK, ATTACH]);
      expect(operationOf(ports).movePermit).toMatchObject({ ticket: burst + 51 });
    });

    it.each(['detach', 'attach'] as const)('slows the moves down if EC2 refuses its rate: %s', async (call) => {
      const ports = await stormPorts(1);
      ports.interfaces[call] = jest.fn().mockRejectedValue(new Throttled('RequestLimitExceeded'));
      if (call === 'detach') ports.seenInterfaces.set(INTERFACE_ID, onOld);
      await expect(detachEni(ports)(input)).rejects.toThrow(Throttled);
      expect(ports.pacer.turns.get('MoveInterface')).toMatchObject({ refusals: 1 });
    });
  });

  it('takes no turn and looks often if no others move theirs', async () => {
    const ports = hotPorts();
    ports.showsLate = true;
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex: 1 }));
    await expect(detachEni(ports)(input)).rejects.toThrow(InterfaceNotFree);
    expect(ports.journal.filter((entry) => entry === LOOK).length).toBeGreaterThan(5);
    expect(ports.pacer.turns.size).toBe(0);
  });

  it('fails if the attachment is refused for good', async () => {
    const ports = hotPorts();
    ports.interfaces.attach = () => Promise.reject(new RequestRejected('no'));
    await expect(detachEni(ports)(input)).rejects.toThrow(RequestRejected);
  });

  it.each([
    { name: 'there is none', node: { identity: { settled: false } as const } },
    {
      name: 'the replacement is in another subnet',
      operation: { launch: aLaunch({ pool: aPool({ subnetId: SUBNET_B }) }) },
    },
  ])('has another interface made if $name', async ({ node = {}, operation = {} }) => {
    const ports = new InMemoryPorts(aBusyNode({ config, ...node }, { config, launch: aLaunch(), ...operation }));
    await expect(detachEni(ports)(input)).rejects.toThrow(InterfaceMissing);
    expect(ports.journal).toEqual([]);
  });
});
