/** The promises of `DryPools`: what one node learns about a pool, every node knows for a minute. */
import type { LaunchPool } from '../../domain/node/stateful-node';
import type { PoolRefusal } from '../../domain/capacity/pool-refusal';
import { NOW } from '../domain/builders';
import { tableContract } from './table';

const at = (ms: number) => new Date(Date.parse(NOW) + ms).toISOString();

const POOL: LaunchPool = { instanceType: 'm7g.large', subnetId: 'subnet-000a', lifeCycle: 'spot' };
const OTHERS: readonly LaunchPool[] = [
  { ...POOL, instanceType: 'c7g.large' },
  { ...POOL, lifeCycle: 'on_demand' },
  { ...POOL, subnetId: 'subnet-000b' },
];
const DRY: PoolRefusal = {
  because: 'capacity',
  of: 'pool',
  code: 'InsufficientInstanceCapacity',
  message: 'There is no Spot capacity available that matches your request.',
};
const FULL: PoolRefusal = { ...DRY, of: 'subnet', code: 'InsufficientFreeAddressesInSubnet' };

tableContract('DryPools', (table) => {
  const note = (pool = POOL, refusal = DRY, ms = 0) => table().dryPools.note(pool, refusal, at(ms));
  const read = (pools: readonly LaunchPool[] = [POOL, ...OTHERS], ms = 0) => table().dryPools.read(pools, at(ms));

  test('a new table knows of none', async () => {
    await expect(read()).resolves.toEqual([]);
  });

  test('a pool without capacity is dry, and no other', async () => {
    await note();
    await expect(read()).resolves.toEqual([{ of: 'pool', ...POOL, refusedAt: NOW }]);
    await expect(read(OTHERS)).resolves.toEqual([]);
  });

  test('several pools of several subnets are read together', async () => {
    for (const pool of [POOL, ...OTHERS]) await note(pool);
    const dry = await read();
    expect(dry).toHaveLength(4);
    expect(dry).toEqual(
      expect.arrayContaining([POOL, ...OTHERS].map((pool) => ({ of: 'pool', ...pool, refusedAt: NOW }))),
    );
    await expect(read([])).resolves.toEqual([]);
  });

  test('a full subnet rules out all of its pools', async () => {
    await note(POOL, FULL);
    await expect(read([OTHERS[0]!])).resolves.toEqual([{ of: 'subnet', subnetId: 'subnet-000a', refusedAt: NOW }]);
    await expect(read([OTHERS[2]!])).resolves.toEqual([]);
  });

  test.each([
    { name: 'a quota', because: 'quota' as const },
    { name: 'an unsuitable pool', because: 'unsuitable' as const },
  ])('$name says nothing about capacity', async ({ because }) => {
    await note(POOL, { ...DRY, because });
    await expect(read()).resolves.toEqual([]);
  });

  test('a refusal counts for a minute', async () => {
    await note();
    await expect(read([POOL], 60_000)).resolves.toHaveLength(1);
    await expect(read([POOL], 60_001)).resolves.toEqual([]);
  });

  test('the latest refusal counts, in whatever order they are noted', async () => {
    await note(POOL, DRY, 30_000);
    await note(POOL, DRY, 0);
    await expect(read([POOL], 30_000)).resolves.toEqual([{ of: 'pool', ...POOL, refusedAt: at(30_000) }]);
    await note(POOL, DRY, 50_000);
    await expect(read([POOL], 50_000)).resolves.toEqual([{ of: 'pool', ...POOL, refusedAt: at(50_000) }]);
  });

  test('a refusal that a wrong clock has dated far ahead does not keep later ones out', async () => {
    await note(POOL, DRY, 3_600_000);
    await expect(read([POOL])).resolves.toEqual([]);
    await note();
    await expect(read([POOL])).resolves.toEqual([{ of: 'pool', ...POOL, refusedAt: NOW }]);
  });

  test('nodes may note the same pool at the same time', async () => {
    await Promise.all(Array.from({ length: 20 }, (_each, ms) => note(POOL, DRY, ms)));
    await expect(read([POOL], 20)).resolves.toEqual([{ of: 'pool', ...POOL, refusedAt: at(19) }]);
  });

  test('it is no node', async () => {
    await note();
    await expect(table().nodes.list()).resolves.toEqual({ nodes: [], unreadable: [] });
  });
});
