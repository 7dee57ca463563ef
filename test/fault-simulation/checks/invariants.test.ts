/**
 * Every invariant can fail: a world with one deviation violates the invariant for it, and a correct world violates
 * none.
 */
import type { LogEntry } from '../../../domain/node/node-log';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { REST_INVARIANTS } from '../../../fault-simulation/checks/rest-invariants';
import { CALL_INVARIANTS, WRITE_INVARIANTS, type View } from '../../../fault-simulation/checks/invariants';
import type { Invocation } from '../../../fault-simulation/facts/invocation';
import { missingLines, requiredBy } from '../../../fault-simulation/checks/log-invariants';
import { whyUntrue } from '../../../fault-simulation/checks/error-reasons';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  ALLOCATION_ID,
  anIdentity,
  aNode,
  INTERFACE_ID,
  NODE_ID,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
} from '../../domain/builders';
import { anAddress, anInstance, anInterface, aView, NOW_MS, tags, type Deviation } from '../views';

const violatedBy = (view: View) =>
  Object.entries(REST_INVARIANTS).flatMap(([name, check]) => (check(view).length > 0 ? [name] : []));

test('a correct world violates nothing', () => {
  expect(violatedBy(aView())).toEqual([]);
  const config = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
  const node = aNode({ config, heldClaims: [ALLOCATION_ID] });
  const claims = [[ALLOCATION_ID, NODE_ID]] as const;
  expect(violatedBy(aView({ node, claims, addresses: [anAddress(INTERFACE_ID)] }))).toEqual([]);
});

test('an Elastic IP of an update that a restored record does not know stays on the interface', () => {
  const view = aView({ addresses: [anAddress(INTERFACE_ID)] });
  expect(violatedBy(view)).toEqual([ADDRESSES]);
  view.facts.forgottenElasticIps.add(ALLOCATION_ID);
  expect(violatedBy(view)).toEqual([]);
});

test('a faulted creation may leave a claim', () => {
  const view = aView({ claims: [['10.0.0.9', 'smi-0000000f']] });
  view.facts.causes.add('call', undefined, NOW_MS);
  expect(violatedBy(view)).toEqual([]);
  expect(violatedBy({ ...view, claims: new Map([['10.0.0.9', NODE_ID]]) })).toEqual([CLAIMED]);
});

const IMPAIRED = 'an instance that fails its status checks is replaced';
const GIVEN_UP = 'everything that was given up is removed';
const impairedFor = (ms: number) =>
  anInstance({ impairment: { check: 'instance', status: 'impaired', since: NOW_MS - ms } });
const ENDS = 'every operation ends';
const WAITS = 'no request is left waiting';
const DESIRED = 'every node is in its desired state, or gives a reason';
const ADDRESSES = 'a node at rest has exactly its addresses';
const ONE = 'a node at rest has one instance or none';
const ORPHAN = 'no instance or interface is left without a node';
const CLAIMED = 'the claims are exactly the addresses that are needed';
const pauseIntent = { kind: 'pause', reason: 'pause requested', requestedAt: '' } as const;
const { instance: _none, ...withoutInstance } = aNode();

test.each<[string, Deviation, readonly string[]]>([
  ['an operation that has not ended', { node: aBusyNode({ status: 'ACTIVE' }) }, [ENDS]],
  [
    'an execution that has not ended',
    { running: [{ stateMachineName: 'm', name: 'e', history: [] }] as never },
    [ENDS],
  ],
  ['an intent that waits', { node: aNode({ intents: [pauseIntent] }) }, [WAITS]],
  ['a node that should be paused', { desired: 'paused' }, [DESIRED]],
  ['a node that should be deleted', { desired: 'deleted' }, [DESIRED]],
  ['an instance that has ended', { instances: [anInstance({ state: 'terminated' })] }, [ADDRESSES, ONE]],
  ['a second instance', { instances: [anInstance(), anInstance({ id: REPLACEMENT_ID })] }, [ONE, ORPHAN]],
  [
    'an instance of an unknown node',
    { instances: [anInstance(), anInstance({ id: REPLACEMENT_ID, tags: tags('smi-1') })] },
    [ORPHAN],
  ],
  ['an interface that no record names', { interfaces: [anInterface(), anInterface({ id: 'eni-2' })] }, [ORPHAN]],
  ['no interface', { interfaces: [] }, [ADDRESSES]],
  ['another private IP', { interfaces: [anInterface({ privateIpAddress: '10.0.0.11' })] }, [ADDRESSES]],
  ['other security groups', { interfaces: [anInterface({ groupIds: [] })] }, [ADDRESSES]],
  ['an interface that is not attached', { interfaces: [{ ...anInterface(), attachment: undefined }] }, [ADDRESSES]],
  [
    'an interface with DeleteOnTermination',
    { interfaces: [anInterface({ attachment: { ...anInterface().attachment!, deleteOnTermination: true } })] },
    [ADDRESSES],
  ],
  [
    'the wrong device index',
    { interfaces: [anInterface({ attachment: { ...anInterface().attachment!, deviceIndex: 1 } })] },
    [ADDRESSES],
  ],
  ['an Elastic IP that the node should not have', { addresses: [anAddress(INTERFACE_ID)] }, [ADDRESSES]],
  [
    'an instance that its record does not name',
    { node: withoutInstance, desired: 'running' },
    [ADDRESSES, ONE, ORPHAN],
  ],
  ['an instance that has failed its checks for long', { instances: [impairedFor(195_001)] }, [IMPAIRED]],
  ['an instance that has failed its checks briefly', { instances: [impairedFor(195_000)] }, []],
  [
    'an instance that fails its checks, of a node with a reason',
    { node: aNode({ status: 'ERROR', errorReason: 'because' }), instances: [impairedFor(195_001)] },
    [],
  ],
  [
    'a remaining entry of something given up',
    { node: aNode({ givenUp: [{ kind: 'interface', since: '', id: 'eni-9' }] }) },
    [GIVEN_UP],
  ],
  ['a claim that its node does not name', { claims: [['10.0.0.9', NODE_ID]] }, [CLAIMED]],
  ['a claim of an unknown node', { claims: [['10.0.0.9', 'smi-0000000f']] }, [CLAIMED]],
  ['a missing claim', { node: aNode({ heldClaims: [`vpc-00000000000000001/10.0.0.10`] }) }, [CLAIMED]],
])('%s violates its invariants', (_name, deviation, names) => {
  expect(violatedBy(aView(deviation))).toEqual(names);
});

test('a node that is gone without a request is a violation', () => {
  const view = { ...aView(), nodes: new Map() };
  expect(REST_INVARIANTS[DESIRED]!(view)).toEqual([`${NODE_ID} is gone without a request`]);
});

describe('calls', () => {
  const by = (overrides: Partial<Invocation> = {}): Invocation => ({
    number: 1,
    actor: 'confirm-node',
    nodeId: NODE_ID,
    generation: 4,
    clockErrorMs: 0,
    ownerSeen: 4,
    isFaulted: false,
    ...overrides,
  });
  const violations = (command: string, input: object, invocation: Invocation, deviation: Deviation = {}) =>
    Object.entries(CALL_INVARIANTS).flatMap(([name, check]) =>
      check(aView(deviation), { at: 0, durationMs: 0, command, input, outcome: 'ok' }, invocation).length > 0
        ? [name]
        : [],
    );
  const claims = [[ALLOCATION_ID, NODE_ID]] as const;
  const withAddress = { node: aNode({ config: aConfig({ compute: { elasticIp: ALLOCATION_ID } }) }), claims };
  const association = { AllocationId: ALLOCATION_ID, NetworkInterfaceId: INTERFACE_ID };
  /** The invariants check a call after it has taken effect. */
  const endedByCall = anInstance({ stateReason: { code: 'Client.UserInitiatedShutdown', message: '', at: NOW_MS } });
  const another = (id: string) => anInstance({ id });
  const threeInstances = { instances: [anInstance(), another(REPLACEMENT_ID), another('i-0000000000000003f')] };
  const oldInstance = { InstanceIds: [OLD_INSTANCE_ID] };
  const ending = { actor: 'terminate-instance' } as const;
  /** A hot replacement whose interface is on the instance. */
  const hot = (instanceId: string): Deviation => ({
    node: aBusyNode(
      { instance: { ...aNode().instance!, attachment: 'hot' } },
      { config: aConfig({ persistence: { eniAttachment: 'hot' } }), launch: aLaunch({ instanceId: REPLACEMENT_ID }) },
    ),
    instances: [endedByCall, another(REPLACEMENT_ID)],
    interfaces: [anInterface({ attachment: { ...anInterface().attachment!, instanceId } })],
  });

  test.each<[string, string, object, Invocation, Deviation, number]>([
    ['the deletion of a node’s interface', 'DeleteNetworkInterface', { NetworkInterfaceId: INTERFACE_ID }, by(), {}, 1],
    [
      'the deletion that a user requested',
      'DeleteNetworkInterface',
      { NetworkInterfaceId: INTERFACE_ID },
      by(),
      { node: aNode({ deletion: { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true } }) },
      0,
    ],
    ['an address on its node', 'AssociateAddress', association, by(), withAddress, 0],
    ['an address that the node does not want', 'AssociateAddress', association, by(), { claims }, 1],
    ['an address without a claim', 'AssociateAddress', association, by(), { ...withAddress, claims: [] }, 1],
    [
      'an address that another node has claimed',
      'AssociateAddress',
      association,
      by(),
      { ...withAddress, claims: [[ALLOCATION_ID, 'smi-2']] },
      1,
    ],
    ['an address on another node', 'AssociateAddress', association, by({ nodeId: 'smi-2' }), withAddress, 1],
    ['a change by the owner', 'TerminateInstances', {}, by(), {}, 0],
    ['a change by an operation that has seen another owner', 'TerminateInstances', {}, by({ ownerSeen: 5 }), {}, 1],
    [
      'a change of another node’s resource',
      'DetachNetworkInterface',
      { NetworkInterfaceId: INTERFACE_ID },
      by({ nodeId: 'smi-2' }),
      {},
      1,
    ],
    ['the launch of the node’s instance', 'RunInstances', {}, by(), {}, 0],
    ['two replacements at once', 'RunInstances', {}, by(), threeInstances, 1],
    ['the deletion of a volume', 'DeleteVolume', { VolumeId: 'vol-1' }, by({ actor: 'reconciler' }), {}, 1],
    // Two violations: it still has the interface, and there is no reason to end it.
    [
      'an old instance that is still in service',
      'TerminateInstances',
      oldInstance,
      by(ending),
      hot(OLD_INSTANCE_ID),
      2,
    ],
    ['an old instance that is out of service', 'TerminateInstances', oldInstance, by(ending), hot(REPLACEMENT_ID), 0],
  ])('%s', (_name, command, input, invocation, deviation, count) => {
    expect(violations(command, input, invocation, deviation)).toHaveLength(count);
  });

  it.each([
    { owner: NODE_ID, count: 0 },
    { owner: 'smi-2', count: 1 },
    { owner: undefined, count: 1 },
  ])('an address on an interface of $owner that was deleted before the response: $count', ({ owner, count }) => {
    const view = aView({ ...withAddress, interfaces: [] });
    view.facts.ownerWhenAssociated.set(INTERFACE_ID, owner);
    const check = CALL_INVARIANTS['an Elastic IP goes only on the interface of its own node']!;
    const call = { at: 0, durationMs: 0, command: 'AssociateAddress', input: association, outcome: 'ok' };

    expect(check(view, call, by())).toHaveLength(count);
  });

  describe('that remove a resource', () => {
    const REMOVED = 'only resources that a record named and no longer needs are removed';
    const IN_SERVICE = 'an instance in service is terminated only for a reason';
    const IN_DOUBT = 'a table in doubt creates and removes nothing';
    const givenUp = [{ kind: 'instance', since: '', id: REPLACEMENT_ID } as const];
    const free = { interfaces: [{ ...anInterface(), attachment: undefined }] };

    /** The invariants that the termination of the instance violates. */
    function violatedByEndOf(
      id: string,
      actor: Invocation['actor'],
      deviation: Deviation,
      prepare: (view: View) => void = () => undefined,
    ) {
      const view = aView({ instances: [endedByCall, another(REPLACEMENT_ID)], ...deviation });
      prepare(view);
      const call = { at: 0, durationMs: 0, command: 'TerminateInstances', input: { InstanceIds: [id] }, outcome: 'ok' };
      return Object.entries(CALL_INVARIANTS).flatMap(([name, check]) =>
        check(view, call, by({ actor })).length > 0 ? [name] : [],
      );
    }

    const ended: readonly [string, string, Invocation['actor'], Deviation, (view: View) => void, readonly string[]][] =
      [
        [
          'an instance that was given up',
          REPLACEMENT_ID,
          'reconciler',
          { node: aNode({ givenUp }) },
          () => undefined,
          [],
        ],
        ['an instance that no record names', REPLACEMENT_ID, 'reconciler', {}, () => undefined, [REMOVED]],
        ['an instance that a record still needs', OLD_INSTANCE_ID, 'reconciler', free, () => undefined, [REMOVED]],
        [
          'an old instance, by the step that terminates it',
          OLD_INSTANCE_ID,
          'terminate-instance',
          free,
          () => undefined,
          [],
        ],
        [
          'a lookalike',
          REPLACEMENT_ID,
          'reconciler',
          { node: aNode({ givenUp }) },
          ({ facts }) => facts.lookalikes.add(REPLACEMENT_ID),
          [REMOVED],
        ],
        ['an instance in service', OLD_INSTANCE_ID, 'terminate-instance', {}, () => undefined, [IN_SERVICE]],
        [
          'an instance in service, on request',
          OLD_INSTANCE_ID,
          'terminate-instance',
          {},
          ({ facts }) => facts.requestedAt.set(NODE_ID, NOW_MS),
          [],
        ],
        [
          'an instance whose end EC2 has announced',
          OLD_INSTANCE_ID,
          'terminate-instance',
          {},
          ({ facts }) => facts.announced.set(OLD_INSTANCE_ID, NOW_MS),
          [],
        ],
        [
          'an instance that its guest shut down before',
          OLD_INSTANCE_ID,
          'terminate-instance',
          { instances: [anInstance()] },
          () => undefined,
          [],
        ],
        [
          'an instance whose checks fail',
          OLD_INSTANCE_ID,
          'terminate-instance',
          { instances: [{ ...endedByCall, ...impairedFor(0) }] },
          () => undefined,
          [],
        ],
        [
          'an instance named by a table in doubt',
          OLD_INSTANCE_ID,
          'terminate-instance',
          free,
          ({ facts }) => (facts.inDoubtSinceMs = NOW_MS - 61_000),
          [IN_DOUBT],
        ],
      ];

    test.each(ended)('%s', (_name, id, actor, deviation, prepare, names) => {
      expect(violatedByEndOf(id, actor, deviation, prepare)).toEqual(names);
    });
  });
});

describe('writes', () => {
  const apiCall = { actor: 'api', isFaulted: false } as Invocation;
  const violations = (before: StatefulNode, after: StatefulNode, deviation: Deviation = {}, by = apiCall) =>
    Object.entries(WRITE_INVARIANTS).flatMap(([name, check]) =>
      check(aView(deviation), { nodeId: NODE_ID, before, after, by }).length > 0 ? [name] : [],
    );
  const next = (overrides: Partial<StatefulNode> = {}) =>
    aNode({ version: 8, updatedAt: new Date(NOW_MS).toISOString(), ...overrides });
  const elsewhere = anIdentity({ interfaceId: 'eni-2' });
  const busy = aBusyNode();
  const owner = { arn: busy.operation.executionId } as never;

  test.each<[string, StatefulNode, StatefulNode, Deviation, number]>([
    ['nothing special', aNode(), next(), {}, 0],
    ['a skipped version', aNode(), next({ version: 9 }), {}, 1],
    ['an older operation', aNode(), next({ generation: 2 }), {}, 1],
    ['an interface that another node has', aNode(), next(), { others: [aNode({ id: 'smi-2' })] }, 1],
    ['another interface without a reason', aNode(), next({ identity: elsewhere }), {}, 1],
    ['another interface for one that is gone', aNode(), next({ identity: elsewhere }), { interfaces: [] }, 0],
    ['an operation that another function ends', busy, next({ generation: 4 }), { running: [owner] }, 1],
    ['an operation whose execution has ended', busy, next({ generation: 4 }), {}, 0],
    ['a status of long ago', aNode(), next({ status: 'ERROR', updatedAt: aNode().updatedAt }), {}, 1],
    ['what no list shows, under an old time', aNode(), next({ restarts: 1, updatedAt: aNode().updatedAt }), {}, 0],
  ])('%s', (_name, before, after, deviation, count) => {
    expect(violations(before, after, deviation)).toHaveLength(count);
  });

  const step = (overrides: Partial<Invocation> = {}) =>
    ({ actor: 'confirm-node', generation: busy.operation.generation, isFaulted: false, ...overrides }) as Invocation;
  const withAddress = aBusyNode({}, { config: aConfig({ compute: { elasticIp: ALLOCATION_ID } }) });
  const withGivenUp = aNode({
    generation: 4,
    updatedAt: new Date(NOW_MS).toISOString(),
    givenUp: [{ kind: 'interface', since: '', id: 'eni-9' }],
  });
  const withClaim = aNode({
    generation: 4,
    updatedAt: new Date(NOW_MS).toISOString(),
    heldClaims: [...aNode().heldClaims, '10.0.0.99'],
  });
  const onAnother = [anInterface({ attachment: { ...anInterface().attachment!, instanceId: REPLACEMENT_ID } })];

  test.each<[string, StatefulNode, Invocation, Deviation, number]>([
    ['a confirmation', busy, step(), {}, 0],
    ['a step of an earlier operation', busy, step({ actor: 'attach-eni', generation: 3 }), {}, 1],
    ['a wind-up that gives up a claim', withClaim, step(), {}, 0],
    ['another step that gives up a claim', withClaim, step({ actor: 'attach-eni' }), {}, 1],
    ['a wind-up that changes something else', aNode(), step({ actor: 'wind-up' }), {}, 1],
    ['a step that removes a given-up entry', withGivenUp, step({ actor: 'fail-operation', generation: 3 }), {}, 0],
    ['an interface on another instance', busy, step(), { interfaces: onAnother }, 1],
    ['an Elastic IP that is not associated', withAddress, step(), {}, 1],
    ['an operation that leaves no record', busy, step(), { history: [] }, 1],
    ['an Elastic IP in place', withAddress, step(), { addresses: [anAddress(INTERFACE_ID)] }, 0],
  ])('%s', (_name, before, invocation, deviation, count) => {
    expect(violations(before, next({ generation: 4 }), deviation, invocation)).toHaveLength(count);
  });

  test('a wind-up that takes a claim', () => {
    const before = aNode({ generation: 4, updatedAt: new Date(NOW_MS).toISOString() });
    expect(violations(before, next({ generation: 4, heldClaims: ['10.0.0.99'] }), {}, step())).toHaveLength(1);
  });
});

describe('reasons', () => {
  const nextTryAt = new Date(NOW_MS + 60_000).toISOString();
  const NEXT = `Next try: ${nextTryAt}.`;
  const inError = (errorReason: string) =>
    aNode({
      status: 'ERROR',
      errorReason,
      failure: { operation: 'replace', count: 1, ...(!errorReason.includes('Allocate') && { nextTryAt }) },
    });
  const lacking = (): View => {
    const view = aView();
    view.facts.capacity.push({ of: 'all', fromMs: NOW_MS - 1_000, untilMs: NOW_MS });
    return view;
  };
  const withAddress = aBusyNode({}, { config: aConfig({ compute: { elasticIp: ALLOCATION_ID } }) });
  const REMEDY = 'Allocate another and set compute.elasticIp.';
  const refusing = (sinceMs: number): View => {
    const view = aView();
    view.facts.refusals.push({ sentence: 'Not allowed.', fromMs: 0, untilMs: NOW_MS - sinceMs });
    return view;
  };

  test.each<[string, View, string, StatefulNode, string | undefined]>([
    ['no capacity when there was none', lacking(), `launch failed: NoCapacity: x ${NEXT}`, aBusyNode(), undefined],
    ['no sentence about what comes next', lacking(), 'launch failed: NoCapacity: x', aBusyNode(), 'what comes next'],
    ['a refusal', refusing(0), `launch failed: RequestRejected: Not allowed. ${NEXT}`, aBusyNode(), undefined],
    [
      'a refusal of long ago',
      refusing(17 * 60_000),
      'launch failed: RequestRejected: Not allowed.',
      aBusyNode(),
      'not true',
    ],
    ['a refusal in other words', refusing(0), 'launch failed: RequestRejected: No.', aBusyNode(), 'not true'],
    ['a throttle without a cause', aView(), 'launch failed: Throttled: x', aBusyNode(), 'not true'],
    ['no capacity when there was some', aView(), 'launch failed: NoCapacity: x', aBusyNode(), 'the reason is not true'],
    ['an Elastic IP that is gone', aView(), `replace failed: ElasticIpMissing: ${REMEDY}`, withAddress, undefined],
    [
      'an Elastic IP that exists',
      aView({ addresses: [anAddress(INTERFACE_ID)] }),
      'replace failed: ElasticIpMissing: x',
      withAddress,
      'the reason is not true',
    ],
    ['an unexpected error', aView(), 'launch failed: TypeError: x', aBusyNode(), 'the reason is none'],
    ['no reason', aView(), '', aBusyNode(), 'the reason is none'],
  ])('%s', (_name, view, reason, before, why) => {
    const found = whyUntrue(view, inError(reason), before);
    if (why === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(why);
  });
});

describe('the log', () => {
  const by = { isFaulted: false } as Invocation;
  const faulted = { isFaulted: true } as Invocation;
  const { instance: _gone, ...paused } = aNode({ status: 'PAUSED' });
  const required = (after: StatefulNode, invocation = by) =>
    requiredBy({ nodeId: NODE_ID, before: aBusyNode({ instance: undefined }), after, by: invocation }, NOW_MS)!;
  const messages = [`ACTIVE on ${OLD_INSTANCE_ID}`, 'PAUSED: kept', 'replace failed: x'];
  const log = (...indexes: readonly number[]) =>
    new Map([
      [
        NODE_ID,
        indexes.map((index, position) => ({
          createdAt: new Date(NOW_MS + position).toISOString(),
          severity: index === 2 ? ('ERROR' as const) : ('INFO' as const),
          message: messages[index]!,
        })),
      ],
    ]);
  const inError = aNode({ status: 'ERROR', errorReason: 'replace failed: x' });
  const waiting = { ...paused, errorReason: 'replace failed: x' };

  test.each<[string, readonly StatefulNode[], Map<string, LogEntry[]>, Invocation, readonly string[]]>([
    ['lines that exist', [aNode(), paused, inError], log(0, 1, 2), by, []],
    ['a node that is paused for lack of an address', [waiting], log(2), by, []],
    ['a missing line', [aNode(), paused], log(0), by, ['does not have: PAUSED']],
    ['an error that is not logged as one', [inError], log(0, 1), by, ['does not have: the error']],
    ['lines in another order', [aNode(), paused], log(1, 0), by, ['has out of order: PAUSED']],
    ['lines of a faulted function', [aNode()], log(), faulted, []],
  ])('%s', (_name, afters, logs, invocation, violations) => {
    const lines = afters.map((after) => required(after, invocation));
    const found = missingLines(lines, logs, true);
    expect(found).toEqual(violations.map((violation) => expect.stringContaining(violation)));
  });

  test('clocks that differ may change the order of lines', () => {
    expect(missingLines([required(aNode()), required(paused)], log(1, 0), false)).toEqual([]);
  });
});
