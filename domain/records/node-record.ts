/**
 * The node record as it is stored. Unknown attributes are kept at every level: after a rollback, the earlier version of
 * Holdfast must not remove what the later one has added.
 */
import * as z from 'zod';
import type { Permit } from '../node/stateful-node';
import { nodeConfigSchema, type NodeConfig } from '../config/node-config';
import {
  OPERATION_KINDS,
  type Adoption,
  type AdoptionTerms,
  type Deletion,
  type Detachment,
  type ExhaustedLaunch,
  type Failure,
  type FleetRequest,
  type GivenUp,
  type Intent,
  type InterfaceIdentity,
  type InterfaceRequest,
  type LastReplacement,
  type LaunchedLaunch,
  type LaunchPool,
  type LaunchProgress,
  type NetworkIdentity,
  type NextLaunch,
  type NodeInstance,
  type NoInterface,
  type Operation,
  type Refusal,
  type Remains,
  type RequestedLaunch,
  type StatefulNode,
  type Tag,
} from '../node/stateful-node';
import { absent, fieldsOf, listOf, type Item, type RecordKind } from './stored-record';

/** The codes of issues that make a value differ from its type. */
const SHAPE_ISSUES: readonly string[] = ['invalid_type', 'invalid_value', 'invalid_union'];

/**
 * A configuration that was accepted once. It is not checked against today's rules: they apply to new requests, and a
 * record must stay readable when they change.
 */
const config = z.custom<NodeConfig>().check(({ value, issues }) => {
  for (const { code, path, message } of nodeConfigSchema.safeParse(value).error?.issues ?? []) {
    if (SHAPE_ISSUES.includes(code)) issues.push({ code: 'custom', input: value, path, message });
  }
});

const ids = listOf(z.string());
const lifeCycle = z.enum(['spot', 'on_demand']);
const attachment = z.enum(['cold', 'hot']);
const operationKind = z.enum(OPERATION_KINDS);
const cause = z.enum(['lost', 'unhealthy', 'drift']);

const pool: z.ZodType<LaunchPool> = z.looseObject(
  fieldsOf<LaunchPool>()({ instanceType: z.string(), subnetId: z.string(), lifeCycle }),
);

const refusal: z.ZodType<Refusal> = z.looseObject(
  fieldsOf<Refusal>()({
    because: z.enum(['capacity', 'quota', 'unsuitable']),
    code: z.string(),
    message: z.string(),
    lifeCycles: listOf(lifeCycle),
    pool,
    count: z.int(),
  }),
);

const round = {
  subnetIds: ids,
  poolIndex: z.int(),
  pool,
  attempt: z.int(),
  refusals: listOf(refusal),
  rounds: z.int(),
  losses: z.int(),
  lossReason: z.string().optional(),
  isInStorm: z.boolean().optional(),
  fleetRefusal: z.string().optional(),
};

const fleet: z.ZodType<FleetRequest> = z.looseObject(
  fieldsOf<FleetRequest>()({ template: z.string(), requestedAt: z.iso.datetime() }),
);

const notLaunched = { instanceId: absent, launchedAt: absent };
const notAsked = { ...notLaunched, clientToken: absent, fleet: absent };

const launch: z.ZodType<LaunchProgress> = z.discriminatedUnion('state', [
  z.looseObject(fieldsOf<NextLaunch>()({ ...round, ...notAsked, state: z.literal('next') })),
  z.looseObject(
    fieldsOf<RequestedLaunch>()({
      ...round,
      ...notLaunched,
      state: z.literal('requested'),
      clientToken: z.string(),
      fleet: fleet.optional(),
    }),
  ),
  z.looseObject(
    fieldsOf<LaunchedLaunch>()({
      ...round,
      state: z.literal('launched'),
      clientToken: z.string(),
      fleet: fleet.optional(),
      instanceId: z.string(),
      launchedAt: z.string(),
    }),
  ),
  z.looseObject(fieldsOf<ExhaustedLaunch>()({ ...round, ...notAsked, state: z.literal('exhausted') })),
]);

const tag: z.ZodType<Tag> = z.looseObject(fieldsOf<Tag>()({ key: z.string(), value: z.string() }));

const interfaceRequest: z.ZodType<InterfaceRequest> = z.looseObject(
  fieldsOf<InterfaceRequest>()({
    clientToken: z.string(),
    subnetId: z.string(),
    privateIp: z.string().optional(),
    withIpv6Address: z.boolean(),
    securityGroupIds: ids,
    tags: listOf(tag),
  }),
);

const detachment: z.ZodType<Detachment> = z.looseObject(
  fieldsOf<Detachment>()({ attachmentId: z.string(), askedAt: z.string(), forcedAt: z.string().optional() }),
);

const permit: z.ZodType<Permit> = z.looseObject(
  fieldsOf<Permit>()({ turnAt: z.iso.datetime(), takenAt: z.iso.datetime(), ticket: z.int().optional() }),
);

/** The fields that a failed operation leaves behind. */
const work = {
  config,
  configRevision: z.int(),
  eligibleSubnetIds: ids,
  oldInstanceId: z.string().optional(),
  launch: launch.optional(),
  interfaceRequest: interfaceRequest.optional(),
  interfacesMade: z.int().optional(),
  retiredInterfaceIds: ids,
  detachments: listOf(detachment).optional(),
  addressTakenAt: z.string().optional(),
};

const counted = z.looseObject({ count: z.int(), lastAt: z.string() });

const operation: z.ZodType<Operation> = z.looseObject(
  fieldsOf<Operation>()({
    ...work,
    kind: operationKind,
    executionId: z.string(),
    generation: z.int(),
    startedAt: z.string(),
    reason: z.string(),
    endsAt: z.string().optional(),
    terminateAt: z.string().optional(),
    launchPermit: permit.optional(),
    fleetPermit: permit.optional(),
    movePermit: permit.optional(),
    cause: cause.optional(),
    startedBy: z.enum(['interruption', 'rebalance', 'request', 'retry']).optional(),
    continues: z.boolean().optional(),
    takeovers: counted.optional(),
  }),
);

const remains: z.ZodType<Remains> = z.looseObject(fieldsOf<Remains>()(work));

const failure: z.ZodType<Failure> = z.looseObject(
  fieldsOf<Failure>()({
    operation: operationKind,
    errorName: z.string().optional(),
    count: z.int(),
    nextTryAt: z.string().optional(),
    remains: remains.optional(),
  }),
);

const givenUpKind = { kind: z.enum(['instance', 'interface']), since: z.string() };

const givenUp: z.ZodType<GivenUp> = z.union([
  z.looseObject({ ...givenUpKind, id: z.string() }),
  z.looseObject({ ...givenUpKind, clientToken: z.string() }),
  z.looseObject({ kind: z.literal('launch-template'), since: z.string(), id: z.string() }),
]);

const identity: z.ZodType<NetworkIdentity> = z.union([
  z.looseObject(
    fieldsOf<InterfaceIdentity>()({
      interfaceId: z.string(),
      madeAt: z.string().optional(),
      subnetId: z.string(),
      availabilityZone: z.string(),
      privateIp: z.string(),
      ipv6Address: z.string().optional(),
      macAddress: z.string(),
      allocationId: z.string().optional(),
      publicIp: z.string().optional(),
      settled: z.boolean(),
    }),
  ),
  z.looseObject(
    fieldsOf<NoInterface>()({
      interfaceId: absent,
      madeAt: absent,
      subnetId: absent,
      availabilityZone: absent,
      privateIp: absent,
      ipv6Address: absent,
      macAddress: absent,
      allocationId: absent,
      publicIp: absent,
      settled: z.literal(false),
    }),
  ),
]);

const terms = fieldsOf<AdoptionTerms>()({
  migrationId: z.string(),
  originalInstanceId: z.string(),
  shouldKeepPrivateIp: z.boolean(),
  shouldTerminateInstance: z.boolean(),
  deletedOnTermination: z.boolean(),
});

const adoption: z.ZodType<Adoption> = z.union([
  z.looseObject({ ...terms, adoptedAt: absent, committedAt: absent, cancelledAt: absent }),
  z.looseObject({ ...terms, adoptedAt: z.string(), committedAt: absent, cancelledAt: absent }),
  z.looseObject({ ...terms, adoptedAt: z.string(), committedAt: z.string(), cancelledAt: absent }),
  z.looseObject({ ...terms, adoptedAt: z.string().optional(), committedAt: absent, cancelledAt: z.string() }),
]);

const instance: z.ZodType<NodeInstance> = z.looseObject(
  fieldsOf<NodeInstance>()({
    id: z.string(),
    imageId: z.string(),
    instanceType: z.string(),
    lifeCycle,
    subnetId: z.string(),
    launchedAt: z.string(),
    attachment,
    activeAt: z.string().optional(),
    outdated: z.record(z.string(), z.unknown()).optional(),
  }),
);

const lastReplacement: z.ZodType<LastReplacement> = z.looseObject(
  fieldsOf<LastReplacement>()({ at: z.string(), awayFrom: z.string().optional(), awayTo: z.string().optional() }),
);

const intent: z.ZodType<Intent> = z.looseObject(
  fieldsOf<Intent>()({
    kind: operationKind,
    reason: z.string(),
    instanceId: z.string().optional(),
    requestedAt: z.string(),
    endsAt: z.string().optional(),
    cause: cause.optional(),
  }),
);

const deletion: z.ZodType<Deletion> = z.looseObject(
  fieldsOf<Deletion>()({
    shouldTerminateInstance: z.boolean(),
    shouldDeleteNetworkInterfaces: z.boolean(),
    shouldDeleteVolumes: z.boolean().optional(),
    interfacesTtlHours: z.int().optional(),
    volumesTtlHours: z.int().optional(),
  }),
);

const node: z.ZodType<StatefulNode> = z.looseObject(
  fieldsOf<StatefulNode>()({
    id: z.string(),
    version: z.int(),
    config,
    eligibleSubnetIds: ids,
    status: z.enum(['ACTIVE', 'PAUSING', 'PAUSED', 'RESUMING', 'RECYCLING', 'DEALLOCATING', 'ERROR']),
    errorReason: z.string().optional(),
    failure: failure.optional(),
    restarts: z.int().optional(),
    lastLostInstanceId: z.string().optional(),
    drifts: counted.optional(),
    givenUp: listOf(givenUp).optional(),
    identity,
    instance: instance.optional(),
    lastReplacement: lastReplacement.optional(),
    operation: operation.optional(),
    generation: z.int(),
    intents: listOf(intent),
    configRevision: z.int(),
    appliedRevision: z.int(),
    appliedTagKeys: ids,
    volumeTagKeys: ids.optional(),
    interfaceTagKeys: ids.optional(),
    impliedFields: ids.optional(),
    heldClaims: ids,
    awaitedNodeIds: ids.optional(),
    deletion: deletion.optional(),
    adoption: adoption.optional(),
    launchTemplate: z.string().optional(),
    requestKey: z.string().optional(),
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
);

/** An adjustment of a node without an interface used to store an Elastic IP that was on no interface. */
function withoutStrayElasticIp(item: Item): Item {
  const before = z.looseObject({}).safeParse(item.identity);
  if (!before.success || before.data.interfaceId !== undefined) return item;
  const { allocationId: _allocationId, publicIp: _publicIp, ...kept } = before.data;
  return { ...item, identity: kept };
}

/**
 * 0: without a version.
 * 1: an identity without an interface has no Elastic IP.
 */
export const nodeRecord: RecordKind<StatefulNode> = { name: 'NODE', schema: node, upgrades: [withoutStrayElasticIp] };
