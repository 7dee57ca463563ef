import { decideFailure, failed, type FailureDecision } from '../../../domain/operation/fail-operation';
import { followUp } from '../../../domain/operation/intents';
import type { OperationError } from '../../../domain/operation/failure-reason';
import type { SeenNode } from '../../../domain/operation/seen-node';
import type {
  Failure,
  GivenUp,
  Intent,
  NodeInstance,
  Operation,
  OwnedNode,
  Remains,
  StatefulNode,
} from '../../../domain/node/stateful-node';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anIdentity,
  anInstance,
  anInterface,
  aNode,
  anOperationOf,
  aRequestedLaunch,
  INTERFACE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
  someRemains,
  SUBNET_A,
  SUBNET_B,
} from '../builders';

const broke: OperationError = { name: 'NoCapacity', message: 'It broke.' };
const addressTaken: OperationError = { name: 'AddressTaken', message: '10.0.0.10 is in use' };
const withElasticIp = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
const busy = aBusyNode({ config: withElasticIp }, { launch: aLaunch() });

describe('decideFailure', () => {
  const running = anInstance();
  const old = anInstance({ id: OLD_INSTANCE_ID });
  const ended = (id: string) => anInstance({ id, state: 'terminated' });
  const onOld = anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex: 1 });
  const onReplacement = anAttachedInterface({ deviceIndex: 1 });
  const hotNode = aBusyNode({
    config: aConfig({ persistence: { eniAttachment: 'hot' }, compute: { elasticIp: ALLOCATION_ID } }),
    instance: { ...aNode().instance!, attachment: 'hot', activeAt: '2026-11-01T08:01:00.000Z' },
  });
  const { state: _running, availabilityZone: _zone, ...details } = anInstance();
  const replacing: NodeInstance = { ...details, attachment: 'hot' };
  const remaining: NodeInstance = {
    ...details,
    id: OLD_INSTANCE_ID,
    attachment: 'hot',
    activeAt: '2026-11-01T08:01:00.000Z',
  };
  const launch = aLaunch({ launchedAt: running.launchedAt });
  const requested = aRequestedLaunch();
  const instanceGivenUp: GivenUp = { kind: 'instance', since: NOW, id: REPLACEMENT_ID };
  const interfaceGivenUp = (id: string): GivenUp => ({ kind: 'interface', since: NOW, id });
  const unseen: SeenNode = {
    replacement: undefined,
    old: undefined,
    interface: undefined,
    elasticIp: undefined,
    retired: [],
  };
  const remainsOfHot = (overrides: Partial<Remains> = {}): Remains => {
    const { config, configRevision, eligibleSubnetIds } = hotNode.operation;
    return { config, configRevision, eligibleSubnetIds, retiredInterfaceIds: [], ...overrides };
  };
  const kept: Partial<FailureDecision> = { hasInterface: true, remains: undefined, givenUp: [] };

  it.each<{
    name: string;
    operation?: Partial<Operation>;
    seen: Partial<SeenNode>;
    error?: OperationError;
    decision: Partial<FailureDecision>;
  }>([
    {
      name: 'the old one has ended and no replacement was launched: nothing carries the identity',
      operation: {},
      seen: { old: ended(OLD_INSTANCE_ID), interface: anInterface() },
      decision: { ...kept, survivor: undefined },
    },
    {
      name: 'the replacement carries the interface, and the old one has ended: it is kept',
      seen: { old: ended(OLD_INSTANCE_ID), replacement: running, interface: onReplacement },
      decision: { ...kept, survivor: replacing, remains: remainsOfHot({ launch }) },
    },
    {
      name: 'the interface is on its way to the replacement',
      seen: { replacement: running, interface: anAttachedInterface({ status: 'attaching' }) },
      decision: { ...kept, survivor: replacing, remains: remainsOfHot({ launch, oldInstanceId: OLD_INSTANCE_ID }) },
    },
    {
      name: 'both run, and the replacement carries the interface: the next try ends the old one',
      seen: { old, replacement: running, interface: onReplacement },
      decision: { ...kept, survivor: replacing, remains: remainsOfHot({ launch, oldInstanceId: OLD_INSTANCE_ID }) },
    },
    {
      name: 'the interface is free, and the replacement only lacks its attachment',
      seen: { old: ended(OLD_INSTANCE_ID), replacement: running, interface: anInterface() },
      decision: { ...kept, survivor: replacing, remains: remainsOfHot({ launch }) },
    },
    {
      name: 'the interface is free, and both run: the replacement stays',
      seen: { old, replacement: running, interface: anInterface() },
      decision: { ...kept, survivor: replacing, remains: remainsOfHot({ launch, oldInstanceId: OLD_INSTANCE_ID }) },
    },
    {
      name: 'the replacement is starting: it stays',
      seen: { old: ended(OLD_INSTANCE_ID), replacement: anInstance({ state: 'pending' }), interface: anInterface() },
      decision: { ...kept, survivor: replacing, remains: remainsOfHot({ launch }) },
    },
    {
      name: 'the old one still carries the interface: it stays, and the replacement is given up',
      seen: { old, replacement: running, interface: onOld },
      decision: { ...kept, survivor: remaining, givenUp: [instanceGivenUp] },
    },
    {
      name: 'the old one carries it, and the replacement was found by its token alone',
      operation: { launch: requested },
      seen: { old, replacement: running, interface: onOld },
      decision: {
        ...kept,
        survivor: remaining,
        givenUp: [{ kind: 'instance', since: NOW, clientToken: requested.clientToken }],
      },
    },
    {
      name: 'a launch whose response was lost made the instance that carries the interface',
      operation: { launch: requested },
      seen: { old: ended(OLD_INSTANCE_ID), replacement: running, interface: onReplacement },
      decision: { ...kept, survivor: replacing, remains: remainsOfHot({ launch }) },
    },
    {
      name: 'a launch was requested and its instance is not shown: the next try repeats the request',
      operation: { launch: requested },
      seen: { old, interface: onOld },
      decision: { ...kept, survivor: remaining, remains: remainsOfHot({ launch: requested }) },
    },
    {
      name: 'the same, if only a person can help: it is given up',
      operation: { launch: requested },
      seen: { old, interface: onOld },
      error: { name: 'ElasticIpMissing', message: 'Allocate another.' },
      decision: {
        ...kept,
        survivor: remaining,
        givenUp: [{ kind: 'instance', since: NOW, clientToken: requested.clientToken }],
      },
    },
    {
      name: 'the replacement is launched and not shown yet: the next try continues with it',
      seen: { old, interface: onOld },
      decision: { ...kept, survivor: remaining, remains: remainsOfHot({ launch }) },
    },
    {
      name: 'the replacement has ended: it is forgotten, and the old one stays',
      seen: { old, replacement: ended(REPLACEMENT_ID), interface: onOld },
      decision: { ...kept, survivor: remaining },
    },
    {
      name: 'the replacement that carries the interface has ended, and the old one lives',
      seen: { old, replacement: ended(REPLACEMENT_ID), interface: onReplacement },
      decision: { ...kept, survivor: remaining },
    },
    {
      name: 'both have ended',
      seen: { old: ended(OLD_INSTANCE_ID), replacement: ended(REPLACEMENT_ID), interface: anInterface() },
      decision: { ...kept, survivor: undefined },
    },
    {
      name: 'nothing is visible any more',
      operation: {},
      seen: {},
      decision: { ...kept, survivor: undefined, hasInterface: false },
    },
    {
      name: 'the response to an interface request was lost: the next try repeats the request',
      operation: { interfaceRequest: aWrittenRequest() },
      seen: { old },
      decision: {
        ...kept,
        survivor: remaining,
        hasInterface: false,
        remains: remainsOfHot({ interfaceRequest: aWrittenRequest() }),
      },
    },
    {
      name: 'retired interfaces are given up if there is no replacement',
      operation: { launch, retiredInterfaceIds: ['eni-retired'] },
      seen: { old: ended(OLD_INSTANCE_ID), replacement: ended(REPLACEMENT_ID), interface: anInterface() },
      decision: { ...kept, survivor: undefined, givenUp: [interfaceGivenUp('eni-retired')] },
    },
    {
      name: 'retired interfaces are left to the next try if there is a replacement',
      operation: { launch, retiredInterfaceIds: ['eni-retired'] },
      seen: { old: ended(OLD_INSTANCE_ID), replacement: running, interface: onReplacement },
      decision: {
        ...kept,
        survivor: replacing,
        remains: remainsOfHot({ launch, retiredInterfaceIds: ['eni-retired'] }),
      },
    },
    {
      name: 'the replacement was stopped: it is the next try’s to replace, and the old one’s end is due',
      seen: { old, replacement: { ...running, state: 'stopped' }, interface: onReplacement },
      decision: {
        ...kept,
        survivor: replacing,
        isStopped: true,
        remains: remainsOfHot({ launch: undefined, oldInstanceId: undefined }),
        givenUp: [{ ...instanceGivenUp, id: OLD_INSTANCE_ID }],
      },
    },
    {
      name: 'a person must act first, so no next try removes the old one and the retired interfaces: they are given up',
      operation: { launch, oldInstanceId: OLD_INSTANCE_ID, retiredInterfaceIds: ['eni-retired'] },
      seen: { old, replacement: running, interface: onReplacement },
      error: { name: 'ElasticIpMissing', message: 'eipalloc-1 no longer exists.' },
      decision: {
        ...kept,
        survivor: replacing,
        remains: remainsOfHot({ launch, oldInstanceId: undefined }),
        givenUp: [{ ...instanceGivenUp, id: OLD_INSTANCE_ID }, interfaceGivenUp('eni-retired')],
      },
    },
    {
      name: 'the old one was stopped',
      seen: { old: { ...old, state: 'stopped' }, interface: onOld },
      operation: {},
      decision: { ...kept, survivor: remaining, isStopped: true },
    },
    {
      name: 'the address is taken, and the old one has not ended: it stays, and the node is not paused',
      operation: {},
      seen: { old },
      error: addressTaken,
      decision: { ...kept, survivor: remaining, hasInterface: false },
    },
    {
      name: 'the address is taken, and nothing lives: paused until it is free',
      operation: {},
      seen: { old: ended(OLD_INSTANCE_ID) },
      error: addressTaken,
      decision: { ...kept, status: 'PAUSED', survivor: undefined, hasInterface: false },
    },
    {
      name: 'the address is taken, and no instance visible any more',
      operation: {},
      seen: {},
      error: addressTaken,
      decision: { ...kept, status: 'PAUSED', survivor: undefined, hasInterface: false },
    },
    {
      name: 'the address is taken, and a replacement lives: it is one interface away from the identity',
      seen: { old: ended(OLD_INSTANCE_ID), replacement: running },
      error: addressTaken,
      decision: { ...kept, survivor: replacing, hasInterface: false, remains: remainsOfHot({ launch }) },
    },
  ])('$name', ({ operation = { launch }, seen, error = broke, decision }) => {
    const owned = { node: hotNode, operation: anOperationOf(hotNode, operation) };

    expect(decideFailure(owned, { ...unseen, ...seen }, error, NOW)).toEqual({
      status: 'ERROR',
      identity: hotNode.identity,
      ...decision,
    });
  });

  it.each([
    { name: 'launched just now', launchedAt: NOW, isOpen: true },
    { name: 'launched ten minutes ago', launchedAt: '2026-11-03T09:50:00.000Z', isOpen: true },
    { name: 'launched ten minutes and a millisecond ago', launchedAt: '2026-11-03T09:49:59.999Z', isOpen: false },
    { name: 'launched at a time that is not known', launchedAt: undefined, isOpen: true },
  ])('a replacement that is not visible, $name, may still appear: $isOpen', ({ launchedAt, isOpen }) => {
    const operation = anOperationOf(hotNode, { launch: aLaunch({ launchedAt }) });
    const { remains, givenUp } = decideFailure(
      { node: hotNode, operation },
      { ...unseen, old, interface: onOld },
      broke,
      NOW,
    );

    expect({ isKept: remains?.launch !== undefined, givenUp }).toEqual({
      isKept: isOpen,
      givenUp: isOpen ? [] : [instanceGivenUp],
    });
  });

  it('keeps the attachment of the old instance, even if the replacement has another one', () => {
    const node = aBusyNode({ config: hotNode.config });
    const seen = { ...unseen, old, interface: onOld };

    expect(decideFailure({ node, operation: node.operation }, seen, broke, NOW).survivor?.attachment).toBe('cold');
  });

  describe('without a look at EC2', () => {
    const operation = anOperationOf(hotNode, {
      launch: requested,
      interfaceRequest: aWrittenRequest(),
      interfacesMade: 2,
      retiredInterfaceIds: ['eni-retired'],
      detachments: [{ attachmentId: 'eni-attach-1', askedAt: NOW }],
      takeovers: { count: 1, lastAt: NOW },
    });

    it.each([broke, addressTaken, { name: 'ElasticIpMissing', message: 'Allocate another.' }])(
      'nothing is given up, and the next try continues from everything that the operation made: $name',
      (error) => {
        expect(decideFailure({ node: hotNode, operation }, undefined, error, NOW)).toEqual({
          status: 'ERROR',
          survivor: hotNode.instance,
          identity: hotNode.identity,
          hasInterface: true,
          isUnseen: true,
          remains: remainsOfHot({
            oldInstanceId: OLD_INSTANCE_ID,
            launch: requested,
            interfaceRequest: aWrittenRequest(),
            interfacesMade: 2,
            retiredInterfaceIds: ['eni-retired'],
            detachments: [{ attachmentId: 'eni-attach-1', askedAt: NOW }],
          }),
          givenUp: [],
        });
      },
    );
  });

  describe('of an adjustment', () => {
    const adjusting = (node: Partial<StatefulNode> = {}, operation: Partial<Operation> = {}): OwnedNode => {
      const busyNode = aBusyNode({ ...hotNode, ...node }, { kind: 'adjust', ...operation });
      return { node: busyNode, operation: busyNode.operation };
    };
    const shown = { ...unseen, old, interface: onOld };
    const before: Failure = { operation: 'replace', count: 1, remains: someRemains({ launch: requested }) };

    it.each<{ name: string; owned: OwnedNode; seen: SeenNode | undefined; decision: Partial<FailureDecision> }>([
      { name: 'leaves the instance', owned: adjusting(), seen: shown, decision: { survivor: hotNode.instance } },
      {
        name: 'keeps the instance if EC2 could not be asked',
        owned: adjusting(),
        seen: undefined,
        decision: { survivor: hotNode.instance, isUnseen: true },
      },
      {
        name: 'finds the instance ended',
        owned: adjusting(),
        seen: { ...shown, old: ended(OLD_INSTANCE_ID) },
        decision: { survivor: undefined },
      },
      {
        name: 'finds the instance gone',
        owned: adjusting(),
        seen: { ...shown, old: undefined },
        decision: { survivor: undefined },
      },
      {
        name: 'finds the interface gone',
        owned: adjusting(),
        seen: { ...shown, interface: undefined },
        decision: { survivor: hotNode.instance, hasInterface: false },
      },
      {
        name: 'requested an interface, and the response was lost',
        owned: adjusting({}, { interfaceRequest: aWrittenRequest() }),
        seen: { ...shown, interface: undefined },
        decision: {
          survivor: hotNode.instance,
          hasInterface: false,
          remains: remainsOfHot({ interfaceRequest: aWrittenRequest() }),
        },
      },
      {
        name: 'keeps what an earlier failure left behind',
        owned: adjusting({ failure: before }),
        seen: shown,
        decision: { survivor: hotNode.instance, remains: before.remains },
      },
    ])('$name', ({ owned, seen, decision }) => {
      expect(decideFailure(owned, seen, broke, NOW)).toEqual({
        status: 'ERROR',
        identity: hotNode.identity,
        ...kept,
        ...decision,
      });
    });
  });

  describe('hot: the old instance still carries the retired interface', () => {
    /** The interface that the operation made in the replacement's subnet. */
    const made = { id: 'eni-made', subnetId: SUBNET_B, privateIp: '10.0.1.5', macAddress: '02:00:00:00:00:02' };
    const moved = {
      ...hotNode,
      identity: anIdentity({ interfaceId: made.id, subnetId: SUBNET_B, privateIp: '10.0.1.5' }),
    };
    const operation = anOperationOf(moved, { launch, retiredInterfaceIds: ['eni-another', INTERFACE_ID] });
    const seen = {
      replacement: running,
      old,
      interface: anInterface(made),
      elasticIp: anElasticIp(),
      retired: [anInterface({ id: 'eni-another' }), onOld],
    };

    it('the identity returns to it, and what was made for the replacement is given up', () => {
      expect(decideFailure({ node: moved, operation }, seen, broke, NOW)).toEqual({
        status: 'ERROR',
        survivor: remaining,
        identity: { ...hotNode.identity, ipv6Address: undefined },
        hasInterface: true,
        remains: undefined,
        givenUp: [instanceGivenUp, interfaceGivenUp('eni-another'), interfaceGivenUp('eni-made')],
      });
    });

    it('the new interface is given up although EC2 does not show it yet', () => {
      const { givenUp } = decideFailure({ node: moved, operation }, { ...seen, interface: undefined }, broke, NOW);

      expect(givenUp).toEqual([instanceGivenUp, interfaceGivenUp('eni-another'), interfaceGivenUp('eni-made')]);
    });

    it('a pending launch is given up too, because it uses the new interface', () => {
      const asking = { ...operation, launch: requested };
      const { remains, givenUp } = decideFailure(
        { node: moved, operation: asking },
        { ...seen, replacement: undefined },
        broke,
        NOW,
      );

      expect(remains).toBeUndefined();
      expect(givenUp).toContainEqual({ kind: 'instance', since: NOW, clientToken: requested.clientToken });
    });

    it('the identity stays on the replacement that carries the new one', () => {
      const carried = { ...seen, interface: anAttachedInterface({ deviceIndex: 1 }, made) };

      expect(decideFailure({ node: moved, operation }, carried, broke, NOW)).toMatchObject({
        survivor: replacing,
        identity: moved.identity,
        remains: { launch, oldInstanceId: OLD_INSTANCE_ID, retiredInterfaceIds: ['eni-another', INTERFACE_ID] },
        givenUp: [],
      });
    });

    it('the identity stays with the new interface if the old instance has ended', () => {
      const alone = { ...seen, old: ended(OLD_INSTANCE_ID), retired: [anInterface()] };

      expect(decideFailure({ node: moved, operation }, alone, broke, NOW)).toMatchObject({
        survivor: replacing,
        identity: moved.identity,
        remains: { launch, oldInstanceId: undefined },
        givenUp: [],
      });
    });
  });

  it.each([
    [0, 'cold'],
    [1, 'hot'],
  ] as const)(
    'takes from EC2 how an instance that the record does not name carries it: index %s',
    (deviceIndex, attachment) => {
      const other = attachment === 'cold' ? 'hot' : 'cold';
      const config = aConfig({ persistence: { eniAttachment: other } });
      const node = aBusyNode({ config, instance: undefined }, { oldInstanceId: OLD_INSTANCE_ID });
      const owned = { node, operation: node.operation };
      const seen: SeenNode = {
        replacement: undefined,
        old,
        interface: anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex }),
        elasticIp: undefined,
        retired: [],
      };

      expect(decideFailure(owned, seen, broke, NOW).survivor).toMatchObject({ id: OLD_INSTANCE_ID, attachment });
    },
  );
});

function aWrittenRequest(): NonNullable<Operation['interfaceRequest']> {
  return {
    clientToken: 'written before',
    subnetId: SUBNET_A,
    withIpv6Address: false,
    securityGroupIds: [],
    tags: [],
  };
}

describe('The record of a failed node', () => {
  const owned: OwnedNode = { node: busy, operation: busy.operation };
  const decision: FailureDecision = {
    status: 'ERROR',
    survivor: undefined,
    identity: busy.identity,
    hasInterface: true,
    remains: undefined,
    givenUp: [],
  };
  const told = 'replace failed: NoCapacity: It broke.';
  const nextTry = 'Next try: 2026-11-03T10:01:00.000Z.';

  it.each<{ name: string; error?: OperationError; reason: string } & Partial<FailureDecision>>([
    {
      name: 'an instance keeps running',
      survivor: aNode().instance,
      identity: busy.identity,
      reason: `${told} ${INTERFACE_ID} (10.0.0.10) is retained. ${OLD_INSTANCE_ID} keeps running. ${nextTry}`,
    },
    {
      name: 'no instance keeps running',
      survivor: undefined,
      identity: busy.identity,
      reason: `${told} ${INTERFACE_ID} (10.0.0.10) is retained. No instance carries it. ${nextTry}`,
    },
    {
      name: 'the interface is gone',
      survivor: undefined,
      identity: busy.identity,
      hasInterface: false,
      reason: `${told} ${INTERFACE_ID} (10.0.0.10) is gone. No instance carries it. ${nextTry}`,
    },
    {
      name: 'there was no interface yet',
      survivor: undefined,
      identity: { settled: false },
      reason: `${told} No interface was made yet. No instance carries it. ${nextTry}`,
    },
    {
      name: 'nothing is tried before a person acts',
      survivor: undefined,
      identity: busy.identity,
      error: { name: 'ElasticIpMissing', message: 'Allocate another.' },
      reason:
        `replace failed: ElasticIpMissing: Allocate another. ${INTERFACE_ID} (10.0.0.10) is retained. ` +
        'No instance carries it.',
    },
  ])('says what is left, and what comes next: $name', ({ error = broke, reason, ...changes }) => {
    const after = failed(owned, { ...decision, ...changes }, error, NOW);

    expect(after).toMatchObject({
      status: 'ERROR',
      errorReason: reason,
      identity: changes.identity,
      updatedAt: NOW,
    });
    expect(after.instance).toEqual(changes.survivor);
    expect(after).not.toHaveProperty('operation');
  });

  it('is PAUSED if only an address is missing, and is tried again', () => {
    const { errorReason, status, failure } = failed(owned, { ...decision, status: 'PAUSED' }, addressTaken, NOW);

    expect({ status, failure }).toEqual({
      status: 'PAUSED',
      failure: { operation: 'launch', errorName: 'AddressTaken', count: 1, nextTryAt: '2026-11-03T10:01:00.000Z' },
    });
    expect(errorReason).toBe(
      `replace failed: AddressTaken: 10.0.0.10 is in use. ${INTERFACE_ID} (10.0.0.10) is retained. ` +
        `No instance carries it. ${nextTry}`,
    );
  });

  it('counts the failures in a row', () => {
    const node: StatefulNode = { ...busy, failure: { operation: 'replace', count: 1, nextTryAt: NOW } };
    const survived = { ...decision, survivor: aNode().instance };
    const after = failed({ node, operation: busy.operation }, survived, broke, NOW);

    expect(after.failure).toEqual({
      operation: 'replace',
      errorName: 'NoCapacity',
      count: 2,
      nextTryAt: '2026-11-03T10:02:00.000Z',
    });
  });

  it('keeps what the next try continues from, and adds to what is given up', () => {
    const before: GivenUp = { kind: 'instance', since: NOW, id: 'i-before' };
    const more: GivenUp = { kind: 'interface', since: NOW, id: 'eni-more' };
    const node: StatefulNode = { ...busy, givenUp: [before] };
    const remains = someRemains({ launch: aLaunch() });
    const after = failed({ node, operation: busy.operation }, { ...decision, remains, givenUp: [more] }, broke, NOW);

    expect(after).toMatchObject({ failure: { remains }, givenUp: [before, more] });
  });

  it.each([
    { name: 'those that the operation began with', applied: 1, worked: 2, after: 2 },
    { name: 'none that were applied before', applied: 3, worked: 2, after: 3 },
  ])('does not apply failed settings again automatically: $name', ({ applied, worked, after }) => {
    const node = { ...busy, configRevision: 4, appliedRevision: applied };
    const operation: Operation = { ...busy.operation, kind: 'adjust', configRevision: worked };

    expect(failed({ node, operation }, { ...decision, survivor: aNode().instance }, broke, NOW)).toMatchObject({
      configRevision: 4,
      appliedRevision: after,
    });
  });

  it('applies the settings after the operation that is tried again, if that is another one', () => {
    const node: StatefulNode = {
      ...busy,
      configRevision: 4,
      failure: { operation: 'pause', count: 1, nextTryAt: NOW },
    };
    const operation: Operation = { ...busy.operation, kind: 'adjust', configRevision: 4 };
    const after = failed({ node, operation }, decision, broke, NOW);

    expect(after).toMatchObject({ appliedRevision: node.appliedRevision, failure: { operation: 'pause' } });
    expect(followUp(after)).toBeUndefined();
    const { failure: _over, ...mended } = after;
    expect(followUp(mended)).toMatchObject({ kind: 'adjust' });
  });

  it.each(['replace failed', 'ElasticIpMissing'])(
    'applies settings again that a retry with earlier ones may have undone: %s',
    (name) => {
      const node = { ...busy, configRevision: 3, appliedRevision: 3 };
      const operation: Operation = { ...busy.operation, configRevision: 2 };
      const after = failed({ node, operation }, decision, { name, message: '' }, NOW);

      expect(after.appliedRevision).toBe(2);
    },
  );

  it('leaves settings to a person if only a person can correct them', () => {
    const operation: Operation = { ...busy.operation, configRevision: 4 };
    const missing = { name: 'ElasticIpMissing', message: '' };

    expect(failed({ node: { ...busy, configRevision: 4 }, operation }, decision, missing, NOW)).toMatchObject({
      appliedRevision: 4,
    });
  });

  it('keeps the intents that are still valid', () => {
    const asked: Intent = { kind: 'replace', reason: 'requested', requestedAt: NOW };
    const aboutOld: Intent = { ...asked, instanceId: OLD_INSTANCE_ID };
    const aboutReplacement: Intent = { ...asked, instanceId: REPLACEMENT_ID };
    const node = { ...busy, intents: [asked, aboutReplacement, aboutOld] };
    const intentsAfter = (survivor: NodeInstance | undefined) =>
      failed({ node, operation: busy.operation }, { ...decision, survivor }, broke, NOW).intents;

    expect(intentsAfter(aNode().instance)).toEqual([asked, aboutOld]);
    expect(intentsAfter(undefined)).toEqual([asked]);
  });

  it('names no instance that does not carry the node', () => {
    expect(failed(owned, decision, broke, NOW)).not.toHaveProperty('instance');
  });
});
