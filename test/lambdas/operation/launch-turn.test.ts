import type { Operation } from '../../../domain/node/stateful-node';
import { PACED_ACTIONS } from '../../../domain/throttling/paced-actions';
import {
  awaitLaunchTurn,
  takeNextTurn,
  withoutTurn,
  type LaunchAction,
  type LaunchTurn,
} from '../../../lambdas/operation/launch-turn';
import { aBusyNode, NODE_ID, NOW } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const { burst, intervalMs } = PACED_ACTIONS.RunInstances;
const MINUTE_MS = 60_000;
const inMs = (delayMs: number): string => new Date(Date.parse(NOW) + delayMs).toISOString();
const INTERRUPTED: Partial<Operation> = { startedBy: 'interruption', endsAt: inMs(2 * MINUTE_MS) };

/** Ports on which the next turn comes after so many intervals; 0 if no turn has been taken. */
async function portsWith(intervals: number, operation: Partial<Operation> = INTERRUPTED): Promise<InMemoryPorts> {
  const ports = new InMemoryPorts(aBusyNode({}, operation));
  const taken = intervals === 0 ? 0 : burst + intervals - 1;
  for (let count = 0; count < taken; count += 1) await ports.pacer.take('RunInstances', NOW);
  return ports;
}

const operationOf = (ports: InMemoryPorts): Operation => ports.node(NODE_ID).operation!;
const turn = (ports: InMemoryPorts, actions: readonly LaunchAction[] = ['RunInstances']): Promise<LaunchTurn> =>
  awaitLaunchTurn(ports, operationOf(ports), input, actions);
const ticketsIn = (ports: InMemoryPorts): number => ports.pacer.turns.get('RunInstances')?.issued ?? 0;

describe('awaitLaunchTurn', () => {
  it('goes at once if few launch, and writes nothing to the record', async () => {
    const ports = await portsWith(0);
    await expect(turn(ports)).resolves.toEqual({ kind: 'come', action: 'RunInstances', hasWaited: false });
    expect(ports.journal).toEqual([]);
    expect(ports.sleptMs).toBe(0);
  });

  it('sleeps through a short wait', async () => {
    const ports = await portsWith(1);
    await expect(turn(ports)).resolves.toEqual({ kind: 'come', action: 'RunInstances', hasWaited: false });
    expect(ports.sleptMs).toBe(intervalMs);
    expect(operationOf(ports).launchPermit).toBeUndefined();
  });

  it('keeps its turn in the record for a longer wait, and takes no other', async () => {
    const ports = await portsWith(10);
    const seconds = Math.floor((10 * intervalMs) / 1000);
    await expect(turn(ports)).resolves.toEqual({ kind: 'wait', seconds });
    expect(operationOf(ports).launchPermit).toMatchObject({ ticket: burst + 10 });

    ports.sleptMs += seconds * 1000;
    await expect(turn(ports)).resolves.toEqual({ kind: 'come', action: 'RunInstances', hasWaited: true });
    expect(ports.sleptMs).toBe(10 * intervalMs);
    expect(ticketsIn(ports)).toBe(burst + 10);
  });

  it('waits for a minute at most before it asks again', async () => {
    const ports = await portsWith(1_000);
    await expect(turn(ports)).resolves.toEqual({ kind: 'wait', seconds: 60 });
  });

  it.each([
    { lateMs: 1_500, isLate: false },
    { lateMs: 1_501, isLate: true },
  ])('goes ahead of the others if its turn has passed unused: by $lateMs ms', async ({ lateMs, isLate }) => {
    const ports = await portsWith(100, { ...INTERRUPTED, launchPermit: { turnAt: NOW, takenAt: NOW } });
    ports.sleptMs = lateMs;
    const before = ports.pacer.turns.get('RunInstances')!.nextTurnMs;
    await expect(turn(ports)).resolves.toEqual({ kind: 'come', action: 'RunInstances', hasWaited: true });
    expect(ports.pacer.turns.get('RunInstances')!.nextTurnMs - before).toBe(isLate ? intervalMs : 0);
  });

  it('goes at once if the pacer is not available', async () => {
    const ports = await portsWith(100);
    ports.pacer.isUnavailable = true;
    await expect(turn(ports)).resolves.toMatchObject({ kind: 'come' });
  });

  it.each<{ name: string; operation: Partial<Operation>; waits: boolean }>([
    { name: 'a resume', operation: { kind: 'launch', startedBy: 'request' }, waits: true },
    { name: 'another try', operation: { kind: 'replace', startedBy: 'retry' }, waits: true },
    { name: 'a recycle, whose instance has ended', operation: { kind: 'replace', startedBy: 'request' }, waits: false },
    { name: 'an interruption', operation: INTERRUPTED, waits: false },
    { name: 'another try for an interrupted one', operation: { ...INTERRUPTED, startedBy: 'retry' }, waits: false },
  ])('lets others go first, without a ticket: $name', async ({ operation, waits }) => {
    const ports = await portsWith(30, operation);
    const before = ticketsIn(ports);
    const found = await turn(ports);
    expect(ticketsIn(ports) - before).toBe(waits ? 0 : 1);
    if (waits) expect(found).toEqual({ kind: 'wait', seconds: 30 });
  });

  it('lets others go first only if many wait, and for ten minutes at most', async () => {
    const resume = { kind: 'launch', startedBy: 'request' } as const;
    const few = await portsWith(10, resume);
    await turn(few);
    expect(ticketsIn(few)).toBe(burst + 10);

    const long = await portsWith(0, { ...resume, startedAt: inMs(-10 * MINUTE_MS - 1) });
    for (let taken = 0; taken < 100; taken += 1) await long.pacer.take('RunInstances', NOW);
    await turn(long);
    expect(ticketsIn(long)).toBe(101);
  });

  it('does not wait for ever: after an hour the launch goes, so that its refusal is told', async () => {
    const ports = await portsWith(100, { ...INTERRUPTED, startedAt: inMs(-60 * MINUTE_MS) });
    await expect(turn(ports)).resolves.toMatchObject({ kind: 'come' });
  });
});

describe('with fleets', () => {
  const BOTH = ['RunInstances', 'CreateFleet'] as const;
  const takeFleets = async (ports: InMemoryPorts, count: number): Promise<void> => {
    for (let taken = 0; taken < count; taken += 1) await ports.pacer.take('CreateFleet', NOW);
  };

  it.each([{ intervals: 0 }, { intervals: 1 }])('a launch with a turn soon is none: after $intervals', async (row) => {
    const ports = await portsWith(row.intervals);
    await expect(turn(ports, BOTH)).resolves.toEqual({ kind: 'come', action: 'RunInstances', hasWaited: false });
    expect(ports.pacer.turns.has('CreateFleet')).toBe(false);
  });

  it('a launch that would wait is one, and takes no turn of the others', async () => {
    const ports = await portsWith(10);
    const before = ticketsIn(ports);
    await expect(turn(ports, BOTH)).resolves.toEqual({ kind: 'come', action: 'CreateFleet', hasWaited: false });
    expect(ticketsIn(ports)).toBe(before);
    expect(ports.pacer.turns.get('CreateFleet')).toMatchObject({ issued: 1 });
  });

  it('has turns of its own, which are kept while the state machine waits', async () => {
    const ports = await portsWith(10);
    await takeFleets(ports, PACED_ACTIONS.CreateFleet.burst + 99);
    await expect(turn(ports, BOTH)).resolves.toEqual({ kind: 'wait', seconds: 20 });
    const { fleetPermit, launchPermit } = operationOf(ports);
    expect([fleetPermit?.ticket, launchPermit]).toEqual([PACED_ACTIONS.CreateFleet.burst + 100, undefined]);
    ports.sleptMs += 20_200;
    await expect(turn(ports, BOTH)).resolves.toEqual({ kind: 'come', action: 'CreateFleet', hasWaited: true });
  });

  it('a repeat of a fleet waits for a turn of fleets, and another launch for none', async () => {
    const ports = await portsWith(0, { ...INTERRUPTED, fleetPermit: { turnAt: NOW, takenAt: NOW } });
    await expect(turn(ports, ['CreateFleet'])).resolves.toMatchObject({ action: 'CreateFleet', hasWaited: true });
    await expect(turn(ports, ['RunInstances'])).resolves.toMatchObject({ action: 'RunInstances', hasWaited: false });
  });

  it('the next turn is of the same kind, and replaces the other', async () => {
    const ports = await portsWith(0, { ...INTERRUPTED, launchPermit: { turnAt: NOW, takenAt: NOW } });
    await takeNextTurn(ports, input, 'CreateFleet');
    expect(operationOf(ports).fleetPermit).toBeDefined();
    expect(operationOf(ports).launchPermit).toBeUndefined();
  });
});

test('the next turn of an operation is kept, ahead of those that wait, until its call is made', async () => {
  const ports = await portsWith(100);
  await takeNextTurn(ports, input, 'RunInstances');
  const { launchPermit } = operationOf(ports);
  expect(launchPermit).toEqual({ turnAt: NOW, takenAt: NOW });
  expect(withoutTurn(operationOf(ports))).not.toHaveProperty('launchPermit');
});
