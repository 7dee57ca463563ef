/** Every timing invariant can fail, and an injected cause excuses the deviation. */
import type { StatefulNode } from '../../../domain/node/stateful-node';
import type { Execution, HistoryEntry } from '../../../simulator/step-functions/step-functions';
import type { CauseKind } from '../../../fault-simulation/facts/injected-causes';
import type { View } from '../../../fault-simulation/checks/invariants';
import type { Invocation } from '../../../fault-simulation/facts/invocation';
import {
  AWAY_WITHIN_MS,
  TimingInvariants,
  TIMING_CHECK_INTERVAL_MS,
} from '../../../fault-simulation/checks/timing-invariants';
import type { TransitionRecord } from '../../../simulator/ec2/ec2-state';
import { aBusyNode, aConfig, aNode, EXECUTION_ID, NODE_ID, OLD_INSTANCE_ID } from '../../domain/builders';
import { anInstance, anInterface, aView, NOW_MS, type Deviation } from '../views';

const MINUTE_MS = 60_000;
const AN_HOUR_AGO = new Date(NOW_MS - 60 * MINUTE_MS).toISOString();
const atRest = (overrides: Partial<StatefulNode> = {}) => aNode({ updatedAt: AN_HOUR_AGO, ...overrides });
const busy = aBusyNode({}, { startedAt: new Date(NOW_MS - MINUTE_MS).toISOString() });

/** The timing invariants over a view, and the names of those that were violated. */
function timingOf(deviation: Deviation = {}, causes: readonly CauseKind[] = []) {
  const view = { ...aView({ node: atRest(), ...deviation }) } as { -readonly [Key in keyof View]: View[Key] };
  for (const kind of causes) view.facts.causes.add(kind, NODE_ID, NOW_MS);
  const reported = new Set<string>();
  const timing = new TimingInvariants(
    () => view,
    (invariant, violations) => violations.length > 0 && reported.add(invariant),
  );
  return { timing, view, reported };
}

const changed = (at: number): TransitionRecord => ({
  at,
  resourceId: OLD_INSTANCE_ID,
  what: 'instance',
  from: '',
  to: '',
});

describe('a wait', () => {
  const execution = { arn: EXECUTION_ID } as Execution;
  const timedOut = { type: 'failed', error: 'States.Timeout', at: NOW_MS, state: 'Wait' } as HistoryEntry;
  const ended = { node: busy, instances: [anInstance({ state: 'terminated' })] };

  test.each<[string, Deviation, number, CauseKind[], HistoryEntry, number]>([
    ['for a state that came long ago', ended, 30_000, [], timedOut, 1],
    ['for a state that has just come', ended, 1_000, [], timedOut, 0],
    ['for a state that has not come yet', { node: busy }, 30_000, [], timedOut, 0],
    ['whose event was lost', ended, 30_000, ['event'], timedOut, 0],
    ['that failed with another error', ended, 30_000, [], { ...timedOut, error: 'Throttled' }, 0],
  ])('%s', (_name, deviation, agoMs, causes, entry, count) => {
    const { timing, reported } = timingOf(deviation, causes);
    timing.transition(changed(NOW_MS - agoMs));
    timing.waited(execution, entry, { which: 'old', awaited: 'terminated' }, NODE_ID);
    expect([...reported]).toHaveLength(count);
  });
});

describe('a wait whose instance was launched as the table was lost', () => {
  test.each([
    { name: 'a moment ago', lostMs: 59_999, ids: [OLD_INSTANCE_ID], count: 0 },
    { name: 'before the wait', lostMs: 60_000, ids: [OLD_INSTANCE_ID], count: 1 },
    { name: 'before its launch', lostMs: 30_000, ids: [], count: 1 },
  ])('$name', ({ lostMs, ids, count }) => {
    const { timing, view, reported } = timingOf({ node: busy, instances: [anInstance({ state: 'terminated' })] });
    view.facts.tableChangedMs = NOW_MS - lostMs;
    for (const id of ids) view.facts.lost.add(id);
    timing.transition(changed(NOW_MS - 30_000));
    const timedOut = { type: 'failed', error: 'States.Timeout', at: NOW_MS, state: 'Wait' } as HistoryEntry;
    timing.waited({ arn: EXECUTION_ID } as Execution, timedOut, { which: 'old', awaited: 'terminated' }, NODE_ID);
    expect([...reported]).toHaveLength(count);
  });
});

describe('a describe call of the reconciler for one instance', () => {
  const describeCall = { at: 0, durationMs: 0, command: 'DescribeInstances', outcome: 'ok' };
  const input = { InstanceIds: [OLD_INSTANCE_ID] };
  const by = { actor: 'reconciler' } as Invocation;

  test.each<[string, Deviation, object, CauseKind[], number]>([
    ['that is healthy', {}, input, [], 1],
    ['in a listing of all', {}, {}, [], 0],
    ['that has drifted', { instances: [anInstance({ state: 'stopped' })] }, input, [], 0],
    ['whose node has just changed', { node: aNode({ updatedAt: new Date(NOW_MS).toISOString() }) }, input, [], 0],
    ['whose node has an operation', { node: busy }, input, [], 0],
    ['after a fault', {}, input, ['call'], 0],
  ])('%s', (_name, deviation, request, causes, count) => {
    const { timing, reported } = timingOf(deviation, causes);
    timing.call({ ...describeCall, input: request }, by);
    expect([...reported]).toHaveLength(count);
  });
});

describe('a node at rest', () => {
  const stopped = { instances: [anInstance({ state: 'stopped' })] };

  test.each<[string, Deviation, number, CauseKind[], number]>([
    ['with lasting drift', stopped, 3 * MINUTE_MS, [], 1],
    ['with recent drift', stopped, 2 * MINUTE_MS, [], 0],
    ['without drift', {}, 3 * MINUTE_MS, [], 0],
    ['that gives a reason', { ...stopped, node: atRest({ status: 'ERROR', errorReason: 'x' }) }, 3 * MINUTE_MS, [], 0],
    ['whose drift a fault excuses', stopped, 3 * MINUTE_MS, ['call'], 0],
  ])('%s', (_name, deviation, forMs, causes, count) => {
    const { timing, reported } = timingOf(deviation, causes);
    for (let passedMs = 0; passedMs < forMs; passedMs += TIMING_CHECK_INTERVAL_MS) timing.checkNodes();
    expect([...reported]).toHaveLength(count);
  });

  test.each<[string, Deviation, number, CauseKind[], number]>([
    ['that ignores a warning', {}, MINUTE_MS, [], 1],
    ['with a very recent warning', {}, 5_000, [], 0],
    ['with an operation for the warning', { node: busy }, MINUTE_MS, [], 0],
    ['whose warning was lost', {}, MINUTE_MS, ['event'], 0],
  ])('%s', (_name, deviation, agoMs, causes, count) => {
    const { timing, view, reported } = timingOf(deviation, causes);
    view.facts.announced.set(OLD_INSTANCE_ID, NOW_MS - agoMs);
    timing.checkNodes();
    expect([...reported]).toHaveLength(count);
  });
});

describe('an operation', () => {
  const by = { actor: 'confirm-node' } as Invocation;
  const away = { interfaces: [{ ...anInterface(), attachment: undefined }] };

  test.each<[string, number, CauseKind[], number]>([
    ['that restores an address late', AWAY_WITHIN_MS.cold + 1, [], 1],
    ['that restores an address in time', AWAY_WITHIN_MS.cold, [], 0],
    ['that a slow interface delays', AWAY_WITHIN_MS.cold + 1, ['interface'], 0],
  ])('%s', (_name, forMs, causes, count) => {
    const before = aBusyNode({}, { startedAt: new Date(NOW_MS).toISOString() });
    const { timing, view, reported } = timingOf({ ...away, node: before }, causes);
    timing.transition(changed(NOW_MS));
    view.nowMs += forMs;
    view.world.networkInterfaces.set(anInterface().id, anInterface());
    timing.transition(changed(view.nowMs));
    timing.wrote({ nodeId: NODE_ID, before, after: atRest(), by });
    expect([...reported]).toHaveLength(count);
  });

  test.each([
    { name: 'EC2 ended the old instance before the interface moved', code: 'Server.SpotInstanceTermination', count: 0 },
    { name: 'a call ended the old instance', code: 'Client.UserInitiatedShutdown', count: 1 },
  ])('that moves a hot interface as late as a cold one: $name', ({ code, count }) => {
    const hot = aConfig({ persistence: { eniAttachment: 'hot' } });
    const instance = { ...aNode().instance!, attachment: 'hot' as const };
    const oldInstanceId = 'i-0000000000000000f';
    const startedAt = new Date(NOW_MS).toISOString();
    const before = aBusyNode({ instance }, { config: hot, startedAt, oldInstanceId });
    const old = anInstance({ id: oldInstanceId, state: 'terminated', stateReason: { code, message: '', at: NOW_MS } });
    const { timing, view, reported } = timingOf({ ...away, node: before, instances: [anInstance(), old] });
    timing.transition(changed(NOW_MS));
    view.nowMs += AWAY_WITHIN_MS.cold;
    view.world.networkInterfaces.set(anInterface().id, anInterface());
    timing.transition(changed(view.nowMs));
    timing.wrote({ nodeId: NODE_ID, before, after: atRest(), by });
    expect([...reported]).toHaveLength(count);
  });

  test.each<[string, string, CauseKind[], number]>([
    ['that fails without a cause', 'replace failed: NoCapacity: x', [], 1],
    ['that fails for lack of capacity', 'replace failed: NoCapacity: x', ['capacity'], 0],
    ['that fails because the requested address is in use', 'replace failed: AddressTaken: x', [], 0],
  ])('%s', (_name, errorReason, causes, count) => {
    const { timing, reported } = timingOf({}, causes);
    timing.wrote({ nodeId: NODE_ID, before: busy, after: atRest({ status: 'ERROR', errorReason }), by });
    expect([...reported]).toHaveLength(count);
  });
});

describe('a drain', () => {
  const draining = (overrides: Partial<StatefulNode> = {}, agoMs = MINUTE_MS) =>
    aBusyNode(overrides, { startedAt: new Date(NOW_MS - agoMs).toISOString() });
  const anHour = { config: aConfig({ strategy: { drainingTimeout: 3_600 } }) };
  const terminated = [anInstance({ state: 'terminated' })];

  test.each<[string, Deviation, number, CauseKind[], number]>([
    ['that continues', { node: draining(anHour) }, MINUTE_MS, [], 0],
    [
      'that continues after its instance has ended',
      { node: draining(anHour), instances: terminated },
      MINUTE_MS,
      [],
      1,
    ],
    ['whose instance has just ended', { node: draining(anHour), instances: terminated }, 20_000, [], 0],
    [
      'whose end was not reported by an event',
      { node: draining(anHour), instances: terminated },
      MINUTE_MS,
      ['event'],
      0,
    ],
    ['that continues after its shortened time-out', { node: draining({}, 2 * MINUTE_MS) }, 2 * MINUTE_MS, [], 1],
  ])('%s', (_name, deviation, agoMs, causes, count) => {
    const { timing, view, reported } = timingOf(deviation, causes);
    view.phaseOf = () => 'drain-instance';
    timing.transition(changed(NOW_MS - agoMs));
    timing.checkNodes();
    expect([...reported]).toHaveLength(count);
  });
});

describe('a node with an operation', () => {
  test.each<[string, Partial<StatefulNode>, number, number]>([
    ['for long, without a reason', { status: 'RECYCLING' }, 16 * MINUTE_MS, 1],
    ['for a while, without a reason', { status: 'RECYCLING' }, 14 * MINUTE_MS, 0],
    ['for long, with a reason', { status: 'ERROR', errorReason: 'x' }, 16 * MINUTE_MS, 0],
  ])('%s', (_name, overrides, forMs, count) => {
    const { timing, reported } = timingOf({ node: aBusyNode(overrides) });
    for (let passedMs = 0; passedMs <= forMs; passedMs += TIMING_CHECK_INTERVAL_MS) timing.checkNodes();
    expect([...reported]).toHaveLength(count);
  });
});
