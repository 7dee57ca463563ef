import { adjusted } from '../../../domain/operation/apply-settings';
import type { SeenNode } from '../../../domain/operation/seen-node';
import type { Failure, OwnedNode, StatefulNode } from '../../../domain/node/stateful-node';
import {
  aBusyNode,
  aConfig,
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anIdentity,
  anInstance,
  anInterface,
  aNode,
  NOW,
  OLD_INSTANCE_ID,
} from '../builders';

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
    const owned = adjusting({ identity: anIdentity({ allocationId: 'eipalloc-before' }) });
    const { operation: _ended, ...kept } = owned.node;

    expect(adjusted(owned, { ...wholeNode, elasticIp: anElasticIp() }, '2026-11-03T10:00:05.000Z')).toStrictEqual({
      ...kept,
      identity: { ...kept.identity, allocationId: ALLOCATION_ID, publicIp: '198.51.100.7' },
      appliedRevision: 2,
      appliedTagKeys: ['team'],
      volumeTagKeys: [],
      updatedAt: '2026-11-03T10:00:05.000Z',
    });
  });

  it('has no Elastic IP if EC2 shows none', () => {
    const identity = anIdentity({ allocationId: ALLOCATION_ID, publicIp: '198.51.100.7' });

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
      name: 'complete, but a replacement has failed and must still be done',
      node: { ...inError, failure: { ...failure, operation: 'replace' } },
      after: { ...inError, failure: { ...failure, operation: 'replace' } } as typeof inError & { status: string },
    },
    {
      name: 'complete, and the failed operation is unknown',
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
      name: 'it carries it as a secondary, and was launched with it as its primary',
      node: inError,
      seen: { interface: anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex: 1 }) },
      after: { status: 'ERROR', errorReason: 'adjust failed', failure },
    },
    {
      name: 'an active node that is not complete needs a replacement',
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
      name: 'a node that lost its instance still has none',
      node: { ...inError, instance: undefined, failure: lost, errorReason: 'launch failed' },
      seen: { old: undefined, interface: anInterface() },
      after: { status: 'ERROR', errorReason: 'launch failed', failure: lost },
    },
    {
      name: 'a node in ERROR without an instance stays in ERROR if the failed operation is unknown',
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
