import fc from 'fast-check';
import { decideTake, liveIntents, released, type TakeDecision } from '../../domain/ownership';
import type { Intent, StatefulNode } from '../../domain/stateful-node';
import type { TakeRequest, Trigger } from '../../domain/trigger';
import { someInstant, someTakeRequest } from './arbitraries';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  aNode,
  EXECUTION_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
  SUBNET_A,
  SUBNET_B,
} from './builders';

const warning: Trigger = {
  kind: 'warning',
  instanceId: OLD_INSTANCE_ID,
  reason: 'spot interruption warning (terminate)',
  endsAt: '2026-11-03T10:02:00.000Z',
};
const rebalance: Trigger = { kind: 'rebalance', instanceId: OLD_INSTANCE_ID, reason: 'rebalance recommendation' };
const wish: Trigger = { kind: 'request', nodeId: NODE_ID, reason: 'requested' };
const anotherInstance = 'i-00000000000000009';

const heedsRebalance = aConfig({ strategy: { rebalanceRecommendation: 'replace' } });
const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
const beingDeleted = aNode({ deletion });
const withoutInstance = aNode({ instance: undefined, status: 'ERROR', errorReason: 'launch failed' });

function takeRequest(trigger: Trigger, overrides: Partial<TakeRequest> = {}): TakeRequest {
  return { operation: 'replace', executionId: 'execution-2', trigger, ...overrides };
}

function nodeAfter(before: StatefulNode, decision: TakeDecision): StatefulNode {
  return 'node' in decision ? decision.node : before;
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
    { name: 'a rebalance that it heeds', node: aNode({ config: heedsRebalance }), trigger: rebalance, kind: 'take' },
    { name: 'a request', node: aNode(), trigger: wish, kind: 'take' },
    {
      name: 'a request about its instance',
      node: aNode(),
      trigger: { ...wish, instanceId: OLD_INSTANCE_ID },
      kind: 'take',
    },
    {
      name: 'a request about an instance of the past',
      node: aNode(),
      trigger: { ...wish, instanceId: anotherInstance },
      kind: 'ignore',
    },
    {
      name: 'a request while it is being deleted',
      node: beingDeleted,
      trigger: wish,
      kind: 'ignore',
    },
    { name: 'a replacement where no instance carries it', node: withoutInstance, trigger: wish, kind: 'take' },
  ])('$name: $kind', ({ node, trigger, kind }) => {
    expect(decideTake(node, takeRequest(trigger), NOW).kind).toBe(kind);
  });

  it.each([
    { name: 'one that has an instance', node: aNode(), kind: 'ignore' },
    { name: 'one that has none', node: withoutInstance, kind: 'take' },
  ])('launches only a node without an instance; $name: $kind', ({ node, kind }) => {
    expect(decideTake(node, takeRequest(wish, { operation: 'launch' }), NOW).kind).toBe(kind);
  });

  it('writes down who owns it, which instance it leaves, and the next generation', () => {
    expect(decideTake(aNode(), takeRequest(warning), NOW)).toEqual({
      kind: 'take',
      plan: {
        nodeId: NODE_ID,
        generation: 4,
        attachment: 'cold',
        releaseFirst: true,
        drainSeconds: 0,
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
        },
      }),
    });
  });

  it('resumes a node without an instance, and clears the error of before', () => {
    const decision = decideTake(withoutInstance, takeRequest(wish, { operation: 'launch' }), NOW);
    const node = nodeAfter(withoutInstance, decision);

    expect(node.status).toBe('RESUMING');
    expect(node).not.toHaveProperty('errorReason');
    expect(node.operation?.oldInstanceId).toBeUndefined();
  });

  it('answers the wishes kept before by this very replacement', () => {
    const intents = [{ kind: 'replace' as const, reason: 'requested', requestedAt: NOW }];
    const node = aNode({ intents });

    expect(nodeAfter(node, decideTake(node, takeRequest(wish), NOW)).intents).toEqual([]);
  });
});

describe('decideTake on a node that an operation owns', () => {
  const busy = aBusyNode({ config: heedsRebalance }, { launch: aLaunch() });

  it.each([
    { name: 'about the instance being replaced', trigger: warning, kind: 'ignore' },
    { name: 'about the replacement', trigger: { ...warning, instanceId: REPLACEMENT_ID }, kind: 'keep' },
    { name: 'about an instance of the past', trigger: { ...warning, instanceId: anotherInstance }, kind: 'ignore' },
    {
      name: 'recommending to leave the replacement',
      trigger: { ...rebalance, instanceId: REPLACEMENT_ID },
      kind: 'keep',
    },
    { name: 'asking for another replacement', trigger: wish, kind: 'keep' },
  ])('a trigger $name: $kind', ({ trigger, kind }) => {
    expect(decideTake(busy, takeRequest(trigger), NOW).kind).toBe(kind);
  });

  it('keeps what has to follow, without touching the operation', () => {
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

  it('keeps the same only once', () => {
    const first = decideTake(busy, takeRequest(wish), NOW);
    const second = decideTake(nodeAfter(busy, first), takeRequest(wish, { executionId: 'execution-3' }), NOW);

    expect(second).toEqual({ kind: 'ignore', why: 'the same is waiting already' });
  });

  it('tells its owner again what it has been told', () => {
    const first = decideTake(aNode(), takeRequest(wish), NOW);
    const again = decideTake(nodeAfter(aNode(), first), takeRequest(wish), NOW);

    expect(again).toEqual({ kind: 'owned', plan: 'plan' in first ? first.plan : undefined });
  });

  it('tells its owner again even where the trigger would be moot by now', () => {
    const replaced = aBusyNode({ deletion });

    expect(decideTake(replaced, takeRequest(rebalance, { executionId: EXECUTION_ID }), NOW).kind).toBe('owned');
  });
});

describe('Ownership, whatever arrives', () => {
  const someRequests = fc.array(someTakeRequest, { maxLength: 20 });
  const someStart = fc.constantFrom(aNode(), aNode({ config: heedsRebalance }), withoutInstance);

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

  it('loses no intent while an operation is under way, and keeps none twice', () => {
    const busy = aBusyNode({ config: heedsRebalance }, { launch: aLaunch() });

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
      name: 'no instance has nothing to drain',
      node: { ...withoutInstance, config: aConfig({ strategy: { drainingTimeout: 300 } }) },
      seconds: 0,
    },
  ])('$name', ({ node, seconds }) => {
    expect(decideTake(node, takeRequest(wish), NOW)).toMatchObject({ plan: { drainSeconds: seconds } });
  });

  it.each([
    { before: 'cold', after: 'cold', releaseFirst: true },
    { before: 'hot', after: 'hot', releaseFirst: false },
    // A primary interface comes free only by its instance's end, and can only be given to one at its launch.
    { before: 'cold', after: 'hot', releaseFirst: true },
    { before: 'hot', after: 'cold', releaseFirst: true },
  ] as const)('carried $before before and $after from now on: the old instance ends first $releaseFirst', (row) => {
    const config = aConfig({ persistence: { persistPrivateIp: true, eniAttachment: row.after } });
    const node = aNode({ config, instance: { ...aNode().instance!, attachment: row.before } });

    expect(decideTake(node, takeRequest(wish), NOW)).toMatchObject({
      plan: { attachment: row.after, releaseFirst: row.releaseFirst },
    });
  });

  it('holds on to the configuration that it was taken with', () => {
    const taken = nodeAfter(aNode(), decideTake(aNode(), takeRequest(wish), NOW));
    const config = aConfig({ persistence: { persistPrivateIp: true, eniAttachment: 'hot' } });

    expect(decideTake({ ...taken, config }, takeRequest(wish), NOW)).toMatchObject({
      kind: 'owned',
      plan: { attachment: 'cold' },
    });
  });
});

describe('The intents that outlive an operation', () => {
  const wished: Intent = { kind: 'replace', reason: 'requested', requestedAt: NOW };
  const aboutReplacement: Intent = { ...wished, instanceId: REPLACEMENT_ID };
  const aboutOld: Intent = { ...wished, instanceId: OLD_INSTANCE_ID };

  it('are wishes, and events about the instance that carries the node now, in their order', () => {
    const node = aBusyNode({ intents: [aboutReplacement, aboutOld, wished] });

    expect(liveIntents(node, REPLACEMENT_ID)).toEqual([aboutReplacement, wished]);
  });

  it('are wishes alone where nothing carries the node', () => {
    expect(liveIntents(aBusyNode({ intents: [aboutReplacement, wished] }), undefined)).toEqual([wished]);
  });

  it('are not touched by the release itself', () => {
    const node = released(aBusyNode({ intents: [wished] }));

    expect(node.intents).toEqual([wished]);
    expect(node).not.toHaveProperty('operation');
  });
});
