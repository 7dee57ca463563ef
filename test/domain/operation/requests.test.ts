import { decideAction, decideDeletion, type Action } from '../../../domain/operation/requests';
import type { Intent, OperationKind, StatefulNode } from '../../../domain/node/stateful-node';
import { aBusyNode, aLaunch, aNode, NOW, OLD_INSTANCE_ID, someRemains } from '../builders';

const paused: Partial<StatefulNode> = { status: 'PAUSED', instance: undefined };
const earlier: Intent = { kind: 'pause', reason: 'pause requested', requestedAt: '2026-11-03T09:00:00.000Z' };
const event: Intent = { ...earlier, kind: 'replace', instanceId: OLD_INSTANCE_ID };
const during = (kind: OperationKind, node: Partial<StatefulNode> = {}) => aBusyNode(node, { kind });

describe('A user intent that is fulfilled already, or under way, changes nothing', () => {
  it.each<{ name: string; node: StatefulNode; action: Action; why: string | undefined }>([
    { name: 'pausing a paused node', node: aNode(paused), action: 'pause', why: 'the node is in that state already' },
    { name: 'pausing a node with an instance', node: aNode(), action: 'pause', why: undefined },
    { name: 'pausing a node in ERROR', node: aNode({ ...paused, status: 'ERROR' }), action: 'pause', why: undefined },
    {
      name: 'resuming a node with an instance',
      node: aNode(),
      action: 'resume',
      why: 'the node is in that state already',
    },
    { name: 'resuming a paused node', node: aNode(paused), action: 'resume', why: undefined },
    { name: 'recycling', node: aNode(), action: 'recycle', why: undefined },
    { name: 'pausing during a pause', node: during('pause'), action: 'pause', why: 'it is under way' },
    { name: 'pausing during a replacement', node: during('replace'), action: 'pause', why: undefined },
    { name: 'resuming during a launch', node: during('launch', paused), action: 'resume', why: 'it is under way' },
    { name: 'resuming during a replacement', node: during('replace'), action: 'resume', why: 'it is under way' },
    { name: 'resuming during a pause', node: during('pause'), action: 'resume', why: undefined },
    { name: 'recycling during a replacement', node: during('replace'), action: 'recycle', why: 'it is under way' },
    {
      name: 'recycling during a replacement that does not know an update',
      node: during('replace', { configRevision: 2 }),
      action: 'recycle',
      why: undefined,
    },
    {
      name: 'resuming during a replacement that does not know an update',
      node: during('replace', { configRevision: 2 }),
      action: 'resume',
      why: 'it is under way',
    },
    {
      name: 'pausing a node that is paused until its launch is tried again',
      node: aNode({ ...paused, failure: { operation: 'launch', count: 1, nextTryAt: NOW } }),
      action: 'pause',
      why: undefined,
    },
    // An adjustment does not change whether the node has an instance.
    {
      name: 'resuming during an adjustment',
      node: during('adjust'),
      action: 'resume',
      why: 'the node is in that state already',
    },
    {
      name: 'pausing a paused one during an adjustment',
      node: during('adjust', paused),
      action: 'pause',
      why: 'the node is in that state already',
    },
    { name: 'pausing during an adjustment', node: during('adjust'), action: 'pause', why: undefined },
    {
      name: 'resuming a paused one during an adjustment',
      node: during('adjust', paused),
      action: 'resume',
      why: undefined,
    },
    { name: 'recycling during an adjustment', node: during('adjust'), action: 'recycle', why: undefined },
  ])('$name: $why', ({ node, action, why }) => {
    const decision = decideAction(node, action, NOW);

    if (why === undefined) expect(decision.kind).toBe('save');
    else expect(decision).toEqual({ kind: 'nothing', why });
  });

  it('resuming withdraws a failed pause, and gives up what it left behind', () => {
    const remains = someRemains({ oldInstanceId: OLD_INSTANCE_ID, launch: aLaunch({ instanceId: 'i-left' }) });
    const failure = { operation: 'pause', count: 1, nextTryAt: NOW, remains } as const;
    const { failure: _none, ...well } = aNode();

    expect(decideAction(aNode({ status: 'ERROR', errorReason: 'pause failed', failure }), 'resume', NOW)).toEqual({
      kind: 'save',
      node: { ...well, status: 'ACTIVE', updatedAt: NOW, givenUp: [{ kind: 'instance', since: NOW, id: 'i-left' }] },
      start: undefined,
    });
  });

  it('resuming withdraws a failed pause during an adjustment, which goes on', () => {
    const failure = { operation: 'pause', count: 1, nextTryAt: NOW } as const;
    const failed = { status: 'ERROR', errorReason: 'pause failed', failure } as const;

    expect(decideAction(during('adjust', failed), 'resume', NOW)).toEqual({
      kind: 'save',
      node: { ...during('adjust'), status: 'ACTIVE', updatedAt: NOW },
      start: undefined,
    });
  });

  it('withdraws an earlier one that waits', () => {
    const node = aNode({ intents: [event, earlier] });

    expect(decideAction(node, 'resume', NOW)).toEqual({
      kind: 'save',
      node: { ...node, intents: [event], updatedAt: NOW },
      start: event,
    });
  });

  it('withdraws one during an operation, whose end starts what waited behind it', () => {
    const node = during('replace', { intents: [event, earlier] });

    expect(decideAction(node, 'resume', NOW)).toEqual({
      kind: 'save',
      node: { ...node, intents: [event], updatedAt: NOW },
      start: undefined,
    });
  });

  it('starts the update that waited behind the withdrawn one', () => {
    const node = aNode({ intents: [earlier], configRevision: 3, appliedRevision: 2 });

    expect(decideAction(node, 'resume', NOW)).toMatchObject({ start: { kind: 'adjust', reason: 'settings updated' } });
  });
});

describe('A user intent is written down', () => {
  it.each<{ name: string; node: StatefulNode; action: Action; kind: OperationKind; starts: boolean }>([
    { name: 'a pause', node: aNode(), action: 'pause', kind: 'pause', starts: true },
    { name: 'a resume', node: aNode(paused), action: 'resume', kind: 'launch', starts: true },
    { name: 'a recycle', node: aNode(), action: 'recycle', kind: 'replace', starts: true },
    { name: 'a recycle of a paused node', node: aNode(paused), action: 'recycle', kind: 'launch', starts: true },
    {
      name: 'a pause, for the end of a launch',
      node: during('launch', paused),
      action: 'pause',
      kind: 'pause',
      starts: false,
    },
    {
      name: 'a recycle, for the end of a pause',
      node: during('pause'),
      action: 'recycle',
      kind: 'launch',
      starts: false,
    },
    {
      name: 'a recycle, for the end of a launch',
      node: during('launch', { ...paused, configRevision: 2 }),
      action: 'recycle',
      kind: 'replace',
      starts: false,
    },
    {
      name: 'a recycle, for the end of a replacement that does not know an update',
      node: during('replace', { instance: undefined, configRevision: 2 }),
      action: 'recycle',
      kind: 'replace',
      starts: false,
    },
    {
      name: 'a recycle, for the end of an adjustment',
      node: during('adjust'),
      action: 'recycle',
      kind: 'replace',
      starts: false,
    },
    {
      name: 'a recycle, for the end of the adjustment of a paused node',
      node: during('adjust', paused),
      action: 'recycle',
      kind: 'launch',
      starts: false,
    },
  ])('$name: $kind', ({ node, action, kind, starts }) => {
    const intent = { kind, reason: `${action} requested`, requestedAt: NOW };

    expect(decideAction({ ...node, intents: [earlier, event] }, action, NOW)).toEqual({
      kind: 'save',
      node: { ...node, intents: [event, intent], updatedAt: NOW },
      start: starts ? intent : undefined,
    });
  });

  it.each([
    { name: 'at once', node: aNode(), starts: true },
    { name: 'for the end of what is under way', node: during('replace'), starts: false },
  ])('a deletion, $name', ({ node, starts }) => {
    const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false };
    const intent = { kind: 'delete', reason: 'deletion requested', requestedAt: NOW };

    expect(decideDeletion({ ...node, intents: [earlier] }, deletion, NOW)).toEqual({
      kind: 'save',
      node: { ...node, deletion, intents: [intent], updatedAt: NOW },
      start: starts ? intent : undefined,
    });
  });
});
