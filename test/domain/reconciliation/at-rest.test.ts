import type { StatefulNode } from '../../../domain/node/stateful-node';
import { atRestIn, atRestText } from '../../../domain/records/at-rest-record';
import { atRestOf, isAsRecorded, isAudited } from '../../../domain/reconciliation/at-rest';
import { decideRepair } from '../../../domain/reconciliation/reconciliation';
import {
  aBusyNode,
  aConfig,
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anInstance,
  anInterface,
  aNode,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
} from '../../domain/builders';

const node = aNode({ config: aConfig({ compute: { elasticIp: ALLOCATION_ID } }) });
const seen = {
  instance: anInstance({ id: OLD_INSTANCE_ID }),
  interface: anAttachedInterface({ instanceId: OLD_INSTANCE_ID }),
  elasticIp: anElasticIp(),
};
const tagged = (id: string, more: object = {}) => ({
  kind: 'instance' as const,
  id,
  origin: { nodeId: NODE_ID, generation: 3, isLeft: false, ...more },
});
const paused = aNode({ status: 'PAUSED', instance: undefined });

describe('A node at rest', () => {
  it.each([
    { name: 'ACTIVE', of: node },
    { name: 'PAUSED', of: paused },
  ])('is written and read: $name', ({ of }) => {
    const atRest = atRestOf(of)!;
    expect(atRestIn(atRestText(atRest))).toEqual(atRest);
    expect(atRestText(atRest).length).toBeLessThan(160);
  });

  it.each([undefined, 5, '', '{', '[2,1]', '[1]'])('is read as a whole if the text is %j', (found) => {
    expect(atRestIn(found)).toBeUndefined();
  });

  it('is as recorded if EC2 shows just that, and then nothing is missing', () => {
    expect(isAsRecorded(atRestOf(node)!, seen, [tagged(OLD_INSTANCE_ID), tagged(INTERFACE_ID)])).toBe(true);
    expect(decideRepair(node, { ...seen, hasExecutionEnded: false }, NOW)).toBeUndefined();
    expect(isAsRecorded(atRestOf(paused)!, { ...seen, interface: anInterface() }, [])).toBe(true);
  });

  it.each([
    { name: 'the instance is not shown', more: { instance: undefined } },
    { name: 'the instance is stopped', more: { instance: anInstance({ id: OLD_INSTANCE_ID, state: 'stopped' }) } },
    { name: 'its checks fail', more: { impairedSince: NOW } },
    { name: 'the interface is gone', more: { interface: undefined } },
    { name: 'the interface is free', more: { interface: anInterface() } },
    { name: 'it is elsewhere', more: { interface: anAttachedInterface({ instanceId: REPLACEMENT_ID }) } },
    { name: 'it has other groups', more: { interface: { ...seen.interface, securityGroupIds: ['sg-other'] } } },
    { name: 'the Elastic IP is elsewhere', more: { elasticIp: anElasticIp({ interfaceId: 'eni-other' }) } },
    { name: 'another instance has its tag', things: [tagged(REPLACEMENT_ID)] },
    { name: 'something is of a later operation', things: [tagged(OLD_INSTANCE_ID, { generation: 4 })] },
    { name: 'a deletion has left it', things: [tagged(OLD_INSTANCE_ID, { isLeft: true })] },
  ])('is not as recorded if $name', ({ more = {}, things = [] }) => {
    expect(isAsRecorded(atRestOf(node)!, { ...seen, ...more }, things)).toBe(false);
  });

  it.each<{ name: string; of: StatefulNode }>([
    { name: 'an operation owns', of: aBusyNode() },
    { name: 'has failed', of: aNode({ failure: { operation: 'adjust', count: 1 } }) },
    { name: 'is in ERROR', of: aNode({ status: 'ERROR' }) },
    { name: 'has an intent', of: aNode({ intents: [{ kind: 'pause', reason: 'asked', requestedAt: NOW }] }) },
    { name: 'has given something up', of: aNode({ givenUp: [{ kind: 'instance', since: NOW, id: 'i-1' }] }) },
    { name: 'has newer settings', of: aNode({ configRevision: 9 }) },
    { name: 'holds a claim too many', of: aNode({ heldClaims: ['eipalloc-old'] }) },
    {
      name: 'is being deleted',
      of: aNode({ deletion: { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true } }),
    },
    { name: 'has no interface yet', of: aNode({ identity: { settled: false } }) },
  ])('is none that $name', ({ of }) => {
    expect(atRestOf(of)).toBeUndefined();
  });

  it('is read as a whole in one of 256 runs', () => {
    const runs = Array.from({ length: 512 }, (_, minute) => new Date(Date.parse(NOW) + minute * 60_000).toISOString());
    expect(runs.filter((now) => isAudited(NODE_ID, now))).toHaveLength(2);
  });
});
