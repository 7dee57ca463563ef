import {
  INTERFACE_POLL_INTERVAL_MS,
  INTERFACE_POLLS_A_STEP,
  pollInterface,
} from '../../../lambdas/operation/poll-interface';
import { InMemoryPorts } from '../in-memory-ports';

describe('pollInterface', () => {
  const gaveUp = () => new Error('gave up');

  it('does not wait for an answer that is there', async () => {
    const ports = new InMemoryPorts();

    await expect(pollInterface(ports.time, async () => 'free', gaveUp)).resolves.toBe('free');
    expect(ports.sleptMs).toBe(0);
  });

  it('asks until there is an answer, an interval apart', async () => {
    const ports = new InMemoryPorts();
    const attempt = jest.fn<Promise<string | undefined>, []>();
    attempt.mockResolvedValueOnce(undefined).mockResolvedValueOnce(undefined).mockResolvedValueOnce('free');

    await expect(pollInterface(ports.time, attempt, gaveUp)).resolves.toBe('free');
    expect(ports.sleptMs).toBe(2 * INTERFACE_POLL_INTERVAL_MS);
  });

  it('gives up after its last poll, without waiting for nothing', async () => {
    const ports = new InMemoryPorts();
    const attempt = jest.fn(async () => undefined);

    await expect(pollInterface(ports.time, attempt, gaveUp)).rejects.toThrow('gave up');
    expect(attempt).toHaveBeenCalledTimes(INTERFACE_POLLS_A_STEP);
    expect(ports.sleptMs).toBe((INTERFACE_POLLS_A_STEP - 1) * INTERFACE_POLL_INTERVAL_MS);
  });

  it('makes the reason when it gives up, not before: the last one counts', async () => {
    const ports = new InMemoryPorts();
    let polls = 0;
    const attempt = async () => {
      polls += 1;
      return undefined;
    };

    await expect(pollInterface(ports.time, attempt, () => new Error(`after ${polls}`))).rejects.toThrow('after 10');
  });

  it('lets an error of the attempt through at once', async () => {
    const ports = new InMemoryPorts();
    const attempt = jest.fn(async () => {
      throw new Error('EC2 is down');
    });

    await expect(pollInterface(ports.time, attempt, gaveUp)).rejects.toThrow('EC2 is down');
    expect(attempt).toHaveBeenCalledTimes(1);
  });
});
