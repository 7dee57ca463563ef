import { VirtualClock } from '../../../simulator/time/clock';

describe('virtual time', () => {
  test('timers fire in the order of their time, then of their creation', async () => {
    const clock = new VirtualClock(0);
    const fired: [string, number][] = [];
    const note = (name: string) => () => fired.push([name, clock.now()]);
    clock.setTimeout(note('later'), 20);
    clock.setTimeout(note('first'), 10);
    clock.setTimeout(note('second'), 10);
    clock.setTimeout(note('past'), -5);
    expect(await clock.run()).toBe('idle');
    expect(fired).toEqual([
      ['past', 0],
      ['first', 10],
      ['second', 10],
      ['later', 20],
    ]);
  });

  test('a cleared timer does not fire', async () => {
    const clock = new VirtualClock(0);
    let fired = 0;
    const timer = clock.setTimeout(() => (fired += 1), 10);
    clock.setTimeout(() => (fired += 10), 10);
    clock.clearTimeout(timer);
    await clock.run();
    expect(fired).toBe(10);
  });

  test('the work of a woken sleeper ends before time moves', async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    const walk = async () => {
      for (let step = 0; step < 3; step += 1) {
        await clock.sleep(10);
        seen.push(clock.now());
      }
    };
    const walking = walk();
    clock.setTimeout(() => seen.push(-clock.now()), 20);
    await clock.run();
    await walking;
    expect(seen).toEqual([10, -20, 20, 30]);
  });

  test('time stands still during input or output', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    let finish: () => void = () => undefined;
    const work = new Promise<void>((resolve) => (finish = resolve));
    const waiting = clock.during(work).then(() => seen.push(`work at ${clock.now()}`));
    clock.setTimeout(() => seen.push(`timer at ${clock.now()}`), 10);
    setImmediate(() => setImmediate(() => setImmediate(finish)));
    await clock.run();
    await waiting;
    expect(seen).toEqual(['work at 0', 'timer at 10']);
  });

  test('a run returns why it ended', async () => {
    const clock = new VirtualClock(0);
    let fired = false;
    clock.setTimeout(() => (fired = true), 100);
    expect([await clock.run(() => fired, 99), clock.now()]).toEqual(['limit', 99]);
    expect([await clock.run(() => fired, 99), clock.now()]).toEqual(['done', 100]);
    expect([await clock.run(), clock.now()]).toEqual(['idle', 100]);
  });

  test('advancing moves exactly that far, with or without timers', async () => {
    const clock = new VirtualClock(0);
    const fired: number[] = [];
    clock.setTimeout(() => fired.push(clock.now()), 30);
    await clock.advance(29);
    expect([clock.now(), fired]).toEqual([29, []]);
    await clock.advance(1);
    expect([clock.now(), fired]).toEqual([30, [30]]);
    await clock.advance(1000);
    expect(clock.now()).toBe(1030);
  });
});
