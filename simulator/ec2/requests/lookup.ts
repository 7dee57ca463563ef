/**
 * Finds entities by id, and throws EC2's errors for an id that is malformed or unknown.
 *
 * New entities are not found at once: EC2 is eventually consistent.
 * Source: https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
import { ec2Error } from './ec2-error';
import type { Simulation } from '../ec2-state';
import type { Entity, World } from '../world';

interface Kind {
  readonly prefix: string;
  readonly notFound: string;
  readonly malformed: string;
  readonly noun: string;
}

/** By collection of the world. */
const KINDS = {
  instances: kind('i', 'InvalidInstanceID', 'instance ID'),
  networkInterfaces: kind('eni', 'InvalidNetworkInterfaceID', 'networkInterface ID'),
  elasticIps: kind('eipalloc', 'InvalidAllocationID', 'allocation ID'),
  volumes: { ...kind('vol', 'InvalidVolume', 'volume'), malformed: 'InvalidVolumeID.Malformed' },
  launchTemplates: kind('lt', 'InvalidLaunchTemplateId', 'launch template ID'),
  vpcs: kind('vpc', 'InvalidVpcID', 'vpc ID'),
  internetGateways: kind('igw', 'InvalidInternetGatewayID', 'internetGateway ID'),
  subnets: kind('subnet', 'InvalidSubnetID', 'subnet ID'),
  securityGroups: { ...kind('sg', 'InvalidGroup', 'security group'), malformed: 'InvalidGroupId.Malformed' },
  images: kind('ami', 'InvalidAMIID', 'image id'),
  snapshots: { ...kind('snap', 'InvalidSnapshot', 'snapshot'), malformed: 'InvalidSnapshotID.Malformed' },
  keyPairs: kind('', 'InvalidKeyPair', 'key pair'),
  instanceTypes: { ...kind('', 'InvalidInstanceType', 'instance type'), notFound: 'InvalidInstanceType' },
} as const satisfies Partial<Record<keyof World, Kind>>;

export type Collection = keyof typeof KINDS;
export type EntityOf<C extends Collection> = World[C] extends Map<string, infer E extends Entity> ? E : never;

function kind(prefix: string, code: string, noun: string): Kind {
  return { prefix, notFound: `${code}.NotFound`, malformed: `${code}.Malformed`, noun };
}

/** A collection of the world, typed by its name. */
export function entitiesOf<C extends Collection>(world: World, collection: C): ReadonlyMap<string, EntityOf<C>> {
  return world[collection] as unknown as ReadonlyMap<string, EntityOf<C>>;
}

/** Returns the entity with that id. @throws EC2's error if the id is malformed, unknown or not visible yet */
export function find<C extends Collection>(simulation: Simulation, collection: C, id: string): EntityOf<C> {
  const { prefix, malformed } = KINDS[collection];
  if (prefix !== '' && !new RegExp(`^${prefix}-[0-9a-z]+$`).test(id)) {
    throw ec2Error(malformed, `Invalid id: "${id}"`);
  }
  const entity = entitiesOf(simulation.world, collection).get(id);
  if (entity === undefined || !isVisible(simulation, entity)) throw notFound(collection, id);
  return entity;
}

/**
 * For calls that use what a user may have created seconds ago. They may not find it although describe calls show it.
 * Source: https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export function findUsable<C extends 'images' | 'securityGroups' | 'subnets'>(
  simulation: Simulation,
  collection: C,
  id: string,
): EntityOf<C> {
  const entity = find(simulation, collection, id);
  const { usableAt = 0 } = entity as { usableAt?: number };
  if (usableAt > simulation.now()) throw notFound(collection, id);
  return entity;
}

function notFound(collection: Collection, id: string): Error {
  const { notFound: code, noun } = KINDS[collection];
  return ec2Error(code, `The ${noun} '${id}' does not exist`);
}

export function isVisible(simulation: Simulation, entity: Entity): boolean {
  return !('visibleAt' in entity) || (entity as { visibleAt: number }).visibleAt <= simulation.now();
}

/** Returns the collection that an id belongs to, by its prefix. */
export function collectionOf(id: string): Collection | undefined {
  const prefix = id.slice(0, id.indexOf('-'));
  const entries = Object.entries(KINDS) as [Collection, Kind][];
  return entries.find(([, candidate]) => candidate.prefix !== '' && candidate.prefix === prefix)?.[0];
}
