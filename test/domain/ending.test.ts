import {
  adjusted,
  confirmed,
  decideConfirm,
  decideFailure,
  decidePaused,
  failed,
  paused,
  type FailureDecision,
  type SeenNode,
} from '../../domain/ending';
import type { NodeConfig } from '../../domain/node-config';
import type { OperationError } from '../../domain/retrying';
import type { Failure, Intent, NodeInstance, OwnedNode, StatefulNode } from '../../domain/stateful-node';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anInstance,
  anInterface,
  aNode,
  anOperationOf,
  INTERFACE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
  SUBNET_B,
} from './builders';

const broke: OperationError = { name: 'NoCapacity', message: 'It broke.' };
const addressTaken: OperationError = { name: 'AddressTaken', message: '10.0.0.10 is in use' };
const withElasticIp = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
const busy = aBusyNode({ config: withElasticIp }, { launch: aLaunch() });

/** The replacement runs and carries everything; the old instance has ended. */
function everythingInPlace(overrides: Partial<SeenNode> = {}): SeenNode {
  return {
    replacement: anInstance(),
    old: anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' }),
    interface: anAttachedInterface(),
    elasticIp: anElasticIp(),
    retired: [],
    ...overrides,
  };
}

describe('decideConfirm', () => {
  const back = { kind: 'associate', allocationId: ALLOCATION_ID, interfaceId: INTERFACE_ID };

  it.each<{ name: string; seen: Partial<SeenNode>; decision: object }>([
    { name: 'everything is in place', seen: {}, decision: { kind: 'confirmed', replacement: anInstance() } },
    { name: 'the replacement is not visible', seen: { replacement: undefined }, decision: { kind: 'not-yet' } },
    { name: 'it is pending', seen: { replacement: anInstance({ state: 'pending' }) }, decision: { kind: 'not-yet' } },
    { name: 'it is stopped', seen: { replacement: anInstance({ state: 'stopped' }) }, decision: { kind: 'not-yet' } },
    {
      name: 'it is shutting down',
      seen: { replacement: anInstance({ state: 'shutting-down' }) },
      decision: { kind: 'lost', because: `${REPLACEMENT_ID} has ended` },
    },
    {
      name: 'it is terminated',
      seen: { replacement: anInstance({ state: 'terminated' }) },
      decision: { kind: 'lost' },
    },
    { name: 'the interface is gone', seen: { interface: undefined }, decision: { kind: 'not-yet' } },
    { name: 'the interface is free', seen: { interface: anInterface() }, decision: { kind: 'not-yet' } },
    {
      name: 'the interface is on the old instance',
      seen: { interface: anAttachedInterface({ instanceId: OLD_INSTANCE_ID }) },
      decision: { kind: 'not-yet' },
    },
    {
      name: 'the interface is at another index',
      seen: { interface: anAttachedInterface({ deviceIndex: 1 }) },
      decision: { kind: 'not-yet' },
    },
    {
      name: 'the interface would be deleted with the instance',
      seen: { interface: anAttachedInterface({ deleteOnTermination: true }) },
      decision: {
        ...{ kind: 'protect', interfaceId: INTERFACE_ID },
        attachmentId: anAttachedInterface().attachment?.id,
      },
    },
    {
      name: 'the interface would be deleted with the instance, and is at another index',
      seen: { interface: anAttachedInterface({ deleteOnTermination: true, deviceIndex: 1 }) },
      decision: { kind: 'not-yet' },
    },
    {
      name: 'the Elastic IP is on another interface',
      seen: { elasticIp: anElasticIp({ interfaceId: 'eni-of-another' }) },
      decision: back,
    },
    { name: 'the Elastic IP is on none', seen: { elasticIp: anElasticIp({ interfaceId: undefined }) }, decision: back },
    {
      name: 'the Elastic IP no longer exists',
      seen: { elasticIp: undefined },
      decision: { kind: 'address-missing', allocationId: back.allocationId },
    },
  ])('$name', ({ seen, decision }) => {
    expect(decideConfirm(busy, busy.operation, everythingInPlace(seen))).toMatchObject(decision);
  });

  it.each<{ name: string; seen: Partial<SeenNode>; because: string }>([
    { name: 'nothing to be seen', seen: { replacement: undefined }, because: 'the replacement is not visible' },
    {
      name: 'one that starts',
      seen: { replacement: anInstance({ state: 'pending' }) },
      because: 'the replacement is pending',
    },
    {
      name: 'one without the interface',
      seen: { interface: anInterface() },
      because: `${REPLACEMENT_ID} does not carry the interface`,
    },
  ])('says what it waits for: $name', ({ seen, because }) => {
    expect(decideConfirm(busy, busy.operation, everythingInPlace(seen))).toEqual({ kind: 'not-yet', because });
  });

  it('has no interface to put the Elastic IP on before one is made', () => {
    const { identity, ...rest } = busy;
    const { interfaceId: _none, ...unmade } = identity;
    const seen = everythingInPlace({ elasticIp: anElasticIp({ interfaceId: undefined }) });

    expect(decideConfirm({ ...rest, identity: unmade }, busy.operation, seen).kind).toBe('confirmed');
  });

  it('asks for no Elastic IP where the node has none', () => {
    const node = aBusyNode({}, { launch: aLaunch() });

    expect(decideConfirm(node, node.operation, everythingInPlace({ elasticIp: undefined })).kind).toBe('confirmed');
  });

  it('hot: the interface has to be the first secondary', () => {
    const node = aBusyNode({ config: aConfig({ persistence: { persistPrivateIp: true, eniAttachment: 'hot' } }) });
    const at = (deviceIndex: number) =>
      decideConfirm(node, node.operation, everythingInPlace({ interface: anAttachedInterface({ deviceIndex }) })).kind;

    expect([at(0), at(1)]).toEqual(['not-yet', 'confirmed']);
  });
});

describe('The record of a confirmed node', () => {
  const wished: Intent = { kind: 'replace', reason: 'requested', requestedAt: NOW };
  const aboutOld: Intent = { ...wished, instanceId: OLD_INSTANCE_ID };
  const aboutReplacement: Intent = { ...wished, instanceId: REPLACEMENT_ID };
  const before = {
    ...busy,
    identity: { ...busy.identity, settled: false },
    intents: [aboutOld, wished, aboutReplacement],
  };
  const after = () => confirmed({ node: before, operation: before.operation }, anInstance(), everythingInPlace(), NOW);

  it('is at rest on the replacement', () => {
    expect(after()).toMatchObject({ status: 'ACTIVE', updatedAt: NOW, generation: 4 });
    expect(after()).not.toHaveProperty('operation');
    expect(after().instance).toEqual({
      id: REPLACEMENT_ID,
      imageId: 'ami-0123456789abcdef0',
      instanceType: 'm7g.large',
      lifeCycle: 'spot',
      subnetId: anInstance().subnetId,
      launchedAt: anInstance().launchedAt,
      attachment: 'cold',
    });
  });

  it('is settled from now on', () => {
    expect(after().identity).toEqual({
      ...before.identity,
      settled: true,
      allocationId: ALLOCATION_ID,
      publicIp: '198.51.100.7',
    });
  });

  it('has made good for the failure of before', () => {
    const failing = { ...before, failure: { operation: 'replace' as const, count: 3 }, errorReason: 'It broke.' };
    const owned = { node: failing, operation: failing.operation };

    expect(confirmed(owned, anInstance(), everythingInPlace(), NOW)).toStrictEqual(after());
  });

  it.each([
    { name: 'that it had', allocationId: ALLOCATION_ID },
    { name: 'that it never had', allocationId: undefined },
  ])('forgets no Elastic IP $name, where EC2 shows none', ({ allocationId }) => {
    const node = { ...before, identity: { ...before.identity, allocationId, publicIp: '198.51.100.7' } };
    const seen = everythingInPlace({ elasticIp: undefined });

    expect(confirmed({ node, operation: before.operation }, anInstance(), seen, NOW).identity).toEqual({
      ...before.identity,
      settled: true,
      allocationId,
      publicIp: undefined,
    });
  });

  it('has the tags and the way of carrying of the operation, not of an update since', () => {
    const worked = aConfig({
      persistence: { eniAttachment: 'hot' },
      launchSpecification: { tags: [{ tagKey: 'team', tagValue: 'ledger' }] },
    });
    const owned = { node: before, operation: { ...before.operation, config: worked } };
    const { appliedTagKeys, instance } = confirmed(owned, anInstance(), everythingInPlace(), NOW);

    expect({ appliedTagKeys, attachment: instance?.attachment }).toEqual({
      appliedTagKeys: ['team'],
      attachment: 'hot',
    });
  });

  it('keeps the intents that still mean something', () => {
    expect(after().intents).toEqual([wished, aboutReplacement]);
  });
});

describe('decideFailure', () => {
  const running = anInstance();
  const old = anInstance({ id: OLD_INSTANCE_ID });
  const ended = (id: string) => anInstance({ id, state: 'terminated' });
  const onOld = anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex: 1 });
  const onReplacement = anAttachedInterface({ deviceIndex: 1 });
  /** The interface that the operation made in the replacement's subnet. */
  const made = { id: 'eni-made', subnetId: SUBNET_B, privateIp: '10.0.1.5', macAddress: '02:00:00:00:00:02' };
  const hotNode = aBusyNode({
    config: aConfig({ persistence: { eniAttachment: 'hot' }, compute: { elasticIp: ALLOCATION_ID } }),
    instance: { ...aNode().instance!, attachment: 'hot' },
  });
  const { state: _running, availabilityZone: _zone, ...details } = anInstance();
  const replacing: NodeInstance = { ...details, attachment: 'hot' };
  const remaining: NodeInstance = { ...details, id: OLD_INSTANCE_ID, attachment: 'hot' };
  const nothing = { survivor: undefined, terminateInstanceIds: [], inVain: [] };

  it.each<{
    name: string;
    seen: Partial<SeenNode>;
    launched?: boolean;
    error?: OperationError;
    decision: Partial<FailureDecision>;
  }>([
    {
      name: 'cold: the old one has ended and no replacement was launched',
      seen: { old: ended(OLD_INSTANCE_ID), interface: anInterface() },
      launched: false,
      decision: nothing,
    },
    {
      name: 'cold: the replacement carries the interface',
      seen: { old: ended(OLD_INSTANCE_ID), replacement: running, interface: anAttachedInterface() },
      decision: { ...nothing, survivor: replacing },
    },
    {
      name: 'cold: the interface is on its way to the replacement',
      seen: { replacement: running, interface: anAttachedInterface({ status: 'attaching' }) },
      decision: { ...nothing, survivor: replacing },
    },
    {
      name: 'the replacement was launched in vain: it is not paid for, and the old one goes on',
      seen: { old, replacement: running, interface: onOld },
      decision: { ...nothing, survivor: remaining, terminateInstanceIds: [REPLACEMENT_ID] },
    },
    {
      name: 'the replacement was launched in vain, and the old one has ended: nothing carries the identity',
      seen: { old: ended(OLD_INSTANCE_ID), replacement: running, interface: anInterface() },
      decision: { ...nothing, terminateInstanceIds: [REPLACEMENT_ID] },
    },
    {
      name: 'the replacement is launched but not visible yet: it is not paid for either',
      seen: { old, interface: onOld },
      decision: { ...nothing, survivor: remaining, terminateInstanceIds: [REPLACEMENT_ID] },
    },
    {
      name: 'the launch was asked for, and its answer lost: what it made is not paid for either',
      seen: { old, replacement: running, interface: onOld },
      launched: false,
      decision: { ...nothing, survivor: remaining, terminateInstanceIds: [REPLACEMENT_ID] },
    },
    {
      name: 'the replacement has ended: there is nothing to terminate',
      seen: { old, replacement: ended(REPLACEMENT_ID), interface: onOld },
      decision: { ...nothing, survivor: remaining },
    },
    {
      name: 'both have ended',
      seen: { old: ended(OLD_INSTANCE_ID), replacement: ended(REPLACEMENT_ID), interface: anInterface() },
      decision: nothing,
    },
    {
      name: 'nothing is visible any more',
      seen: {},
      launched: false,
      decision: nothing,
    },
    {
      name: 'a retired interface that is free serves nothing',
      seen: { replacement: running, interface: onReplacement, retired: [anInterface({ id: 'eni-retired' })] },
      decision: { ...nothing, survivor: replacing, inVain: [anInterface({ id: 'eni-retired' })] },
    },
    {
      name: 'both run, and the replacement carries the interface: the old one is not paid for',
      seen: { old, replacement: running, interface: onReplacement },
      decision: { ...nothing, survivor: replacing, terminateInstanceIds: [OLD_INSTANCE_ID] },
    },
    {
      name: 'the replacement that carries the interface has ended, and the old one lives',
      seen: { old, replacement: ended(REPLACEMENT_ID), interface: onReplacement },
      decision: { ...nothing, survivor: remaining },
    },
    {
      name: 'an address is taken, but the interface exists: it is not the address that is missing',
      seen: { old, interface: onOld },
      launched: false,
      error: addressTaken,
      decision: { ...nothing, survivor: remaining },
    },
    {
      name: 'the address is taken and the interface gone: an instance without it is not the node',
      seen: { old },
      launched: false,
      error: addressTaken,
      decision: { ...nothing, status: 'PAUSED', terminateInstanceIds: [OLD_INSTANCE_ID] },
    },
    {
      name: 'the address is taken and the interface gone, with a replacement launched already',
      seen: {
        old,
        replacement: running,
        retired: [anInterface({ id: 'eni-retired' }), anAttachedInterface({}, { id: 'eni-used' })],
      },
      error: addressTaken,
      decision: {
        ...nothing,
        status: 'PAUSED',
        terminateInstanceIds: [OLD_INSTANCE_ID, REPLACEMENT_ID],
        inVain: [anInterface({ id: 'eni-retired' }), anAttachedInterface({}, { id: 'eni-used' })],
      },
    },
    {
      name: 'the address is taken, the interface gone, and the instances as well',
      seen: { old: ended(OLD_INSTANCE_ID), replacement: ended(REPLACEMENT_ID) },
      error: addressTaken,
      decision: { ...nothing, status: 'PAUSED' },
    },
    {
      name: 'the address is taken, the interface gone, and no instance visible any more',
      seen: {},
      launched: false,
      error: addressTaken,
      decision: { ...nothing, status: 'PAUSED' },
    },
    {
      name: 'the interface is gone for another reason: the old one goes on meanwhile',
      seen: { old },
      launched: false,
      decision: { ...nothing, survivor: remaining },
    },
    {
      name: 'the interface is gone, and both run: the replacement carries nothing',
      seen: { old, replacement: running },
      decision: { ...nothing, survivor: remaining, terminateInstanceIds: [REPLACEMENT_ID] },
    },
    {
      name: 'a retired interface in use serves nothing either',
      seen: {
        replacement: running,
        interface: onReplacement,
        retired: [anAttachedInterface({ instanceId: 'i-of-another' }, { id: 'eni-retired' })],
      },
      decision: {
        ...{ ...nothing, survivor: replacing },
        inVain: [anAttachedInterface({ instanceId: 'i-of-another' }, { id: 'eni-retired' })],
      },
    },
  ])('$name', ({ seen, launched = true, error = broke, decision }) => {
    const operation = anOperationOf(hotNode, launched ? { launch: aLaunch() } : {});
    const observed = {
      replacement: undefined,
      old: undefined,
      interface: undefined,
      elasticIp: undefined,
      retired: [],
    };

    expect(decideFailure({ node: hotNode, operation }, { ...observed, ...seen }, error, NOW)).toEqual({
      status: 'ERROR',
      identity: hotNode.identity,
      ...decision,
    });
  });

  it('terminates nothing where nothing was launched', () => {
    const seen = { replacement: undefined, old, interface: onOld, elasticIp: undefined, retired: [] };
    const { terminateInstanceIds } = decideFailure({ node: hotNode, operation: hotNode.operation }, seen, broke, NOW);

    // Strictly, because a list of one undefined id is as good as an empty one to toEqual.
    expect(terminateInstanceIds).toStrictEqual([]);
  });

  it('remembers how the old instance carries the interface, where the next one was to carry it otherwise', () => {
    const node = aBusyNode({ config: hotNode.config });
    const seen = { replacement: undefined, old, interface: onOld, elasticIp: undefined, retired: [] };

    expect(decideFailure({ node, operation: node.operation }, seen, broke, NOW).survivor?.attachment).toBe('cold');
  });

  it.each([
    { name: 'launched just now', launchedAt: NOW, isExpected: true },
    { name: 'launched ten minutes ago', launchedAt: '2026-11-03T09:50:00.000Z', isExpected: true },
    {
      name: 'launched ten minutes and a millisecond ago',
      launchedAt: '2026-11-03T09:49:59.999Z',
      isExpected: false,
    },
    { name: 'launched nobody knows when', launchedAt: undefined, isExpected: true },
  ])('a replacement that is not visible, $name, may still come: $isExpected', ({ launchedAt, isExpected }) => {
    const operation = anOperationOf(hotNode, { launch: aLaunch({ launchedAt }) });
    const seen = { replacement: undefined, old, interface: onOld, elasticIp: undefined, retired: [] };
    const { terminateInstanceIds } = decideFailure({ node: hotNode, operation }, seen, broke, NOW);

    expect(terminateInstanceIds).toEqual(isExpected ? [REPLACEMENT_ID] : []);
  });

  it('terminates a replacement that is visible, however long ago it was launched', () => {
    const operation = anOperationOf(hotNode, { launch: aLaunch({ launchedAt: '2026-11-03T08:00:00.000Z' }) });
    const seen = { replacement: running, old, interface: onOld, elasticIp: undefined, retired: [] };

    expect(decideFailure({ node: hotNode, operation }, seen, broke, NOW).terminateInstanceIds).toEqual([
      REPLACEMENT_ID,
    ]);
  });

  describe('hot: the old instance still carries the interface that was to be left', () => {
    const moved = {
      ...hotNode,
      identity: { interfaceId: made.id, subnetId: SUBNET_B, privateIp: '10.0.1.5', settled: true },
    };
    const operation = anOperationOf(moved, { launch: aLaunch(), retiredInterfaceIds: [INTERFACE_ID] });
    const seen = {
      replacement: running,
      old,
      interface: anInterface(made),
      elasticIp: anElasticIp(),
      retired: [onOld],
    };

    it('the identity goes back to it, and what was made for the replacement goes', () => {
      expect(decideFailure({ node: moved, operation }, seen, broke, NOW)).toEqual({
        status: 'ERROR',
        survivor: remaining,
        identity: { ...hotNode.identity, ipv6Address: undefined },
        terminateInstanceIds: [REPLACEMENT_ID],
        inVain: [anInterface(made)],
      });
    });

    it('whatever else was retired goes, and what was made where it is still there', () => {
      const another = anInterface({ id: 'eni-another' });
      const shown = { ...seen, retired: [another, onOld], interface: undefined };

      expect(decideFailure({ node: moved, operation }, shown, broke, NOW).inVain).toStrictEqual([another]);
    });

    it('the identity stays on the replacement that carries the new one', () => {
      const carried = { ...seen, interface: anAttachedInterface({ deviceIndex: 1 }, made) };

      expect(decideFailure({ node: moved, operation }, carried, broke, NOW)).toEqual({
        status: 'ERROR',
        survivor: replacing,
        identity: moved.identity,
        terminateInstanceIds: [OLD_INSTANCE_ID],
        inVain: [onOld],
      });
    });

    it('the identity stays with the new one where the old instance has ended', () => {
      const free = anInterface();
      const alone = { ...seen, old: ended(OLD_INSTANCE_ID), retired: [free] };

      expect(decideFailure({ node: moved, operation }, alone, broke, NOW)).toEqual({
        status: 'ERROR',
        survivor: undefined,
        identity: moved.identity,
        terminateInstanceIds: [REPLACEMENT_ID],
        inVain: [free],
      });
    });
  });
});

describe('The record of a failed node', () => {
  const owned: OwnedNode = { node: busy, operation: busy.operation };
  const decision: FailureDecision = {
    status: 'ERROR',
    survivor: undefined,
    identity: busy.identity,
    terminateInstanceIds: [],
    inVain: [],
  };
  const retained: SeenNode = {
    replacement: undefined,
    old: undefined,
    interface: anInterface(),
    elasticIp: undefined,
    retired: [],
  };
  const told = 'replace failed: NoCapacity: It broke.';
  const nextTry = 'Next try: 2026-11-03T10:01:00.000Z.';

  it.each([
    {
      name: 'an instance goes on',
      survivor: aNode().instance,
      identity: busy.identity,
      reason: `${told} ${INTERFACE_ID} (10.0.0.10) is retained. ${OLD_INSTANCE_ID} goes on. ${nextTry}`,
    },
    {
      name: 'no instance goes on',
      survivor: undefined,
      identity: busy.identity,
      reason: `${told} ${INTERFACE_ID} (10.0.0.10) is retained. No instance carries it. ${nextTry}`,
    },
    {
      name: 'there was no interface yet',
      survivor: undefined,
      identity: { settled: false },
      reason: `${told} No interface was made yet. No instance carries it. ${nextTry}`,
    },
    {
      name: 'nothing is tried before a person has acted',
      survivor: undefined,
      identity: busy.identity,
      error: { name: 'ElasticIpMissing', message: 'Allocate another.' },
      reason:
        `replace failed: ElasticIpMissing: Allocate another. ${INTERFACE_ID} (10.0.0.10) is retained. ` +
        'No instance carries it.',
    },
  ])('says what is left, and what comes next: $name', ({ survivor, identity, error = broke, reason }) => {
    const after = failed(owned, retained, { ...decision, survivor, identity }, error, NOW);

    expect(after).toMatchObject({ status: 'ERROR', errorReason: reason, identity, updatedAt: NOW });
    expect(after.instance).toEqual(survivor);
    expect(after).not.toHaveProperty('operation');
  });

  it.each<{ name: string; seen: Partial<SeenNode>; state: string }>([
    { name: 'there', seen: {}, state: 'retained' },
    { name: 'gone', seen: { interface: undefined }, state: 'gone' },
    {
      name: 'among those that were to be left',
      seen: { interface: anInterface({ id: 'eni-made' }), retired: [anInterface({ id: 'eni-2' }), anInterface()] },
      state: 'retained',
    },
    { name: 'not the one that is there', seen: { interface: anInterface({ id: 'eni-made' }) }, state: 'gone' },
  ])('says what has become of the interface: $name', ({ seen, state }) => {
    expect(failed(owned, { ...retained, ...seen }, decision, broke, NOW).errorReason).toBe(
      `${told} ${INTERFACE_ID} (10.0.0.10) is ${state}. No instance carries it. ${nextTry}`,
    );
  });

  it('is paused where all that is missing is an address, and is tried again', () => {
    const { errorReason, status, failure } = failed(
      owned,
      retained,
      { ...decision, status: 'PAUSED' },
      addressTaken,
      NOW,
    );

    expect({ status, failure }).toEqual({
      status: 'PAUSED',
      failure: { operation: 'launch', count: 1, nextTryAt: '2026-11-03T10:01:00.000Z' },
    });
    expect(errorReason).toBe(
      `replace failed: AddressTaken: 10.0.0.10 is in use ${INTERFACE_ID} (10.0.0.10) is retained. ` +
        `No instance carries it. ${nextTry}`,
    );
  });

  it('counts the failures in a row', () => {
    const node: StatefulNode = { ...busy, failure: { operation: 'replace', count: 1, nextTryAt: NOW } };
    const after = failed(
      { node, operation: busy.operation },
      retained,
      { ...decision, survivor: aNode().instance },
      broke,
      NOW,
    );

    expect(after.failure).toEqual({ operation: 'replace', count: 2, nextTryAt: '2026-11-03T10:02:00.000Z' });
  });

  it.each([
    { name: 'those that the operation began with', applied: 1, worked: 2, after: 2 },
    { name: 'none that were applied before', applied: 3, worked: 2, after: 3 },
  ])('does not try by itself the settings again that failed: $name', ({ applied, worked, after }) => {
    const node = { ...busy, configRevision: 4, appliedRevision: applied };
    const operation = { ...busy.operation, configRevision: worked };

    expect(failed({ node, operation }, retained, decision, broke, NOW)).toMatchObject({
      configRevision: 4,
      appliedRevision: after,
    });
  });

  it('keeps the intents that still mean something', () => {
    const wished: Intent = { kind: 'replace', reason: 'requested', requestedAt: NOW };
    const aboutOld: Intent = { ...wished, instanceId: OLD_INSTANCE_ID };
    const aboutReplacement: Intent = { ...wished, instanceId: REPLACEMENT_ID };
    const node = { ...busy, intents: [wished, aboutReplacement, aboutOld] };
    const intentsAfter = (survivor: NodeInstance | undefined) =>
      failed({ node, operation: busy.operation }, retained, { ...decision, survivor }, broke, NOW).intents;

    expect(intentsAfter(aNode().instance)).toEqual([wished, aboutOld]);
    expect(intentsAfter(undefined)).toEqual([wished]);
  });

  it('names no instance that does not carry the node', () => {
    expect(failed(owned, retained, decision, broke, NOW)).not.toHaveProperty('instance');
  });
});

describe('decidePaused', () => {
  const seen: SeenNode = {
    replacement: undefined,
    old: undefined,
    interface: undefined,
    elasticIp: undefined,
    retired: [],
  };

  const leaving = aConfig({
    compute: { elasticIp: ALLOCATION_ID },
    persistence: { shouldKeepElasticIpOnPause: false },
  });

  it.each<{ name: string; seen: Partial<SeenNode>; config?: NodeConfig; decision: object }>([
    {
      name: 'the Elastic IP is on the interface',
      seen: { interface: anInterface(), elasticIp: anElasticIp() },
      config: withElasticIp,
      decision: { kind: 'paused' },
    },
    {
      name: 'the Elastic IP is not to be seen on the interface',
      seen: { interface: anInterface(), elasticIp: anElasticIp({ interfaceId: undefined }) },
      config: withElasticIp,
      decision: { kind: 'associate', allocationId: ALLOCATION_ID, interfaceId: INTERFACE_ID },
    },
    {
      name: 'the Elastic IP has been released',
      seen: { interface: anInterface() },
      config: withElasticIp,
      decision: { kind: 'paused' },
    },
    {
      name: 'the Elastic IP is there, and the interface has been deleted',
      seen: { elasticIp: anElasticIp({ interfaceId: undefined }) },
      config: withElasticIp,
      decision: { kind: 'paused' },
    },
    {
      name: 'the Elastic IP is to be given up',
      seen: { interface: anInterface(), elasticIp: anElasticIp({ interfaceId: undefined }) },
      config: leaving,
      decision: { kind: 'paused' },
    },
    { name: 'there was no instance, and there is no interface', seen: {}, decision: { kind: 'paused' } },
    { name: 'the interface is free', seen: { interface: anInterface() }, decision: { kind: 'paused' } },
    {
      name: 'the instance has ended, and the interface is free',
      seen: { old: anInstance({ state: 'terminated' }), interface: anInterface() },
      decision: { kind: 'paused' },
    },
    {
      name: 'the instance is about to end',
      seen: { old: anInstance({ state: 'shutting-down' }), interface: anInterface() },
      decision: { kind: 'not-yet', because: `${REPLACEMENT_ID} is shutting-down` },
    },
    {
      name: 'the interface is still held',
      seen: { old: anInstance({ state: 'terminated' }), interface: anAttachedInterface({ status: 'detaching' }) },
      decision: { kind: 'not-yet', because: `the interface is detaching on ${REPLACEMENT_ID}` },
    },
  ])('$name', ({ seen: shown, config = aConfig(), decision }) => {
    const { operation } = aBusyNode();
    expect(decidePaused(aNode(), { ...operation, config }, { ...seen, ...shown })).toEqual(decision);
  });
});

describe('The record of a paused node', () => {
  const pause: Intent = { kind: 'pause', reason: 'pause requested', requestedAt: NOW };
  const resume: Intent = { kind: 'launch', reason: 'resume requested', requestedAt: NOW };
  const aboutOld: Intent = { kind: 'replace', reason: 'warning', requestedAt: NOW, instanceId: OLD_INSTANCE_ID };
  const failure: Failure = { operation: 'pause', count: 2, nextTryAt: NOW };

  it('keeps the identity and has no instance, and nothing to make good for', () => {
    const before = aBusyNode({ intents: [pause, resume, aboutOld], failure, errorReason: 'pause failed' });
    const { instance: _instance, failure: _failure, errorReason: _reason, operation: _ended, ...kept } = before;

    expect(paused(before, NOW)).toStrictEqual({ ...kept, status: 'PAUSED', intents: [resume], updatedAt: NOW });
  });
});

describe('The record of an adjusted node', () => {
  const failure: Failure = { operation: 'adjust', count: 1, nextTryAt: NOW };
  const lost: Failure = { operation: 'launch', count: 1, nextTryAt: NOW };
  const tagged = aConfig({ launchSpecification: { tags: [{ tagKey: 'team', tagValue: 'ledger' }] } });
  const wholeNode: SeenNode = {
    replacement: undefined,
    old: anInstance({ id: OLD_INSTANCE_ID }),
    interface: anAttachedInterface({ instanceId: OLD_INSTANCE_ID }),
    elasticIp: undefined,
    retired: [],
  };
  const inError: Partial<StatefulNode> = { status: 'ERROR', errorReason: 'adjust failed', failure };

  function adjusting(node: Partial<StatefulNode>): OwnedNode {
    const busyNode = aBusyNode(
      { status: 'ACTIVE', config: tagged, configRevision: 3, ...node },
      { kind: 'adjust', configRevision: 2 },
    );
    return { node: busyNode, operation: busyNode.operation };
  }

  it('has the settings of the operation, and the Elastic IP that EC2 shows', () => {
    const owned = adjusting({ identity: { ...aNode().identity, allocationId: 'eipalloc-before' } });
    const { operation: _ended, ...kept } = owned.node;

    expect(adjusted(owned, { ...wholeNode, elasticIp: anElasticIp() }, '2026-11-03T10:00:05.000Z')).toStrictEqual({
      ...kept,
      identity: { ...kept.identity, allocationId: ALLOCATION_ID, publicIp: '198.51.100.7' },
      appliedRevision: 2,
      appliedTagKeys: ['team'],
      updatedAt: '2026-11-03T10:00:05.000Z',
    });
  });

  it('has no Elastic IP where EC2 shows none', () => {
    const identity = { ...aNode().identity, allocationId: ALLOCATION_ID, publicIp: '198.51.100.7' };

    expect(adjusted(adjusting({ identity }), wholeNode, NOW).identity).toEqual(aNode().identity);
  });

  it.each<{
    name: string;
    node: Partial<StatefulNode>;
    seen?: Partial<SeenNode>;
    after: { status: string; errorReason?: string; failure?: Failure };
  }>([
    { name: 'a whole node stays as it is', node: {}, after: { status: 'ACTIVE' } },
    { name: 'a node that is whole again is well', node: inError, after: { status: 'ACTIVE' } },
    {
      name: 'whole, but what has failed was a replacement, which is still to be done',
      node: { ...inError, failure: { ...failure, operation: 'replace' } },
      after: { ...inError, failure: { ...failure, operation: 'replace' } } as typeof inError & { status: string },
    },
    {
      name: 'whole, where nobody knows what had failed',
      node: { ...inError, failure: undefined },
      after: { status: 'ACTIVE' },
    },
    {
      name: 'the instance does not run: no better than before',
      node: inError,
      seen: { old: anInstance({ id: OLD_INSTANCE_ID, state: 'stopped' }) },
      after: { status: 'ERROR', errorReason: 'adjust failed', failure },
    },
    {
      name: 'the instance is not visible',
      node: inError,
      seen: { old: undefined },
      after: { status: 'ERROR', errorReason: 'adjust failed', failure },
    },
    {
      name: 'the instance does not carry the interface',
      node: inError,
      seen: { interface: anInterface() },
      after: { status: 'ERROR', errorReason: 'adjust failed', failure },
    },
    {
      name: 'it carries it at another index',
      node: inError,
      seen: { interface: anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex: 1 }) },
      after: { status: 'ERROR', errorReason: 'adjust failed', failure },
    },
    {
      name: 'an active node that is not whole is for a replacement to put right',
      node: {},
      seen: { interface: anInterface() },
      after: { status: 'ACTIVE' },
    },
    {
      name: 'a paused node whose adjustment had failed is paused again',
      node: { ...inError, instance: undefined },
      seen: { old: undefined, interface: anInterface() },
      after: { status: 'PAUSED' },
    },
    {
      name: 'a node that lost its instance goes on missing it',
      node: { ...inError, instance: undefined, failure: lost, errorReason: 'launch failed' },
      seen: { old: undefined, interface: anInterface() },
      after: { status: 'ERROR', errorReason: 'launch failed', failure: lost },
    },
    {
      name: 'a node in ERROR that has no instance, and of which nobody knows what had failed, stays so',
      node: { ...inError, failure: undefined, instance: undefined },
      seen: { old: undefined, interface: anInterface() },
      after: { status: 'ERROR', errorReason: 'adjust failed' },
    },
    {
      name: 'a paused node stays paused',
      node: { status: 'PAUSED', instance: undefined },
      seen: { old: undefined, interface: anInterface() },
      after: { status: 'PAUSED' },
    },
  ])('$name', ({ node, seen, after }) => {
    const { status, errorReason, failure: left } = adjusted(adjusting(node), { ...wholeNode, ...seen }, NOW);

    expect({ status, errorReason, failure: left }).toEqual(after);
  });
});
