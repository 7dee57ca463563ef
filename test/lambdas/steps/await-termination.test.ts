import { ImportCancelled, OwnershipLost, RequestRejected } from '../../../domain/errors';
import type { InstanceState } from '../../../domain/node/observations';
import type { Operation } from '../../../domain/node/stateful-node';
import { awaitTermination } from '../../../lambdas/steps/await-termination';
import { aBusyNode, aConfig, anInstance, aVolume, NODE_ID, NOW, OLD_INSTANCE_ID } from '../../domain/builders';
import { anAdoption } from '../../domain/import-builders';
import { InMemoryPorts } from '../in-memory-ports';

const first = { nodeId: NODE_ID, generation: 4, retries: 0, taskToken: 'the-token' };
const again = { ...first, retries: 1 };
const SUCCEEDED = `succeed the-token {"instanceId":"${OLD_INSTANCE_ID}"}`;
const TERMINATE = `terminate ${OLD_INSTANCE_ID}`;
const inMs = (delayMs: number): string => new Date(Date.parse(NOW) + delayMs).toISOString();

function portsWith(state: InstanceState | undefined, operation: Partial<Operation> = {}): InMemoryPorts {
  const ports = new InMemoryPorts(aBusyNode({}, operation));
  if (state !== undefined) ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID, state }));
  return ports;
}

/** The calls without the state and the time that a wait ends with: one test below looks at those. */
const callsOf = ({ journal }: InMemoryPorts): readonly string[] =>
  journal.map((call) => call.replace(/^(succeed the-token \{"instanceId":"[^"]+").*/, '$1}'));

describe('awaitTermination', () => {
  it('subscribes, then terminates without a look, and waits for the event', async () => {
    const ports = portsWith('running');
    ports.instances.terminate = async (id) => {
      ports.journal.push(`terminate ${id}`);
      return 'shutting-down';
    };

    await expect(awaitTermination(ports)(first)).resolves.toEqual({
      instanceId: OLD_INSTANCE_ID,
      state: 'shutting-down',
    });
    expect(callsOf(ports)).toEqual([`subscribe ${OLD_INSTANCE_ID}`, 'save RECYCLING', TERMINATE]);
    expect(ports.waiters.get(OLD_INSTANCE_ID)).toEqual({ taskToken: 'the-token', awaited: 'terminated' });
    expect(ports.node(NODE_ID).operation?.addressTakenAt).toBe(NOW);
  });

  it.each([
    { name: 'is the next try of a failed one', operation: { startedBy: 'retry' } },
    { name: 'was taken over', operation: { takeovers: { count: 1, lastAt: NOW } } },
  ] as const)('looks first if its operation $name: the instance may have ended meanwhile', async ({ operation }) => {
    // The announced end of the instance is now, so it gets no call that would tell.
    const ports = portsWith('terminated', { endsAt: NOW, ...operation });
    await awaitTermination(ports)(first);
    expect(callsOf(ports)).toEqual([`subscribe ${OLD_INSTANCE_ID}`, `observe ${OLD_INSTANCE_ID}`, SUCCEEDED]);
  });

  it('terminates a stopped instance at once in the next try, although the operation says that it has come to its end', async () => {
    const ports = portsWith('stopped', { endsAt: NOW, startedBy: 'retry' });
    await awaitTermination(ports)(first);
    expect(callsOf(ports)).toContain(TERMINATE);
  });

  describe('if the configuration skips the OS shutdown', () => {
    const config = aConfig({ strategy: { skipOsShutdown: true } });
    const OBSERVE = `observe ${OLD_INSTANCE_ID}`;
    const ABRUPT = `${TERMINATE} without its OS shutdown`;

    it('looks at the volumes before the address is away, and skips it', async () => {
      const ports = portsWith('running', { config });
      const ending = { kind: 'abrupt' };
      await expect(awaitTermination(ports)(first)).resolves.toMatchObject({ instanceId: OLD_INSTANCE_ID, ending });
      expect(callsOf(ports).slice(1, 4)).toEqual([OBSERVE, 'save RECYCLING', ABRUPT]);
    });

    it('skips it again if the first call was lost', async () => {
      const ports = portsWith('running', { config });
      await awaitTermination(ports)(again);
      expect(callsOf(ports)).toContain(ABRUPT);
    });

    it('does not skip it for an instance with a volume that outlives it', async () => {
      const ports = portsWith('running', { config });
      ports.seenVolumes.set(aVolume().id, aVolume({ instanceIds: [OLD_INSTANCE_ID], deleteOnTermination: false }));
      const ending = { kind: 'orderly', keptVolumeIds: [aVolume().id] };
      await expect(awaitTermination(ports)(first)).resolves.toMatchObject({ instanceId: OLD_INSTANCE_ID, ending });
      expect(callsOf(ports)).toContain(TERMINATE);
    });

    it('does not skip it for an instance that EC2 does not show', async () => {
      const ports = portsWith(undefined, { config });
      await awaitTermination(ports)(first);
      expect(callsOf(ports)).toContain(TERMINATE);
    });

    it('does not look if EC2 ends the instance in a moment', async () => {
      const ports = portsWith('running', { config, endsAt: inMs(1_500) });
      await awaitTermination(ports)(first);
      expect(callsOf(ports)).not.toContain(OBSERVE);
      expect(callsOf(ports)).not.toContain(ABRUPT);
    });

    it('neither looks nor skips it for a pause', async () => {
      const ports = portsWith('running', { config, kind: 'pause' });
      await awaitTermination(ports)(first);
      expect(callsOf(ports).slice(1, 2)).toEqual([TERMINATE]);
    });

    it('does not skip it for the original of an import', async () => {
      const adoption = anAdoption({ originalInstanceId: OLD_INSTANCE_ID, adoptedAt: NOW, committedAt: NOW });
      const ports = new InMemoryPorts({ ...aBusyNode({}, { config }), adoption });
      ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
      await awaitTermination(ports)(first);
      expect(callsOf(ports)).toContain(TERMINATE);
    });
  });

  it('does not wait if EC2 answers that the instance is terminated', async () => {
    const ports = portsWith('running');
    await awaitTermination(ports)(first);
    expect(callsOf(ports).slice(-2)).toEqual([TERMINATE, SUCCEEDED]);
  });

  it('ends the wait with the state and the time, for the record of the operation', async () => {
    const ports = portsWith('running');
    await awaitTermination(ports)(first);
    const output = { instanceId: OLD_INSTANCE_ID, state: 'terminated', at: NOW };
    expect([...ports.wokenTasks.values()]).toEqual([{ output }]);
  });

  it('does not wait for an instance that EC2 does not know', async () => {
    const ports = portsWith(undefined);
    await awaitTermination(ports)(first);
    expect(callsOf(ports).slice(-2)).toEqual([TERMINATE, SUCCEEDED]);
  });

  it('asks nothing if an event says that it is terminated', async () => {
    const ports = portsWith('running');
    ports.lastStates.set(OLD_INSTANCE_ID, 'terminated');
    await awaitTermination(ports)(first);
    expect(callsOf(ports)).toEqual([`subscribe ${OLD_INSTANCE_ID}`, SUCCEEDED]);
  });

  it.each([
    { shown: 'shutting-down' as const, isOver: false },
    // The event of the end is missing in a table that was restored.
    { shown: 'terminated' as const, isOver: true },
  ])('looks if an event says that it is ending: $shown', async ({ shown, isOver }) => {
    const ports = portsWith(shown);
    ports.lastStates.set(OLD_INSTANCE_ID, 'shutting-down');
    await awaitTermination(ports)(first);
    expect(callsOf(ports)).toEqual([
      `subscribe ${OLD_INSTANCE_ID}`,
      `observe ${OLD_INSTANCE_ID}`,
      ...(isOver ? [SUCCEEDED] : []),
    ]);
  });

  it.each([
    { leftMs: 1_501, calls: [TERMINATE] },
    { leftMs: 1_500, calls: [] },
    { leftMs: -10_000, calls: [] },
    // EC2 may have called the end off.
    { leftMs: -10_001, calls: [TERMINATE] },
  ])('leaves the end to EC2 if that is due in $leftMs ms', async ({ leftMs, calls }) => {
    const ports = portsWith('running', { endsAt: inMs(leftMs) });
    await awaitTermination(ports)(first);
    expect(callsOf(ports).filter((entry) => entry === TERMINATE)).toEqual(calls);
    // Without a call, the event ends the wait.
    expect(callsOf(ports).includes(SUCCEEDED)).toBe(calls.length > 0);
    // The address leaves in either case.
    expect(ports.node(NODE_ID).operation?.addressTakenAt).toBe(NOW);
  });

  it('ends an instance that was lost, whose end nobody has announced', async () => {
    const ports = portsWith('stopped', { cause: 'lost', endsAt: NOW });
    await awaitTermination(ports)(first);
    expect(callsOf(ports)).toContain(TERMINATE);
  });

  it.each([
    { state: 'running' as const, calls: [TERMINATE, SUCCEEDED] },
    { state: 'stopped' as const, calls: [TERMINATE, SUCCEEDED] },
    { state: 'shutting-down' as const, calls: [] },
    { state: 'terminated' as const, calls: [SUCCEEDED] },
    { state: undefined, calls: [SUCCEEDED] },
  ])('looks if the event did not come in time: $state', async ({ state, calls }) => {
    const ports = portsWith(state);
    await awaitTermination(ports)(again);
    expect(callsOf(ports).filter((entry) => !entry.startsWith('save'))).toEqual([
      `subscribe ${OLD_INSTANCE_ID}`,
      `observe ${OLD_INSTANCE_ID}`,
      ...calls,
    ]);
  });

  it.each([
    { shown: 'terminated' as const, calls: [SUCCEEDED] },
    { shown: 'shutting-down' as const, calls: [] },
    { shown: undefined, calls: [SUCCEEDED] },
  ])('forgives a refusal to terminate what has ended: $shown', async ({ shown, calls }) => {
    const ports = portsWith(shown);
    // EC2 has removed the tags of an ended instance, so IAM refuses the call.
    ports.instances.terminate = () => Promise.reject(new RequestRejected('UnauthorizedOperation'));
    await awaitTermination(ports)(first);
    expect(callsOf(ports).filter((entry) => entry === SUCCEEDED)).toEqual(calls);
  });

  it('fails if EC2 refuses to terminate an instance that lives', async () => {
    const ports = portsWith('running');
    ports.instances.terminate = () => Promise.reject(new RequestRejected('OperationNotPermitted'));
    await expect(awaitTermination(ports)(first)).rejects.toThrow('OperationNotPermitted');
    expect(callsOf(ports)).not.toContain(SUCCEEDED);
  });

  it('does not wait if there is no old instance', async () => {
    const ports = portsWith(undefined, { oldInstanceId: undefined });
    await expect(awaitTermination(ports)(first)).resolves.toEqual({ instanceId: null });
    expect(callsOf(ports)).toEqual(['succeed the-token {"instanceId":null}']);
  });

  it('terminates nothing for a cancelled import', async () => {
    const ports = new InMemoryPorts({ ...aBusyNode(), adoption: anAdoption({ cancelledAt: NOW }) });
    await expect(awaitTermination(ports)(first)).rejects.toThrow(ImportCancelled);
    expect(callsOf(ports)).toEqual([]);
  });

  it('terminates nothing for an operation that no longer owns the node', async () => {
    const ports = portsWith('running');
    await expect(awaitTermination(ports)({ ...first, generation: 3 })).rejects.toThrow(OwnershipLost);
    expect(callsOf(ports)).toEqual([]);
  });
});
