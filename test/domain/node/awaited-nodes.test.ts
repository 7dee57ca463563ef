import { describeWait, isReleasing, joined, whyAwaited } from '../../../domain/node/awaited-nodes';
import { ALLOCATION_ID, aNode, VPC_ID } from '../builders';
import { anAdoption } from '../import-builders';

const EVERYTHING = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
const WITHOUT_INTERFACE = { ...EVERYTHING, shouldDeleteNetworkInterfaces: false };
const WITHOUT_INSTANCE = { ...EVERYTHING, shouldTerminateInstance: false };
const elasticIp = { address: ALLOCATION_ID, field: 'compute.elasticIp' };
const privateIp = { address: `${VPC_ID}/10.0.0.5`, field: 'compute.privateIp' };
const original = { address: 'i-1', field: 'originalInstanceId' };

describe('what a deletion frees', () => {
  it.each([
    { name: 'no deletion', node: aNode(), frees: [] },
    { name: 'everything', node: aNode({ deletion: EVERYTHING }), frees: [elasticIp, privateIp] },
    { name: 'the interface is left', node: aNode({ deletion: WITHOUT_INTERFACE }), frees: [elasticIp] },
    { name: 'the instance is left', node: aNode({ deletion: WITHOUT_INSTANCE }), frees: [] },
    { name: 'an import', node: aNode({ deletion: EVERYTHING, adoption: anAdoption() }), frees: [] },
  ])('$name', ({ node, frees }) => {
    expect([elasticIp, privateIp, original].filter(({ field }) => isReleasing(node, field))).toEqual(frees);
  });
});

describe('the nodes that a node waits for', () => {
  const [one, other] = [aNode({ id: 'smi-1' }), aNode({ id: 'smi-2' })];

  it('are named once, with each address once', () => {
    const awaited = [
      { node: one, wanted: [elasticIp, privateIp] },
      { node: other, wanted: [privateIp] },
      { node: one, wanted: [elasticIp] },
    ];

    expect(joined(...awaited)).toEqual([
      { node: one, wanted: [privateIp, elasticIp] },
      { node: other, wanted: [privateIp] },
    ]);
  });

  it.each([
    { wanted: [elasticIp, privateIp], addresses: `10.0.0.5 and ${ALLOCATION_ID}` },
    { wanted: [elasticIp], addresses: ALLOCATION_ID },
    { wanted: [privateIp], addresses: '10.0.0.5' },
  ])('are described with what they must release: $addresses', ({ wanted, addresses }) => {
    expect(describeWait({ node: one, wanted })).toBe(
      `waits until smi-1, which is being deleted, has released ${addresses}`,
    );
  });
});

describe('whether a node must still wait', () => {
  const awaitsElasticIp = { kind: 'elastic-ip', address: ALLOCATION_ID } as const;
  const awaitsPrivateIp = { kind: 'private-ip', address: '10.0.0.5' } as const;
  const because = (address: string) => `smi-1, which is being deleted, has not released ${address} yet.`;
  const leaving = aNode({ id: 'smi-1', deletion: EVERYTHING, heldClaims: [ALLOCATION_ID] });

  it.each([
    { name: 'no node is left', present: [], awaited: awaitsElasticIp, why: undefined },
    { name: 'the Elastic IP', present: [leaving], awaited: awaitsElasticIp, why: because(ALLOCATION_ID) },
    { name: 'the private IP', present: [leaving], awaited: awaitsPrivateIp, why: because('10.0.0.5') },
    {
      name: 'another Elastic IP',
      present: [{ ...leaving, heldClaims: ['eipalloc-another'] }],
      awaited: awaitsElasticIp,
      why: undefined,
    },
    {
      name: 'an interface that the deletion leaves',
      present: [{ ...leaving, deletion: WITHOUT_INTERFACE }],
      awaited: awaitsPrivateIp,
      why: undefined,
    },
    {
      name: 'the second of two nodes',
      present: [{ ...leaving, id: 'smi-0', heldClaims: [] }, leaving],
      awaited: awaitsElasticIp,
      why: because(ALLOCATION_ID),
    },
    {
      name: 'a deletion that has failed',
      present: [{ ...leaving, errorReason: 'delete failed: RequestRejected: no.' }],
      awaited: awaitsPrivateIp,
      why: `${because('10.0.0.5')} Its deletion has failed until now: delete failed: RequestRejected: no.`,
    },
  ])('$name', ({ present, awaited, why }) => {
    expect(whyAwaited(present, awaited)).toBe(why);
  });
});
