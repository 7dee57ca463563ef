/** What an event about an instance wakes or starts, on in-memory ports. */
import type { StatefulNode } from '../../../domain/node/stateful-node';
import type { Waiter } from '../../../lambdas/ports';
import { wakeWaiter, type StateChange, type Woken } from '../../../lambdas/wake-waiter/wake';
import { aBusyNode, aNode, NODE_ID, NOW, OLD_INSTANCE_ID } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

type State = StateChange['state'];

const TIME = '2026-11-03T10:00:05.000Z';
const FAILED = 'fail the-token';
const REPLACEMENT = `start replace ${NODE_ID}-lost-${OLD_INSTANCE_ID} ${JSON.stringify({
  nodeId: NODE_ID,
  reason: `${OLD_INSTANCE_ID} is terminated`,
  instanceId: OLD_INSTANCE_ID,
  endsAt: NOW,
  cause: 'lost',
})}`;

/** Ports of a node, or of none, whose old instance is waited for. */
function portsOf(node: StatefulNode | undefined, awaited?: Waiter['awaited']): InMemoryPorts {
  const ports = new InMemoryPorts(...(node === undefined ? [] : [node]));
  ports.nodeOfInstance.set(OLD_INSTANCE_ID, NODE_ID);
  if (awaited !== undefined) ports.waiters.set(OLD_INSTANCE_ID, { taskToken: 'the-token', awaited });
  return ports;
}

const wake = (ports: InMemoryPorts, state: State): Promise<Woken> =>
  wakeWaiter(ports, { instanceId: OLD_INSTANCE_ID, state, time: TIME });

describe('an event about an instance that an execution waits for', () => {
  const reached = (state: State) =>
    `succeed the-token ${JSON.stringify({ instanceId: OLD_INSTANCE_ID, state, at: new Date(TIME).toISOString() })}`;
  const drained = 'succeed the-token {"seconds":0}';

  it.each<{ awaited: Waiter['awaited']; state: State; call: string }>([
    { awaited: 'running', state: 'running', call: reached('running') },
    { awaited: 'terminated', state: 'terminated', call: reached('terminated') },
    { awaited: 'drained', state: 'stopping', call: drained },
    { awaited: 'drained', state: 'terminated', call: drained },
    {
      awaited: 'running',
      state: 'shutting-down',
      call: `${FAILED} ReplacementLost: ${OLD_INSTANCE_ID} is shutting-down`,
    },
    { awaited: 'running', state: 'stopped', call: `${FAILED} ReplacementStopped: ${OLD_INSTANCE_ID} is stopped` },
  ])('that waits for $awaited ends the wait if the instance is $state', async ({ awaited, state, call }) => {
    const ports = portsOf(aBusyNode(), awaited);

    await expect(wake(ports, state)).resolves.toStrictEqual({ woken: true });
    expect(ports.journal).toEqual([call]);
  });

  it.each<{ awaited: Waiter['awaited']; state: State }>([
    { awaited: 'running', state: 'pending' },
    { awaited: 'terminated', state: 'shutting-down' },
    { awaited: 'drained', state: 'running' },
  ])('that waits for $awaited lets it wait if the instance is $state', async ({ awaited, state }) => {
    const ports = portsOf(aBusyNode(), awaited);

    await expect(wake(ports, state)).resolves.toStrictEqual({ woken: false });
    expect(ports.journal).toEqual([]);
  });
});

describe('an event about an instance that no execution waits for', () => {
  it('is recorded for a step that is about to wait', async () => {
    const ports = portsOf(aBusyNode());

    await expect(wake(ports, 'running')).resolves.toStrictEqual({ woken: false });
    expect(ports.lastStates.get(OLD_INSTANCE_ID)).toBe('running');
    await wakeWaiter(ports, { instanceId: OLD_INSTANCE_ID, state: 'pending', time: NOW });
    expect(ports.lastStates.get(OLD_INSTANCE_ID)).toBe('running');
    expect(ports.journal).toEqual([]);
  });

  it.each<{ name: string; node: StatefulNode | undefined; state: State }>([
    { name: 'ended, of a node that an operation owns', node: aBusyNode(), state: 'terminated' },
    { name: 'stopped, which may run again', node: aNode(), state: 'stopped' },
    { name: 'ended, of a node that is on another one', node: aNode({ instance: undefined }), state: 'terminated' },
    { name: 'ended, of a node that is gone', node: undefined, state: 'terminated' },
  ])('starts nothing if it $name', async ({ node, state }) => {
    const ports = portsOf(node);

    await expect(wake(ports, state)).resolves.toStrictEqual({ woken: false });
    expect(ports.journal).toEqual([]);
  });

  it('costs no look at the record unless the instance has ended', async () => {
    const ports = portsOf(aNode());
    ports.nodes.get = () => Promise.reject(new Error('there is no need to'));

    await expect(wake(ports, 'stopped')).resolves.toStrictEqual({ woken: false });
  });

  it('is ignored if it belongs to no node', async () => {
    const ports = portsOf(aNode());
    ports.nodeOfInstance.clear();

    await expect(wake(ports, 'terminated')).resolves.toStrictEqual({ woken: false });
    expect(ports.journal).toEqual([]);
  });
});

describe('the end of the instance of a node at rest', () => {
  it.each([
    { name: 'without a waiter', awaited: undefined },
    { name: 'although the index still has a waiter, whose wait is over', awaited: 'running' as const },
  ])('starts a replacement, $name', async ({ awaited }) => {
    const ports = portsOf(aNode(), awaited);

    await expect(wake(ports, 'terminated')).resolves.toStrictEqual({ woken: false, started: 'replace' });
    expect(ports.journal).toEqual([REPLACEMENT]);
  });
});
