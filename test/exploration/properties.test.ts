/** Each property on a state that keeps it, and on one that does not. */
import { Explorer } from '../../exploration/explore';
import { callViolations, stateViolations } from '../../exploration/properties';
import { isGoodRest } from '../../exploration/rest';
import { fork, type Instance, type State } from '../../exploration/state';
import { deployedDefinitions } from '../../exploration/worlds';
import type { World } from '../../exploration/world';
import type { StatefulNode } from '../../domain/node/stateful-node';

const ID = 'smi-00000001';
const ELASTIC_IP = 'eipalloc-00000000000000001';
const WORLD: World = {
  name: 'at-rest',
  about: 'Nothing happens',
  nodes: [{ start: 'active', attachment: 'hot', elasticIp: ELASTIC_IP }],
  bounds: {},
  grain: { step: 'whole', api: 'whole', wake: 'whole', reconcile: 'whole' },
};

let atRest: State;
beforeAll(async () => {
  atRest = await new Explorer(WORLD, deployedDefinitions()).start();
});

function changed(change: (state: State) => void): State {
  const state = fork(atRest);
  change(state);
  return state;
}

function withNode(change: Partial<StatefulNode>): State {
  return changed(({ table }) => {
    table.nodes[ID] = { ...table.nodes[ID]!, ...change };
  });
}

function withInstance(change: Partial<Instance>): State {
  const { id } = instanceIn(atRest);
  return changed(({ ec2 }) => {
    ec2.instances[id] = { ...ec2.instances[id]!, ...change };
  });
}

function instanceIn(state: State): Instance {
  return state.ec2.instances[state.table.nodes[ID]!.instance!.id]!;
}

const ownInterface = (): string => atRest.table.nodes[ID]!.identity.interfaceId!;

describe('the end of an instance', () => {
  const terminate = (state: State) =>
    callViolations(state, { port: 'instances', method: 'terminate', args: [instanceIn(atRest).id] });

  it('that serves needs a reason', () => {
    expect(terminate(atRest)).toEqual([`${instanceIn(atRest).id} serves ${ID}, and is terminated without a reason`]);
  });

  it.each([
    ['EC2 or a user has asked for it', () => withInstance({ isCondemned: true })],
    ['it does not run', () => withInstance({ state: 'shutting-down' })],
    ['the node must be paused', () => changed((state) => (state.wanted = ['paused']))],
    [
      'the interface is not on it',
      () =>
        changed(
          ({ ec2 }) => (ec2.interfaces[ownInterface()] = { ...ec2.interfaces[ownInterface()]!, attachment: undefined }),
        ),
    ],
  ])('is no violation if %s', (_why, state) => {
    expect(terminate(state())).toEqual([]);
  });
});

describe('the deletion of an interface', () => {
  const remove = (state: State) =>
    callViolations(state, { port: 'interfaces', method: 'delete', args: [ownInterface()] });

  it('of a node is a violation', () => {
    expect(remove(atRest)).toEqual([`${ownInterface()} is the interface of ${ID}, and is deleted`]);
  });

  it('goes with the node', () => {
    const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };

    expect(remove(withNode({ deletion }))).toEqual([]);
    expect(remove(withNode({ deletion: { ...deletion, shouldDeleteNetworkInterfaces: false } }))).toHaveLength(1);
  });
});

it('an Elastic IP is put on the interface of its own node', () => {
  const associate = (allocationId: string) =>
    callViolations(atRest, { port: 'elasticIps', method: 'associate', args: [allocationId, ownInterface()] });

  expect(associate(ELASTIC_IP)).toEqual([]);
  expect(associate('eipalloc-2')).toEqual([`eipalloc-2 is put on ${ownInterface()} of ${ID}, which does not have it`]);
});

describe('a state', () => {
  it('at rest violates nothing', () => {
    expect(stateViolations(atRest)).toEqual([]);
    expect(isGoodRest(atRest, WORLD)).toBe(true);
  });

  it('has no node in ERROR without a cause', () => {
    const failed = withNode({ status: 'ERROR', errorReason: 'replace failed' });

    expect(stateViolations(failed)).toEqual([`${ID} is in ERROR without a cause: replace failed`]);
    expect(stateViolations({ ...failed, causes: ['protection'] })).toEqual([]);
  });

  it('has at most one replacement', () => {
    const another = (id: string): Instance => ({ ...instanceIn(atRest), id, clientToken: `token of ${id}` });
    const launched = (...ids: readonly string[]) =>
      changed(({ ec2, table }) => {
        for (const id of ids) ec2.instances[id] = another(id);
        const launch = { clientToken: `token of ${ids[0]}` };
        table.nodes[ID] = { ...table.nodes[ID]!, operation: { launch, retiredInterfaceIds: [] } as never };
      });

    expect(stateViolations(launched('i-98'))).toEqual([]);
    expect(stateViolations(launched('i-98', 'i-99'))).toContain(`${ID} has launched i-98 and i-99 at once`);
  });

  it('loses sight of nothing', () => {
    const lost = withNode({ instance: undefined });
    const { id } = instanceIn(atRest);

    expect(stateViolations(lost)).toContain(`${id} was made for ${ID}, and its record does not know it`);
    const since = '2026-11-03T10:00:00.000Z';
    const givenUp = [{ kind: 'instance', since, id }] as const;
    expect(stateViolations(withNode({ instance: undefined, givenUp }))).toEqual([]);
  });

  it('does not go on for ever without a wait', () => {
    expect(stateViolations({ ...atRest, isEndless: true })).toEqual(['steps run in a cycle without a wait']);
  });
});

it.each<[string, () => State]>([
  ['a user wants something else', () => changed((state) => (state.wanted = ['paused']))],
  ['an event is not delivered', () => changed(({ events }) => events.push({ kind: 'look', id: 'event-1' }))],
  ['something is given up', () => withNode({ givenUp: [{ kind: 'instance', since: '', id: 'i-9' }] })],
  ['settings are not applied', () => withNode({ configRevision: 2 })],
  ['an intent waits', () => withNode({ intents: [{ kind: 'pause', reason: '', requestedAt: '' }] })],
  ['EC2 will end the instance', () => withInstance({ endsAt: '2026-11-03T10:40:00.000Z' })],
  ['the instance is stopped', () => withInstance({ state: 'stopped' })],
  [
    'the Elastic IP is elsewhere',
    () =>
      changed(({ ec2 }) => (ec2.elasticIps[ELASTIC_IP] = { ...ec2.elasticIps[ELASTIC_IP]!, association: undefined })),
  ],
  [
    'a claim is not in the record',
    () => changed(({ table }) => (table.claims['vpc-1/10.0.0.9'] = { holder: ID, claimedAt: '' })),
  ],
])('it is no good rest if %s', (_why, state) => {
  expect(isGoodRest(state(), WORLD)).toBe(false);
});
