import { OwnershipLost } from '../../../domain/errors';
import type { InstanceState } from '../../../domain/node/observations';
import { drainInstance } from '../../../lambdas/steps/drain-instance';
import { aBusyNode, aConfig, anInstance, NODE_ID, OLD_INSTANCE_ID } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4, seconds: 300, taskToken: 'the-token' };
const config = aConfig({ strategy: { drainingTimeout: 300 } });
const looked = [`subscribe ${OLD_INSTANCE_ID}`, `observe ${OLD_INSTANCE_ID}`];
const ended = (seconds: number) => `succeed the-token {"seconds":${seconds}}`;

/** A node whose instance has begun to drain. */
function portsOf(state: InstanceState = 'running', node = aBusyNode({ config })): InMemoryPorts {
  const ports = new InMemoryPorts(node);
  ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID, state }));
  return ports;
}

describe('drainInstance', () => {
  it('subscribes before it looks, and lets the drain take its time', async () => {
    const ports = portsOf();
    await drainInstance(ports)(input);

    expect(ports.journal).toEqual(looked);
    expect(ports.waiters.get(OLD_INSTANCE_ID)).toEqual({ taskToken: 'the-token', awaited: 'drained' });
  });

  it.each<{ state: InstanceState; isOver: boolean }>([
    { state: 'pending', isOver: false },
    { state: 'running', isOver: false },
    { state: 'stopping', isOver: true },
    { state: 'stopped', isOver: true },
    { state: 'shutting-down', isOver: true },
    { state: 'terminated', isOver: true },
  ])('is over if the instance is $state: $isOver', async ({ state, isOver }) => {
    const ports = portsOf(state);
    await drainInstance(ports)(input);

    expect(ports.journal).toEqual(isOver ? [...looked, ended(0)] : looked);
  });

  it('is over if the instance is gone', async () => {
    const ports = new InMemoryPorts(aBusyNode({ config }));
    await drainInstance(ports)(input);

    expect(ports.journal.at(-1)).toBe(ended(0));
  });

  it('is over if an event has announced the end that EC2 does not show yet', async () => {
    const ports = portsOf();
    ports.lastStates.set(OLD_INSTANCE_ID, 'shutting-down');
    await drainInstance(ports)(input);

    expect(ports.journal.at(-1)).toBe(ended(0));
  });

  it('drains nothing if there is no old instance', async () => {
    const ports = portsOf('running', aBusyNode({ config }, { oldInstanceId: undefined }));
    await drainInstance(ports)(input);

    expect(ports.journal).toEqual([ended(0)]);
  });

  it.each([
    { name: 'nothing', passedMs: 0, changed: undefined },
    { name: 'nothing, two seconds in', passedMs: 2000, changed: undefined },
    { name: 'three seconds', passedMs: 3000, changed: 297 },
  ])('continues with the time left if the state started its timer earlier by $name', async ({ passedMs, changed }) => {
    const ports = portsOf();
    ports.sleptMs = passedMs;
    await drainInstance(ports)(input);

    expect(ports.journal).toEqual(changed === undefined ? looked : [...looked, ended(changed)]);
  });

  it.each([
    {
      name: 'a warning',
      change: { operation: { ...aBusyNode({ config }).operation, endsAt: '2026-11-03T10:02:00.000Z' } },
      left: 120,
    },
    { name: 'a person', change: { config: aConfig({ strategy: { drainingTimeout: 20 } }) }, left: 20 },
  ])('sees a drain that $name has shortened just before it subscribed', async ({ change, left }) => {
    const ports = portsOf();
    ports.onCall = (entry) => {
      if (entry.startsWith('subscribe')) ports.writeMeanwhile(NODE_ID, change);
    };
    await drainInstance(ports)(input);

    expect(ports.journal.at(-1)).toBe(ended(left));
  });

  it('is not begun anew because the table or EC2 is slow', async () => {
    const ports = portsOf();
    ports.onCall = (entry) => {
      if (entry.startsWith('subscribe')) ports.sleptMs += 6000;
    };
    await drainInstance(ports)(input);

    expect(ports.journal).toEqual(looked);
  });

  it('drains only for its owner', async () => {
    const ports = portsOf('running', aBusyNode({ config }, { generation: 5 }));

    await expect(drainInstance(ports)(input)).rejects.toThrow(OwnershipLost);
    expect(ports.journal).toEqual([]);
  });

  it.each([
    { announced: undefined, isOver: false },
    { announced: 'terminated' as const, isOver: true },
  ])('does not look if EC2 has announced the end: $announced', async ({ announced, isOver }) => {
    const ports = portsOf('running', aBusyNode({ config }, { endsAt: '2026-11-03T10:05:00.000Z' }));
    if (announced !== undefined) ports.lastStates.set(OLD_INSTANCE_ID, announced);
    await drainInstance(ports)(input);

    expect(ports.journal).toEqual([`subscribe ${OLD_INSTANCE_ID}`, ...(isOver ? [ended(0)] : [])]);
  });
});
