/** The promises of `InstanceMetrics`: the samples of each instance, in order, in units of a second. */
import { cloudWatchMetrics } from '../../lambdas/adapters/cloudwatch-metrics';
import type { InstanceMetrics } from '../../lambdas/ports';
import { LocalInstanceMetrics } from '../../simulator/cloudwatch/instance-metrics';
import { NOW } from '../domain/builders';
import { InMemoryPorts } from '../lambdas/in-memory-ports';
import { VirtualClock } from '../../simulator/time/clock';

const NOW_MS = Date.parse(NOW);
const before = (minutes: number) => new Date(NOW_MS - minutes * 60_000).toISOString();

function openInMemory(): InstanceMetrics {
  const ports = new InMemoryPorts();
  const samples = Array.from({ length: 50 }, (_, index) => ({
    at: before(250 - index * 5),
    cpuPercent: 20,
    networkInBytesPerSecond: 1_000,
    networkOutBytesPerSecond: 2_000,
  }));
  ports.samplesOf.set('i-1', samples).set('i-2', samples);
  return ports.instanceMetrics;
}

/** A value a page splits even the values of one period. */
const openOnCloudWatch = (pageSize?: number): InstanceMetrics => {
  const { client } = new LocalInstanceMetrics(new VirtualClock(NOW_MS), pageSize);
  return cloudWatchMetrics(() => client);
};

describe.each([
  { implementation: 'in memory', open: openInMemory },
  { implementation: 'the adapter', open: () => openOnCloudWatch() },
  { implementation: 'the adapter, page by page', open: () => openOnCloudWatch(1) },
])('InstanceMetrics, $implementation', ({ open }) => {
  const range = { from: before(30), to: NOW };

  test('the samples of each instance are those of the range, oldest first', async () => {
    const samples = await open().read(['i-1', 'i-2'], range, 300);
    expect([...samples.keys()]).toEqual(['i-1', 'i-2']);
    const times = [30, 25, 20, 15, 10, 5].map(before);
    for (const each of samples.values()) expect(each.map(({ at }) => at)).toEqual(times);
  });

  test('percent are percent, and bytes are those of a second', async () => {
    const [first] = [...(await open().read(['i-1'], range, 300)).values()];
    for (const { cpuPercent, networkInBytesPerSecond, networkOutBytesPerSecond } of first!) {
      expect(cpuPercent).toBeGreaterThan(0);
      expect(cpuPercent).toBeLessThan(100);
      expect(networkInBytesPerSecond).toBeGreaterThanOrEqual(1_000);
      expect(networkInBytesPerSecond).toBeLessThan(10_000_000);
      expect(networkOutBytesPerSecond).toBeGreaterThanOrEqual(2_000);
      expect(networkOutBytesPerSecond).toBeLessThan(10_000_000);
    }
  });

  test('nothing is asked about no instance', async () => {
    await expect(open().read([], range, 300)).resolves.toEqual(new Map());
  });
});
