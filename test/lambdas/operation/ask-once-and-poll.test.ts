import { askOnceAndPoll, DONE, STEP_MS, waiting, type Look } from '../../../lambdas/operation/ask-once-and-poll';
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
    expect(sleptMs).toEqual([100, 100]);
  });

  it('looks less often the longer it waits', async () => {
    await askOnceAndPoll(sleeper, looks());
    expect([...sleptMs].sort((a, b) => a - b)).toEqual(sleptMs);
    expect(sleptMs[0]).toBe(100);
    expect(sleptMs.at(-1)).toBeGreaterThan(400);
    expect(sleptMs.at(-1)).toBeLessThanOrEqual(500);
  });

  it('does not look before most changes show, and looks often while they do', async () => {
    const ask = jest.fn(async () => undefined);
    const look = jest.fn(async () => waiting('asked', ask));
    await askOnceAndPoll(sleeper, look, { expectedMs: [1_900, 3_300] });

    expect(sleptMs[0]).toBe(1_900);
    // A look takes about 100 ms, too.
    expect(sleptMs.filter((each) => each === 0).length).toBeGreaterThanOrEqual(10);
    expect(sleptMs.at(-1)).toBeGreaterThan(400);
  });

  it('looks as usual if the change was requested before', async () => {
    await askOnceAndPoll(sleeper, looks(), { expectedMs: [1_900, 3_300] });
    expect(sleptMs[0]).toBe(100);
    expect(sleptMs).not.toContain(0);
  });

  it('asks once, however often EC2 does not show the effect yet', async () => {
    const ask = jest.fn(async () => undefined);
    await askOnceAndPoll(sleeper, looks(waiting('not shown'), waiting('asked', ask), waiting('asked', ask), DONE));

    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('returns the last reason after its last look, and does not sleep after it', async () => {
    const look = looks();

    await expect(askOnceAndPoll(sleeper, look)).resolves.toBe('still nothing');
    expect(look).toHaveBeenCalledTimes(sleptMs.length + 1);
    const sleptInAllMs = sleptMs.reduce((sum, each) => sum + each, 0);
    expect(sleptInAllMs + 100 * look.mock.calls.length).toBeLessThanOrEqual(STEP_MS);
    expect(sleptInAllMs + 100 * look.mock.calls.length).toBeGreaterThan(STEP_MS - 600);
  });

  it('ends at a slow change, and does not sleep after it', async () => {
    const slow = { ...waiting('still slow'), isSlow: true };
    const look = looks(waiting('fast'), slow, slow, slow);

    await expect(askOnceAndPoll(sleeper, look)).resolves.toBe('still slow');
    expect(look).toHaveBeenCalledTimes(2);
    expect(sleptMs).toEqual([100]);
  });

  it('asks for a slow change, too', async () => {
    const ask = jest.fn(async () => undefined);
    const look = looks({ kind: 'waiting', because: 'slow', ask, isSlow: true });

    await expect(askOnceAndPoll(sleeper, look)).resolves.toBe('slow');
    expect(ask).toHaveBeenCalledTimes(1);
    expect(sleptMs).toEqual([]);
  });

  it('looks only once on request, and asks then, too', async () => {
    const ask = jest.fn(async () => undefined);
    const look = looks(waiting('asked', ask));

    await expect(askOnceAndPoll(sleeper, look, { once: true })).resolves.toBe('asked');
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
