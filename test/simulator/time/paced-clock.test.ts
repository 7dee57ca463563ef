import { PacedClock } from '../../../simulator/time/paced-clock';

const START = Date.parse('2026-11-23T08:00:00Z');
/** So fast that an hour passes with every tick. */
const HOURS = 1_000_000;

const clocks: PacedClock[] = [];
/** Each clock is stopped after its test. A running clock would keep the process alive. */
const paced = (speed = HOURS): PacedClock => {
  const clock = new PacedClock(START, speed);
  clocks.push(clock);
  return clock;
};
afterEach(() => Promise.all(clocks.splice(0).map((clock) => clock.stop())));

test('time stands still until it is started, and begins at the given time', async () => {
  const clock = paced();
  await new Promise((resolve) => setImmediate(resolve));
  expect(clock.now()).toBe(START);
});

test('timers fire in order, each at its own time', async () => {
  const clock = paced();
  clock.start();
  const fired: number[] = [];
  await Promise.all(
    [5_000, 1_000, 90_000].map(async (delayMs) => {
      await clock.sleep(delayMs);
      fired.push(clock.now() - START);
    }),
  );
  expect(fired).toEqual([1_000, 5_000, 90_000]);
});

test('a time limit does not pass during work, at any speed', async () => {
  const clock = paced();
  clock.start();
  let isLate = false;
  await clock.sleep(1_000);
  clock.setTimeout(() => (isLate = true), 1_000);
  // Many turns of the event loop, like a database call on a slow machine.
  const work = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  await clock.during(work());
  expect(isLate).toBe(false);
  await clock.sleep(2_000);
  expect(isLate).toBe(true);
});

test('no timer fires after time has stopped', async () => {
  const clock = paced();
  clock.start();
  await clock.sleep(1);
  await clock.stop();
  let hasFired = false;
  clock.setTimeout(() => (hasFired = true), 0);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(hasFired).toBe(false);
});

test.each([0, -1, NaN])('a speed of %p is refused', (speed) => {
  expect(() => new PacedClock(START, speed)).toThrow(RangeError);
});

test('time takes another speed at once, and does not jump', async () => {
  const clock = paced(1);
  clock.start();
  const before = clock.now();
  clock.speed = HOURS;
  expect(clock.now() - before).toBeLessThan(60_000);
  await clock.sleep(3_600_000);
  expect(clock.now() - before).toBeGreaterThanOrEqual(3_600_000);
  expect(() => (clock.speed = 0)).toThrow(RangeError);
  expect(clock.speed).toBe(HOURS);
});

test('time that lags far behind forgets that with another speed, and neither runs on nor stands still', async () => {
  const clock = paced();
  clock.start();
  // Work that never ends: hours are to pass with each tick, and each minute takes some of the machine's time.
  const work = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(60_000);
      await clock.during(new Promise((resolve) => setTimeout(resolve, 2)));
    }
  };
  void work();
  await new Promise((resolve) => setTimeout(resolve, 50));
  clock.speed = 100;
  const [before, sinceMs] = [clock.now(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, 400));
  const speed = (clock.now() - before) / (performance.now() - sinceMs);
  expect(speed).toBeGreaterThan(0);
  expect(speed).toBeLessThan(1_000);
});
