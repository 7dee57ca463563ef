import {
  askOnceAndPoll,
  DONE,
  LONGEST_POLL_INTERVAL_MS,
  POLL_INTERVAL_MS,
  POLLS_A_STEP,
  waiting,
  type Look,
} from '../../../lambdas/operation/ask-once-and-poll';
import { InMemoryPorts } from '../in-memory-ports';

describe('askOnceAndPoll', () => {
  const { time } = new InMemoryPorts();
  let sleptMs: number[] = [];
  const sleeper = { ...time, sleep: async (delayMs: number) => void sleptMs.push(delayMs) };
  const looks = (...seen: Look[]) => {
    const look = jest.fn<Promise<Look>, []>();
    for (const each of seen) look.mockResolvedValueOnce(each);
    return look.mockResolvedValue(waiting('still nothing'));
  };

  beforeEach(() => {
    sleptMs = [];
  });

  it('does not wait if the effect is there already', async () => {
    await expect(askOnceAndPoll(sleeper, looks(DONE))).resolves.toBeUndefined();
    expect(sleptMs).toEqual([]);
  });

  it('looks at intervals until the effect is there', async () => {
    await expect(askOnceAndPoll(sleeper, looks(waiting('one'), waiting('two'), DONE))).resolves.toBeUndefined();
    expect(sleptMs).toEqual([POLL_INTERVAL_MS, POLL_INTERVAL_MS]);
  });

  it('asks once, however often EC2 does not show the effect yet', async () => {
    const ask = jest.fn(async () => undefined);
    await askOnceAndPoll(sleeper, looks(waiting('not shown'), waiting('asked', ask), waiting('asked', ask), DONE));

    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('returns the last reason after its last look, and does not sleep after it', async () => {
    const look = looks();

    await expect(askOnceAndPoll(sleeper, look)).resolves.toBe('still nothing');
    expect(look).toHaveBeenCalledTimes(POLLS_A_STEP);
    expect(sleptMs).toHaveLength(POLLS_A_STEP - 1);
  });

  it('looks only once more at a slow change, at the end of the same time', async () => {
    const slow = { ...waiting('still slow'), isSlow: true };
    const look = looks(waiting('fast'), slow, slow, slow);

    await expect(askOnceAndPoll(sleeper, look)).resolves.toBe('still slow');
    expect(sleptMs).toEqual([POLL_INTERVAL_MS, LONGEST_POLL_INTERVAL_MS - POLL_INTERVAL_MS]);
  });

  it('never sleeps longer than its longest interval', async () => {
    await askOnceAndPoll(sleeper, async () => ({ ...waiting('slow'), isSlow: true }));
    expect(sleptMs).toEqual([LONGEST_POLL_INTERVAL_MS]);
  });

  it('looks the given number of times, and asks at the last look, too', async () => {
    const ask = jest.fn(async () => undefined);
    const look = looks(waiting('asked', ask));

    await expect(askOnceAndPoll(sleeper, look, 1)).resolves.toBe('asked');
    expect(look).toHaveBeenCalledTimes(1);
    expect(ask).toHaveBeenCalledTimes(1);
    expect(sleptMs).toEqual([]);
  });

  it.each<{ name: string; look: () => Promise<Look> }>([
    { name: 'a look', look: () => Promise.reject(new Error('EC2 is down')) },
    { name: 'the request', look: async () => waiting('', () => Promise.reject(new Error('EC2 is down'))) },
  ])('passes an error of $name on at once', async ({ look }) => {
    const counted = jest.fn(look);

    await expect(askOnceAndPoll(sleeper, counted)).rejects.toThrow('EC2 is down');
    expect(counted).toHaveBeenCalledTimes(1);
  });
});
