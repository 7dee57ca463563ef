/** An instance to import, a request for it, and the node that it becomes: each complete and ordinary. */
import type { ImportRequest } from '../../domain/import/import-document';
import type { SeenOriginal, SeenOriginalInterface } from '../../domain/node/observations';
import type { Adoption, AdoptionProgress, AdoptionTerms, StatefulNode } from '../../domain/node/stateful-node';
import { aNode, INTERFACE_ID, NOW, OLD_INSTANCE_ID, SUBNET_A, VPC_ID } from './builders';

export const MIGRATION_ID = 'smg-0a1b2c3d';
export const ORIGINAL_ID = OLD_INSTANCE_ID;

export function aPrimary(overrides: Partial<SeenOriginalInterface> = {}): SeenOriginalInterface {
  return {
    id: INTERFACE_ID,
    deviceIndex: 0,
    privateIp: '10.0.0.10',
    macAddress: '02:00:00:00:00:01',
    securityGroupIds: ['sg-00000000000000001'],
    deleteOnTermination: true,
    otherElasticIps: [],
    ...overrides,
  };
}

export function anOriginal(overrides: Partial<SeenOriginal> = {}): SeenOriginal {
  return {
    id: ORIGINAL_ID,
    state: 'running',
    imageId: 'ami-00000000000000001',
    instanceType: 'm7g.large',
    lifeCycle: 'on_demand',
    vpcId: VPC_ID,
    subnetId: SUBNET_A,
    availabilityZone: 'eu-west-1a',
    launchedAt: '2026-11-01T08:00:00.000Z',
    tenancy: 'default',
    isEbsOptimized: false,
    isMonitored: false,
    isTerminationProtected: false,
    hasMetadataService: true,
    tags: [],
    interfaces: [aPrimary()],
    ...overrides,
  };
}

/** Keeps the address. */
export function anImport(overrides: Partial<ImportRequest> = {}): ImportRequest {
  return {
    originalInstanceId: ORIGINAL_ID,
    region: 'eu-west-1',
    shouldKeepPrivateIp: true,
    shouldTerminateInstance: true,
    ...overrides,
  };
}

export type AdoptionOverrides = Partial<AdoptionTerms> & AdoptionProgress;

export function anAdoption(overrides: AdoptionOverrides = {}): Adoption {
  return {
    migrationId: MIGRATION_ID,
    originalInstanceId: ORIGINAL_ID,
    shouldKeepPrivateIp: true,
    shouldTerminateInstance: true,
    deletedOnTermination: true,
    ...overrides,
  };
}

/** A node whose instance is still the original. */
export function anImportedNode(
  adoption: AdoptionOverrides = {},
  overrides: Partial<StatefulNode> = {},
): StatefulNode & { readonly adoption: Adoption } {
  return { ...aNode({ updatedAt: NOW, ...overrides }), adoption: anAdoption(adoption) };
}
