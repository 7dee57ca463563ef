/** What must hold in time can fail, each in its own way; and what has a cause is excused. */
import type { StatefulNode } from '../../../domain/node/stateful-node';
import type { Execution, HistoryEntry } from '../../../simulator/step-functions/step-functions';
import type { CauseKind } from '../../../fault-simulation/play/injected-causes';
import type { View } from '../../../fault-simulation/checks/invariants';
import type { Invocation } from '../../../fault-simulation/play/invocation';
import { AWAY_WITHIN_MS, Watch, WATCH_EVERY_MS } from '../../../fault-simulation/checks/timing-invariants';
import type { TransitionRecord } from '../../../simulator/ec2/ec2-state';
import { aBusyNode, aConfig, aNode, EXECUTION_ID, NODE_ID, OLD_INSTANCE_ID } from '../../domain/builders';
import { anInstance, anInterface, aView, NOW_MS, type Wrong } from '../views';

const MINUTE_MS = 60_000;
const AN_HOUR_AGO = new Date(NOW_MS - 60 * MINUTE_MS).toISOString();
const atRest = (overrides: Partial<StatefulNode> = {}) => aNode({ updatedAt: AN_HOUR_AGO, ...overrides });
const busy = aBusyNode({}, { startedAt: new Date(NOW_MS - MINUTE_MS).toISOString() });

/** A watch over the view, and the names of what it has reported. */
function aWatch(wrong: Wrong = {}, causes: readonly CauseKind[] = []) {
  const view = { ...aView({ node: atRest(), ...wrong }) } as { -readonly [Key in keyof View]: View[Key] };
  for (const kind of causes) view.facts.causes.add(kind, NODE_ID, NOW_MS);
  const reported = new Set<string>();
  const watch = new Watch(
    () => view,
    (invariant, faults) => faults.length > 0 && reported.add(invariant),
  );
  return { watch, view, reported };
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

  test.each<[string, Wrong, number, CauseKind[], HistoryEntry, number]>([
    ['for what has long been so', ended, 30_000, [], timedOut, 1],
    ['for what has just come', ended, 1_000, [], timedOut, 0],
    ['for what is not so yet', { node: busy }, 30_000, [], timedOut, 0],
    ['whose event was lost', ended, 30_000, ['event'], timedOut, 0],
    ['that failed otherwise', ended, 30_000, [], { ...timedOut, error: 'Throttled' }, 0],
  ])('%s', (_name, wrong, agoMs, causes, entry, count) => {
    const { watch, reported } = aWatch(wrong, causes);
    watch.transition(changed(NOW_MS - agoMs));
    watch.waited(execution, entry, { which: 'old', awaited: 'terminated' }, NODE_ID);
    expect([...reported]).toHaveLength(count);
  });
});

describe('a look of the reconciler at one instance', () => {
  const look = { at: 0, durationMs: 0, command: 'DescribeInstances', outcome: 'ok' };
  const input = { InstanceIds: [OLD_INSTANCE_ID] };
  const by = { actor: 'reconciler' } as Invocation;

  test.each<[string, Wrong, object, CauseKind[], number]>([
    ['that is well', {}, input, [], 1],
    ['that is well, among all', {}, {}, [], 0],
    ['that is not', { instances: [anInstance({ state: 'stopped' })] }, input, [], 0],
    ['that has just changed', { node: aNode({ updatedAt: new Date(NOW_MS).toISOString() }) }, input, [], 0],
    ['that is at work', { node: busy }, input, [], 0],
    ['after a fault', {}, input, ['call'], 0],
  ])('%s', (_name, wrong, asked, causes, count) => {
    const { watch, reported } = aWatch(wrong, causes);
    watch.call({ ...look, input: asked }, by);
    expect([...reported]).toHaveLength(count);
  });
});

describe('a node at rest', () => {
  const stopped = { instances: [anInstance({ state: 'stopped' })] };

  test.each<[string, Wrong, number, CauseKind[], number]>([
    ['that stays wrong', stopped, 3 * MINUTE_MS, [], 1],
    ['that is wrong for a while', stopped, 2 * MINUTE_MS, [], 0],
    ['that is well', {}, 3 * MINUTE_MS, [], 0],
    ['that says why', { ...stopped, node: atRest({ status: 'ERROR', errorReason: 'x' }) }, 3 * MINUTE_MS, [], 0],
    ['that a fault keeps wrong', stopped, 3 * MINUTE_MS, ['call'], 0],
  ])('%s', (_name, wrong, forMs, causes, count) => {
    const { watch, reported } = aWatch(wrong, causes);
    for (let passedMs = 0; passedMs < forMs; passedMs += WATCH_EVERY_MS) watch.look();
    expect([...reported]).toHaveLength(count);
  });

  test.each<[string, Wrong, number, CauseKind[], number]>([
    ['that does nothing about a warning', {}, MINUTE_MS, [], 1],
    ['that was warned a moment ago', {}, 5_000, [], 0],
    ['that answers a warning', { node: busy }, MINUTE_MS, [], 0],
    ['whose warning was lost', {}, MINUTE_MS, ['event'], 0],
  ])('%s', (_name, wrong, agoMs, causes, count) => {
    const { watch, view, reported } = aWatch(wrong, causes);
    view.facts.announced.set(OLD_INSTANCE_ID, NOW_MS - agoMs);
    watch.look();
    expect([...reported]).toHaveLength(count);
  });
});

describe('an operation', () => {
  const by = { actor: 'confirm-node' } as Invocation;
  const away = { interfaces: [{ ...anInterface(), attachment: undefined }] };

  test.each<[string, number, CauseKind[], number]>([
    ['that brings an address back late', AWAY_WITHIN_MS.cold + 1, [], 1],
    ['that brings an address back in time', AWAY_WITHIN_MS.cold, [], 0],
    ['that something has kept', AWAY_WITHIN_MS.cold + 1, ['interface'], 0],
  ])('%s', (_name, forMs, causes, count) => {
    const before = aBusyNode({}, { startedAt: new Date(NOW_MS).toISOString() });
    const { watch, view, reported } = aWatch({ ...away, node: before }, causes);
    watch.transition(changed(NOW_MS));
    view.nowMs += forMs;
    view.world.networkInterfaces.set(anInterface().id, anInterface());
    watch.transition(changed(view.nowMs));
    watch.wrote({ nodeId: NODE_ID, before, after: atRest(), by });
    expect([...reported]).toHaveLength(count);
  });

  test.each<[string, string, CauseKind[], number]>([
    ['that fails for nothing', 'replace failed: NoCapacity: x', [], 1],
    ['that fails for want of capacity', 'replace failed: NoCapacity: x', ['capacity'], 0],
    ['that is asked for an address that is taken', 'replace failed: AddressTaken: x', [], 0],
  ])('%s', (_name, errorReason, causes, count) => {
    const { watch, reported } = aWatch({}, causes);
    watch.wrote({ nodeId: NODE_ID, before: busy, after: atRest({ status: 'ERROR', errorReason }), by });
    expect([...reported]).toHaveLength(count);
  });
});

describe('a drain', () => {
  const draining = (overrides: Partial<StatefulNode> = {}, agoMs = MINUTE_MS) =>
    aBusyNode(overrides, { startedAt: new Date(NOW_MS - agoMs).toISOString() });
  const anHour = { config: aConfig({ strategy: { drainingTimeout: 3_600 } }) };
  const terminated = [anInstance({ state: 'terminated' })];

  test.each<[string, Wrong, number, CauseKind[], number]>([
    ['that goes on', { node: draining(anHour) }, MINUTE_MS, [], 0],
    ['that goes on after its instance', { node: draining(anHour), instances: terminated }, MINUTE_MS, [], 1],
    ['whose instance has just ended', { node: draining(anHour), instances: terminated }, 20_000, [], 0],
    ['whose end no event has told of', { node: draining(anHour), instances: terminated }, MINUTE_MS, ['event'], 0],
    ['that a person has shortened', { node: draining({}, 2 * MINUTE_MS) }, 2 * MINUTE_MS, [], 1],
  ])('%s', (_name, wrong, agoMs, causes, count) => {
    const { watch, view, reported } = aWatch(wrong, causes);
    view.phaseOf = () => 'drain-instance';
    watch.transition(changed(NOW_MS - agoMs));
    watch.look();
    expect([...reported]).toHaveLength(count);
  });
});

describe('a node that is under way', () => {
  test.each<[string, Partial<StatefulNode>, number, number]>([
    ['for long, without a reason', { status: 'RECYCLING' }, 16 * MINUTE_MS, 1],
    ['for a while, without a reason', { status: 'RECYCLING' }, 14 * MINUTE_MS, 0],
    ['for long, with a reason', { status: 'ERROR', errorReason: 'x' }, 16 * MINUTE_MS, 0],
  ])('%s', (_name, overrides, forMs, count) => {
    const { watch, reported } = aWatch({ node: aBusyNode(overrides) });
    for (let passedMs = 0; passedMs <= forMs; passedMs += WATCH_EVERY_MS) watch.look();
    expect([...reported]).toHaveLength(count);
  });
});
