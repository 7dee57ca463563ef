import { statusChange, type StatusChange } from '../../../domain/operation/status-change';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { aBusyNode, anIdentity, aNode, NODE_ID, NOW, OLD_INSTANCE_ID } from '../builders';

const node = aNode({ identity: anIdentity({ publicIp: '198.51.100.7' }) });
const paused = aNode({ status: 'PAUSED', instance: undefined });
const created = aNode({ status: 'PAUSED', instance: undefined, identity: { settled: false } });
const failed = aNode({ ...paused, status: 'ERROR', errorReason: 'launch failed' });
const pausing = aNode({ intents: [{ kind: 'pause', reason: 'pause requested', requestedAt: NOW }] });
const deleted = aNode({ deletion: { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true } });

const atRest: StatusChange = {
  nodeId: NODE_ID,
  name: 'ledger',
  from: 'ACTIVE',
  to: 'ACTIVE',
  instanceId: OLD_INSTANCE_ID,
  privateIp: '10.0.0.10',
  publicIp: null,
  errorReason: null,
};

describe('statusChange', () => {
  it.each<{ name: string; before?: StatefulNode; after?: StatefulNode; change: StatusChange | undefined }>([
    {
      name: 'a node that was just created',
      after: created,
      change: { ...atRest, from: null, to: 'PAUSED', instanceId: null, privateIp: null },
    },
    { name: 'a replacement that begins', before: aNode(), after: aBusyNode(), change: { ...atRest, to: 'RECYCLING' } },
    {
      name: 'a replacement that ends',
      before: aNode({ ...node, status: 'RECYCLING' }),
      after: node,
      change: { ...atRest, from: 'RECYCLING', publicIp: '198.51.100.7' },
    },
    {
      name: 'a pause that ends',
      before: aNode({ status: 'PAUSING' }),
      after: paused,
      change: { ...atRest, from: 'PAUSING', to: 'PAUSED', instanceId: null },
    },
    {
      name: 'a failure, with its reason',
      before: paused,
      after: failed,
      change: { ...atRest, from: 'PAUSED', to: 'ERROR', instanceId: null, errorReason: 'launch failed' },
    },
    {
      name: 'a failure that a later operation has repaired',
      before: failed,
      after: node,
      change: { ...atRest, from: 'ERROR', publicIp: '198.51.100.7' },
    },
    {
      name: 'a user intent, which shows already',
      before: aNode(),
      after: pausing,
      change: { ...atRest, to: 'PAUSING' },
    },
    { name: 'a deletion', before: node, after: deleted, change: { ...atRest, to: 'DEALLOCATING' } },
    {
      name: 'a node that is gone, by what it was',
      before: aNode({ ...deleted, errorReason: 'launch failed', identity: node.identity }),
      change: { ...atRest, from: 'DEALLOCATING', to: null, instanceId: null, publicIp: '198.51.100.7' },
    },
    { name: 'another write, of which there is nothing to tell', before: node, after: aNode(), change: undefined },
    { name: 'no node at all', change: undefined },
  ])('reports $name', ({ before, after, change }) => {
    expect(statusChange(before, after)).toEqual(change);
  });
});
