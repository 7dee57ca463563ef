import { confirmed, decideConfirm } from '../../../domain/operation/confirm-node';
import { followUp } from '../../../domain/operation/intents';
import type { SeenNode } from '../../../domain/operation/seen-node';
import type { GivenUp, Intent, Operation, StatefulNode } from '../../../domain/node/stateful-node';
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
  INTERFACE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
} from '../builders';

const withElasticIp = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
const busy = aBusyNode({ config: withElasticIp }, { launch: aLaunch() });

/** The replacement runs and carries everything. The old instance has ended. */
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
    { name: 'it is stopped', seen: { replacement: anInstance({ state: 'stopped' }) }, decision: { kind: 'stopped' } },
    {
      name: 'it is shutting down',
      seen: { replacement: anInstance({ state: 'shutting-down' }) },
      decision: { kind: 'lost', because: `${REPLACEMENT_ID} is shutting-down` },
    },
    {
      name: 'it is terminated, and EC2 says why',
      seen: { replacement: anInstance({ state: 'terminated', stateReason: 'Server.InternalError' }) },
      decision: { kind: 'lost', because: `${REPLACEMENT_ID} is terminated (Server.InternalError)` },
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
        kind: 'protect',
        interfaceId: INTERFACE_ID,
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

  it('waits until the node has an interface', () => {
    const unmade = { ...busy, identity: { settled: false } as const };
    const seen = everythingInPlace({ elasticIp: anElasticIp({ interfaceId: undefined }) });

    expect(decideConfirm(unmade, busy.operation, seen)).toEqual({
      kind: 'not-yet',
      because: 'the node has no interface',
    });
  });

  it('needs no Elastic IP if the node has none', () => {
    const node = aBusyNode({}, { launch: aLaunch() });

    expect(decideConfirm(node, node.operation, everythingInPlace({ elasticIp: undefined })).kind).toBe('confirmed');
  });

  const hotNode = aBusyNode(
    { config: aConfig({ persistence: { persistPrivateIp: true, eniAttachment: 'hot' } }) },
    { launch: aLaunch() },
  );
  const anotherHas = (attachment: Parameters<typeof anAttachedInterface>[0]) =>
    anAttachedInterface({ instanceId: 'i-of-another', deviceIndex: 1, ...attachment });

  it.each<{ name: string; seen: SeenNode['interface']; decision: object }>([
    { name: 'the first secondary', seen: anAttachedInterface({ deviceIndex: 1 }), decision: { kind: 'confirmed' } },
    { name: 'another secondary', seen: anAttachedInterface({ deviceIndex: 2 }), decision: { kind: 'confirmed' } },
    { name: 'the primary', seen: anAttachedInterface({ deviceIndex: 0 }), decision: { kind: 'not-yet' } },
    {
      name: 'one that would be deleted with the replacement',
      seen: anAttachedInterface({ deviceIndex: 1, deleteOnTermination: true }),
      decision: { kind: 'protect', interfaceId: INTERFACE_ID },
    },
    {
      name: 'free, since it was attached: attached again',
      seen: anInterface(),
      decision: { kind: 'attach', interfaceId: INTERFACE_ID, instanceId: REPLACEMENT_ID, deviceIndex: 1 },
    },
    { name: 'on its way off', seen: anInterface({ status: 'detaching' }), decision: { kind: 'not-yet' } },
    { name: 'gone', seen: undefined, decision: { kind: 'not-yet' } },
    {
      name: 'on another instance: detached from it',
      seen: anotherHas({}),
      decision: {
        kind: 'detach',
        attachmentId: anAttachedInterface().attachment?.id,
        because: `${INTERFACE_ID} is on i-of-another`,
      },
    },
    {
      name: 'the primary of another instance, which cannot be detached',
      seen: anotherHas({ deviceIndex: 0 }),
      decision: { kind: 'not-yet' },
    },
    {
      name: 'being detached from another instance',
      seen: anotherHas({ status: 'detaching' }),
      decision: { kind: 'not-yet' },
    },
    {
      name: 'being attached to another instance',
      seen: anotherHas({ status: 'attaching' }),
      decision: { kind: 'not-yet' },
    },
    {
      name: 'on its way to the replacement',
      seen: anAttachedInterface({ deviceIndex: 1, status: 'attaching' }),
      decision: { kind: 'not-yet' },
    },
  ])('hot, the interface is $name', ({ seen, decision }) => {
    const shown = everythingInPlace({ interface: seen, elasticIp: undefined });

    expect(decideConfirm(hotNode, hotNode.operation, shown)).toMatchObject(decision);
  });

  it('attaches nothing to a replacement that does not run yet', () => {
    const seen = everythingInPlace({ replacement: anInstance({ state: 'pending' }), interface: anInterface() });

    expect(decideConfirm(hotNode, hotNode.operation, seen).kind).toBe('not-yet');
  });
});

describe('The record of a confirmed node', () => {
  const asked: Intent = { kind: 'replace', reason: 'requested', requestedAt: NOW };
  const aboutOld: Intent = { ...asked, instanceId: OLD_INSTANCE_ID };
  const aboutReplacement: Intent = { ...asked, instanceId: REPLACEMENT_ID };
  const before = {
    ...busy,
    identity: anIdentity({ settled: false }),
    intents: [aboutOld, asked, aboutReplacement],
  };
  const inPlace = { replacement: anInstance(), identity: before.identity };
  const after = () => confirmed({ node: before, operation: before.operation }, inPlace, everythingInPlace(), [], NOW);

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
      activeAt: NOW,
    });
    expect(after()).not.toHaveProperty('givenUp');
  });

  it('is settled from now on', () => {
    expect(after().identity).toEqual({
      ...before.identity,
      settled: true,
      allocationId: ALLOCATION_ID,
      publicIp: '198.51.100.7',
    });
  });

  it('waits for no other node any more', () => {
    const waiting = { ...before, awaitedNodeIds: ['smi-another'] };
    const owned = { node: waiting, operation: waiting.operation };

    expect(confirmed(owned, inPlace, everythingInPlace(), [], NOW)).toStrictEqual(after());
  });

  it('has no failure any more', () => {
    const failing = { ...before, failure: { operation: 'replace' as const, count: 3 }, errorReason: 'It broke.' };
    const owned = { node: failing, operation: failing.operation };

    expect(confirmed(owned, inPlace, everythingInPlace(), [], NOW)).toStrictEqual(after());
  });

  it.each([
    { name: 'that it had', allocationId: ALLOCATION_ID },
    { name: 'that it never had', allocationId: undefined },
  ])('keeps the Elastic IP $name, if EC2 shows none', ({ allocationId }) => {
    const node = { ...before, identity: { ...before.identity, allocationId, publicIp: '198.51.100.7' } };
    const seen = everythingInPlace({ elasticIp: undefined });

    const { identity } = node;

    expect(confirmed({ node, operation: before.operation }, { ...inPlace, identity }, seen, [], NOW).identity).toEqual({
      ...before.identity,
      settled: true,
      allocationId,
      publicIp: undefined,
    });
  });

  it('has the tags and the attachment of the operation, not of a later update', () => {
    const worked = aConfig({
      persistence: { eniAttachment: 'hot' },
      launchSpecification: { tags: [{ tagKey: 'team', tagValue: 'ledger' }] },
    });
    const node = { ...before, interfaceTagKeys: ['cost'] };
    const owned = { node, operation: { ...before.operation, config: worked } };
    const after = confirmed(owned, inPlace, everythingInPlace(), [], NOW);
    const { appliedTagKeys, volumeTagKeys, interfaceTagKeys, instance } = after;

    expect({ appliedTagKeys, volumeTagKeys, interfaceTagKeys, attachment: instance?.attachment }).toEqual({
      appliedTagKeys: ['team'],
      volumeTagKeys: [],
      // The launch does not change what is on the interface.
      interfaceTagKeys: ['cost'],
      attachment: 'hot',
    });
  });

  it('keeps the intents that are still valid', () => {
    expect(after().intents).toEqual([asked, aboutReplacement]);
  });

  const oldGivenUp: GivenUp = { kind: 'instance', since: NOW, id: OLD_INSTANCE_ID };
  const retiredGivenUp: GivenUp = { kind: 'interface', since: NOW, id: 'eni-retired' };

  it.each<{ name: string; old: SeenNode['old']; left: readonly string[]; givenUp: readonly GivenUp[] | undefined }>([
    {
      name: 'nothing, if everything has ended',
      old: anInstance({ state: 'shutting-down' }),
      left: [],
      givenUp: undefined,
    },
    { name: 'nothing, if EC2 shows nothing', old: undefined, left: [], givenUp: undefined },
    { name: 'an old instance', old: anInstance({ id: OLD_INSTANCE_ID }), left: [], givenUp: [oldGivenUp] },
    { name: 'a retired interface', old: undefined, left: ['eni-retired'], givenUp: [retiredGivenUp] },
    {
      name: 'both',
      old: anInstance({ id: OLD_INSTANCE_ID, state: 'stopping' }),
      left: ['eni-retired'],
      givenUp: [oldGivenUp, retiredGivenUp],
    },
  ])('gives up what the replacement leaves over: $name', ({ old, left, givenUp }) => {
    const owned = { node: before, operation: before.operation };

    expect(confirmed(owned, inPlace, everythingInPlace({ old }), left, NOW).givenUp).toEqual(givenUp);
  });
});

test('a retry that worked from older settings leaves the newer ones to be applied again', () => {
  const node: StatefulNode = { ...busy, configRevision: 4, appliedRevision: 4 };
  const operation: Operation = { ...busy.operation, configRevision: 3 };
  const decision = decideConfirm(node, operation, everythingInPlace());
  if (decision.kind !== 'confirmed') throw new Error(`the node is ${decision.kind}`);
  const after = confirmed({ node, operation }, decision, everythingInPlace(), [], NOW);

  expect(after.appliedRevision).toBe(3);
  expect(followUp(after)).toMatchObject({ kind: 'adjust' });
});
