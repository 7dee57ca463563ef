/** The promises of `Pacer`: every call gets a turn of its own, and refused calls make the turns slower. */
import { PACED_ACTIONS, type PacedActionName } from '../../domain/throttling/paced-actions';
import { NOW } from '../domain/builders';
import { tableContract } from './table';

const { intervalMs: I, burst: BURST } = PACED_ACTIONS.RunInstances;

const at = (ms: number) => new Date(Date.parse(NOW) + ms).toISOString();

tableContract('Pacer', (table) => {
  const take = (ms = 0, action: PacedActionName = 'RunInstances') => table().pacer.take(action, at(ms));
  const jump = (ms = 0) => table().pacer.jump('RunInstances', at(ms));
  const refused = (ms = 0) => table().pacer.refused('RunInstances', at(ms));
  const turnOf = (permit: Awaited<ReturnType<typeof take>>, ms = 0) =>
    table().pacer.turnAt('RunInstances', permit, at(ms));

  async function takes(count: number, ms = 0) {
    const permits = [];
    for (let taken = 0; taken < count; taken += 1) permits.push(await take(ms));
    return permits;
  }

  test('after a pause a burst goes at once, and the others follow at intervals', async () => {
    const permits = await takes(BURST + 2);
    expect(permits.map(({ ticket }) => ticket)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(permits.map(({ turnAt }) => turnAt)).toEqual([-3, -2, -1, 0, 1, 2].map((turn) => at(turn * I)));
    expect(permits.map(({ takenAt }) => takenAt)).toEqual(permits.map(() => NOW));
  });

  test('a pause fills the burst up again, and the tickets are counted on', async () => {
    await takes(BURST + 2);
    await expect(take(60_000)).resolves.toEqual({ ticket: 7, turnAt: at(60_000 - 3 * I), takenAt: at(60_000) });
    await expect(take(60_000)).resolves.toMatchObject({ ticket: 8, turnAt: at(60_000 - 2 * I) });
  });

  test('calls at the same time get a ticket and a turn each', async () => {
    const permits = await Promise.all(Array.from({ length: 60 }, () => take()));
    const tickets = permits.map(({ ticket }) => ticket ?? 0).sort((one, other) => one - other);
    expect(tickets).toEqual(Array.from({ length: 60 }, (_each, place) => place + 1));
    expect(new Set(permits.map(({ turnAt }) => turnAt)).size).toBe(60);
    for (const { ticket, turnAt } of permits) expect(turnAt).toBe(at((ticket! - BURST) * I));
  });

  test('each action has its own turns', async () => {
    await takes(BURST + 2);
    await expect(take(0, 'TerminateInTime')).resolves.toMatchObject({ ticket: 1, turnAt: at(-62 * I) });
  });

  test('a turn is taken only if it comes soon, if that is asked for', async () => {
    const soon = (withinMs: number, ms = 0) => table().pacer.takeIfSoon('RunInstances', at(ms), withinMs);
    await takes(BURST);
    await expect(soon(I - 1)).resolves.toBeUndefined();
    await expect(soon(I)).resolves.toEqual({ ticket: BURST + 1, turnAt: at(I), takenAt: NOW });
    await expect(soon(I)).resolves.toBeUndefined();
    await expect(take()).resolves.toMatchObject({ ticket: BURST + 2, turnAt: at(2 * I) });
    await expect(soon(I, 60_000)).resolves.toMatchObject({ ticket: BURST + 3, turnAt: at(60_000 - 3 * I) });
  });

  test('of many that want a turn soon, only those take one that get it', async () => {
    const permits = await Promise.all(
      Array.from({ length: 30 }, () => table().pacer.takeIfSoon('RunInstances', NOW, 2 * I)),
    );
    expect(permits.filter((permit) => permit !== undefined)).toHaveLength(BURST + 2);
    await expect(take()).resolves.toMatchObject({ ticket: BURST + 3 });
  });

  test('a turn stays as it is while nothing happens', async () => {
    const [permit] = (await takes(BURST + 2)).slice(-1);
    await take();
    await expect(turnOf(permit!)).resolves.toBe(at(2 * I));
    await expect(turnOf(permit!, 5000)).resolves.toBe(at(2 * I));
  });

  test('a front-runner goes at once, the next one an interval later, and the waiting calls after both', async () => {
    const [permit] = (await takes(BURST + 2)).slice(-1);
    const first = await jump(10);
    expect(first).toEqual({ turnAt: at(10), takenAt: at(10) });
    await expect(turnOf(permit!, 10)).resolves.toBe(at(3 * I));
    await expect(jump(20)).resolves.toEqual({ turnAt: at(10 + I), takenAt: at(20) });
    await expect(turnOf(permit!, 20)).resolves.toBe(at(4 * I));
    await expect(turnOf(first, 20)).resolves.toBe(at(10));
    await expect(take(20)).resolves.toMatchObject({ ticket: 7, turnAt: at(5 * I) });
  });

  test('front-runners at the same time get a turn each', async () => {
    await takes(BURST + 2);
    const permits = await Promise.all(Array.from({ length: 10 }, () => jump(10)));
    const turns = permits.map(({ turnAt }) => turnAt).sort();
    expect(turns).toEqual(Array.from({ length: 10 }, (_each, place) => at(10 + place * I)));
  });

  test('if no call waits, a jump takes a ticket', async () => {
    await expect(jump()).resolves.toEqual({ ticket: 1, turnAt: at(-3 * I), takenAt: NOW });
    await expect(jump()).resolves.toMatchObject({ ticket: 2, turnAt: at(-2 * I) });
    await expect(take()).resolves.toMatchObject({ ticket: 3 });
    await expect(jump(60_000)).resolves.toMatchObject({ ticket: 4, turnAt: at(60_000 - 3 * I) });
  });

  test('jumps and takes at the same time give no turn twice', async () => {
    await takes(BURST + 2);
    const permits = await Promise.all(
      Array.from({ length: 30 }, (_each, place) => (place % 3 === 0 ? jump() : take())),
    );
    const turns = await Promise.all(permits.map((permit) => turnOf(permit)));
    expect(new Set(turns).size).toBe(30);
  });

  test('after a refusal nothing is left of the burst', async () => {
    await take();
    await refused(100);
    await expect(take(100)).resolves.toMatchObject({ ticket: 2, turnAt: at(100 + I) });
    await expect(jump(100)).resolves.toEqual({ turnAt: at(100 + I), takenAt: at(100) });
  });

  test('the third refusal in a row makes the interval longer, and every later one, for all who wait', async () => {
    const [permit] = (await takes(BURST + 10)).slice(-1);
    await refused(0);
    await refused(100);
    await expect(turnOf(permit!, 100)).resolves.toBe(at(10 * I));
    await refused(200);
    const slower = 200 + Math.ceil(((11 * I - 200) * 581) / I) - 581;
    await expect(turnOf(permit!, 200)).resolves.toBe(at(slower));
    await refused(300);
    await expect(turnOf(permit!, 300)).resolves.toBe(at(slower));
    await refused(2200);
    const last = await turnOf(permit!, 2200);
    expect(Date.parse(last)).toBeGreaterThan(Date.parse(at(slower)));
  });

  test('refusals at the same time are all counted', async () => {
    await takes(BURST + 2);
    await Promise.all([refused(), refused(), refused()]);
    await takes(1);
    const [one, other] = await takes(2);
    expect(Date.parse(other!.turnAt) - Date.parse(one!.turnAt)).toBe(581);
  });

  test('a refusal before the first turn does nothing', async () => {
    await refused();
    await expect(take()).resolves.toMatchObject({ ticket: 1, turnAt: at(-3 * I) });
  });

  test('ten quiet seconds bring the waiting turns forward, when one of the calls asks for its turn', async () => {
    const [permit] = (await takes(BURST + 40)).slice(-1);
    for (const ms of [0, 1, 2]) await refused(ms);
    const slow = await turnOf(permit!, 3);
    await expect(turnOf(permit!, 10_001)).resolves.toBe(slow);
    const recovered = await turnOf(permit!, 10_002);
    expect(Date.parse(recovered)).toBeLessThan(Date.parse(slow));
    await expect(turnOf(permit!, 10_003)).resolves.toBe(recovered);
  });

  test('a rate that was learned long ago is forgotten by the first call after the pause', async () => {
    await take();
    for (const ms of [0, 1, 2]) await refused(ms);
    await take(3_600_000);
    const [one, other] = await takes(2, 3_600_000);
    expect(Date.parse(other!.turnAt) - Date.parse(one!.turnAt)).toBe(I);
  });

  test('the turn of a ticket that was never issued has come', async () => {
    await expect(turnOf({ ticket: 3, turnAt: at(9000), takenAt: NOW }, 7)).resolves.toBe(at(7));
    await take();
    await expect(turnOf({ ticket: 3, turnAt: at(9000), takenAt: NOW }, 7)).resolves.toBe(at(7));
  });

  test('it is no node', async () => {
    await take();
    await expect(table().nodes.list()).resolves.toEqual({ nodes: [], unreadable: [] });
  });
});
