import fc from 'fast-check';
import { followUp, liveIntents, released, shownStatus, withUserIntent } from '../../../domain/operation/intents';
import { decideTake, drainSeconds, mayTakeOver, type TakeDecision } from '../../../domain/operation/ownership';
import { hasUnappliedUpdate } from '../../../domain/node/stateful-node';
import type {
  Failure,
  GivenUp,
  Intent,
  Operation,
  OperationKind,
  Remains,
  StatefulNode,
} from '../../../domain/node/stateful-node';
import type { TakeRequest, Trigger } from '../../../domain/operation/trigger';
import { anImportedNode, type AdoptionOverrides } from '../import-builders';
import { someInstant, someTakeRequest } from '../arbitraries';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  anExhaustedLaunch,
  anIdentity,
  aNextLaunch,
  aNode,
  aRequestedLaunch,
  EXECUTION_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
  someRemains,
  SUBNET_A,
  SUBNET_B,
} from '../builders';

const warning: Trigger = {
  kind: 'warning',
  instanceId: OLD_INSTANCE_ID,
  reason: 'spot interruption warning (terminate)',
  endsAt: '2026-11-03T10:02:00.000Z',
};
const rebalance: Trigger = { kind: 'rebalance', instanceId: OLD_INSTANCE_ID, reason: 'rebalance recommendation' };
const userIntent: Trigger = { kind: 'request', nodeId: NODE_ID, reason: 'requested' };
const anotherInstance = 'i-00000000000000009';
const anInterfaceRequest = {
  clientToken: 'written before',
  subnetId: SUBNET_A,
  withIpv6Address: false,
  securityGroupIds: [],
  tags: [],
};

const followsRebalance = aConfig({ strategy: { rebalanceRecommendation: 'replace' } });
const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
const beingDeleted = aNode({ deletion });
const withoutInstance = aNode({ instance: undefined, status: 'ERROR', errorReason: 'launch failed' });

function takeRequest(trigger: Trigger, overrides: Partial<TakeRequest> = {}): TakeRequest {
  return { operation: 'replace', executionId: 'execution-2', trigger, ...overrides };
}

function nodeAfter(before: StatefulNode, decision: TakeDecision): StatefulNode {
  return 'node' in decision ? (decision.node ?? before) : before;
}

describe('decideTake on a node at rest', () => {
  it.each([
    { name: 'a warning about its instance', node: aNode(), trigger: warning, kind: 'take' },
    {
      name: 'a warning about another',
      node: aNode(),
      trigger: { ...warning, instanceId: anotherInstance },
      kind: 'ignore',
    },
    { name: 'a rebalance, which it ignores by default', node: aNode(), trigger: rebalance, kind: 'ignore' },
    {
      name: 'a rebalance, which it ignores by configuration',
      node: aNode({ config: aConfig({ strategy: { rebalanceRecommendation: 'ignore' } }) }),
      trigger: rebalance,
      kind: 'ignore',
    },
    {
      name: 'a rebalance, which it follows by configuration',
      node: aNode({ config: followsRebalance }),
      trigger: rebalance,
      kind: 'take',
    },
    { name: 'a request', node: aNode(), trigger: userIntent, kind: 'take' },
    {
      name: 'a request about its instance',
      node: aNode(),
      trigger: { ...userIntent, instanceId: OLD_INSTANCE_ID },
      kind: 'take',
    },
    {
      name: 'a request about an earlier instance',
      node: aNode(),
      trigger: { ...userIntent, instanceId: anotherInstance },
      kind: 'ignore',
    },
    {
      name: 'a request while it is being deleted',
      node: beingDeleted,
      trigger: userIntent,
      kind: 'ignore',
    },
    {
      name: 'a replacement, although no instance carries it',
      node: withoutInstance,
      trigger: userIntent,
      kind: 'take',
    },
  ])('$name: $kind', ({ node, trigger, kind }) => {
    expect(decideTake(node, takeRequest(trigger), NOW).kind).toBe(kind);
  });

  it.each([
    { name: 'one that has an instance', node: aNode(), kind: 'ignore' },
    { name: 'one that has none', node: withoutInstance, kind: 'take' },
  ])('launches only a node without an instance; $name: $kind', ({ node, kind }) => {
    expect(decideTake(node, takeRequest(userIntent, { operation: 'launch' }), NOW).kind).toBe(kind);
  });

  it('records the owner, the old instance and the next generation', () => {
    expect(decideTake(aNode(), takeRequest(warning), NOW)).toEqual({
      kind: 'take',
      plan: {
        nodeId: NODE_ID,
        generation: 4,
        reason: 'spot interruption warning (terminate)',
        attachment: 'cold',
        releaseFirst: true,
        adopt: false,
        drainSeconds: 0,
        endsInTurn: true,
        hasInterface: true,
        prepare: false,
        leaveInstance: false,
      },
      node: aNode({
        status: 'RECYCLING',
        generation: 4,
        updatedAt: NOW,
        operation: {
          kind: 'replace',
          executionId: 'execution-2',
          generation: 4,
          startedAt: NOW,
          reason: 'spot interruption warning (terminate)',
          configRevision: 1,
          config: aConfig(),
          eligibleSubnetIds: [SUBNET_A, SUBNET_B],
          oldInstanceId: OLD_INSTANCE_ID,
          retiredInterfaceIds: [],
          endsAt: '2026-11-03T10:02:00.000Z',
          startedBy: 'interruption',
        },
      }),
    });
  });

  it.each<{ name: string; trigger: Trigger; startedBy?: string; cause?: string }>([
    { name: 'a warning', trigger: warning, startedBy: 'interruption' },
    {
      name: 'a recommendation',
      trigger: { kind: 'rebalance', instanceId: OLD_INSTANCE_ID, reason: 'moves' },
      startedBy: 'rebalance',
    },
    { name: 'a person', trigger: userIntent, startedBy: 'request' },
    { name: 'a loss, by its cause', trigger: { ...userIntent, cause: 'lost' }, cause: 'lost' },
    {
      name: 'a warning that has waited',
      trigger: { ...userIntent, requestedAt: undefined, instanceId: OLD_INSTANCE_ID, endsAt: NOW },
      startedBy: 'interruption',
    },
    {
      name: 'a recommendation that has waited',
      trigger: { ...userIntent, requestedAt: undefined, instanceId: OLD_INSTANCE_ID },
      startedBy: 'rebalance',
    },
  ])('records what has started it: $name', ({ trigger, startedBy, cause }) => {
    const node = aNode({ config: aConfig({ strategy: { rebalanceRecommendation: 'replace' } }) });
    const { operation } = nodeAfter(node, decideTake(node, takeRequest(trigger), NOW));
    expect({ startedBy: operation?.startedBy, cause: operation?.cause }).toEqual({ startedBy, cause });
  });

  it('keeps the reason of a failure while it is tried again, and clears it for anything else', () => {
    const failure = { operation: 'replace', count: 1, nextTryAt: NOW } as const;
    const node = aNode({ status: 'ERROR', errorReason: 'replace failed', failure });
    const reasonAfter = (trigger: Trigger) => nodeAfter(node, decideTake(node, takeRequest(trigger), NOW)).errorReason;

    expect(reasonAfter({ ...userIntent, requestedAt: undefined, retries: NOW })).toBe('replace failed');
    expect(reasonAfter(userIntent)).toBeUndefined();
  });

  it('resumes a node without an instance, and clears the earlier error', () => {
    const decision = decideTake(withoutInstance, takeRequest(userIntent, { operation: 'launch' }), NOW);
    const node = nodeAfter(withoutInstance, decision);

    expect(node.status).toBe('RESUMING');
    expect(node).not.toHaveProperty('errorReason');
    expect(node.operation?.oldInstanceId).toBeUndefined();
  });

  it('tells the state machine that no interface has been made yet', () => {
    const decision = decideTake(aNode({ identity: { settled: false } }), takeRequest(userIntent), NOW);

    expect(decision).toMatchObject({ plan: { hasInterface: false } });
  });

  it.each([
    { name: 'no import', adoption: undefined, adopt: false },
    { name: 'an import that can still be cancelled', adoption: {}, adopt: true },
    { name: 'an import that can no longer be cancelled', adoption: { adoptedAt: NOW, committedAt: NOW }, adopt: false },
  ])('tells its state machine whether there is an instance to adopt: $name, $adopt', ({ adoption, adopt }) => {
    const node = aNode({
      ...(adoption && {
        adoption: {
          migrationId: 'smg-0a1b2c3d',
          originalInstanceId: anotherInstance,
          shouldKeepPrivateIp: true,
          shouldTerminateInstance: true,
          deletedOnTermination: false,
          ...adoption,
        },
      }),
    });

    expect(decideTake(node, takeRequest(userIntent), NOW)).toMatchObject({ plan: { adopt } });
  });

  it.each([
    { operation: 'pause' as const, isPending: true },
    { operation: 'replace' as const, isPending: true },
    { operation: 'adjust' as const, isPending: false },
  ])(
    'a $operation after a failed adjustment leaves its settings to be applied: $isPending',
    ({ operation, isPending }) => {
      const failure = { operation: 'adjust' as const, count: 1, nextTryAt: NOW };
      const before = aNode({ status: 'ERROR', failure, configRevision: 3, appliedRevision: 3 });
      const after = nodeAfter(before, decideTake(before, takeRequest(userIntent, { operation }), NOW));
      expect(hasUnappliedUpdate(after)).toBe(isPending);
    },
  );

  it('keeps the status and the reason for an adjustment', () => {
    const intents: Intent[] = [{ kind: 'replace', reason: 'warning', instanceId: OLD_INSTANCE_ID, requestedAt: NOW }];
    const failure = { operation: 'adjust' as const, count: 1, nextTryAt: NOW };
    const node = aNode({ status: 'ERROR', errorReason: 'adjust failed', failure, intents });
    const after = nodeAfter(node, decideTake(node, takeRequest(userIntent, { operation: 'adjust' }), NOW));

    expect(after).toEqual({ ...node, generation: 4, updatedAt: NOW, operation: after.operation });
    expect(after.operation).toMatchObject({ kind: 'adjust', generation: 4, oldInstanceId: OLD_INSTANCE_ID });
  });

  it.each<{ operation: OperationKind; status: string }>([
    { operation: 'launch', status: 'RESUMING' },
    { operation: 'replace', status: 'RECYCLING' },
    { operation: 'pause', status: 'PAUSING' },
    { operation: 'adjust', status: 'ERROR' },
    { operation: 'delete', status: 'DEALLOCATING' },
  ])('shows what it is about: $operation, $status', ({ operation, status }) => {
    const after = nodeAfter(withoutInstance, decideTake(withoutInstance, takeRequest(userIntent, { operation }), NOW));

    expect(after.status).toBe(status);
  });

  it.each([
    { name: 'by no attempt', failure: undefined, retries: NOW, kind: 'ignore' },
    { name: 'by the one that it names', failure: { nextTryAt: NOW }, retries: NOW, kind: 'take' },
    {
      name: 'by a later one',
      failure: { nextTryAt: '2026-11-03T10:05:00.000Z' },
      retries: NOW,
      kind: 'ignore',
    },
    { name: 'by one that waits for a person', failure: {}, retries: NOW, kind: 'ignore' },
    { name: 'by one that the request does not name', failure: { nextTryAt: NOW }, retries: undefined, kind: 'take' },
  ])('tries again once: followed $name, $kind', ({ failure, retries, kind }) => {
    const node = aNode({ ...(failure && { failure: { operation: 'replace', count: 1, ...failure } }) });
    const decision = decideTake(node, takeRequest({ ...userIntent, retries }), NOW);

    expect(decision.kind).toBe(kind);
    if (kind === 'ignore') expect(decision).toEqual({ kind, why: 'another operation has been tried since' });
  });

  it.each([
    {
      name: 'ignored rebalances',
      node: aNode(),
      trigger: rebalance,
      why: 'the node ignores rebalance recommendations',
    },
    {
      name: 'a warning for a node whose pause has failed',
      node: aNode({ failure: { operation: 'pause', count: 1, nextTryAt: NOW } }),
      trigger: warning,
      why: 'the pause of the node has failed and will be tried again',
    },
    {
      name: 'an earlier instance',
      node: aNode(),
      trigger: { ...warning, instanceId: anotherInstance },
      why: 'the instance no longer carries the node',
    },
    { name: 'a deletion', node: beingDeleted, trigger: userIntent, why: 'the node is being deleted' },
    {
      name: 'a user intent that the record no longer holds',
      node: aNode(),
      trigger: { ...userIntent, requestedAt: NOW },
      why: 'the user intent was withdrawn or carried out',
    },
    {
      name: 'a user intent that a later one has replaced',
      node: aNode({ intents: [{ kind: 'pause', reason: 'pause requested', requestedAt: NOW }] }),
      trigger: { ...userIntent, requestedAt: '2026-11-03T09:59:00.000Z' },
      why: 'a pause has been requested since',
    },
  ] as const)('says why it takes nothing: $name', ({ node, trigger, why }) => {
    expect(decideTake(node, takeRequest(trigger), NOW)).toEqual({ kind: 'ignore', why });
  });

  it('says that a launch has nothing to do', () => {
    expect(decideTake(aNode(), takeRequest(userIntent, { operation: 'launch' }), NOW)).toEqual({
      kind: 'ignore',
      why: 'the node has an instance already',
    });
  });

  const resume: Intent = { kind: 'launch', reason: 'resume requested', requestedAt: NOW };
  const aboutInstance: Intent = { ...resume, kind: 'replace', instanceId: OLD_INSTANCE_ID };
  it.each<{ name: string; node: Partial<StatefulNode>; requestedAt: string | undefined; forgets: boolean }>([
    { name: 'the one whose operation has nothing to do', node: {}, requestedAt: NOW, forgets: true },
    { name: 'none that another request names', node: {}, requestedAt: '2026-11-03T09:59:00.000Z', forgets: false },
    { name: 'none that the request does not name', node: {}, requestedAt: undefined, forgets: false },
    { name: 'none of a node that is being deleted', node: { deletion }, requestedAt: NOW, forgets: false },
    { name: 'none, because there is none', node: { intents: [aboutInstance] }, requestedAt: undefined, forgets: false },
  ])(
    'forgets a user intent that would be started again and again: $name',
    ({ node: overrides, requestedAt, forgets }) => {
      const node = aNode({ intents: [aboutInstance, resume], ...overrides });
      const decision = decideTake(node, takeRequest({ ...userIntent, requestedAt }, { operation: 'launch' }), NOW);

      expect(decision).toEqual({
        kind: 'ignore',
        why: expect.any(String) as string,
        node: forgets ? { ...node, intents: [aboutInstance], updatedAt: NOW } : undefined,
      });
    },
  );

  it('forgets no user intent of a node that an operation owns', () => {
    const node = aBusyNode({ intents: [resume] });
    const decision = decideTake(node, takeRequest({ ...userIntent, requestedAt: NOW }, { operation: 'launch' }), NOW);

    expect(decision).toEqual({ kind: 'ignore', why: 'the node has an instance already' });
  });

  it('deletes a node that is being deleted', () => {
    expect(decideTake(beingDeleted, takeRequest(userIntent, { operation: 'delete' }), NOW)).toMatchObject({
      kind: 'take',
      plan: { leaveInstance: false },
    });
  });

  it('keeps the instance if the deletion says so', () => {
    const node = aNode({ deletion: { ...deletion, shouldTerminateInstance: false } });

    expect(decideTake(node, takeRequest(userIntent, { operation: 'delete' }), NOW)).toMatchObject({
      plan: { leaveInstance: true },
    });
  });

  it('has no instance to keep if the node has none', () => {
    const node = aNode({ instance: undefined, deletion: { ...deletion, shouldTerminateInstance: false } });

    expect(decideTake(node, takeRequest(userIntent, { operation: 'delete' }), NOW)).toMatchObject({
      plan: { leaveInstance: false },
    });
  });

  it('fulfils the waiting user intents with this replacement', () => {
    const intents = [{ kind: 'replace' as const, reason: 'requested', requestedAt: NOW }];
    const node = aNode({ intents });

    expect(nodeAfter(node, decideTake(node, takeRequest(userIntent), NOW)).intents).toEqual([]);
  });
});

describe('decideTake on a node that an operation owns', () => {
  const busy = aBusyNode({ config: followsRebalance }, { launch: aLaunch() });

  it.each([
    { name: 'about the instance being replaced', trigger: warning, kind: 'hasten' },
    {
      name: 'a rebalance of the instance being replaced',
      trigger: rebalance,
      kind: 'ignore',
    },
    { name: 'about the replacement', trigger: { ...warning, instanceId: REPLACEMENT_ID }, kind: 'keep' },
    { name: 'about an earlier instance', trigger: { ...warning, instanceId: anotherInstance }, kind: 'ignore' },
    {
      name: 'a rebalance of the replacement',
      trigger: { ...rebalance, instanceId: REPLACEMENT_ID },
      kind: 'keep',
    },
    { name: 'asking for another replacement', trigger: userIntent, kind: 'keep' },
  ])('a trigger $name: $kind', ({ trigger, kind }) => {
    expect(decideTake(busy, takeRequest(trigger), NOW).kind).toBe(kind);
  });

  it('keeps what must follow, and does not change the operation', () => {
    expect(decideTake(busy, takeRequest({ ...warning, instanceId: REPLACEMENT_ID }), NOW)).toMatchObject({
      kind: 'keep',
      why: 'kept for the end of the replace under way',
      node: {
        operation: busy.operation,
        status: 'RECYCLING',
        generation: 4,
        intents: [{ kind: 'replace', reason: warning.reason, instanceId: REPLACEMENT_ID, requestedAt: NOW }],
      },
    });
  });

  it.each<{ name: string; request: Partial<TakeRequest>; trigger: Trigger; why: string }>([
    {
      name: 'about the instance being replaced, which ends no sooner than known before',
      request: {},
      trigger: warning,
      why: 'the instance is being replaced already',
    },
    {
      name: 'adjusting the node',
      request: { operation: 'adjust' },
      trigger: userIntent,
      why: 'a replace is under way',
    },
    {
      name: 'trying a failed operation again',
      request: {},
      trigger: { ...userIntent, retries: NOW },
      why: 'a replace is under way',
    },
  ])('is found again at the end of it, if it still matters: $name', ({ request, trigger, why }) => {
    const failure = { operation: 'replace' as const, count: 1, nextTryAt: NOW };
    const operation = { ...busy.operation, endsAt: '2026-11-03T10:02:00.000Z' };
    const node = { ...busy, failure, operation };

    expect(decideTake(node, takeRequest(trigger, request), NOW)).toEqual({ kind: 'ignore', why });
  });

  it('keeps an event about the instance of a node that is only being adjusted', () => {
    const adjusting = aBusyNode({}, { kind: 'adjust' });

    expect(decideTake(adjusting, takeRequest(warning), NOW)).toMatchObject({
      kind: 'keep',
      why: 'kept for the end of the adjust under way',
      node: { intents: [{ kind: 'replace', instanceId: OLD_INSTANCE_ID, endsAt: '2026-11-03T10:02:00.000Z' }] },
    });
  });

  it('keeps when a warned instance ends', () => {
    const decision = decideTake(busy, takeRequest({ ...warning, instanceId: REPLACEMENT_ID }), NOW);

    expect(nodeAfter(busy, decision).intents).toEqual([
      {
        kind: 'replace',
        reason: warning.reason,
        instanceId: REPLACEMENT_ID,
        requestedAt: NOW,
        endsAt: '2026-11-03T10:02:00.000Z',
      },
    ]);
  });

  it('keeps an event about an instance that the launch under way may have made', () => {
    const asking = aBusyNode({}, { launch: aRequestedLaunch() });

    expect(decideTake(asking, takeRequest({ ...warning, instanceId: anotherInstance }), NOW).kind).toBe('keep');
  });

  it('keeps a user intent for the end of a launch that leaves no instance', () => {
    const launching = aBusyNode({ instance: undefined }, { kind: 'launch', oldInstanceId: undefined });

    expect(decideTake(launching, takeRequest(userIntent, { operation: 'pause' }), NOW)).toMatchObject({
      kind: 'keep',
      why: 'kept for the end of the launch under way',
    });
  });

  it('keeps only the latest user intent, and all events', () => {
    const pause: Intent = { kind: 'pause', reason: 'pause requested', requestedAt: NOW };
    const warned: Intent = { ...pause, kind: 'replace', instanceId: REPLACEMENT_ID };
    const decision = decideTake({ ...busy, intents: [pause, warned] }, takeRequest(userIntent), NOW);

    expect(nodeAfter(busy, decision).intents).toEqual([
      warned,
      { kind: 'replace', reason: 'requested', requestedAt: NOW },
    ]);
  });

  it('keeps the same intent only once', () => {
    const first = decideTake(busy, takeRequest(userIntent), NOW);
    const second = decideTake(nodeAfter(busy, first), takeRequest(userIntent, { executionId: 'execution-3' }), NOW);

    expect(second).toEqual({ kind: 'ignore', why: 'the same intent is waiting already' });
  });

  it('returns the same plan to its owner again', () => {
    const first = decideTake(aNode(), takeRequest(userIntent), NOW);
    const again = decideTake(nodeAfter(aNode(), first), takeRequest(userIntent), NOW);

    expect(again).toEqual({ kind: 'owned', plan: 'plan' in first ? first.plan : undefined });
  });

  it('returns the plan to its owner even if the trigger is obsolete by now', () => {
    const replaced = aBusyNode({ deletion });

    expect(decideTake(replaced, takeRequest(rebalance, { executionId: EXECUTION_ID }), NOW).kind).toBe('owned');
  });
});

describe('decideTake for an operation whose execution has ended', () => {
  const LATER = '2026-11-03T10:00:30.000Z';
  const launch = aRequestedLaunch();
  const stopped = aBusyNode(
    { config: aConfig({ strategy: { drainingTimeout: 100 } }) },
    { launch, retiredInterfaceIds: ['eni-retired'], detachments: [{ attachmentId: 'eni-attach-1', askedAt: NOW }] },
  );
  const takingOver = (generation: number): Trigger => ({ ...userIntent, reason: 'taken over', takesOver: generation });

  it('finishes the same operation, with everything it has written to the record, under a new generation', () => {
    expect(decideTake(stopped, takeRequest(takingOver(4)), LATER)).toEqual({
      kind: 'take',
      node: {
        ...stopped,
        generation: 5,
        operation: {
          ...stopped.operation,
          executionId: 'execution-2',
          generation: 5,
          takeovers: { count: 1, lastAt: LATER },
        },
        updatedAt: LATER,
      },
      plan: {
        nodeId: NODE_ID,
        generation: 5,
        reason: 'spot interruption warning (terminate)',
        attachment: 'cold',
        releaseFirst: true,
        adopt: false,
        // Thirty of the hundred have passed since it began.
        drainSeconds: 70,
        endsInTurn: true,
        hasInterface: true,
        prepare: true,
        leaveInstance: false,
      },
    });
  });

  it.each<{ name: string; node: StatefulNode; generation: number; operation?: OperationKind; kind: string }>([
    { name: 'the one that it names', node: stopped, generation: 4, kind: 'take' },
    { name: 'a node at rest', node: aNode(), generation: 3, kind: 'ignore' },
    { name: 'a node at rest since', node: aNode({ generation: 4 }), generation: 4, kind: 'ignore' },
    { name: 'a later operation', node: stopped, generation: 3, kind: 'ignore' },
    { name: 'an earlier operation', node: stopped, generation: 5, kind: 'ignore' },
    { name: 'another kind of operation', node: stopped, generation: 4, operation: 'pause', kind: 'ignore' },
    {
      name: 'a deletion',
      node: aBusyNode({ deletion }, { kind: 'delete' }),
      generation: 4,
      operation: 'delete',
      kind: 'take',
    },
    {
      name: 'a replacement of a node that is being deleted',
      node: aBusyNode({ deletion }),
      generation: 4,
      kind: 'take',
    },
    {
      name: 'the launch of a node that already has an instance',
      node: aBusyNode({}, { kind: 'launch' }),
      generation: 4,
      operation: 'launch',
      kind: 'take',
    },
  ])('takes over $name: $kind', ({ node, generation, operation = 'replace', kind }) => {
    const decision = decideTake(node, takeRequest(takingOver(generation), { operation }), LATER);

    expect(decision.kind).toBe(kind);
    if (kind === 'ignore') {
      expect(decision).toEqual({ kind, why: 'the operation has ended or was taken over already' });
    }
  });

  it('is taken over by only one of two executions', () => {
    const first = decideTake(stopped, takeRequest(takingOver(4)), LATER);
    const second = decideTake(
      nodeAfter(stopped, first),
      takeRequest(takingOver(4), { executionId: 'execution-3' }),
      LATER,
    );

    expect([first.kind, second.kind]).toEqual(['take', 'ignore']);
  });

  it('returns the same plan again to the execution that took it over', () => {
    const first = decideTake(stopped, takeRequest(takingOver(4)), LATER);
    const again = decideTake(nodeAfter(stopped, first), takeRequest(takingOver(4)), LATER);

    expect(again).toEqual({ kind: 'owned', plan: 'plan' in first ? first.plan : undefined });
  });

  it.each([
    { name: 'the third', count: 2, kind: 'take' },
    { name: 'the fourth', count: 3, kind: 'fail' },
  ])('is taken over three times at the most: $name, $kind', ({ count, kind }) => {
    const node = { ...stopped, operation: { ...stopped.operation, takeovers: { count, lastAt: NOW } } };

    expect(decideTake(node, takeRequest(takingOver(4)), LATER).kind).toBe(kind);
  });

  it('then fails, and leaves everything it has written for the next try', () => {
    const node = { ...stopped, operation: { ...stopped.operation, takeovers: { count: 3, lastAt: NOW } } };
    const decision = decideTake(node, takeRequest(takingOver(4)), LATER);
    const after = nodeAfter(node, decision);
    const why = `4 executions of it have ended before it did: see the last one, ${EXECUTION_ID}.`;

    expect(decision).toMatchObject({ kind: 'fail', why });
    expect(after).toMatchObject({
      status: 'ERROR',
      errorReason: expect.stringContaining(`replace failed: ExecutionsKeepEnding: ${why}`) as string,
      failure: {
        operation: 'replace',
        count: 1,
        nextTryAt: '2026-11-03T10:01:30.000Z',
        remains: { launch, retiredInterfaceIds: ['eni-retired'], oldInstanceId: OLD_INSTANCE_ID },
      },
    });
    expect(after).not.toHaveProperty('operation');
    expect(after).not.toHaveProperty('givenUp');
  });

  it.each([
    { name: 'none before it', takeovers: undefined, may: true },
    { name: 'one, a minute ago', takeovers: { count: 1, lastAt: '2026-11-03T09:59:00.000Z' }, may: true },
    { name: 'one, less than a minute ago', takeovers: { count: 1, lastAt: '2026-11-03T09:59:00.001Z' }, may: false },
    { name: 'two, two minutes ago', takeovers: { count: 2, lastAt: '2026-11-03T09:58:00.000Z' }, may: true },
    { name: 'two, less than that ago', takeovers: { count: 2, lastAt: '2026-11-03T09:58:00.001Z' }, may: false },
    { name: 'three, five minutes ago', takeovers: { count: 3, lastAt: '2026-11-03T09:55:00.000Z' }, may: true },
    { name: 'three, less than that ago', takeovers: { count: 3, lastAt: '2026-11-03T09:55:00.001Z' }, may: false },
  ])('is taken over with growing pauses: $name, $may', ({ takeovers, may }) => {
    expect(mayTakeOver({ ...stopped.operation, ...(takeovers && { takeovers }) }, NOW)).toBe(may);
  });

  it.each([
    { name: 'as known before', known: '2026-11-03T10:01:00.000Z', told: undefined, end: '2026-11-03T10:01:00.000Z' },
    {
      name: 'as the request says',
      known: undefined,
      told: '2026-11-03T10:01:00.000Z',
      end: '2026-11-03T10:01:00.000Z',
    },
    { name: 'the earlier one, from the request', known: '2026-11-03T10:02:00.000Z', told: NOW, end: NOW },
    { name: 'the earlier one, known before', known: NOW, told: '2026-11-03T10:02:00.000Z', end: NOW },
    { name: 'not announced', known: undefined, told: undefined, end: undefined },
  ])('knows when the old instance ends: $name', ({ known, told, end }) => {
    const node = { ...stopped, operation: { ...stopped.operation, ...(known !== undefined && { endsAt: known }) } };
    const decision = decideTake(node, takeRequest({ ...takingOver(4), endsAt: told } as Trigger), LATER);

    expect(nodeAfter(node, decision).operation?.endsAt).toBe(end);
  });

  it.each([
    { name: 'a millisecond, counted as a second', now: '2026-11-03T10:00:00.001Z', seconds: 99 },
    { name: 'a whole second', now: '2026-11-03T10:00:01.000Z', seconds: 99 },
    { name: 'all but a second', now: '2026-11-03T10:01:39.000Z', seconds: 1 },
    { name: 'all of it', now: '2026-11-03T10:01:40.000Z', seconds: 0 },
    { name: 'more than all of it', now: '2026-11-03T11:00:00.000Z', seconds: 0 },
  ])('drains what is left after $name', ({ now, seconds }) => {
    expect(decideTake(stopped, takeRequest(takingOver(4)), now)).toMatchObject({ plan: { drainSeconds: seconds } });
  });
});

describe('An operation that replaces an instance', () => {
  const soon = '2026-11-03T10:00:30.000Z';
  const draining = (endsAt?: string) => aBusyNode({}, { ...(endsAt !== undefined && { endsAt }) });

  it.each([
    { name: 'no end was known', known: undefined, told: soon, after: soon },
    { name: 'a later end was known', known: '2026-11-03T10:02:00.000Z', told: soon, after: soon },
    { name: 'the same end was known', known: soon, told: soon, after: undefined },
    { name: 'an earlier end was known', known: NOW, told: soon, after: undefined },
    { name: 'the event names no end', known: undefined, told: undefined, after: undefined },
  ])('shortens its drain only for an earlier end: $name', ({ known, told, after }) => {
    const node = draining(known);
    const trigger: Trigger = { ...userIntent, instanceId: OLD_INSTANCE_ID, endsAt: told };
    const decision = decideTake(node, takeRequest(trigger), '2026-11-03T10:00:10.000Z');

    expect(decision).toEqual(
      after === undefined
        ? { kind: 'ignore', why: 'the instance is being replaced already' }
        : {
            kind: 'hasten',
            why: 'the instance is being replaced already',
            oldInstanceId: OLD_INSTANCE_ID,
            node: { ...node, operation: { ...node.operation, endsAt: after }, updatedAt: '2026-11-03T10:00:10.000Z' },
          },
    );
  });

  it.each([
    { name: 'as configured', config: 300, now: NOW, seconds: 300 },
    { name: 'what is left of it', config: 300, now: '2026-11-03T10:01:40.000Z', seconds: 200 },
    { name: 'as a person has lowered it', config: 60, now: '2026-11-03T10:00:20.000Z', seconds: 40 },
    { name: 'nothing more, if it was lowered below that', config: 10, now: '2026-11-03T10:00:20.000Z', seconds: 0 },
    { name: 'until the announced end', config: 300, endsAt: '2026-11-03T10:01:00.900Z', now: NOW, seconds: 60 },
    { name: 'not past the end', config: 300, endsAt: NOW, now: '2026-11-03T10:00:20.000Z', seconds: 0 },
    { name: 'nothing, if there is no instance', config: 300, old: false, now: NOW, seconds: 0 },
    {
      name: 'until its successor is launched',
      config: 0,
      terminateAt: '2026-11-03T10:00:30.900Z',
      now: NOW,
      seconds: 30,
    },
    { name: 'longer than that', config: 300, terminateAt: '2026-11-03T10:00:30.000Z', now: NOW, seconds: 300 },
    {
      name: 'not past the end for its successor',
      config: 0,
      terminateAt: '2026-11-03T10:10:00.000Z',
      endsAt: '2026-11-03T10:02:00.000Z',
      now: NOW,
      seconds: 120,
    },
  ])('drains $name: $seconds s', ({ config: drainingTimeout, endsAt, terminateAt, old = true, now, seconds }) => {
    const node = aNode({ config: aConfig({ strategy: { drainingTimeout } }) });
    const { operation } = aBusyNode({ config: aConfig({ strategy: { drainingTimeout: 300 } }) });
    const owner = { ...operation, endsAt, terminateAt, ...(!old && { oldInstanceId: undefined }) };

    expect(drainSeconds(node, owner, now)).toBe(seconds);
  });
});

describe('The plan', () => {
  const planFor = (node: Partial<StatefulNode>, operation: Partial<Operation>) => {
    const busy = aBusyNode(node, { executionId: 'execution-2', ...operation });
    const decision = decideTake(busy, takeRequest(userIntent), NOW);
    if (decision.kind !== 'owned') throw new Error(decision.kind);
    return decision.plan;
  };
  const endsAt = '2026-11-03T10:02:00.000Z';
  const elsewhere = anIdentity({ subnetId: 'subnet-0000000000000000f' });
  const otherAddress = aConfig({ compute: { privateIp: '10.0.0.99' } });
  const hot = aConfig({ persistence: { eniAttachment: 'hot' } });
  const hotInstance = { ...aNode().instance!, attachment: 'hot' as const };

  it.each<{ name: string; node?: Partial<StatefulNode>; operation: Partial<Operation>; prepare: boolean }>([
    { name: 'an instance that ends in any case', operation: { endsAt }, prepare: false },
    { name: 'an instance that was lost', operation: { cause: 'lost' }, prepare: false },
    { name: 'an instance that would run on', operation: {}, prepare: true },
    { name: 'no instance', operation: { kind: 'launch', oldInstanceId: undefined }, prepare: false },
    { name: 'no interface', node: { identity: { settled: false } }, operation: { endsAt }, prepare: true },
    { name: 'an interface elsewhere', node: { identity: elsewhere }, operation: { endsAt }, prepare: true },
    { name: 'another address', operation: { endsAt, config: otherAddress }, prepare: true },
    {
      name: 'settings to apply',
      node: { configRevision: 2, appliedRevision: 1 },
      operation: { endsAt },
      prepare: true,
    },
    {
      name: 'an interface that was requested',
      operation: { endsAt, interfaceRequest: anInterfaceRequest },
      prepare: true,
    },
  ])('looks at the interface first, with $name: $prepare', ({ node = {}, operation, prepare }) => {
    expect(planFor(node, operation).prepare).toBe(prepare);
  });

  it.each<{ name: string; node?: Partial<StatefulNode>; operation: Partial<Operation>; endsInTurn: boolean }>([
    { name: 'a replacement', operation: {}, endsInTurn: true },
    { name: 'one whose time is set', operation: { terminateAt: NOW }, endsInTurn: false },
    { name: 'one that was taken over after the end', operation: { addressTakenAt: NOW }, endsInTurn: false },
    { name: 'one of a lost instance', operation: { cause: 'lost' }, endsInTurn: false },
    { name: 'a pause', operation: { kind: 'pause' }, endsInTurn: false },
    { name: 'a launch', operation: { kind: 'launch', oldInstanceId: undefined }, endsInTurn: false },
    { name: 'a hot one', node: { instance: hotInstance }, operation: { config: hot }, endsInTurn: false },
  ])('times the end of the old instance, of $name: $endsInTurn', ({ node = {}, operation, endsInTurn }) => {
    expect(planFor(node, operation).endsInTurn).toBe(endsInTurn);
  });
});

describe('What a failed operation left behind', () => {
  const launched = aLaunch({ launchedAt: '2026-11-03T09:59:00.000Z' });
  const requested = aRequestedLaunch();
  const interfaceRequest = anInterfaceRequest;
  const configOfThen = aConfig({ launchSpecification: { imageId: 'ami-of-then' } });
  const configOfNow = aConfig({ launchSpecification: { imageId: 'ami-of-now' } });
  const failing = (remains: Partial<Remains>, node: Partial<StatefulNode> = {}, failure: Partial<Failure> = {}) =>
    aNode({
      status: 'ERROR',
      errorReason: 'replace failed',
      config: configOfNow,
      configRevision: 2,
      eligibleSubnetIds: [SUBNET_B],
      ...node,
      failure: {
        operation: 'replace',
        count: 1,
        nextTryAt: NOW,
        remains: someRemains({ config: configOfThen, ...remains }),
        ...failure,
      },
    });
  const again: Trigger = { ...userIntent, retries: NOW };
  const take = (node: StatefulNode, trigger: Trigger, request: Partial<TakeRequest> = {}) => {
    const after = nodeAfter(node, decideTake(node, takeRequest(trigger, request), NOW));
    return { after, operation: after.operation! };
  };

  it.each<{ name: string; trigger: Trigger; kind: OperationKind; node?: Partial<StatefulNode>; continues: boolean }>([
    { name: 'the next try', trigger: again, kind: 'replace', continues: true },
    { name: 'a launch', trigger: again, kind: 'launch', node: { instance: undefined }, continues: true },
    {
      name: 'a replacement for an event about the old instance',
      trigger: { ...userIntent, instanceId: OLD_INSTANCE_ID, cause: 'lost' },
      kind: 'replace',
      continues: true,
    },
    {
      name: 'a resume by a person',
      trigger: { ...userIntent, requestedAt: NOW },
      kind: 'launch',
      node: { instance: undefined, intents: [{ kind: 'launch', reason: 'resume', requestedAt: NOW }] },
      continues: true,
    },
    {
      name: 'a recycle by a person',
      trigger: { ...userIntent, requestedAt: NOW },
      kind: 'replace',
      node: { intents: [{ kind: 'replace', reason: 'recycle', requestedAt: NOW }] },
      continues: false,
    },
    {
      name: 'a replacement of the instance that it launched',
      trigger: { ...warning, instanceId: REPLACEMENT_ID },
      kind: 'replace',
      continues: false,
    },
    { name: 'a pause', trigger: userIntent, kind: 'pause', continues: false },
    { name: 'a deletion', trigger: userIntent, kind: 'delete', continues: false },
  ])('$name continues from it: $continues', ({ trigger, kind, node, continues }) => {
    const before = failing({ launch: launched, interfaceRequest, interfacesMade: 3 }, node);
    const { operation } = take(before, trigger, { operation: kind });

    expect(operation.kind).toBe(kind);
    expect(operation.continues ?? false).toBe(continues);
    expect(operation.launch).toEqual(continues ? launched : undefined);
    expect(operation.interfaceRequest).toEqual(continues ? interfaceRequest : undefined);
    expect(operation.interfacesMade).toBe(continues ? 3 : undefined);
  });

  it.each([
    {
      name: 'an instance that runs, with the configuration of its launch',
      launch: launched,
      launchAfter: launched,
      config: configOfThen,
    },
    {
      name: 'a requested launch, with the present configuration',
      launch: requested,
      launchAfter: requested,
      config: configOfNow,
    },
    {
      name: 'no round that has ended',
      launch: anExhaustedLaunch(),
      launchAfter: undefined,
      config: configOfNow,
    },
    {
      name: 'no pool that was only chosen',
      launch: aNextLaunch(),
      launchAfter: undefined,
      config: configOfNow,
    },
  ])('the next try continues with $name', ({ launch, launchAfter, config }) => {
    const { operation } = take(failing({ launch, retiredInterfaceIds: ['eni-retired'] }), again);
    const isOfThen = config === configOfThen;

    expect(operation.launch).toEqual(launchAfter);
    expect(operation).toMatchObject({
      config,
      configRevision: isOfThen ? 1 : 2,
      eligibleSubnetIds: isOfThen ? [SUBNET_A, SUBNET_B] : [SUBNET_B],
      retiredInterfaceIds: ['eni-retired'],
      continues: true,
    });
  });

  it.each([
    { before: 'eipalloc-then', now: 'eipalloc-now' },
    { before: 'eipalloc-then', now: undefined },
    { before: undefined, now: 'eipalloc-now' },
  ])('uses the present Elastic IP, whose claim the node holds: $now after $before', ({ before, now }) => {
    const withAddress = (elasticIp: string | undefined, imageId: string) =>
      aConfig({ compute: { ...(elasticIp !== undefined && { elasticIp }) }, launchSpecification: { imageId } });
    const node = failing(
      { launch: launched, config: withAddress(before, 'ami-of-then') },
      { config: withAddress(now, 'ami-of-now') },
    );
    const { config } = take(node, again).operation;

    expect(config).toStrictEqual(withAddress(now, 'ami-of-then'));
  });

  it('leaves the old instance to the next try, although the record names the replacement', () => {
    const before = failing(
      { launch: launched, oldInstanceId: OLD_INSTANCE_ID },
      { instance: { ...aNode().instance!, id: REPLACEMENT_ID } },
    );

    expect(take(before, again).operation.oldInstanceId).toBe(OLD_INSTANCE_ID);
  });

  it('leaves the old instance even to a launch, if the record names no instance', () => {
    const before = failing({ oldInstanceId: OLD_INSTANCE_ID }, { instance: undefined });

    expect(take(before, userIntent, { operation: 'launch' }).operation.oldInstanceId).toBe(OLD_INSTANCE_ID);
  });

  it.each<{
    name: string;
    trigger: Trigger;
    kind: OperationKind;
    instanceId: string;
    givenUp: readonly GivenUp[] | undefined;
  }>([
    {
      name: 'the instance that it launched',
      trigger: userIntent,
      kind: 'pause',
      instanceId: OLD_INSTANCE_ID,
      givenUp: [{ kind: 'instance', since: NOW, id: REPLACEMENT_ID }],
    },
    {
      name: 'except the instance that the operation itself ends',
      trigger: userIntent,
      kind: 'pause',
      instanceId: REPLACEMENT_ID,
      givenUp: undefined,
    },
  ])('is given up if no operation continues from it: $name', ({ trigger, kind, instanceId, givenUp }) => {
    const before = failing({ launch: launched }, { instance: { ...aNode().instance!, id: instanceId } });
    const { after } = take(before, trigger, { operation: kind });

    expect(after.givenUp).toEqual(givenUp);
    expect(after.failure).toEqual({ operation: 'replace', count: 1, nextTryAt: NOW });
  });

  it('is given up by its client tokens if the responses were lost', () => {
    const { after } = take(failing({ launch: requested, interfaceRequest }), userIntent, { operation: 'delete' });

    expect(after.givenUp).toEqual([
      { kind: 'instance', since: NOW, clientToken: requested.clientToken },
      { kind: 'interface', since: NOW, clientToken: 'written before' },
    ]);
  });

  it('is ended by a pause if the record names no instance', () => {
    const before = failing({ launch: launched }, { instance: undefined });
    const { after, operation } = take(before, userIntent, { operation: 'pause' });

    expect(operation.oldInstanceId).toBe(REPLACEMENT_ID);
    expect(after).not.toHaveProperty('givenUp');
  });

  it.each([
    {
      name: 'of a failed adjustment, which requests the same interface again',
      failed: 'adjust' as const,
      continues: true,
    },
    { name: 'of a failed replacement, which must still be done', failed: 'replace' as const, continues: false },
  ])('an adjustment continues from what is left $name: $continues', ({ failed, continues }) => {
    const before = failing({ interfaceRequest }, {}, { operation: failed });
    const { after, operation } = take(before, again, { operation: 'adjust' });

    expect(operation.interfaceRequest).toEqual(continues ? interfaceRequest : undefined);
    expect(after.failure).toEqual(before.failure);
    expect(after).not.toHaveProperty('givenUp');
  });

  it.each([
    { name: 'that it has launched', launch: launched, instanceId: REPLACEMENT_ID, kind: 'take' },
    { name: 'that it may have launched', launch: requested, instanceId: anotherInstance, kind: 'take' },
    { name: 'that it has nothing to do with', launch: launched, instanceId: anotherInstance, kind: 'ignore' },
  ])('an event about an instance $name: $kind', ({ launch, instanceId, kind }) => {
    const decision = decideTake(failing({ launch }), takeRequest({ ...warning, instanceId }), NOW);

    expect(decision.kind).toBe(kind);
  });
});

describe('A node whose instances keep ending', () => {
  const activeAt = '2026-11-03T09:55:00.000Z';
  const shortLived = (restarts?: number) =>
    aNode({ instance: { ...aNode().instance!, activeAt }, ...(restarts !== undefined && { restarts }) });
  const lost: Trigger = {
    ...userIntent,
    instanceId: OLD_INSTANCE_ID,
    reason: `${OLD_INSTANCE_ID} is terminated`,
    cause: 'lost',
  };

  it.each<{ name: string; restarts: number | undefined; trigger: Trigger; kind: string; after: number | undefined }>([
    { name: 'the first', restarts: undefined, trigger: lost, kind: 'take', after: 1 },
    { name: 'the second', restarts: 1, trigger: lost, kind: 'take', after: 2 },
    { name: 'the third', restarts: 2, trigger: lost, kind: 'fail', after: 3 },
    { name: 'the third, unhealthy', restarts: 2, trigger: { ...lost, cause: 'unhealthy' }, kind: 'fail', after: 3 },
    { name: 'one that a person replaces', restarts: 2, trigger: userIntent, kind: 'take', after: 2 },
    { name: 'one that EC2 warns of', restarts: 2, trigger: warning, kind: 'take', after: 2 },
  ])('waits from the third on: $name, $kind', ({ restarts, trigger, kind, after }) => {
    const node = shortLived(restarts);
    const decision = decideTake(node, takeRequest(trigger), NOW);

    expect(decision.kind).toBe(kind);
    expect(nodeAfter(node, decision).restarts).toBe(after);
  });

  it('has no operation while it waits, and says until when', () => {
    const node = shortLived(2);
    const decision = decideTake(node, takeRequest(lost), NOW);

    expect(decision).toMatchObject({ kind: 'fail', why: 'the next try is at 2026-11-03T10:01:00.000Z' });
    expect(nodeAfter(node, decision)).toMatchObject({ status: 'ERROR', generation: 3, instance: node.instance });
    expect(nodeAfter(node, decision)).not.toHaveProperty('operation');
  });

  it('is replaced when the pause is over', () => {
    const node = nodeAfter(shortLived(2), decideTake(shortLived(2), takeRequest(lost), NOW));
    const nextTryAt = '2026-11-03T10:01:00.000Z';
    const decision = decideTake(node, takeRequest({ ...userIntent, retries: nextTryAt }), nextTryAt);

    expect(decision.kind).toBe('take');
    expect(nodeAfter(node, decision)).toMatchObject({ restarts: 3, operation: { oldInstanceId: OLD_INSTANCE_ID } });
  });
});

describe('A node whose replacements fail and end', () => {
  const launchedAt = '2026-11-03T09:59:00.000Z';
  const launch = aLaunch({ instanceId: REPLACEMENT_ID });
  const lost: Trigger = { ...userIntent, instanceId: REPLACEMENT_ID, reason: 'it is terminated', cause: 'lost' };
  const node = (restarts: number): StatefulNode =>
    aNode({
      status: 'ERROR',
      errorReason: 'replace failed',
      instance: { ...aNode().instance!, id: REPLACEMENT_ID, launchedAt },
      restarts,
      failure: {
        operation: 'replace',
        count: 1,
        remains: someRemains({ launch, oldInstanceId: OLD_INSTANCE_ID, retiredInterfaceIds: ['eni-retired'] }),
      },
    });

  it('gets another one at once for the first two', () => {
    const after = nodeAfter(node(1), decideTake(node(1), takeRequest(lost), NOW));

    expect(after).toMatchObject({ restarts: 2, operation: { kind: 'replace', oldInstanceId: REPLACEMENT_ID } });
  });

  it('waits from the third on, and gives up what the failure has left', () => {
    const decision = decideTake(node(2), takeRequest(lost), NOW);

    expect(decision).toMatchObject({ kind: 'fail', why: 'the next try is at 2026-11-03T10:01:00.000Z' });
    expect(nodeAfter(node(2), decision)).toMatchObject({
      failure: { remains: { oldInstanceId: REPLACEMENT_ID, retiredInterfaceIds: [] } },
      givenUp: [
        { kind: 'instance', id: OLD_INSTANCE_ID },
        { kind: 'interface', id: 'eni-retired' },
      ],
    });
  });
});

describe('Settings of a node whose import has not adopted its instance', () => {
  const importing = (adoption: AdoptionOverrides) =>
    anImportedNode(adoption, { configRevision: 2, failure: { operation: 'replace', count: 1 } });

  it.each([
    { name: 'not yet', node: importing({}), kind: 'ignore', next: undefined },
    { name: 'by now', node: importing({ adoptedAt: NOW }), kind: 'take', next: 'adjust' },
  ])('wait until it has: $name', ({ node, kind, next }) => {
    expect(decideTake(node, takeRequest(userIntent, { operation: 'adjust' }), NOW).kind).toBe(kind);
    expect(followUp(node)?.kind).toBe(next);
    expect(decideTake(node, takeRequest(userIntent), NOW).kind).toBe('take');
  });
});

describe('Adjustments for changes from outside', () => {
  it.each([
    { name: 'drift', trigger: { ...userIntent, cause: 'drift' as const }, drifts: { count: 3, lastAt: NOW } },
    { name: 'settings', trigger: userIntent, drifts: { count: 2, lastAt: '2026-11-03T09:59:00.000Z' } },
  ])('are counted in a row, and others are not: $name', ({ trigger, drifts }) => {
    const node = aNode({ drifts: { count: 2, lastAt: '2026-11-03T09:59:00.000Z' } });
    const after = nodeAfter(node, decideTake(node, takeRequest(trigger, { operation: 'adjust' }), NOW));

    expect(after.drifts).toEqual(drifts);
  });
});

describe('The next operation of a node', () => {
  const warned: Intent = { kind: 'replace', reason: 'warning', instanceId: OLD_INSTANCE_ID, requestedAt: NOW };
  const pause: Intent = { kind: 'pause', reason: 'pause requested', requestedAt: NOW };
  const resume: Intent = { ...pause, kind: 'launch', reason: 'resume requested' };

  it.each<{ name: string; node: Partial<StatefulNode>; next: object | undefined }>([
    { name: 'nothing', node: {}, next: undefined },
    {
      name: 'settings that are not applied',
      node: { configRevision: 2 },
      next: { kind: 'adjust', reason: 'settings updated' },
    },
    { name: 'settings that are applied', node: { configRevision: 2, appliedRevision: 2 }, next: undefined },
    { name: 'settings of which later ones are applied', node: { appliedRevision: 2 }, next: undefined },
    { name: 'an event', node: { intents: [warned], configRevision: 2 }, next: warned },
    { name: 'a user intent before an event', node: { intents: [warned, pause] }, next: pause },
    { name: 'the latest user intent', node: { intents: [pause, warned, resume] }, next: resume },
  ])('$name', ({ node, next }) => {
    expect(followUp(aNode(node))).toEqual(next);
  });

  it.each<{ name: string; node: Partial<StatefulNode>; operation?: Partial<Operation>; status: string }>([
    { name: 'as it is', node: {}, status: 'ACTIVE' },
    { name: 'as the user intent that waits', node: { intents: [pause] }, status: 'PAUSING' },
    { name: 'as it is, if only an event waits', node: { intents: [warned] }, status: 'ACTIVE' },
    {
      name: 'as it is, if the user intent is for settings',
      node: { intents: [{ ...pause, kind: 'adjust' }] },
      status: 'ACTIVE',
    },
    { name: 'as the operation under way', node: { intents: [pause] }, operation: {}, status: 'RECYCLING' },
    { name: 'as being deleted, during any operation', node: { deletion }, operation: {}, status: 'DEALLOCATING' },
  ])('shows already: $name', ({ node, operation, status }) => {
    expect(shownStatus(operation === undefined ? aNode(node) : aBusyNode(node, operation))).toBe(status);
  });
});

describe('Ownership, for any sequence of requests', () => {
  const someRequests = fc.array(someTakeRequest, { maxLength: 20 });
  const someStart = fc.constantFrom(aNode(), aNode({ config: followsRebalance }), withoutInstance);

  it('has one owner until it is released', () => {
    fc.assert(
      fc.property(someStart, someRequests, (start, requests) => {
        let node = start;
        const takers: string[] = [];
        for (const request of requests) {
          const decision = decideTake(node, request, NOW);
          node = nodeAfter(node, decision);
          if (decision.kind === 'take') takers.push(request.executionId);
          if (decision.kind === 'owned') expect(takers).toEqual([request.executionId]);
          expect(takers.length).toBeLessThanOrEqual(1);
          expect(node.operation?.executionId).toBe(takers[0]);
        }
      }),
    );
  });

  it('raises the generation with every owner, and only then', () => {
    const steps = fc.array(fc.oneof(someTakeRequest, fc.constant('release' as const)), { maxLength: 20 });

    fc.assert(
      fc.property(someStart, steps, (start, played) => {
        let node = start;
        for (const step of played) {
          const before = node;
          const decision = step === 'release' ? undefined : decideTake(node, step, NOW);
          node = decision === undefined ? released(node) : nodeAfter(node, decision);
          expect(node.generation - before.generation).toBe(decision?.kind === 'take' ? 1 : 0);
        }
      }),
    );
  });

  it('loses no intent during an operation, and keeps none twice', () => {
    const busy = aBusyNode({ config: followsRebalance }, { launch: aLaunch() });

    fc.assert(
      fc.property(someRequests, (requests) => {
        let node: StatefulNode = busy;
        for (const request of requests) {
          const { trigger, operation: kind } = request;
          const before = node;
          const decision = decideTake(node, request, NOW);
          node = nodeAfter(node, decision);

          expect(node.intents.slice(0, before.intents.length)).toEqual(before.intents);
          const isWaiting = ({ kind: waiting, instanceId }: Intent) =>
            waiting === kind && instanceId === trigger.instanceId;
          const isMoot = kind === 'launch' || ![undefined, REPLACEMENT_ID].includes(trigger.instanceId);
          expect(node.intents.filter(isWaiting)).toHaveLength(isMoot ? 0 : 1);
        }
      }),
    );
  });

  it('drains for whole seconds, never beyond the end that a warning announces', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3600 }), someInstant, someInstant, (drainingTimeout, endsAt, now) => {
        const node = aNode({ config: aConfig({ strategy: { drainingTimeout } }) });
        const decision = decideTake(node, takeRequest({ ...warning, endsAt }), now);
        const drainSeconds = 'plan' in decision ? decision.plan.drainSeconds : NaN;
        const leftSeconds = Math.max(0, (Date.parse(endsAt) - Date.parse(now)) / 1000);

        expect(Number.isInteger(drainSeconds)).toBe(true);
        expect(drainSeconds).toBeGreaterThanOrEqual(0);
        expect(drainSeconds).toBe(Math.min(drainingTimeout, Math.floor(leftSeconds)));
      }),
    );
  });

  it.each([
    {
      name: 'a request drains as configured',
      node: aNode({ config: aConfig({ strategy: { drainingTimeout: 300 } }) }),
      seconds: 300,
    },
    { name: 'nothing configured drains nothing', node: aNode(), seconds: 0 },
    {
      name: 'a node without an instance has nothing to drain',
      node: { ...withoutInstance, config: aConfig({ strategy: { drainingTimeout: 300 } }) },
      seconds: 0,
    },
  ])('$name', ({ node, seconds }) => {
    expect(decideTake(node, takeRequest(userIntent), NOW)).toMatchObject({ plan: { drainSeconds: seconds } });
  });

  it.each([
    { name: 'a second before the end of the drain', endsAt: '2026-11-03T10:04:59.000Z', seconds: 299 },
    { name: 'a millisecond before a whole second', endsAt: '2026-11-03T10:04:58.999Z', seconds: 298 },
    { name: 'at the end of the drain', endsAt: '2026-11-03T10:05:00.000Z', seconds: 300 },
    { name: 'after it', endsAt: '2026-11-03T10:05:01.000Z', seconds: 300 },
    { name: 'just now', endsAt: NOW, seconds: 0 },
    { name: 'in the past', endsAt: '2026-11-03T09:00:00.000Z', seconds: 0 },
  ])('a request for a warning drains no longer than the warning says: $name', ({ endsAt, seconds }) => {
    const node = aNode({ config: aConfig({ strategy: { drainingTimeout: 300 } }) });

    expect(decideTake(node, takeRequest({ ...userIntent, endsAt }), NOW)).toMatchObject({
      plan: { drainSeconds: seconds },
    });
  });

  it.each([
    { before: 'cold', after: 'cold', releaseFirst: true },
    { before: 'hot', after: 'hot', releaseFirst: false },
    // A primary interface is released only when its instance ends, and can be attached only at launch.
    { before: 'cold', after: 'hot', releaseFirst: true },
    { before: 'hot', after: 'cold', releaseFirst: true },
  ] as const)('carried $before before and $after from now on: the old instance ends first $releaseFirst', (row) => {
    const config = aConfig({ persistence: { persistPrivateIp: true, eniAttachment: row.after } });
    const node = aNode({ config, instance: { ...aNode().instance!, attachment: row.before } });

    expect(decideTake(node, takeRequest(userIntent), NOW)).toMatchObject({
      plan: { attachment: row.after, releaseFirst: row.releaseFirst },
    });
  });

  it('carried by an instance that the record does not name: it ends first, because it may be the primary one', () => {
    const config = aConfig({ persistence: { persistPrivateIp: true, eniAttachment: 'hot' } });
    const before = { config: aConfig(), configRevision: 1, eligibleSubnetIds: [], retiredInterfaceIds: [] };
    const remains = { ...before, oldInstanceId: OLD_INSTANCE_ID };
    const failure = { operation: 'replace' as const, count: 1, remains };

    expect(decideTake({ ...withoutInstance, config, failure }, takeRequest(userIntent), NOW)).toMatchObject({
      node: { operation: { oldInstanceId: OLD_INSTANCE_ID } },
      plan: { attachment: 'hot', releaseFirst: true },
    });
  });

  it.each([
    { name: 'a launch', operation: 'launch' },
    { name: 'a replacement', operation: 'replace' },
  ] as const)('$name without an old instance has none to terminate first', ({ operation }) => {
    expect(decideTake(withoutInstance, takeRequest(userIntent, { operation }), NOW)).toMatchObject({
      plan: { attachment: 'cold', releaseFirst: false },
    });
  });

  it('keeps the configuration of its start', () => {
    const taken = nodeAfter(aNode(), decideTake(aNode(), takeRequest(userIntent), NOW));
    const config = aConfig({ persistence: { persistPrivateIp: true, eniAttachment: 'hot' } });

    expect(decideTake({ ...taken, config }, takeRequest(userIntent), NOW)).toMatchObject({
      kind: 'owned',
      plan: { attachment: 'cold' },
    });
  });
});

describe('A node that says nothing of its strategy', () => {
  const node = aNode({ config: { ...aConfig(), strategy: undefined } });

  it('ignores rebalance recommendations, and drains nothing', () => {
    expect(decideTake(node, takeRequest(rebalance), NOW)).toEqual({
      kind: 'ignore',
      why: 'the node ignores rebalance recommendations',
    });
    expect(decideTake(node, takeRequest(userIntent), NOW)).toMatchObject({ kind: 'take', plan: { drainSeconds: 0 } });
  });
});

describe('The intents that outlive an operation', () => {
  const asked: Intent = { kind: 'replace', reason: 'requested', requestedAt: NOW };
  const aboutReplacement: Intent = { ...asked, instanceId: REPLACEMENT_ID };

  it('are those of events, if the user intent is withdrawn', () => {
    expect(withUserIntent([asked, aboutReplacement], undefined)).toStrictEqual([aboutReplacement]);
  });

  const aboutOld: Intent = { ...asked, instanceId: OLD_INSTANCE_ID };

  it('are user intents, and events about the instance that carries the node now, in their order', () => {
    const node = aBusyNode({ intents: [aboutReplacement, aboutOld, asked] });

    expect(liveIntents(node, REPLACEMENT_ID)).toEqual([aboutReplacement, asked]);
  });

  it('are only user intents if no instance carries the node', () => {
    expect(liveIntents(aBusyNode({ intents: [aboutReplacement, asked] }), undefined)).toEqual([asked]);
  });

  it('are no user intents to launch if there is an instance', () => {
    const launching: Intent = { ...asked, kind: 'launch' };
    const node = aBusyNode({ intents: [launching, asked] });

    expect(liveIntents(node, REPLACEMENT_ID)).toEqual([asked]);
    expect(liveIntents(node, undefined)).toEqual([launching, asked]);
  });

  it.each<{ userIntent: OperationKind; operation: OperationKind; isFulfilled: boolean }>([
    { userIntent: 'pause', operation: 'pause', isFulfilled: true },
    { userIntent: 'launch', operation: 'replace', isFulfilled: true },
    { userIntent: 'replace', operation: 'replace', isFulfilled: true },
    { userIntent: 'pause', operation: 'replace', isFulfilled: false },
    { userIntent: 'replace', operation: 'pause', isFulfilled: false },
    { userIntent: 'launch', operation: 'delete', isFulfilled: false },
    { userIntent: 'replace', operation: 'adjust', isFulfilled: false },
    { userIntent: 'adjust', operation: 'adjust', isFulfilled: false },
  ])('a user intent for $userIntent is fulfilled by the operation $operation: $isFulfilled', (row) => {
    const kept: Intent = { ...asked, kind: row.userIntent };
    const node = aNode({ intents: [kept] });
    const decision = decideTake(node, takeRequest(userIntent, { operation: row.operation }), NOW);

    expect(nodeAfter(node, decision).intents).toEqual(row.isFulfilled ? [] : [kept]);
  });

  it('are a user intent, and no events about the instance that the operation ends', () => {
    const pause: Intent = { ...asked, kind: 'pause' };
    const node = aNode({ intents: [aboutOld, pause] });

    expect(nodeAfter(node, decideTake(node, takeRequest(warning), NOW)).intents).toEqual([pause]);
  });

  it('are not changed by the release itself', () => {
    const node = released(aBusyNode({ intents: [asked] }));

    expect(node.intents).toEqual([asked]);
    expect(node).not.toHaveProperty('operation');
  });
});
