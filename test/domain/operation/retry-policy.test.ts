import { afterPause, failureAfter, needsAPerson, type Aftermath } from '../../../domain/operation/retry-policy';
import type { Failure, OperationKind, StatefulNode } from '../../../domain/node/stateful-node';
import { aNode, anOwnedNode, aRequestedLaunch, NOW, OLD_INSTANCE_ID, someRemains } from '../builders';

const noCapacity = { name: 'NoCapacity', message: 'No pool has capacity.' };
const inError: Aftermath = { survivor: undefined, remains: undefined };
const survived: Aftermath = { survivor: aNode().instance, remains: undefined };
const IN_A_MINUTE = '2026-11-03T10:01:00.000Z';

const afterFailures = (count: number): Partial<StatefulNode> => ({ failure: { operation: 'replace', count } });

describe('A failed operation is tried again', () => {
  it.each([
    { before: 0, nextTryAt: '2026-11-03T10:01:00.000Z' },
    { before: 1, nextTryAt: '2026-11-03T10:02:00.000Z' },
    { before: 2, nextTryAt: '2026-11-03T10:05:00.000Z' },
    { before: 3, nextTryAt: '2026-11-03T10:10:00.000Z' },
    { before: 4, nextTryAt: '2026-11-03T10:10:00.000Z' },
    { before: 5, nextTryAt: '2026-11-03T10:10:00.000Z' },
    { before: 1000, nextTryAt: '2026-11-03T10:10:00.000Z' },
  ])('with growing pauses, for ever: after $before failures before it, at $nextTryAt', ({ before, nextTryAt }) => {
    const owned = anOwnedNode(before === 0 ? {} : afterFailures(before));

    expect(failureAfter(owned, survived, noCapacity, NOW)).toStrictEqual({
      operation: 'replace',
      errorName: 'NoCapacity',
      count: before + 1,
      nextTryAt,
    });
  });

  it.each([
    { error: 'NoCapacity', isRetried: true },
    // Quotas are raised, and instances that use them up end.
    { error: 'QuotaExceeded', isRetried: true },
    { error: 'Throttled', isRetried: true },
    { error: 'NotReady', isRetried: true },
    { error: 'InterfaceNotFree', isRetried: true },
    { error: 'States.Timeout', isRetried: true },
    { error: 'Lambda.Unknown', isRetried: true },
    { error: 'TypeError', isRetried: true },
    // Another owner releases the address, AMIs are repaired, and permissions are granted.
    { error: 'AddressTaken', isRetried: true },
    { error: 'ReplacementsKeepEnding', isRetried: true },
    { error: 'ExecutionsKeepEnding', isRetried: true },
    { error: 'RequestRejected', isRetried: true },
    // A released address does not return.
    { error: 'ElasticIpMissing', isRetried: false },
  ])('automatically, unless only a person can help: $error, $isRetried', ({ error, isRetried }) => {
    expect(failureAfter(anOwnedNode(), survived, { name: error, message: '' }, NOW)).toStrictEqual({
      operation: 'replace',
      errorName: error,
      count: 1,
      ...(isRetried && { nextTryAt: IN_A_MINUTE }),
    });
    expect(needsAPerson({ name: error, message: '' })).toBe(!isRetried);
  });

  it('even if only a person can help, if EC2 could not be asked what exists', () => {
    const missing = { name: 'ElasticIpMissing', message: '' };

    expect(failureAfter(anOwnedNode(), { ...survived, isUnseen: true }, missing, NOW)).toStrictEqual({
      operation: 'replace',
      errorName: 'ElasticIpMissing',
      count: 1,
      nextTryAt: IN_A_MINUTE,
    });
  });

  it.each(['AddressTaken', 'ElasticIpMissing', 'ReplacementsKeepEnding', 'RequestRejected'])(
    'always, if it is a deletion: %s',
    (name) => {
      expect(failureAfter(anOwnedNode({}, { kind: 'delete' }), survived, { name, message: '' }, NOW)).toStrictEqual({
        operation: 'delete',
        errorName: name,
        count: 1,
        nextTryAt: IN_A_MINUTE,
      });
    },
  );

  it('with what the operation left behind', () => {
    const remains = someRemains({ oldInstanceId: OLD_INSTANCE_ID });

    expect(failureAfter(anOwnedNode(), { ...survived, remains }, noCapacity, NOW).remains).toBe(remains);
  });

  it.each([
    [1, '2026-11-03T10:01:00.000Z'],
    [2, '2026-11-03T10:02:00.000Z'],
    [3, '2026-11-03T10:05:00.000Z'],
    [4, '2026-11-03T10:10:00.000Z'],
    [50, '2026-11-03T10:10:00.000Z'],
  ])('the pause after %i is over at %s', (count, over) => {
    expect(afterPause(count, NOW)).toBe(over);
  });
});

describe('A failed operation is tried again as what is missing then', () => {
  const instance = aNode().instance!;
  const missing = (operation: OperationKind): Failure => ({ operation, count: 1, nextTryAt: NOW });

  it.each<{
    name: string;
    kind: OperationKind;
    node?: Partial<StatefulNode>;
    aftermath: Aftermath;
    operation: OperationKind;
  }>([
    { name: 'a replacement, the old one stays', kind: 'replace', aftermath: survived, operation: 'replace' },
    { name: 'a replacement, no instance stays', kind: 'replace', aftermath: inError, operation: 'launch' },
    {
      name: 'a replacement, no instance is known to stay, and the old one may still have to end',
      kind: 'replace',
      aftermath: { survivor: undefined, remains: someRemains({ oldInstanceId: OLD_INSTANCE_ID }) },
      operation: 'replace',
    },
    {
      name: 'a launch that has requested an instance',
      kind: 'launch',
      aftermath: { survivor: undefined, remains: someRemains({ launch: aRequestedLaunch() }) },
      operation: 'launch',
    },
    { name: 'a launch that left nothing behind', kind: 'launch', aftermath: inError, operation: 'launch' },
    { name: 'a launch whose instance carries the node', kind: 'launch', aftermath: survived, operation: 'replace' },
    { name: 'a pause, the instance stays', kind: 'pause', aftermath: survived, operation: 'pause' },
    {
      name: 'a pause, the instance stays, and a person wants it to run',
      kind: 'pause',
      node: { intents: [{ kind: 'launch', reason: 'resume requested', requestedAt: NOW }] },
      aftermath: survived,
      operation: 'adjust',
    },
    { name: 'a pause, the instance has ended', kind: 'pause', aftermath: inError, operation: 'pause' },
    { name: 'a deletion', kind: 'delete', aftermath: inError, operation: 'delete' },
    { name: 'a deletion, the instance stays', kind: 'delete', aftermath: survived, operation: 'delete' },
    { name: 'an adjustment', kind: 'adjust', aftermath: survived, operation: 'adjust' },
    {
      name: 'an adjustment of a paused node',
      kind: 'adjust',
      node: { instance: undefined },
      aftermath: inError,
      operation: 'adjust',
    },
    {
      name: 'an adjustment that found the instance gone',
      kind: 'adjust',
      node: { instance },
      aftermath: inError,
      operation: 'launch',
    },
    {
      name: 'an adjustment of a node that misses its instance since before',
      kind: 'adjust',
      node: { instance: undefined, failure: missing('launch') },
      aftermath: inError,
      operation: 'launch',
    },
    {
      name: 'an adjustment of a node whose failed replacement must still be done',
      kind: 'adjust',
      node: { instance, failure: missing('replace') },
      aftermath: survived,
      operation: 'replace',
    },
    {
      name: 'an adjustment after a failed adjustment',
      kind: 'adjust',
      node: { instance, failure: missing('adjust') },
      aftermath: survived,
      operation: 'adjust',
    },
    {
      name: 'an adjustment after a failed pause',
      kind: 'adjust',
      node: { instance, failure: missing('pause') },
      aftermath: survived,
      operation: 'pause',
    },
    {
      name: 'an adjustment after a failed pause, without an instance',
      kind: 'adjust',
      node: { instance, failure: missing('pause') },
      aftermath: { survivor: undefined, remains: undefined },
      operation: 'pause',
    },
    {
      name: 'an adjustment after a failed deletion',
      kind: 'adjust',
      node: { instance, failure: missing('delete') },
      aftermath: survived,
      operation: 'delete',
    },
    {
      name: 'a pause after a failed replacement',
      kind: 'pause',
      node: { instance, failure: missing('replace') },
      aftermath: survived,
      operation: 'pause',
    },
  ])('$name: $operation', ({ kind, node = {}, aftermath, operation }) => {
    const count = (node.failure?.count ?? 0) + 1;
    const failure = failureAfter(anOwnedNode(node, { kind }), aftermath, noCapacity, NOW);

    expect(failure).toMatchObject({ operation, count });
  });
});
