import { addressesWanted, claimedElasticIps, surplusClaims } from '../../../domain/node/claims';
import type { Adoption, NetworkIdentity } from '../../../domain/node/stateful-node';
import { aConfig, ALLOCATION_ID, anIdentity, aNode, VPC_ID } from '../builders';

const PRIVATE_IP = '10.0.0.42';
const OTHER_ALLOCATION_ID = 'eipalloc-00000000000000002';
const ORIGINAL_ID = 'i-0000000000000000f';

describe('addressesWanted', () => {
  const elasticIp = { address: ALLOCATION_ID, field: 'compute.elasticIp' };
  const privateIp = { address: `${VPC_ID}/${PRIVATE_IP}`, field: 'compute.privateIp' };

  it.each([
    { name: 'none, if EC2 may choose', compute: {}, wanted: [] },
    { name: 'an Elastic IP', compute: { elasticIp: ALLOCATION_ID }, wanted: [elasticIp] },
    { name: 'a private IP, which is one only within its VPC', compute: { privateIp: PRIVATE_IP }, wanted: [privateIp] },
    {
      name: 'both',
      compute: { elasticIp: ALLOCATION_ID, privateIp: PRIVATE_IP },
      wanted: [elasticIp, privateIp],
    },
  ])('$name', ({ compute, wanted }) => {
    expect(addressesWanted(aConfig({ compute }))).toEqual(wanted);
  });
});

describe('surplusClaims', () => {
  const unsettled: NetworkIdentity = { settled: false };
  const adoption: Adoption = {
    migrationId: 'smg-0a1b2c3d',
    originalInstanceId: ORIGINAL_ID,
    shouldKeepPrivateIp: false,
    shouldTerminateInstance: true,
    deletedOnTermination: false,
  };
  const heldClaims = [ALLOCATION_ID, `${VPC_ID}/${PRIVATE_IP}`, ORIGINAL_ID];

  it.each([
    { name: 'all that nothing needs', node: { identity: unsettled }, surplus: heldClaims },
    {
      name: 'nothing while the adjustment that no longer needs it has failed',
      node: { identity: unsettled, failure: { operation: 'adjust' as const, count: 1 } },
      surplus: [],
    },
    {
      name: 'not the configured Elastic IP',
      node: { identity: unsettled, config: aConfig({ compute: { elasticIp: ALLOCATION_ID } }) },
      surplus: [`${VPC_ID}/${PRIVATE_IP}`, ORIGINAL_ID],
    },
    {
      name: 'not the configured private IP',
      node: { identity: unsettled, config: aConfig({ compute: { privateIp: PRIVATE_IP } }) },
      surplus: [ALLOCATION_ID, ORIGINAL_ID],
    },
    {
      name: 'not what the interface has until the next replacement',
      node: {
        identity: anIdentity({ privateIp: PRIVATE_IP, allocationId: ALLOCATION_ID }),
        config: aConfig({ compute: { privateIp: '10.0.0.43', elasticIp: OTHER_ALLOCATION_ID } }),
      },
      surplus: [ORIGINAL_ID],
    },
    {
      name: 'not the original of an import under way',
      node: { identity: unsettled, adoption },
      surplus: [ALLOCATION_ID, `${VPC_ID}/${PRIVATE_IP}`],
    },
    { name: 'nothing if there is none', node: { heldClaims: [] }, surplus: [] },
    {
      name: 'nothing before an update is applied',
      node: { identity: unsettled, configRevision: 2, appliedRevision: 1 },
      surplus: [],
    },
  ])('releases $name', ({ node, surplus }) => {
    expect(surplusClaims(aNode({ heldClaims, ...node }))).toEqual(surplus);
  });
});

describe('claimedElasticIps', () => {
  it.each([
    { name: 'claimed', heldClaims: [`${VPC_ID}/${PRIVATE_IP}`, ALLOCATION_ID], named: undefined, all: [ALLOCATION_ID] },
    { name: 'named by the record', heldClaims: [ORIGINAL_ID], named: ALLOCATION_ID, all: [ALLOCATION_ID] },
    { name: 'both, once', heldClaims: [ALLOCATION_ID], named: ALLOCATION_ID, all: [ALLOCATION_ID] },
    {
      name: 'one claimed and another named',
      heldClaims: [OTHER_ALLOCATION_ID],
      named: ALLOCATION_ID,
      all: [OTHER_ALLOCATION_ID, ALLOCATION_ID],
    },
    { name: 'none', heldClaims: [], named: undefined, all: [] },
  ])('$name', ({ heldClaims, named, all }) => {
    expect(claimedElasticIps(aNode({ heldClaims, identity: anIdentity({ allocationId: named }) }))).toEqual(all);
  });
});
