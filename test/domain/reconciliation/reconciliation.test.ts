import fc from 'fast-check';
import { decideTake } from '../../../domain/operation/ownership';
import { decideLost, decideRepair, type Repair, type SeenAtRest } from '../../../domain/reconciliation/reconciliation';
import type {
  Cause,
  Failure,
  Intent,
  NodeInstance,
  OperationKind,
  StatefulNode,
} from '../../../domain/node/stateful-node';
import { parseTrigger } from '../../../domain/operation/trigger';
import { someInstant, someNode } from '../arbitraries';
import {
  aBusyNode,
  aConfig,
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anInstance,
  anInterface,
  aNode,
  EXECUTION_ID,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  someRemains,
} from '../builders';

const instance = aNode().instance!;
const running = anInstance({ id: OLD_INSTANCE_ID });
const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
const paused: Partial<StatefulNode> = { status: 'PAUSED', instance: undefined };

/** What EC2 shows of `aNode()` if nothing is wrong. */
function allIsWell(overrides: Partial<SeenAtRest> = {}): SeenAtRest {
  return {
    instance: running,
    interface: anAttachedInterface({ instanceId: OLD_INSTANCE_ID }),
    elasticIp: undefined,
    hasExecutionEnded: false,
    ...overrides,
  };
}

const pausedAndWell = allIsWell({ instance: undefined, interface: anInterface() });

/** @param endsAt given if the instance no longer runs */
function replacing(reason: string, endsAt?: string, cause: Cause = 'lost'): Repair {
  return { kind: 'replace', request: { nodeId: NODE_ID, reason, instanceId: OLD_INSTANCE_ID, endsAt, cause } };
}

function adjusting(reason: string): Repair {
  return { kind: 'adjust', request: { nodeId: NODE_ID, reason, cause: 'drift' } };
}

interface Row {
  readonly name: string;
  readonly node?: Partial<StatefulNode>;
  readonly seen?: Partial<SeenAtRest>;
  readonly repair: Repair | undefined;
}

function check({ node, seen, repair }: Row): void {
  expect(decideRepair(aNode(node), allIsWell(seen), NOW)).toEqual(repair);
}

describe('An event about an instance that no execution waits for', () => {
  it.each(['shutting-down', 'terminated'] as const)('replaces the instance of a node at rest: %s', (state) => {
    expect(decideLost(aNode(), { id: OLD_INSTANCE_ID, state }, NOW)).toEqual(
      replacing(`${OLD_INSTANCE_ID} is ${state}`, NOW),
    );
  });

  it('replaces the instance if the next try is an adjustment, which replaces nothing', () => {
    const remains = someRemains({ oldInstanceId: OLD_INSTANCE_ID });
    const node = aNode({ failure: { operation: 'adjust', count: 1, remains } });

    expect(decideLost(node, { id: OLD_INSTANCE_ID, state: 'terminated' }, NOW)).toEqual(
      replacing(`${OLD_INSTANCE_ID} is terminated`, NOW),
    );
  });

  it.each(['pending', 'running', 'stopping', 'stopped'] as const)(
    'is ignored if the state may have changed since: %s',
    (state) => {
      expect(decideLost(aNode(), { id: OLD_INSTANCE_ID, state }, NOW)).toBeUndefined();
    },
  );

  it.each([
    { name: 'of another instance', node: aNode(), id: 'i-00000000000000009' },
    { name: 'of a node without one', node: aNode(paused), id: OLD_INSTANCE_ID },
    { name: 'of a node that an operation owns', node: aBusyNode(), id: OLD_INSTANCE_ID },
    { name: 'of a node that is being deleted', node: aNode({ deletion }), id: OLD_INSTANCE_ID },
    {
      name: 'whose pause must still be done: its end is no loss',
      node: aNode({ failure: { operation: 'pause', count: 1, nextTryAt: NOW } }),
      id: OLD_INSTANCE_ID,
    },
    {
      name: 'whose end a failed operation already covers',
      node: aNode({
        failure: { operation: 'replace', count: 1, remains: someRemains({ oldInstanceId: OLD_INSTANCE_ID }) },
      }),
      id: OLD_INSTANCE_ID,
    },
  ])('replaces nothing $name', ({ node, id }) => {
    expect(decideLost(node, { id, state: 'terminated' }, NOW)).toBeUndefined();
  });
});

describe('A node at rest', () => {
  it.each<Row>([
    { name: 'is left alone where all is well', repair: undefined },
    { name: 'is left alone if it is paused', node: paused, seen: pausedAndWell, repair: undefined },
    {
      name: 'is left alone before its first launch',
      node: { ...paused, identity: { settled: false } },
      seen: { ...pausedAndWell, interface: undefined },
      repair: undefined,
    },
  ])('$name', check);
});

describe('An instance that no longer serves is replaced', () => {
  const gone = { instance: undefined, interface: anInterface() };
  const launched = (launchedAt: string): Partial<StatefulNode> => ({ instance: { ...instance, launchedAt } });
  const LATER = '2026-11-03T10:00:00.001Z';
  const remains = someRemains({ oldInstanceId: OLD_INSTANCE_ID });
  const covered = { failure: { operation: 'replace' as const, count: 1, nextTryAt: LATER, remains } };

  it.each<Row>([
    ...(['shutting-down', 'terminated', 'stopping', 'stopped'] as const).map((state) => ({
      name: state,
      seen: { instance: anInstance({ id: OLD_INSTANCE_ID, state }) },
      repair: replacing(`${OLD_INSTANCE_ID} is ${state}`, NOW),
    })),
    {
      name: 'not pending',
      seen: { instance: anInstance({ id: OLD_INSTANCE_ID, state: 'pending' }) },
      repair: undefined,
    },
    ...[
      { name: 'stopped', seen: { instance: anInstance({ id: OLD_INSTANCE_ID, state: 'stopped' as const }) } },
      { name: 'unhealthy', seen: { impairedSince: '2026-11-03T08:00:00.000Z' } },
    ].map(({ name, seen }) => ({
      name: `not ${name} if that has been tried: it waits for its next try`,
      node: { failure: { operation: 'replace' as const, count: 1, nextTryAt: '2026-11-03T10:00:00.001Z' } },
      seen,
      repair: undefined,
    })),
    { name: 'gone', seen: gone, repair: replacing(`${OLD_INSTANCE_ID} is gone`, NOW) },
    {
      name: 'gone, launched ten minutes and a millisecond ago',
      node: launched('2026-11-03T09:49:59.999Z'),
      seen: gone,
      repair: replacing(`${OLD_INSTANCE_ID} is gone`, NOW),
    },
    {
      name: 'not yet, launched ten minutes ago: EC2 may show it late',
      node: launched('2026-11-03T09:50:00.000Z'),
      seen: { instance: undefined },
      repair: undefined,
    },
    {
      name: 'not if there is none',
      node: paused,
      seen: { ...pausedAndWell, instance: anInstance({ state: 'terminated' }) },
      repair: undefined,
    },
    {
      name: 'not if the node is being deleted',
      node: { deletion },
      seen: { instance: anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' }) },
      repair: undefined,
    },
    {
      name: 'before a failed operation is tried again',
      node: { failure: { operation: 'replace', count: 1, nextTryAt: NOW } },
      seen: { instance: anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' }) },
      repair: replacing(`${OLD_INSTANCE_ID} is terminated`, NOW),
    },
    {
      name: 'but not while a person wants something else',
      node: { intents: [{ kind: 'pause', reason: 'pause requested', requestedAt: NOW }], updatedAt: NOW },
      seen: { instance: anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' }) },
      repair: undefined,
    },
    {
      name: 'in a node in ERROR as well',
      node: { status: 'ERROR', failure: { operation: 'replace', count: 1 } },
      seen: { instance: anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' }) },
      repair: replacing(`${OLD_INSTANCE_ID} is terminated`, NOW),
    },
    {
      name: 'in a node whose adjustment has failed as well',
      node: { failure: { operation: 'adjust', count: 1, nextTryAt: LATER, remains: someRemains() } },
      seen: { instance: anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' }) },
      repair: replacing(`${OLD_INSTANCE_ID} is terminated`, NOW),
    },
    {
      name: 'in a node whose pause has failed after a person had asked for a resume: the adjustment replaces nothing',
      node: { failure: { operation: 'adjust', count: 1, remains } },
      seen: { instance: anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' }) },
      repair: replacing(`${OLD_INSTANCE_ID} is terminated`, NOW),
    },
    {
      name: 'not in a node whose pause has failed: the instance must end anyway',
      node: { failure: { operation: 'pause', count: 1, nextTryAt: LATER } },
      seen: { instance: anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' }) },
      repair: undefined,
    },
    {
      name: 'with EC2’s reason for its end',
      seen: {
        instance: anInstance({
          id: OLD_INSTANCE_ID,
          state: 'terminated',
          stateReason: 'Server.SpotInstanceTermination',
        }),
      },
      repair: replacing(`${OLD_INSTANCE_ID} is terminated (Server.SpotInstanceTermination)`, NOW),
    },
    {
      name: 'not if a failed operation covers its end, and the replacement waits for its next try',
      node: covered,
      seen: { instance: anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' }) },
      repair: undefined,
    },
    { name: 'nor if it is gone by then', node: covered, seen: gone, repair: undefined },
  ])('$name', check);
});

describe('An instance that fails its status checks is replaced', () => {
  const since = '2026-11-03T09:57:00.000Z';
  const illSince = (then: string) =>
    replacing(`${OLD_INSTANCE_ID} has failed EC2's status checks since ${then}`, undefined, 'unhealthy');
  const unhealthy = illSince(since);
  const configured = aConfig({ healthCheck: { autoHealing: true, gracePeriod: 300, unhealthyDuration: 180 } });
  const launched = (launchedAt: string) => ({ config: configured, instance: { ...instance, launchedAt } });

  it.each<Row>([
    { name: 'by default', seen: { impairedSince: since }, repair: unhealthy },
    {
      name: 'after two minutes of it, by default',
      seen: { impairedSince: '2026-11-03T09:58:00.000Z' },
      repair: illSince('2026-11-03T09:58:00.000Z'),
    },
    { name: 'not before that', seen: { impairedSince: '2026-11-03T09:58:00.001Z' }, repair: undefined },
    {
      name: 'not if healing is switched off',
      node: { config: aConfig({ healthCheck: { autoHealing: false } }) },
      seen: { impairedSince: since },
      repair: undefined,
    },
    {
      name: 'after as long as configured',
      node: { config: configured },
      seen: { impairedSince: since },
      repair: unhealthy,
    },
    {
      name: 'not a millisecond before',
      node: { config: configured },
      seen: { impairedSince: '2026-11-03T09:57:00.001Z' },
      repair: undefined,
    },
    {
      name: 'once the grace period of its launch is over',
      node: launched('2026-11-03T09:55:00.000Z'),
      seen: { impairedSince: since },
      repair: unhealthy,
    },
    {
      name: 'not a millisecond before that',
      node: launched('2026-11-03T09:55:00.001Z'),
      seen: { impairedSince: since },
      repair: undefined,
    },
    {
      name: 'not if the node is being deleted',
      node: { deletion },
      seen: { impairedSince: since },
      repair: undefined,
    },
    { name: 'not if it passes them', seen: { impairedSince: undefined }, repair: undefined },
    {
      name: 'as one that has ended, if it has ended',
      seen: { impairedSince: since, instance: anInstance({ id: OLD_INSTANCE_ID, state: 'stopped' }) },
      repair: replacing(`${OLD_INSTANCE_ID} is stopped`, NOW),
    },
  ])('$name', check);
});

describe('An operation whose execution has ended is taken over', () => {
  it.each<OperationKind>(['launch', 'replace', 'pause', 'adjust', 'delete'])('%s', (kind) => {
    const node = aBusyNode({ deletion }, { kind, generation: 9, reason: 'recycle requested' });

    expect(decideRepair(node, allIsWell({ hasExecutionEnded: true }), NOW)).toEqual({
      kind,
      request: {
        nodeId: NODE_ID,
        reason: 'recycle requested (taken over: its execution has ended)',
        takesOver: 9,
      },
    });
  });

  it.each([
    { name: 'has ended', instance: anInstance({ id: OLD_INSTANCE_ID, state: 'shutting-down' as const }) },
    { name: 'is stopped', instance: anInstance({ id: OLD_INSTANCE_ID, state: 'stopped' as const }) },
    { name: 'is gone', instance: undefined },
  ])('without draining an instance that $name', ({ instance: seen }) => {
    const repair = decideRepair(aBusyNode(), allIsWell({ hasExecutionEnded: true, instance: seen }), NOW);

    expect(repair?.request.endsAt).toBe(NOW);
  });

  it('and drains one that starts', () => {
    const starting = anInstance({ id: OLD_INSTANCE_ID, state: 'pending' });
    const repair = decideRepair(aBusyNode(), allIsWell({ hasExecutionEnded: true, instance: starting }), NOW);

    expect(repair?.request.endsAt).toBeUndefined();
  });

  it.each([
    { name: 'a minute after the one before', lastAt: '2026-11-03T09:59:00.000Z', kind: 'replace' },
    { name: 'not before that', lastAt: '2026-11-03T09:59:00.001Z', kind: undefined },
  ])('with growing pauses: $name', ({ lastAt, kind }) => {
    const node = aBusyNode({}, { takeovers: { count: 1, lastAt } });

    expect(decideRepair(node, allIsWell({ hasExecutionEnded: true }), NOW)?.kind).toBe(kind);
  });

  it('and is left alone while it runs, for anything that EC2 shows', () => {
    const node = aBusyNode({ failure: { operation: 'replace', count: 1, nextTryAt: NOW } });
    const seen = allIsWell({
      instance: anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' }),
      interface: undefined,
    });

    expect(decideRepair(node, seen, NOW)).toBeUndefined();
  });
});

describe('What has failed is tried again', () => {
  const failing = (failure: Partial<Failure>): Partial<StatefulNode> => ({
    status: 'ERROR',
    failure: { operation: 'replace', count: 2, ...failure },
  });
  const again = (operation: OperationKind, retries: string, endsAt?: string): Repair => ({
    kind: operation,
    request: { nodeId: NODE_ID, reason: `${operation} tried again`, retries, endsAt },
  });

  it.each<Row>([
    { name: 'when it is time', node: failing({ nextTryAt: NOW }), repair: again('replace', NOW) },
    {
      name: 'when it has been time for long',
      node: failing({ nextTryAt: '2026-11-03T08:00:00.000Z' }),
      repair: again('replace', '2026-11-03T08:00:00.000Z'),
    },
    ...(['stopping', 'stopped'] as const).map((state) => ({
      name: `without draining an instance that is ${state}`,
      node: failing({ nextTryAt: NOW }),
      seen: { instance: anInstance({ id: OLD_INSTANCE_ID, state }) },
      repair: again('replace', NOW, NOW),
    })),
    { name: 'not before', node: failing({ nextTryAt: '2026-11-03T10:00:00.001Z' }), repair: undefined },
    { name: 'not if a person must act first', node: failing({}), repair: undefined },
    {
      name: 'as the operation that the failure names',
      node: { ...failing({ operation: 'launch', nextTryAt: NOW }), instance: undefined },
      seen: pausedAndWell,
      repair: again('launch', NOW),
    },
    {
      name: 'a clean-up as well',
      node: { ...failing({ operation: 'delete', nextTryAt: NOW }), deletion },
      repair: again('delete', NOW),
    },
    {
      name: 'with the node as it is: what has drifted waits for that',
      node: failing({ nextTryAt: '2026-11-03T10:00:00.001Z' }),
      seen: { interface: undefined },
      repair: undefined,
    },
    {
      name: 'a node that is paused for want of an address as well',
      node: { ...paused, failure: { operation: 'launch', count: 1, nextTryAt: NOW } },
      seen: { ...pausedAndWell, interface: undefined },
      repair: again('launch', NOW),
    },
  ])('$name', check);
});

describe('What was written down and never started is started', () => {
  const requestedAt = '2026-11-03T09:00:00.000Z';
  const endsAt = '2026-11-03T09:02:00.000Z';
  const A_MINUTE_AGO = '2026-11-03T09:59:00.000Z';
  const userIntent: Intent = { kind: 'pause', reason: 'pause requested', requestedAt };
  const warned: Intent = { kind: 'replace', reason: 'warning', instanceId: OLD_INSTANCE_ID, requestedAt, endsAt };

  it.each<Row>([
    {
      name: 'a user intent, so that it lapses if it is withdrawn',
      node: { intents: [userIntent] },
      repair: { kind: 'pause', request: { nodeId: NODE_ID, reason: 'pause requested', requestedAt } },
    },
    {
      name: "an event's, with the instance that it is about",
      node: { intents: [warned] },
      repair: {
        kind: 'replace',
        request: { nodeId: NODE_ID, reason: 'warning', instanceId: OLD_INSTANCE_ID, endsAt },
      },
    },
    {
      name: 'a claim that the last step of an operation did not come to release',
      node: { heldClaims: ['eipalloc-left'], updatedAt: A_MINUTE_AGO },
      repair: {
        kind: 'adjust',
        request: { nodeId: NODE_ID, reason: 'eipalloc-left is still claimed, and no longer needed', cause: 'drift' },
      },
    },
    {
      name: 'a claim that an operation may be about to release',
      node: { heldClaims: ['eipalloc-left'], updatedAt: '2026-11-03T09:59:00.001Z' },
      repair: undefined,
    },
    {
      name: 'settings',
      node: { configRevision: 2 },
      repair: { kind: 'adjust', request: { nodeId: NODE_ID, reason: 'settings updated' } },
    },
    {
      name: 'a deletion',
      node: { deletion, intents: [{ ...userIntent, kind: 'delete', reason: 'deletion requested' }] },
      repair: { kind: 'delete', request: { nodeId: NODE_ID, reason: 'deletion requested', requestedAt } },
    },
    {
      name: 'a minute after it was written',
      node: { intents: [userIntent], updatedAt: A_MINUTE_AGO },
      repair: { kind: 'pause', request: { nodeId: NODE_ID, reason: 'pause requested', requestedAt } },
    },
    {
      name: 'not before: its writer is starting it',
      node: { intents: [userIntent], updatedAt: '2026-11-03T09:59:00.001Z' },
      repair: undefined,
    },
    {
      name: 'before what has drifted',
      node: { intents: [userIntent] },
      seen: { interface: undefined },
      repair: { kind: 'pause', request: { nodeId: NODE_ID, reason: 'pause requested', requestedAt } },
    },
    {
      name: 'in a node in ERROR as well',
      node: { status: 'ERROR', failure: { operation: 'replace', count: 1 }, intents: [userIntent] },
      repair: { kind: 'pause', request: { nodeId: NODE_ID, reason: 'pause requested', requestedAt } },
    },
    {
      name: 'before a failed operation is tried again',
      node: { failure: { operation: 'launch', count: 1, nextTryAt: NOW }, intents: [userIntent] },
      repair: {
        kind: userIntent.kind,
        request: { nodeId: NODE_ID, reason: userIntent.reason, requestedAt: userIntent.requestedAt },
      },
    },
  ])('$name', check);
});

describe('What can be repaired without another instance is adjusted', () => {
  const withElasticIp = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
  const givenUpOnPause = aConfig({
    compute: { elasticIp: ALLOCATION_ID },
    persistence: { shouldKeepElasticIpOnPause: false },
  });
  const hot: NodeInstance = { ...instance, attachment: 'hot' };
  const onInstance = (attachment: Parameters<typeof anAttachedInterface>[0]) => ({
    interface: anAttachedInterface({ instanceId: OLD_INSTANCE_ID, ...attachment }),
  });

  it.each<Row>([
    {
      name: 'an interface that is gone',
      seen: { interface: undefined },
      repair: adjusting(`${INTERFACE_ID} is gone`),
    },
    {
      name: 'an interface that is gone, of a paused node',
      node: paused,
      seen: { ...pausedAndWell, interface: undefined },
      repair: adjusting(`${INTERFACE_ID} is gone`),
    },
    {
      name: 'an interface that is free',
      node: { instance: hot },
      seen: { interface: anInterface() },
      repair: adjusting(`${INTERFACE_ID} is available`),
    },
    {
      name: 'an interface that is on a foreign instance',
      seen: onInstance({ instanceId: 'i-of-another' }),
      repair: adjusting(`${INTERFACE_ID} is attached on i-of-another`),
    },
    {
      name: 'an interface of a paused node that is on some instance',
      node: paused,
      seen: { ...pausedAndWell, ...onInstance({ instanceId: 'i-of-another' }) },
      repair: adjusting(`${INTERFACE_ID} is on i-of-another`),
    },
    {
      name: 'an interface that is on its way',
      seen: onInstance({ status: 'detaching' }),
      repair: adjusting(`${INTERFACE_ID} is detaching on ${OLD_INSTANCE_ID}`),
    },
    {
      name: 'an interface that would be deleted with the instance',
      seen: onInstance({ deleteOnTermination: true }),
      repair: adjusting(`${INTERFACE_ID} is attached on ${OLD_INSTANCE_ID}, to be deleted with it`),
    },
    { name: 'not: the primary of a cold node', seen: onInstance({ deviceIndex: 0 }), repair: undefined },
    {
      name: 'a secondary of a cold node',
      seen: onInstance({ deviceIndex: 1 }),
      repair: adjusting(`${INTERFACE_ID} is attached on ${OLD_INSTANCE_ID}`),
    },
    ...[1, 2, 15].map((deviceIndex) => ({
      name: `not: the secondary of a hot node, at device index ${deviceIndex}`,
      node: { instance: hot },
      seen: onInstance({ deviceIndex }),
      repair: undefined,
    })),
    {
      name: 'the primary of a hot node',
      node: { instance: hot },
      seen: onInstance({ deviceIndex: 0 }),
      repair: adjusting(`${INTERFACE_ID} is attached on ${OLD_INSTANCE_ID}`),
    },
    {
      name: 'a third time in a row at once',
      node: { drifts: { count: 2, lastAt: NOW } },
      seen: { interface: undefined },
      repair: adjusting(`${INTERFACE_ID} is gone`),
    },
    {
      name: 'not a fourth time within a minute',
      node: { drifts: { count: 3, lastAt: '2026-11-03T09:59:00.001Z' } },
      seen: { interface: undefined },
      repair: undefined,
    },
    {
      name: 'a fourth time after a minute',
      node: { drifts: { count: 3, lastAt: '2026-11-03T09:59:00.000Z' } },
      seen: { interface: undefined },
      repair: adjusting(`${INTERFACE_ID} is gone`),
    },
    {
      name: 'not the attachment that an update sets for the next instance',
      node: { config: aConfig({ persistence: { eniAttachment: 'hot' } }) },
      repair: undefined,
    },
    {
      name: 'other security groups',
      seen: { interface: { ...onInstance({}).interface, securityGroupIds: ['sg-other'] } },
      repair: adjusting(`${INTERFACE_ID} has other security groups`),
    },
    {
      name: 'other security groups, of a paused node',
      node: paused,
      seen: { ...pausedAndWell, interface: anInterface({ securityGroupIds: [] }) },
      repair: adjusting(`${INTERFACE_ID} has other security groups`),
    },
    {
      name: 'not: an Elastic IP in its place',
      node: { config: withElasticIp },
      seen: { elasticIp: anElasticIp() },
      repair: undefined,
    },
    {
      name: 'an Elastic IP that is gone',
      node: { config: withElasticIp },
      repair: adjusting(`${ALLOCATION_ID} is gone`),
    },
    {
      name: 'an Elastic IP on another interface',
      node: { config: withElasticIp },
      seen: { elasticIp: anElasticIp({ interfaceId: 'eni-of-another' }) },
      repair: adjusting(`${ALLOCATION_ID} is not on ${INTERFACE_ID}`),
    },
    {
      name: 'an Elastic IP on none, of a paused node',
      node: { ...paused, config: withElasticIp },
      seen: { ...pausedAndWell, elasticIp: anElasticIp({ interfaceId: undefined }) },
      repair: adjusting(`${ALLOCATION_ID} is not on ${INTERFACE_ID}`),
    },
    {
      name: 'not: an Elastic IP that the pause has given up',
      node: { ...paused, config: givenUpOnPause },
      seen: { ...pausedAndWell, elasticIp: anElasticIp({ interfaceId: undefined }) },
      repair: undefined,
    },
    {
      name: 'the Elastic IP of a node with an instance, though a pause would give it up',
      node: { config: givenUpOnPause },
      seen: { elasticIp: anElasticIp({ interfaceId: undefined }) },
      repair: adjusting(`${ALLOCATION_ID} is not on ${INTERFACE_ID}`),
    },
    { name: 'not in a node in ERROR', node: { status: 'ERROR' }, seen: { interface: undefined }, repair: undefined },
    {
      name: 'not in a node whose failure waits',
      node: { ...paused, failure: { operation: 'launch', count: 1 } },
      seen: { ...pausedAndWell, interface: undefined },
      repair: undefined,
    },
    {
      name: 'not in a node that is being deleted',
      node: { deletion },
      seen: { interface: undefined },
      repair: undefined,
    },
  ])('$name', check);
});

describe('The reconciler, for anything that it sees', () => {
  const someHealthCheck = fc.record(
    {
      autoHealing: fc.boolean(),
      gracePeriod: fc.integer({ min: 0, max: 86_400 }),
      unhealthyDuration: fc.integer({ min: 0, max: 86_400 }),
    },
    { requiredKeys: [] },
  );

  /** A node at rest on its instance or paused, and what EC2 shows of it if nothing is wrong. */
  const someHealthy = fc
    .record({
      drawn: someNode,
      healthCheck: someHealthCheck,
      isPaused: fc.boolean(),
      attachment: fc.constantFrom('cold' as const, 'hot' as const),
      shouldKeepElasticIpOnPause: fc.boolean(),
    })
    .map(({ drawn, healthCheck, isPaused, attachment, shouldKeepElasticIpOnPause }) => {
      const persistence = { ...drawn.config.persistence, shouldKeepElasticIpOnPause };
      const config = { ...drawn.config, healthCheck, persistence };
      const node: StatefulNode = isPaused
        ? { ...drawn, ...paused, config }
        : { ...drawn, config, instance: { ...instance, attachment } };
      const { interfaceId = '' } = node.identity;
      const { elasticIp: allocationId } = config.compute;
      const carried = { instanceId: OLD_INSTANCE_ID, deviceIndex: attachment === 'cold' ? 0 : 1 };
      const isOn = !isPaused || shouldKeepElasticIpOnPause;
      const seen: SeenAtRest = {
        instance: isPaused ? undefined : running,
        interface: isPaused ? anInterface({ id: interfaceId }) : anAttachedInterface(carried, { id: interfaceId }),
        elasticIp:
          allocationId === undefined
            ? undefined
            : anElasticIp({ allocationId, interfaceId: isOn ? interfaceId : undefined }),
        hasExecutionEnded: false,
      };
      return { node, seen };
    });

  const someFailure = fc.option(
    fc.record(
      {
        operation: fc.constantFrom<OperationKind>('launch', 'replace', 'pause', 'adjust'),
        count: fc.integer({ min: 1, max: 9 }),
        nextTryAt: someInstant,
      },
      { requiredKeys: ['operation', 'count'] },
    ),
    { nil: undefined },
  );

  const someSeen: fc.Arbitrary<SeenAtRest> = fc.record({
    instance: fc.constantFrom(
      undefined,
      ...(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped'] as const).map((state) =>
        anInstance({ id: OLD_INSTANCE_ID, state }),
      ),
    ),
    interface: fc.constantFrom(
      undefined,
      anInterface(),
      anInterface({ securityGroupIds: [] }),
      anAttachedInterface(),
      anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex: 1 }),
    ),
    elasticIp: fc.constantFrom(undefined, anElasticIp(), anElasticIp({ interfaceId: undefined })),
    impairedSince: fc.option(someInstant, { nil: undefined }),
    hasExecutionEnded: fc.boolean(),
  });

  it('never touches a healthy node', () => {
    fc.assert(
      fc.property(someHealthy, someInstant, ({ node, seen }, now) => {
        expect(decideRepair(node, seen, now)).toBeUndefined();
      }),
    );
  });

  it('never gets in the way of an operation whose execution runs', () => {
    fc.assert(
      fc.property(someHealthy, someSeen, someFailure, someInstant, ({ node }, seen, failure, now) => {
        const busy = aBusyNode({ ...node, ...(failure && { failure }), configRevision: 9 });

        expect(decideRepair(busy, { ...seen, hasExecutionEnded: false }, now)).toBeUndefined();
      }),
    );
  });

  it('only starts what may take the node', () => {
    const someWish = fc.constantFrom<Intent[]>(
      [],
      [{ kind: 'pause', reason: 'pause requested', requestedAt: NOW }],
      [{ kind: 'replace', reason: 'warning', instanceId: OLD_INSTANCE_ID, requestedAt: NOW }],
    );

    fc.assert(
      fc.property(
        fc.record({
          healthy: someHealthy,
          seen: someSeen,
          failure: someFailure,
          now: someInstant,
          intents: someWish,
          isBusy: fc.boolean(),
        }),
        ({ healthy, seen, failure, now, intents, isBusy }) => {
          // A launch is tried again only if there is no instance. An event is about the present instance.
          const { instance: carrier } = healthy.node;
          const isLaunch = failure?.operation === 'launch';
          fc.pre(carrier === undefined ? intents[0]?.instanceId === undefined : !isLaunch);
          const rest = { ...healthy.node, intents, ...(failure && { failure }) };
          const node = isBusy ? aBusyNode(rest) : rest;
          const repair = decideRepair(node, seen, now);
          if (repair === undefined) return;
          const trigger = parseTrigger(JSON.parse(JSON.stringify(repair.request)));
          const request = { operation: repair.kind, executionId: `${EXECUTION_ID}-next`, trigger: trigger! };

          expect(decideTake(node, request, now).kind).toBe('take');
        },
      ),
      { numRuns: 500 },
    );
  });
});
