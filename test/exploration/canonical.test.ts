/** Two states have the same form if, and only if, they have the same future. */
import { formOf } from '../../exploration/canonical';
import { emptyState } from '../../exploration/start';
import { timeOf, type Instance, type State } from '../../exploration/state';
import { aNode } from '../domain/builders';

function stateWith(change: (state: State) => void): State {
  const state = emptyState(1);
  change(state);
  return state;
}

function anInstance(overrides: Partial<Instance> = {}): Instance {
  return {
    id: 'i-1',
    state: 'running',
    clientToken: 'smi-00000001-1-0',
    nodeId: 'smi-00000001',
    generation: 1,
    instanceType: 'm7g.large',
    imageId: 'ami-1',
    subnetId: 'subnet-a',
    lifeCycle: 'spot',
    asked: { securityGroupIds: [], interfaceId: undefined },
    launchedAt: timeOf(0),
    isLeft: false,
    isProtected: false,
    isCondemned: false,
    ...overrides,
  };
}

function withInstance(overrides: Partial<Instance>, minute = 0): State {
  const instance = anInstance(overrides);
  return stateWith((state) => {
    state.minute = minute;
    state.ec2.instances[instance.id] = instance;
  });
}

function withNode(overrides: Parameters<typeof aNode>[0], minute = 0): State {
  const node = aNode({ createdAt: timeOf(0), updatedAt: timeOf(0), intents: [], ...overrides });
  return stateWith((state) => {
    state.minute = minute;
    state.table.nodes[node.id] = node;
  });
}

describe('the same form', () => {
  it.each<[string, State, State]>([
    ['other ids', withInstance({}), withInstance({ id: 'i-7', clientToken: 'smi-00000001-4-2', generation: 4 })],
    ['the same age', withInstance({ launchedAt: timeOf(1) }, 3), withInstance({ launchedAt: timeOf(5) }, 7)],
    ['ages beyond every limit', withInstance({}, 20), withInstance({}, 400)],
    ['other versions', withNode({ version: 4 }), withNode({ version: 9 })],
    ['other generations', withNode({ generation: 4 }), withNode({ generation: 9 })],
    ['another text for people', withNode({ errorReason: 'one' }), withNode({ errorReason: 'another' })],
    ['many restarts', withNode({ restarts: 6 }), withNode({ restarts: 60 })],
    ['an instance that is gone', stateWith(() => undefined), withInstance({ state: 'terminated' })],
    [
      'events in another order',
      stateWith(({ events }) => {
        events.push({ kind: 'look', id: 'event-1' });
        events.push({ kind: 'state', id: 'event-2', instanceId: 'i-1', state: 'running', at: timeOf(0) });
      }),
      stateWith(({ events }) => {
        events.push({ kind: 'state', id: 'event-5', instanceId: 'i-1', state: 'running', at: timeOf(0) });
        events.push({ kind: 'look', id: 'event-9' });
      }),
    ],
  ])('%s', (_what, one, other) => {
    expect(formOf(other)).toBe(formOf(one));
  });
});

describe('another form', () => {
  it.each<[string, State, State]>([
    ['another state', withInstance({}), withInstance({ state: 'pending' })],
    ['another age', withInstance({}, 1), withInstance({}, 2)],
    ['a reason to be replaced', withInstance({}), withInstance({ isCondemned: true })],
    ['an error', withNode({}), withNode({ errorReason: 'one' })],
    ['fewer restarts', withNode({ restarts: 2 }), withNode({ restarts: 3 })],
    ['another status', withNode({ status: 'ACTIVE' }), withNode({ status: 'ERROR' })],
    [
      'what may still happen',
      stateWith(() => undefined),
      stateWith((state) => (state.left = { ...state.left, wishes: 1 })),
    ],
    ['what users want', stateWith(() => undefined), stateWith((state) => (state.wanted = ['paused']))],
    [
      'two things that are one, and two that are not',
      stateWith(({ events }) => {
        events.push({ kind: 'warning', id: 'event-1', instanceId: 'i-1', at: timeOf(0) });
        events.push({ kind: 'state', id: 'event-2', instanceId: 'i-1', state: 'running', at: timeOf(0) });
      }),
      stateWith(({ events }) => {
        events.push({ kind: 'warning', id: 'event-1', instanceId: 'i-1', at: timeOf(0) });
        events.push({ kind: 'state', id: 'event-2', instanceId: 'i-2', state: 'running', at: timeOf(0) });
      }),
    ],
  ])('%s', (_what, one, other) => {
    expect(formOf(other)).not.toBe(formOf(one));
  });
});
