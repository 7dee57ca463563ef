import { InterfaceNotFree } from '../../../domain/errors';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { detachEni } from '../../../lambdas/steps/detach-eni';
import {
  aBusyNode,
  aLaunch,
  anAttachedInterface,
  anAttachment,
  aNextLaunch,
  anInstance,
  anInterface,
  aRequestedLaunch,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const detached = `detach ${anAttachment().id}`;
const secondaryOf = (instanceId: string) => anAttachedInterface({ instanceId, deviceIndex: 1 });

/** Ports of an EC2 that keeps showing an interface as it was, after any request. */
function slowPorts(...nodes: readonly StatefulNode[]): InMemoryPorts {
  const ports = new InMemoryPorts(...nodes);
  ports.showsLate = true;
  return ports;
}

describe('detachEni', () => {
  it('detaches a secondary interface, and waits until it is free', async () => {
    const ports = slowPorts(aBusyNode());
    ports.seenInterfaces.set(INTERFACE_ID, secondaryOf(OLD_INSTANCE_ID));
    let looks = 0;
    ports.onCall = (entry) => {
      if (entry === `observe ${INTERFACE_ID}` && (looks += 1) === 4)
        ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    };

    await expect(detachEni(ports)(input)).resolves.toEqual({ interfaceIds: [INTERFACE_ID] });
    // Asked once, although EC2 kept showing it as attached.
    expect(ports.journal.filter((entry) => entry === detached)).toHaveLength(1);
    expect(looks).toBe(4);
  });

  it('never detaches a primary interface: it waits for the end of its instance', async () => {
    const ports = slowPorts(aBusyNode());
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));
    const detaching = detachEni(ports)(input);

    await expect(detaching).rejects.toThrow(InterfaceNotFree);
    await expect(detaching).rejects.toThrow(`${INTERFACE_ID} is attached on ${OLD_INSTANCE_ID}`);
    // It records since when: EC2 sometimes does not release the interface of an ended instance.
    const looks = ports.journal.slice(0, -1);
    expect(looks.length).toBeGreaterThan(10);
    expect(new Set(looks)).toEqual(new Set([`observe ${INTERFACE_ID}`]));
    expect(ports.journal.at(-1)).toBe('save RECYCLING');
    expect(ports.node(NODE_ID).operation?.detachments).toMatchObject([{ attachmentId: anAttachment().id }]);
  });

  it.each([
    { name: 'is terminated', state: 'terminated' as const, isForced: true },
    { name: 'is gone', state: undefined, isForced: true },
    { name: 'runs', state: 'running' as const, isForced: false },
    { name: 'is about to end', state: 'shutting-down' as const, isForced: false },
  ])('forces the detachment after four minutes from an instance that $name: $isForced', async ({ state, isForced }) => {
    const askedAt = new Date(Date.parse(NOW) - 240_000).toISOString();
    const ports = slowPorts(aBusyNode({}, { detachments: [{ attachmentId: anAttachment().id, askedAt }] }));
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));
    if (state !== undefined) ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID, state }));

    await expect(detachEni(ports)(input)).rejects.toThrow(InterfaceNotFree);
    expect(ports.journal.filter((entry) => entry.startsWith('force'))).toEqual(
      isForced ? [`force ${anAttachment().id}`] : [],
    );
    expect(ports.logEntries.get(NODE_ID)?.map(({ message }) => message)).toEqual(
      isForced
        ? [
            `${INTERFACE_ID} is still attached to ${OLD_INSTANCE_ID}, which is ${state ?? 'gone'}: it is detached by force`,
          ]
        : undefined,
    );
  });

  it.each([
    { seconds: 1, name: 'for 1 s, often', looks: 17, leastMs: 3_000, mostMs: 5_000 },
    { seconds: 5, name: 'for 5 s, once: EC2 may keep it for minutes', looks: 1, leastMs: 0, mostMs: 0 },
  ])('looks at an interface that an ended instance keeps $name', async ({ seconds, looks, leastMs, mostMs }) => {
    const askedAt = new Date(Date.parse(NOW) - seconds * 1000).toISOString();
    const ports = slowPorts(aBusyNode({}, { detachments: [{ attachmentId: anAttachment().id, askedAt }] }));
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));

    await expect(detachEni(ports)(input)).rejects.toThrow(InterfaceNotFree);
    expect(ports.journal).toHaveLength(looks);
    expect(ports.sleptMs).toBeGreaterThanOrEqual(leastMs);
    expect(ports.sleptMs).toBeLessThanOrEqual(mostMs);
  });

  it('forces a detachment that a person has begun and that does not end', async () => {
    const ports = slowPorts(aBusyNode());
    const hanging = anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex: 1, status: 'detaching' });
    ports.seenInterfaces.set(INTERFACE_ID, hanging);
    const forced = () => ports.journal.filter((entry) => entry.startsWith('force'));

    await expect(detachEni(ports)(input)).rejects.toThrow(`${INTERFACE_ID} is detaching on ${OLD_INSTANCE_ID}`);
    expect(ports.node(NODE_ID).operation?.detachments).toEqual([{ attachmentId: anAttachment().id, askedAt: NOW }]);
    expect(forced()).toEqual([]);
    ports.sleptMs = 60_000;
    await expect(detachEni(ports)(input)).rejects.toThrow(InterfaceNotFree);
    expect(forced()).toEqual([`force ${anAttachment().id}`]);
  });

  it('leaves an interface on the replacement', async () => {
    const ports = slowPorts(aBusyNode({}, { launch: aLaunch() }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance());
    ports.seenInterfaces.set(INTERFACE_ID, secondaryOf(REPLACEMENT_ID));
    await detachEni(ports)(input);

    expect(ports.journal).not.toContain(detached);
  });

  it('detaches it from a replacement that has ended', async () => {
    const ports = slowPorts(aBusyNode({}, { launch: aLaunch() }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state: 'shutting-down' }));
    ports.seenInterfaces.set(INTERFACE_ID, secondaryOf(REPLACEMENT_ID));

    await expect(detachEni(ports)(input)).rejects.toThrow(InterfaceNotFree);
    expect(ports.journal).toContain(detached);
  });

  it.each([
    { name: 'a secondary one, which is detached', seen: secondaryOf(OLD_INSTANCE_ID), asked: true },
    { name: 'a primary one', seen: anAttachedInterface({ instanceId: OLD_INSTANCE_ID }), asked: false },
  ])('waits for no retired interface: $name', async ({ seen, asked }) => {
    const ports = slowPorts(aBusyNode({}, { retiredInterfaceIds: ['eni-retired'] }));
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    ports.seenInterfaces.set('eni-retired', { ...seen, id: 'eni-retired' });

    await expect(detachEni(ports)(input)).resolves.toEqual({ interfaceIds: [INTERFACE_ID, 'eni-retired'] });
    expect(ports.journal.includes(detached)).toBe(asked);
  });

  it('detaches it for an adjustment from any instance but the one of the node', async () => {
    const ports = slowPorts(aBusyNode({}, { kind: 'adjust' }));
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    ports.seenInterfaces.set(INTERFACE_ID, secondaryOf(OLD_INSTANCE_ID));
    await detachEni(ports)(input);
    expect(ports.journal).not.toContain(detached);

    ports.seenInterfaces.set(INTERFACE_ID, secondaryOf('i-of-another'));
    await expect(detachEni(ports)(input)).rejects.toThrow(`${INTERFACE_ID} is being detached`);
    expect(ports.journal).toContain(detached);
  });

  it('leaves it to the next try if an adjustment finds no instance after a failure', async () => {
    const failure = { operation: 'replace' as const, count: 1 };
    const ports = slowPorts(aBusyNode({ instance: undefined, failure }, { kind: 'adjust' }));
    ports.seenInterfaces.set(INTERFACE_ID, secondaryOf('i-of-another'));

    await expect(detachEni(ports)(input)).resolves.toEqual({ interfaceIds: [] });
    expect(ports.journal).toEqual([]);
  });

  it('takes it for an adjustment of a paused node from any instance', async () => {
    const ports = slowPorts(aBusyNode({ instance: undefined }, { kind: 'adjust' }));
    ports.seenInterfaces.set(INTERFACE_ID, secondaryOf('i-of-another'));

    await expect(detachEni(ports)(input)).rejects.toThrow(`${INTERFACE_ID} is being detached`);
    expect(ports.journal).toContain(detached);
  });

  it('leaves a primary interface if a launch without an answer may have made its instance', async () => {
    const launch = aRequestedLaunch();
    const ports = slowPorts(aBusyNode({}, { launch }));
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: 'i-new' }));

    await expect(detachEni(ports)(input)).resolves.toEqual({ interfaceIds: [INTERFACE_ID] });
    expect(ports.journal).toEqual([`observe ${INTERFACE_ID}`]);
  });

  it('waits for a primary interface on another instance while no launch is asked for', async () => {
    const ports = slowPorts(aBusyNode({}, { launch: aNextLaunch() }));
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: 'i-another' }));

    await expect(detachEni(ports)(input)).rejects.toThrow(InterfaceNotFree);
  });

  it('waits for an interface that is not free yet and has no attachment, and records none', async () => {
    const ports = slowPorts(aBusyNode());
    ports.seenInterfaces.set(INTERFACE_ID, anInterface({ status: 'detaching' }));

    await expect(detachEni(ports)(input)).rejects.toThrow(new InterfaceNotFree(`${INTERFACE_ID} is detaching`));
    expect(ports.node(NODE_ID).operation).not.toHaveProperty('detachments');
  });

  it('does not mind an interface that is gone', async () => {
    const ports = slowPorts(aBusyNode());

    await expect(detachEni(ports)(input)).resolves.toEqual({ interfaceIds: [INTERFACE_ID] });
    expect(ports.journal).toEqual([`observe ${INTERFACE_ID}`]);
  });

  it('records since when each attachment lasts, although an earlier one is recorded', async () => {
    const earlier = { attachmentId: 'eni-attach-earlier', askedAt: '2026-11-03T09:00:00.000Z' };
    const ports = slowPorts(aBusyNode({}, { detachments: [earlier] }));
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));

    await expect(detachEni(ports)(input)).rejects.toThrow(InterfaceNotFree);
    const { detachments } = ports.node(NODE_ID).operation!;
    expect(detachments).toEqual([earlier, { attachmentId: anAttachment().id, askedAt: expect.any(String) as string }]);
  });

  it('records what it asks for before it asks', async () => {
    const ports = slowPorts(aBusyNode());
    ports.seenInterfaces.set(INTERFACE_ID, secondaryOf(OLD_INSTANCE_ID));
    let written: unknown;
    ports.onCall = (entry) => {
      if (entry === detached) written = ports.node(NODE_ID).operation?.detachments;
    };

    await expect(detachEni(ports)(input)).rejects.toThrow(InterfaceNotFree);
    expect(written).toEqual([{ attachmentId: anAttachment().id, askedAt: NOW }]);
  });

  it('does nothing before the first interface is made', async () => {
    const ports = slowPorts(aBusyNode({ identity: { settled: false } }));

    await expect(detachEni(ports)(input)).resolves.toStrictEqual({ interfaceIds: [] });
    expect(ports.journal).toEqual([]);
  });
});

describe('detachEni, if a detachment does not end', () => {
  const forced = `force ${anAttachment().id}`;
  const terminated = `terminate ${OLD_INSTANCE_ID}`;
  const detaching = (instanceId: string) => anAttachedInterface({ instanceId, deviceIndex: 1, status: 'detaching' });
  const secondsAfter = (seconds: number) => new Date(Date.parse(NOW) + seconds * 1000).toISOString();

  /** Ports of an interface that stays `detaching` on an instance once its detachment is asked for. */
  function stubborn(operation: Parameters<typeof aBusyNode>[1] = {}, instanceId = OLD_INSTANCE_ID): InMemoryPorts {
    const ports = slowPorts(aBusyNode({}, operation));
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    ports.seenInterfaces.set(INTERFACE_ID, secondaryOf(instanceId));
    ports.onCall = (entry) => {
      if (entry === detached) ports.seenInterfaces.set(INTERFACE_ID, detaching(instanceId));
    };
    return ports;
  }

  /** Runs the step once, `seconds` after its first run. Returns what it changed, and why it failed. */
  async function runAt(ports: InMemoryPorts, seconds: number): Promise<{ changes: string[]; why: string | undefined }> {
    ports.sleptMs = seconds * 1000;
    ports.journal.length = 0;
    const why = await detachEni(ports)(input).then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
    return { changes: ports.journal.filter((entry) => !/^(observe|save)/.test(entry)), why };
  }

  const waiting = `${INTERFACE_ID} is detaching on ${OLD_INSTANCE_ID}`;
  const messagesOf = (ports: InMemoryPorts) => ports.logEntries.get(NODE_ID)?.map(({ message }) => message) ?? [];

  it('asks, forces it after a minute, and terminates the old instance after another', async () => {
    const ports = stubborn();

    await expect(runAt(ports, 0)).resolves.toEqual({ changes: [detached], why: waiting });
    // A run polls for less than five seconds.
    await expect(runAt(ports, 55)).resolves.toEqual({ changes: [], why: waiting });
    await expect(runAt(ports, 60)).resolves.toEqual({ changes: [forced], why: waiting });
    await expect(runAt(ports, 115)).resolves.toEqual({ changes: [], why: waiting });

    ports.sleptMs = 120_000;
    ports.onCall = (entry) => {
      if (entry === terminated) ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    };
    await expect(runAt(ports, 120)).resolves.toEqual({ changes: [terminated], why: undefined });
  });

  it('does so within one run if the time passes in it', async () => {
    const ports = stubborn({ detachments: [{ attachmentId: anAttachment().id, askedAt: secondsAfter(-59) }] });

    // EC2 still shows it as attached, so the step asks once more, and forces it in the middle of the run.
    await expect(runAt(ports, 0)).resolves.toEqual({ changes: [detached, forced], why: waiting });
  });

  it('says so if it forces the detachment at its last look', async () => {
    const ports = stubborn({ detachments: [{ attachmentId: anAttachment().id, askedAt: secondsAfter(-57.1) }] });

    await expect(runAt(ports, 0)).resolves.toEqual({
      changes: [detached, forced],
      why: `${INTERFACE_ID} is being detached by force`,
    });
  });

  it('records when it asked and when it forced, each before the call', async () => {
    const ports = stubborn();
    const written: unknown[] = [];
    const { onCall } = ports;
    ports.onCall = (entry) => {
      onCall(entry);
      if (entry === forced) written.push(ports.node(NODE_ID).operation?.detachments);
    };
    await runAt(ports, 0);
    await runAt(ports, 60);

    const detachments = [{ attachmentId: anAttachment().id, askedAt: NOW, forcedAt: secondsAfter(60) }];
    expect(written).toEqual([detachments]);
    expect(ports.node(NODE_ID).operation?.detachments).toEqual(detachments);
  });

  it('logs what it forces and what it terminates, each before the call', async () => {
    const ports = stubborn();
    const logged: Record<string, unknown> = {};
    const { onCall } = ports;
    ports.onCall = (entry) => {
      onCall(entry);
      if (entry === forced || entry === terminated) logged[entry] = messagesOf(ports).at(-1);
      if (entry === terminated) ports.seenInterfaces.delete(INTERFACE_ID);
    };
    await runAt(ports, 0);
    expect(messagesOf(ports)).toEqual([]);
    await runAt(ports, 60);
    await runAt(ports, 120);

    expect(logged).toEqual({
      [forced]: `${INTERFACE_ID} is not released: its detachment is forced`,
      [terminated]: `${INTERFACE_ID} is not released by force: ${OLD_INSTANCE_ID} is terminated`,
    });
    expect(ports.logEntries.get(NODE_ID)?.map(({ createdAt, severity }) => ({ createdAt, severity }))).toEqual([
      { createdAt: secondsAfter(60), severity: 'WARN' },
      { createdAt: secondsAfter(120), severity: 'WARN' },
    ]);
  });

  it('does not force a detachment that it could not record', async () => {
    const ports = stubborn();
    await runAt(ports, 0);
    ports.onCall = (entry) => {
      if (entry.startsWith('save')) throw new Error('the table is gone');
    };

    await expect(runAt(ports, 60)).resolves.toEqual({ changes: [], why: 'the table is gone' });
  });

  it('repeats the request of an earlier run, and counts from the first time', async () => {
    const ports = stubborn();
    ports.onCall = () => undefined;

    await expect(runAt(ports, 0)).resolves.toMatchObject({ changes: [detached] });
    await expect(runAt(ports, 30)).resolves.toMatchObject({ changes: [detached] });
    await expect(runAt(ports, 60)).resolves.toMatchObject({ changes: [forced] });
  });

  it.each([
    { name: 'one of a person', operation: {}, instanceId: 'i-of-another' },
    { name: 'that of an adjustment', operation: { kind: 'adjust' as const }, instanceId: 'i-of-another' },
  ])(
    'terminates only the instance that the operation terminates anyway, and forces again: not $name',
    async ({ operation, instanceId }) => {
      const ports = stubborn(operation, instanceId);
      ports.seenInstances.set(instanceId, anInstance({ id: instanceId }));
      await runAt(ports, 0);
      await runAt(ports, 60);

      await expect(runAt(ports, 100)).resolves.toMatchObject({ changes: [] });
      await expect(runAt(ports, 120)).resolves.toMatchObject({ changes: [forced] });
      await expect(runAt(ports, 3600)).resolves.toMatchObject({ changes: [forced] });
    },
  );

  it("does not terminate the node's instance for an adjustment, even if it must not have the interface", async () => {
    const ports = stubborn({ kind: 'adjust' });
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID, state: 'shutting-down' }));
    await runAt(ports, 0);
    await runAt(ports, 60);

    await expect(runAt(ports, 3600)).resolves.toEqual({
      changes: [],
      why: `${INTERFACE_ID} is still attached to ${OLD_INSTANCE_ID}, which is shutting-down`,
    });
  });

  it.each([
    { name: 'the operation ends', operation: {}, state: 'terminated' as const },
    { name: 'the operation ends, and that EC2 no longer shows', operation: {}, state: undefined },
    {
      name: 'an earlier operation ended',
      operation: { oldInstanceId: undefined },
      state: 'terminated' as const,
    },
  ])('forces it again if force was refused just before the end of the instance that $name', async (row) => {
    const ports = stubborn(row.operation);
    await runAt(ports, 0);
    await expect(runAt(ports, 60)).resolves.toMatchObject({ changes: [forced] });
    if (row.state === undefined) ports.seenInstances.delete(OLD_INSTANCE_ID);
    else ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID, state: row.state }));

    await expect(runAt(ports, 115)).resolves.toEqual({ changes: [], why: waiting });
    await expect(runAt(ports, 120)).resolves.toEqual({ changes: [forced], why: waiting });
    // Not more than once a minute.
    await expect(runAt(ports, 175)).resolves.toEqual({ changes: [], why: waiting });
    await expect(runAt(ports, 180)).resolves.toEqual({ changes: [forced], why: waiting });
  });

  it('waits for the end of an instance that it has terminated', async () => {
    const ports = stubborn();
    await runAt(ports, 0);
    await runAt(ports, 60);
    ports.onCall = (entry) => {
      if (entry === terminated) {
        ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID, state: 'shutting-down' }));
      }
    };

    await expect(runAt(ports, 120)).resolves.toEqual({
      changes: [terminated],
      why: `${OLD_INSTANCE_ID} is being terminated to free ${INTERFACE_ID}`,
    });
    await expect(runAt(ports, 130)).resolves.toMatchObject({ changes: [] });
    expect(messagesOf(ports)).toHaveLength(2);
  });
});
