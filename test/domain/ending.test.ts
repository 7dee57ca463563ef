import { confirmed, decideConfirm, decideFailure, failed, type SeenNode } from '../../domain/ending';
import type { Intent, NodeInstance } from '../../domain/stateful-node';
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
  const after = confirmed({ node: before, operation: before.operation }, anInstance(), everythingInPlace(), NOW);

  it('is at rest on the replacement', () => {
    expect(after).toMatchObject({ status: 'ACTIVE', updatedAt: NOW, generation: 4 });
    expect(after).not.toHaveProperty('operation');
    expect(after.instance).toEqual({
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
    expect(after.identity).toEqual({
      ...before.identity,
      settled: true,
      allocationId: ALLOCATION_ID,
      publicIp: '198.51.100.7',
    });
  });

  it('keeps the intents that still mean something', () => {
    expect(after.intents).toEqual([wished, aboutReplacement]);
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
  const nothing = { survivor: undefined, terminateInstanceIds: [], deleteInterfaceIds: [] };

  it.each<{ name: string; seen: Partial<SeenNode>; launched?: boolean; decision: object }>([
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
      decision: { ...nothing, survivor: replacing, deleteInterfaceIds: ['eni-retired'] },
    },
    {
      name: 'a retired interface in use is left alone',
      seen: {
        replacement: running,
        interface: onReplacement,
        retired: [anAttachedInterface({ instanceId: 'i-of-another' }, { id: 'eni-retired' })],
      },
      decision: { ...nothing, survivor: replacing },
    },
  ])('$name', ({ seen, launched = true, decision }) => {
    const operation = anOperationOf(hotNode, launched ? { launch: aLaunch() } : {});
    const observed = {
      replacement: undefined,
      old: undefined,
      interface: undefined,
      elasticIp: undefined,
      retired: [],
    };

    expect(decideFailure({ node: hotNode, operation }, { ...observed, ...seen }, NOW)).toEqual({
      identity: hotNode.identity,
      ...decision,
    });
  });

  it('remembers how the old instance carries the interface, where the next one was to carry it otherwise', () => {
    const node = aBusyNode({ config: hotNode.config });
    const seen = { replacement: undefined, old, interface: onOld, elasticIp: undefined, retired: [] };

    expect(decideFailure({ node, operation: node.operation }, seen, NOW).survivor?.attachment).toBe('cold');
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
      expect(decideFailure({ node: moved, operation }, seen, NOW)).toEqual({
        survivor: remaining,
        identity: { ...hotNode.identity, ipv6Address: undefined },
        terminateInstanceIds: [REPLACEMENT_ID],
        deleteInterfaceIds: [made.id],
      });
    });

    it('the identity stays on the replacement that carries the new one', () => {
      const carried = { ...seen, interface: anAttachedInterface({ deviceIndex: 1 }, made) };

      expect(decideFailure({ node: moved, operation }, carried, NOW)).toMatchObject({
        survivor: replacing,
        identity: moved.identity,
      });
    });

    it('the identity stays with the new one where the old instance has ended', () => {
      const free = anInterface();
      const alone = { ...seen, old: ended(OLD_INSTANCE_ID), retired: [free] };

      expect(decideFailure({ node: moved, operation }, alone, NOW)).toEqual({
        survivor: undefined,
        identity: moved.identity,
        terminateInstanceIds: [REPLACEMENT_ID],
        deleteInterfaceIds: [free.id],
      });
    });
  });
});

describe('The record of a failed node', () => {
  const decision = { identity: busy.identity, terminateInstanceIds: [], deleteInterfaceIds: [] };

  it.each([
    {
      name: 'an instance goes on',
      survivor: aNode().instance,
      identity: busy.identity,
      reason: `It broke. ${INTERFACE_ID} (10.0.0.10) is retained. ${OLD_INSTANCE_ID} goes on.`,
    },
    {
      name: 'no instance goes on',
      survivor: undefined,
      identity: busy.identity,
      reason: `It broke. ${INTERFACE_ID} (10.0.0.10) is retained. No instance carries it.`,
    },
    {
      name: 'there was no interface yet',
      survivor: undefined,
      identity: { settled: false },
      reason: 'It broke. No interface was made yet. No instance carries it.',
    },
  ])('says what is left: $name', ({ survivor, identity, reason }) => {
    const after = failed(busy, { ...decision, survivor, identity }, 'It broke.', NOW);

    expect(after).toMatchObject({ status: 'ERROR', errorReason: reason, identity, updatedAt: NOW });
    expect(after.instance?.id).toBe(survivor?.id);
    expect(after).not.toHaveProperty('operation');
  });

  it('keeps the intents that still mean something', () => {
    const wished: Intent = { kind: 'replace', reason: 'requested', requestedAt: NOW };
    const aboutOld: Intent = { ...wished, instanceId: OLD_INSTANCE_ID };
    const aboutReplacement: Intent = { ...wished, instanceId: REPLACEMENT_ID };
    const node = { ...busy, intents: [wished, aboutReplacement, aboutOld] };
    const intentsAfter = (survivor: NodeInstance | undefined) =>
      failed(node, { ...decision, survivor }, 'It broke.', NOW).intents;

    expect(intentsAfter(aNode().instance)).toEqual([wished, aboutOld]);
    expect(intentsAfter(undefined)).toEqual([wished]);
  });

  it('names no instance that does not carry the node', () => {
    expect(failed(aNode(), { ...decision, survivor: undefined }, 'It broke.', NOW)).not.toHaveProperty('instance');
  });
});
