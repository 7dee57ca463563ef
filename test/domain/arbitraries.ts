/** Random records, for properties that hold for all of them. */
import fc from 'fast-check';
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { TakeRequest, Trigger } from '../../domain/operation/trigger';
import { aConfig, anIdentity, aNode, NODE_ID, OLD_INSTANCE_ID, REPLACEMENT_ID } from './builders';

const INSTANCE_TYPES = ['m7g.large', 'm6g.large', 'c7g.large', 'r7g.large', 't4g.large'];
const SUBNET_IDS = ['subnet-000a', 'subnet-000b', 'subnet-000c', 'subnet-000d'];

const someTypes = fc
  .subarray(INSTANCE_TYPES, { minLength: 1 })
  .chain((types) => fc.shuffledSubarray(types, { minLength: types.length }));

const someConfig = fc
  .record({
    lifeCycle: fc.constantFrom('spot' as const, 'on_demand' as const, undefined),
    fallbackToOd: fc.constantFrom(true, false, undefined),
    persistPrivateIp: fc.boolean(),
    eniAttachment: fc.constantFrom('cold' as const, 'hot' as const, undefined),
    preferredType: fc.constantFrom(...INSTANCE_TYPES, undefined),
    preferredTypes: fc.option(fc.subarray(INSTANCE_TYPES), { nil: undefined }),
    types: someTypes,
    subnetIds: fc.shuffledSubarray(SUBNET_IDS, { minLength: 1 }),
  })
  .map(({ lifeCycle, fallbackToOd, persistPrivateIp, eniAttachment, subnetIds, ...instanceTypes }) =>
    aConfig({
      strategy: { lifeCycle, fallbackToOd },
      persistence: { persistPrivateIp, eniAttachment },
      compute: { subnetIds, elasticIp: persistPrivateIp ? undefined : 'eipalloc-0001' },
      launchSpecification: { instanceTypes },
    }),
  );

/** A node in any phase: before its first launch, with an unsettled identity, settled. */
export const someNode: fc.Arbitrary<StatefulNode> = someConfig.chain((config) =>
  fc
    .record({
      eligibleSubnetIds: fc.subarray(config.compute.subnetIds, { minLength: 1 }),
      // A configuration that changed may have left the interface in a subnet that it no longer names.
      subnetId: fc.constantFrom(...SUBNET_IDS, undefined),
      settled: fc.boolean(),
      generation: fc.integer({ min: 0, max: 1_000_000 }),
    })
    .map(({ eligibleSubnetIds, subnetId, settled, generation }) =>
      aNode({
        config,
        eligibleSubnetIds,
        generation,
        identity:
          subnetId === undefined
            ? { settled: false }
            : anIdentity({ interfaceId: `eni-in-${subnetId}`, subnetId, settled }),
      }),
    ),
);

const someInstanceId = fc.constantFrom(OLD_INSTANCE_ID, REPLACEMENT_ID, 'i-00000000000000003');

/** An instant within a few hours of the builders' `NOW`. */
export const someInstant = fc
  .integer({ min: -4 * 3600, max: 4 * 3600 })
  .map((seconds) => new Date(Date.parse('2026-11-03T10:00:00.000Z') + seconds * 1000).toISOString());

export const someTrigger: fc.Arbitrary<Trigger> = fc.oneof(
  fc.record({
    kind: fc.constant('warning' as const),
    instanceId: someInstanceId,
    reason: fc.constant('spot interruption warning (terminate)'),
    endsAt: someInstant,
  }),
  fc.record({
    kind: fc.constant('rebalance' as const),
    instanceId: someInstanceId,
    reason: fc.constant('rebalance recommendation'),
  }),
  fc.record(
    {
      kind: fc.constant('request' as const),
      nodeId: fc.constant(NODE_ID),
      reason: fc.constant('requested'),
      instanceId: someInstanceId,
    },
    { requiredKeys: ['kind', 'nodeId', 'reason'] },
  ),
);

export const someTakeRequest: fc.Arbitrary<TakeRequest> = fc.record({
  operation: fc.constantFrom('launch' as const, 'replace' as const),
  executionId: fc.constantFrom('execution-1', 'execution-2', 'execution-3', 'execution-4'),
  trigger: someTrigger,
});
