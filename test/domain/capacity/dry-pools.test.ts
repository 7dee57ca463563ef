import fc from 'fast-check';
import { dryPoolOf, isStillDry, poolsWorthACall, type DryPool } from '../../../domain/capacity/dry-pools';
import type { LaunchPool } from '../../../domain/node/stateful-node';
import { NOW } from '../builders';

const inPool = (instanceType: string, lifeCycle: LaunchPool['lifeCycle'], subnetId = 'subnet-a'): LaunchPool => ({
  instanceType,
  subnetId,
  lifeCycle,
});
const SPOT_M = inPool('m7g.large', 'spot');
const SPOT_C = inPool('c7g.large', 'spot');
const SPOT_B = inPool('m7g.large', 'spot', 'subnet-b');
const DEMAND_M = inPool('m7g.large', 'on_demand');
const POOLS = [SPOT_M, SPOT_C, SPOT_B, DEMAND_M];

const dry = (pool: LaunchPool): DryPool => ({ of: 'pool', ...pool, refusedAt: NOW });
const full = (subnetId: string): DryPool => ({ of: 'subnet', subnetId, refusedAt: NOW });

test.each<{ name: string; dryPools: readonly DryPool[]; interfaceIn?: string; left: readonly LaunchPool[] }>([
  { name: 'none is dry', dryPools: [], left: POOLS },
  { name: 'one is dry', dryPools: [dry(SPOT_M)], left: [SPOT_C, SPOT_B, DEMAND_M] },
  { name: 'the last one is dry', dryPools: [dry(DEMAND_M)], left: POOLS },
  { name: 'all are dry', dryPools: POOLS.map(dry), left: [DEMAND_M] },
  { name: 'a pool that is not in the list is dry', dryPools: [dry(inPool('r7g.large', 'spot'))], left: POOLS },
  { name: 'a subnet is full', dryPools: [full('subnet-b')], left: [SPOT_M, SPOT_C, DEMAND_M] },
  { name: 'the subnet of the last one is full', dryPools: [full('subnet-a')], left: [SPOT_B, DEMAND_M] },
  {
    name: 'the interface has its address in the full subnet already',
    dryPools: [full('subnet-a'), dry(SPOT_C)],
    interfaceIn: 'subnet-a',
    left: [SPOT_M, SPOT_B, DEMAND_M],
  },
  {
    name: 'another subnet than that of the interface is full',
    dryPools: [full('subnet-b')],
    interfaceIn: 'subnet-a',
    left: [SPOT_M, SPOT_C, DEMAND_M],
  },
])('the pools worth a call, if $name', ({ dryPools, interfaceIn, left }) => {
  expect(poolsWorthACall(POOLS, dryPools, interfaceIn)).toEqual(left);
});

test('an empty list stays empty', () => {
  expect(poolsWorthACall([], [dry(SPOT_M)])).toEqual([]);
});

test('whatever is dry, the last pool is worth a call, and the order is kept', () => {
  const somePool = fc.record({
    instanceType: fc.constantFrom('m7g.large', 'c7g.large', 'r7g.large'),
    subnetId: fc.constantFrom('subnet-a', 'subnet-b'),
    lifeCycle: fc.constantFrom('spot' as const, 'on_demand' as const),
  });
  const someDry = fc.oneof(somePool.map(dry), fc.constantFrom('subnet-a', 'subnet-b').map(full));
  fc.assert(
    fc.property(fc.array(somePool, { minLength: 1 }), fc.array(someDry), (pools, dryPools) => {
      const left = poolsWorthACall(pools, dryPools);
      expect(left.at(-1)).toBe(pools.at(-1));
      expect(left).toEqual(pools.filter((pool) => left.includes(pool)));
    }),
  );
});

test.each([
  { because: 'capacity', of: 'pool', says: { of: 'pool', ...SPOT_M, refusedAt: NOW } },
  { because: 'capacity', of: 'subnet', says: { of: 'subnet', subnetId: 'subnet-a', refusedAt: NOW } },
  { because: 'quota', of: 'pool', says: undefined },
  { because: 'unsuitable', of: 'pool', says: undefined },
] as const)('a refusal of a $of because of $because', ({ because, of, says }) => {
  expect(dryPoolOf(SPOT_M, { because, of, code: 'Code', message: 'Message' }, NOW)).toEqual(says);
});

test.each([
  { name: 'now', ms: 0, counts: true },
  { name: 'a minute ago', ms: -60_000, counts: true },
  { name: 'longer ago', ms: -60_001, counts: false },
  { name: 'in the future, by the clock of another machine', ms: 500, counts: true },
  { name: 'far in the future', ms: 60_001, counts: false },
])('a refusal $name: counts $counts', ({ ms, counts }) => {
  expect(isStillDry({ refusedAt: new Date(Date.parse(NOW) + ms).toISOString() }, NOW)).toBe(counts);
});
