/** Every invariant can fail: a world that is wrong in one way is found wrong in that way, and a right one is not. */
import type { LogEntry } from '../../../domain/node/node-log';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { REST_INVARIANTS } from '../../../fault-simulation/checks/rest-invariants';
import { CALL_INVARIANTS, WRITE_INVARIANTS, type View } from '../../../fault-simulation/checks/invariants';
import type { Invocation } from '../../../fault-simulation/play/invocation';
import { missingLines, owedBy } from '../../../fault-simulation/checks/log-invariants';
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
import { anAddress, anInstance, anInterface, aView, NOW_MS, tags, type Wrong } from '../views';

const faultsOf = (view: View) =>
  Object.entries(REST_INVARIANTS).flatMap(([name, judge]) => (judge(view).length > 0 ? [name] : []));

test('what is right is found right', () => {
  expect(faultsOf(aView())).toEqual([]);
  const config = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
  const node = aNode({ config, heldClaims: [ALLOCATION_ID] });
  const claims = [[ALLOCATION_ID, NODE_ID]] as const;
  expect(faultsOf(aView({ node, claims, addresses: [anAddress(INTERFACE_ID)] }))).toEqual([]);
});

test('a claim is left over where the creation that made it was struck', () => {
  const view = aView({ claims: [['10.0.0.9', 'smi-0000000f']] });
  view.facts.causes.add('call', undefined, NOW_MS);
  expect(faultsOf(view)).toEqual([]);
  expect(faultsOf({ ...view, claims: new Map([['10.0.0.9', NODE_ID]]) })).toEqual([CLAIMED]);
});

const IMPAIRED = 'an instance that fails its checks does not stay';
const GIVEN_UP = 'nothing is left given up';
const impairedFor = (ms: number) =>
  anInstance({ impairment: { check: 'instance', status: 'impaired', since: NOW_MS - ms } });
const ENDS = 'every operation comes to an end';
const WAITS = 'nothing that was asked for is left waiting';
const ASKED = 'every node is as it was asked to be, or says why not';
const ADDRESSES = 'a node at rest has exactly its addresses';
const ONE = 'a node at rest has one instance or none';
const ORPHAN = 'no instance or interface is left without a node';
const CLAIMED = 'exactly the addresses that are needed are claimed';
const wish = { kind: 'pause', reason: 'pause requested', requestedAt: '' } as const;
const { instance: _none, ...withoutInstance } = aNode();

test.each<[string, Wrong, readonly string[]]>([
  ['an operation that goes on', { node: aBusyNode({ status: 'ACTIVE' }) }, [ENDS]],
  ['an execution that goes on', { running: [{ stateMachineName: 'm', name: 'e', history: [] }] as never }, [ENDS]],
  ['a wish that waits', { node: aNode({ intents: [wish] }) }, [WAITS]],
  ['a node that should be paused', { wish: 'paused' }, [ASKED]],
  ['a node that nobody wants any more', { wish: 'deleted' }, [ASKED]],
  ['an instance that has ended', { instances: [anInstance({ state: 'terminated' })] }, [ADDRESSES, ONE]],
  ['a second instance', { instances: [anInstance(), anInstance({ id: REPLACEMENT_ID })] }, [ONE, ORPHAN]],
  [
    'an instance of no node',
    { instances: [anInstance(), anInstance({ id: REPLACEMENT_ID, tags: tags('smi-1') })] },
    [ORPHAN],
  ],
  ['an interface of no node', { interfaces: [anInterface(), anInterface({ id: 'eni-2' })] }, [ORPHAN]],
  ['no interface', { interfaces: [] }, [ADDRESSES]],
  ['another private IP', { interfaces: [anInterface({ privateIpAddress: '10.0.0.11' })] }, [ADDRESSES]],
  ['other security groups', { interfaces: [anInterface({ groupIds: [] })] }, [ADDRESSES]],
  ['an interface that is nowhere', { interfaces: [{ ...anInterface(), attachment: undefined }] }, [ADDRESSES]],
  [
    'an interface that would be deleted',
    { interfaces: [anInterface({ attachment: { ...anInterface().attachment!, deleteOnTermination: true } })] },
    [ADDRESSES],
  ],
  [
    'the wrong device index',
    { interfaces: [anInterface({ attachment: { ...anInterface().attachment!, deviceIndex: 1 } })] },
    [ADDRESSES],
  ],
  ['an Elastic IP that it should not have', { addresses: [anAddress(INTERFACE_ID)] }, [ADDRESSES]],
  ['an instance that is not its own', { node: withoutInstance, wish: 'running' }, [ADDRESSES, ONE, ORPHAN]],
  ['an instance that fails its checks', { instances: [impairedFor(195_001)] }, [IMPAIRED]],
  ['an instance that has begun to fail its checks', { instances: [impairedFor(195_000)] }, []],
  [
    'an instance that fails its checks, of a node that says why it is not replaced',
    { node: aNode({ status: 'ERROR', errorReason: 'because' }), instances: [impairedFor(195_001)] },
    [],
  ],
  [
    'something given up that is still there',
    { node: aNode({ givenUp: [{ kind: 'interface', since: '', id: 'eni-9' }] }) },
    [GIVEN_UP],
  ],
  ['a claim that nobody holds', { claims: [['10.0.0.9', NODE_ID]] }, [CLAIMED]],
  ['a claim for a node that never was', { claims: [['10.0.0.9', 'smi-0000000f']] }, [CLAIMED]],
  ['a claim that is not there', { node: aNode({ heldClaims: [`vpc-00000000000000001/10.0.0.10`] }) }, [CLAIMED]],
])('%s is found', (_name, wrong, names) => {
  expect(faultsOf(aView(wrong))).toEqual(names);
});

test('a node that is gone, and that somebody wants, is found', () => {
  const view = { ...aView(), nodes: new Map() };
  expect(REST_INVARIANTS[ASKED]!(view)).toEqual([`${NODE_ID} is gone, and nobody asked for that`]);
});

describe('of calls', () => {
  const by = (overrides: Partial<Invocation> = {}): Invocation => ({
    number: 1,
    actor: 'confirm-node',
    nodeId: NODE_ID,
    generation: 4,
    clockErrorMs: 0,
    ownerSeen: 4,
    isStruck: false,
    ...overrides,
  });
  const faults = (command: string, input: object, invocation: Invocation, wrong: Wrong = {}) =>
    Object.entries(CALL_INVARIANTS).flatMap(([name, judge]) =>
      judge(aView(wrong), { at: 0, durationMs: 0, command, input, outcome: 'ok' }, invocation).length > 0 ? [name] : [],
    );
  const withAddress = { node: aNode({ config: aConfig({ compute: { elasticIp: ALLOCATION_ID } }) }) };
  const association = { AllocationId: ALLOCATION_ID, NetworkInterfaceId: INTERFACE_ID };
  /** Calls are judged once they have taken effect. */
  const endedByCall = anInstance({ stateReason: { code: 'Client.UserInitiatedShutdown', message: '', at: NOW_MS } });
  const another = (id: string) => anInstance({ id });
  const threeInstances = { instances: [anInstance(), another(REPLACEMENT_ID), another('i-0000000000000003f')] };
  const oldInstance = { InstanceIds: [OLD_INSTANCE_ID] };
  const ending = { actor: 'terminate-instance' } as const;
  /** A hot replacement whose interface is on the instance. */
  const hot = (instanceId: string): Wrong => ({
    node: aBusyNode(
      { instance: { ...aNode().instance!, attachment: 'hot' } },
      { config: aConfig({ persistence: { eniAttachment: 'hot' } }), launch: aLaunch({ instanceId: REPLACEMENT_ID }) },
    ),
    instances: [endedByCall, another(REPLACEMENT_ID)],
    interfaces: [anInterface({ attachment: { ...anInterface().attachment!, instanceId } })],
  });

  test.each<[string, string, object, Invocation, Wrong, number]>([
    ['the deletion of a node’s interface', 'DeleteNetworkInterface', { NetworkInterfaceId: INTERFACE_ID }, by(), {}, 1],
    [
      'the deletion that was asked for',
      'DeleteNetworkInterface',
      { NetworkInterfaceId: INTERFACE_ID },
      by(),
      { node: aNode({ deletion: { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true } }) },
      0,
    ],
    ['an address on its node', 'AssociateAddress', association, by(), withAddress, 0],
    ['an address that the node does not want', 'AssociateAddress', association, by(), {}, 1],
    ['an address on another node', 'AssociateAddress', association, by({ nodeId: 'smi-2' }), withAddress, 1],
    ['a change by an owner', 'TerminateInstances', {}, by(), {}, 0],
    ['a change by one that knows better', 'TerminateInstances', {}, by({ ownerSeen: 5 }), {}, 1],
    [
      'a change of what is another’s',
      'DetachNetworkInterface',
      { NetworkInterfaceId: INTERFACE_ID },
      by({ nodeId: 'smi-2' }),
      {},
      1,
    ],
    ['an instance of its own', 'RunInstances', {}, by(), {}, 0],
    ['two replacements at once', 'RunInstances', {}, by(), threeInstances, 1],
    ['a volume', 'DeleteVolume', { VolumeId: 'vol-1' }, by({ actor: 'reconciler' }), {}, 1],
    // It has the interface, it serves, and nobody has asked for its end.
    ['an old instance that still serves', 'TerminateInstances', oldInstance, by(ending), hot(OLD_INSTANCE_ID), 2],
    ['an old instance that serves no more', 'TerminateInstances', oldInstance, by(ending), hot(REPLACEMENT_ID), 0],
  ])('%s', (_name, command, input, invocation, wrong, count) => {
    expect(faults(command, input, invocation, wrong)).toHaveLength(count);
  });

  describe('that remove something', () => {
    const REMOVED = 'nothing is removed but what a record has named, and has given up or was asked to take apart';
    const SERVING = 'an instance that serves is not ended without a reason';
    const IN_DOUBT = 'nothing is made or removed on the word of a table in doubt';
    const givenUp = [{ kind: 'instance', since: '', id: REPLACEMENT_ID } as const];
    const free = { interfaces: [{ ...anInterface(), attachment: undefined }] };

    /** What is found wrong with the end of the instance. */
    function endOf(
      id: string,
      actor: Invocation['actor'],
      wrong: Wrong,
      prepare: (view: View) => void = () => undefined,
    ) {
      const view = aView({ instances: [endedByCall, another(REPLACEMENT_ID)], ...wrong });
      prepare(view);
      const call = { at: 0, durationMs: 0, command: 'TerminateInstances', input: { InstanceIds: [id] }, outcome: 'ok' };
      return Object.entries(CALL_INVARIANTS).flatMap(([name, judge]) =>
        judge(view, call, by({ actor })).length > 0 ? [name] : [],
      );
    }

    const ended: readonly [string, string, Invocation['actor'], Wrong, (view: View) => void, readonly string[]][] = [
      ['something given up', REPLACEMENT_ID, 'reconciler', { node: aNode({ givenUp }) }, () => undefined, []],
      ['what no record names', REPLACEMENT_ID, 'reconciler', {}, () => undefined, [REMOVED]],
      ['what a record has only named', OLD_INSTANCE_ID, 'reconciler', free, () => undefined, [REMOVED]],
      ['an old instance, by the step for that', OLD_INSTANCE_ID, 'terminate-instance', free, () => undefined, []],
      [
        'what a stranger has tagged',
        REPLACEMENT_ID,
        'reconciler',
        { node: aNode({ givenUp }) },
        ({ facts }) => facts.strangers.add(REPLACEMENT_ID),
        [REMOVED],
      ],
      ['an instance that serves', OLD_INSTANCE_ID, 'terminate-instance', {}, () => undefined, [SERVING]],
      [
        'one that serves, as somebody has asked',
        OLD_INSTANCE_ID,
        'terminate-instance',
        {},
        ({ facts }) => facts.askedAt.set(NODE_ID, NOW_MS),
        [],
      ],
      [
        'one of which EC2 has said that it ends',
        OLD_INSTANCE_ID,
        'terminate-instance',
        {},
        ({ facts }) => facts.announced.set(OLD_INSTANCE_ID, NOW_MS),
        [],
      ],
      [
        'one that its guest has ended before',
        OLD_INSTANCE_ID,
        'terminate-instance',
        { instances: [anInstance()] },
        () => undefined,
        [],
      ],
      [
        'one whose checks fail',
        OLD_INSTANCE_ID,
        'terminate-instance',
        { instances: [{ ...endedByCall, ...impairedFor(0) }] },
        () => undefined,
        [],
      ],
      [
        'by a record that is in doubt',
        OLD_INSTANCE_ID,
        'terminate-instance',
        free,
        ({ facts }) => (facts.inDoubtSinceMs = NOW_MS - 61_000),
        [IN_DOUBT],
      ],
    ];

    test.each(ended)('%s', (_name, id, actor, wrong, prepare, names) => {
      expect(endOf(id, actor, wrong, prepare)).toEqual(names);
    });
  });
});

describe('of writes', () => {
  const somebody = { actor: 'api', isStruck: false } as Invocation;
  const faults = (before: StatefulNode, after: StatefulNode, wrong: Wrong = {}, by = somebody) =>
    Object.entries(WRITE_INVARIANTS).flatMap(([name, judge]) =>
      judge(aView(wrong), { nodeId: NODE_ID, before, after, by }).length > 0 ? [name] : [],
    );
  const next = (overrides: Partial<StatefulNode> = {}) => aNode({ version: 8, ...overrides });
  const elsewhere = anIdentity({ interfaceId: 'eni-2' });
  const busy = aBusyNode();
  const owner = { arn: busy.operation.executionId } as never;

  test.each<[string, StatefulNode, StatefulNode, Wrong, number]>([
    ['nothing special', aNode(), next(), {}, 0],
    ['a version left out', aNode(), next({ version: 9 }), {}, 1],
    ['an older operation', aNode(), next({ generation: 2 }), {}, 1],
    ['an interface that is another’s', aNode(), next(), { others: [aNode({ id: 'smi-2' })] }, 1],
    ['another interface for no reason', aNode(), next({ identity: elsewhere }), {}, 1],
    ['another interface for one that is gone', aNode(), next({ identity: elsewhere }), { interfaces: [] }, 0],
    ['an operation that a stranger ends', busy, next({ generation: 4 }), { running: [owner] }, 1],
    ['an operation whose execution has ended', busy, next({ generation: 4 }), {}, 0],
  ])('%s', (_name, before, after, wrong, count) => {
    expect(faults(before, after, wrong)).toHaveLength(count);
  });

  const step = (overrides: Partial<Invocation> = {}) =>
    ({ actor: 'confirm-node', generation: busy.operation.generation, isStruck: false, ...overrides }) as Invocation;
  const withAddress = aBusyNode({}, { config: aConfig({ compute: { elasticIp: ALLOCATION_ID } }) });
  const forgetful = aNode({ generation: 4, givenUp: [{ kind: 'interface', since: '', id: 'eni-9' }] });
  const onAnother = [anInterface({ attachment: { ...anInterface().attachment!, instanceId: REPLACEMENT_ID } })];

  test.each<[string, StatefulNode, Invocation, Wrong, number]>([
    ['a confirmation', busy, step(), {}, 0],
    ['a step that was overtaken', busy, step({ actor: 'attach-eni', generation: 3 }), {}, 1],
    ['a wind-up', aNode(), step({ actor: 'wind-up' }), {}, 0],
    ['a step that forgets what is gone', forgetful, step({ actor: 'fail-operation', generation: 3 }), {}, 0],
    ['an interface that is elsewhere', busy, step(), { interfaces: onAnother }, 1],
    ['an address that is nowhere', withAddress, step(), {}, 1],
    ['an address that is in place', withAddress, step(), { addresses: [anAddress(INTERFACE_ID)] }, 0],
  ])('%s', (_name, before, invocation, wrong, count) => {
    expect(faults(before, next({ generation: 4 }), wrong, invocation)).toHaveLength(count);
  });
});

describe('of reasons', () => {
  const nextTryAt = new Date(NOW_MS + 60_000).toISOString();
  const NEXT = `Next try: ${nextTryAt}.`;
  const inError = (errorReason: string) =>
    aNode({
      ...{ status: 'ERROR', errorReason },
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
    ['no capacity where there was none', lacking(), `launch failed: NoCapacity: x ${NEXT}`, aBusyNode(), undefined],
    ['no word of what comes next', lacking(), 'launch failed: NoCapacity: x', aBusyNode(), 'what comes next'],
    ['a refusal', refusing(0), `launch failed: RequestRejected: Not allowed. ${NEXT}`, aBusyNode(), undefined],
    [
      'a refusal of long ago',
      refusing(17 * 60_000),
      'launch failed: RequestRejected: Not allowed.',
      aBusyNode(),
      'not so',
    ],
    ['a refusal in other words', refusing(0), 'launch failed: RequestRejected: No.', aBusyNode(), 'not so'],
    ['a throttle that nothing has caused', aView(), 'launch failed: Throttled: x', aBusyNode(), 'not so'],
    ['no capacity where there was', aView(), 'launch failed: NoCapacity: x', aBusyNode(), 'the reason is not so'],
    ['an address that is gone', aView(), `replace failed: ElasticIpMissing: ${REMEDY}`, withAddress, undefined],
    [
      'an address that is there',
      aView({ addresses: [anAddress(INTERFACE_ID)] }),
      'replace failed: ElasticIpMissing: x',
      withAddress,
      'the reason is not so',
    ],
    ['a mistake of our own', aView(), 'launch failed: TypeError: x', aBusyNode(), 'the reason is none'],
    ['no reason', aView(), '', aBusyNode(), 'the reason is none'],
  ])('%s', (_name, view, reason, before, why) => {
    const found = whyUntrue(view, inError(reason), before);
    if (why === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(why);
  });
});

describe('of the log', () => {
  const by = { isStruck: false } as Invocation;
  const struck = { isStruck: true } as Invocation;
  const { instance: _gone, ...paused } = aNode({ status: 'PAUSED' });
  const owed = (after: StatefulNode, invocation = by) =>
    owedBy({ nodeId: NODE_ID, before: aBusyNode({ instance: undefined }), after, by: invocation }, NOW_MS)!;
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
    ['lines that are there', [aNode(), paused, inError], log(0, 1, 2), by, []],
    ['a node that is paused for want of an address', [waiting], log(2), by, []],
    ['a line that is not there', [aNode(), paused], log(0), by, ['does not tell: PAUSED']],
    ['an error that is not told as one', [inError], log(0, 1), by, ['does not tell: the error']],
    ['lines in another order', [aNode(), paused], log(1, 0), by, ['tells out of order: PAUSED']],
    ['lines of a function that was struck', [aNode()], log(), struck, []],
  ])('%s', (_name, afters, logs, invocation, faults) => {
    const lines = afters.map((after) => owed(after, invocation));
    const found = missingLines(lines, logs, true);
    expect(found).toEqual(faults.map((fault) => expect.stringContaining(fault)));
  });

  test('clocks that differ may put lines in another order', () => {
    expect(missingLines([owed(aNode()), owed(paused)], log(1, 0), false)).toEqual([]);
  });
});
