import { OwnershipLost } from '../../../domain/errors';
import { awaitInstance } from '../../../lambdas/steps/await-instance';
import { aBusyNode, aLaunch, anInstance, NODE_ID, NOW, OLD_INSTANCE_ID, REPLACEMENT_ID } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const forReplacement = {
  nodeId: NODE_ID,
  generation: 4,
  which: 'replacement',
  awaited: 'running',
  taskToken: 'the-token',
} as const;
const forOld = { ...forReplacement, which: 'old', awaited: 'terminated' } as const;

/** The calls without the state and the time that a wait ends with: one test below looks at those. */
const callsOf = ({ journal }: InMemoryPorts): readonly string[] =>
  journal.map((call) => call.replace(/^(succeed the-token \{"instanceId":"[^"]+").*/, '$1}'));

describe('awaitInstance', () => {
  it('subscribes before it looks, so that it misses no event in between', async () => {
    const ports = new InMemoryPorts(aBusyNode({}, { launch: aLaunch() }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state: 'pending' }));
    await awaitInstance(ports)(forReplacement);

    expect(callsOf(ports)).toEqual([`subscribe ${REPLACEMENT_ID}`, `observe ${REPLACEMENT_ID}`]);
    expect(ports.waiters.get(REPLACEMENT_ID)).toEqual({ taskToken: 'the-token', awaited: 'running' });
  });

  it.each([
    { name: 'the replacement runs', input: forReplacement, state: 'running', id: REPLACEMENT_ID },
    { name: 'the old instance is terminated', input: forOld, state: 'terminated', id: OLD_INSTANCE_ID },
    { name: 'the old instance is no longer shown', input: forOld, state: undefined, id: OLD_INSTANCE_ID },
  ] as const)('does not wait if $name already', async ({ input, state, id }) => {
    const ports = new InMemoryPorts(aBusyNode({}, { launch: aLaunch() }));
    if (state !== undefined) ports.seenInstances.set(id, anInstance({ id, state }));
    await awaitInstance(ports)(input);

    expect(callsOf(ports).at(-1)).toBe(`succeed the-token {"instanceId":"${id}"}`);
  });

  it('ends the wait with the state and the time, for the record of the operation', async () => {
    const ports = new InMemoryPorts(aBusyNode({}, { launch: aLaunch() }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance());
    await awaitInstance(ports)(forReplacement);
    const output = { instanceId: REPLACEMENT_ID, state: 'running', at: NOW };
    expect([...ports.wokenTasks.values()]).toEqual([{ output }]);
  });

  it.each([
    {
      name: 'it runs',
      input: forReplacement,
      shown: 'pending',
      announced: 'running',
      entry: `succeed the-token {"instanceId":"${REPLACEMENT_ID}"}`,
    },
    {
      name: 'it runs, though EC2 shows nothing',
      input: forReplacement,
      shown: undefined,
      announced: 'running',
      entry: `succeed the-token {"instanceId":"${REPLACEMENT_ID}"}`,
    },
    {
      name: 'it has ended',
      input: forReplacement,
      shown: 'running',
      announced: 'terminated',
      entry: `fail the-token ReplacementLost: ${REPLACEMENT_ID} is terminated`,
    },
    {
      name: 'it has ended, though EC2 shows nothing',
      input: forReplacement,
      shown: undefined,
      announced: 'terminated',
      entry: `fail the-token ReplacementLost: ${REPLACEMENT_ID} is terminated`,
    },
    {
      name: 'the old one has ended',
      input: forOld,
      shown: 'shutting-down',
      announced: 'terminated',
      entry: `succeed the-token {"instanceId":"${OLD_INSTANCE_ID}"}`,
    },
    {
      name: 'the old one ran, long before EC2 forgot it',
      input: forOld,
      shown: undefined,
      announced: 'running',
      entry: `succeed the-token {"instanceId":"${OLD_INSTANCE_ID}"}`,
    },
  ] as const)('uses the state from an earlier event: $name', async ({ input, shown, announced, entry }) => {
    const ports = new InMemoryPorts(aBusyNode({}, { launch: aLaunch() }));
    const id = input.which === 'old' ? OLD_INSTANCE_ID : REPLACEMENT_ID;
    // The reason that EC2 shows belongs to the state that it shows.
    if (shown !== undefined) ports.seenInstances.set(id, anInstance({ id, state: shown, stateReason: 'Client.Old' }));
    ports.lastStates.set(id, announced);
    await awaitInstance(ports)(input);

    expect(callsOf(ports).at(-1)).toBe(entry);
  });

  it.each([
    { announced: undefined, entry: `subscribe ${REPLACEMENT_ID}` },
    { announced: 'pending' as const, entry: `subscribe ${REPLACEMENT_ID}` },
    { announced: 'running' as const, entry: `succeed the-token {"instanceId":"${REPLACEMENT_ID}"}` },
  ])('waits for the event in its first try, and looks only if it must: $announced', async ({ announced, entry }) => {
    const ports = new InMemoryPorts(aBusyNode({}, { launch: aLaunch() }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state: 'pending' }));
    if (announced !== undefined) ports.lastStates.set(REPLACEMENT_ID, announced);
    await awaitInstance(ports)({ ...forReplacement, retries: 0 });
    expect(callsOf(ports).at(-1)).toBe(entry);

    await awaitInstance(ports)({ ...forReplacement, retries: 1 });
    expect(callsOf(ports)).toContain(`observe ${REPLACEMENT_ID}`);
  });

  it.each([
    { name: 'continues a failed one', operation: { continues: true } },
    { name: 'is the next try of a failed one', operation: { startedBy: 'retry' } },
    { name: 'was taken over', operation: { takeovers: { count: 1, lastAt: NOW } } },
  ] as const)('looks at once if its operation $name, because the event may be lost', async ({ operation }) => {
    const ports = new InMemoryPorts(aBusyNode({}, { launch: aLaunch(), ...operation }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance());
    await awaitInstance(ports)({ ...forReplacement, retries: 0 });
    expect(callsOf(ports).at(-1)).toBe(`succeed the-token {"instanceId":"${REPLACEMENT_ID}"}`);
  });

  it.each(['shutting-down', 'terminated'] as const)('says at once that the replacement is %s', async (state) => {
    const ports = new InMemoryPorts(aBusyNode({}, { launch: aLaunch() }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state }));
    await awaitInstance(ports)(forReplacement);

    expect(callsOf(ports).at(-1)).toBe(`fail the-token ReplacementLost: ${REPLACEMENT_ID} is ${state}`);
  });

  it.each(['stopping', 'stopped'] as const)('does not wait for a replacement that is %s', async (state) => {
    const ports = new InMemoryPorts(aBusyNode({}, { launch: aLaunch() }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state, stateReason: 'Client.UserInitiatedShutdown' }));
    await awaitInstance(ports)(forReplacement);

    expect(callsOf(ports).at(-1)).toBe(
      `fail the-token ReplacementStopped: ${REPLACEMENT_ID} is ${state} (Client.UserInitiatedShutdown)`,
    );
  });

  it.each([
    { name: 'the replacement is not visible yet', input: forReplacement, state: undefined },
    { name: 'the replacement is pending', input: forReplacement, state: 'pending' },
    { name: 'the old instance is shutting down', input: forOld, state: 'shutting-down' },
  ] as const)('waits for the event if $name', async ({ input, state }) => {
    const ports = new InMemoryPorts(aBusyNode({}, { launch: aLaunch() }));
    const id = input.which === 'old' ? OLD_INSTANCE_ID : REPLACEMENT_ID;
    if (state !== undefined) ports.seenInstances.set(id, anInstance({ id, state }));
    await awaitInstance(ports)(input);

    expect(callsOf(ports).at(-1)).toBe(`observe ${id}`);
  });

  it.each([
    { name: 'old instance', input: forOld },
    { name: 'replacement', input: forReplacement },
  ])('waits for nothing if there is no $name', async ({ input }) => {
    const ports = new InMemoryPorts(aBusyNode({}, { oldInstanceId: undefined }));
    await awaitInstance(ports)(input);

    expect(callsOf(ports)).toEqual(['succeed the-token {"instanceId":null}']);
  });

  it('waits only for its owner', async () => {
    const ports = new InMemoryPorts(aBusyNode({}, { generation: 5 }));

    await expect(awaitInstance(ports)(forOld)).rejects.toThrow(OwnershipLost);
    expect(callsOf(ports)).toEqual([]);
  });
});
