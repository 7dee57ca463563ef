import type { StatefulNode } from '../../../domain/node/stateful-node';
import { admit } from '../../../lambdas/api/validate-node';
import {
  aConfig,
  ALLOCATION_ID,
  anAccount,
  anElasticIp,
  anIdentity,
  aNode,
  INTERFACE_ID,
  SUBNET_A,
  SUBNET_B,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const withElasticIp = aConfig({ compute: { elasticIp: ALLOCATION_ID } });

function fieldsOf(admission: Awaited<ReturnType<typeof admit>>): readonly string[] {
  return admission.kind === 'invalid' ? admission.fieldErrors.map(({ field }) => field) : [];
}

describe('admit', () => {
  it('returns the configuration, and the subnets in which the interface may be created', async () => {
    await expect(admit(new InMemoryPorts(), aConfig())).resolves.toEqual({
      kind: 'admitted',
      config: aConfig(),
      eligibleSubnetIds: [SUBNET_A, SUBNET_B],
      awaited: [],
    });
  });

  it('returns only the subnets that contain the private IP', async () => {
    const config = aConfig({ compute: { privateIp: '10.0.1.10' } });

    await expect(admit(new InMemoryPorts(), config)).resolves.toMatchObject({ eligibleSubnetIds: [SUBNET_B] });
  });

  it.each<{ name: string; document: unknown; fields: string[] }>([
    { name: 'no document', document: undefined, fields: ['managedInstance'] },
    { name: 'a document of another kind', document: [], fields: ['managedInstance'] },
    {
      name: 'errors of the schema',
      document: { ...aConfig(), region: 'Ireland', name: '', compute: undefined },
      fields: ['name', 'region', 'compute'],
    },
    { name: 'contradictions', document: aConfig({ persistence: {} }), fields: ['persistence.persistPrivateIp'] },
  ])('returns every error without reading the account: $name', async ({ document, fields }) => {
    const account = { region: 'us-east-1', observe: () => Promise.reject(new Error('the account was read')) };

    expect(fieldsOf(await admit({ account, nodes: new InMemoryPorts().nodes }, document))).toEqual(fields);
  });

  it('returns every error that the check against the account finds', async () => {
    const config = aConfig({ region: 'us-east-1', compute: { subnetIds: [SUBNET_A, 'subnet-gone'] } });

    expect(fieldsOf(await admit(new InMemoryPorts(), config))).toEqual(['region', 'compute.subnetIds.1']);
  });

  it('reads from the account what the document names', async () => {
    const asked: unknown[] = [];
    const account = {
      region: 'us-east-1',
      observe: (names: unknown) => {
        asked.push(names);
        return Promise.resolve(anAccount());
      },
    };
    await admit({ account, nodes: new InMemoryPorts().nodes }, withElasticIp);

    expect(asked).toMatchObject([{ subnetIds: [SUBNET_A, SUBNET_B], elasticIp: ALLOCATION_ID }]);
  });

  const leaving = aNode({
    id: 'smi-leaving',
    deletion: { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false },
  });
  const onInterface = (...present: readonly StatefulNode[]): InMemoryPorts => {
    const ports = new InMemoryPorts(...present);
    ports.seenAccount = anAccount({ elasticIp: anElasticIp({ interfaceId: INTERFACE_ID }) });
    return ports;
  };

  it('names the node that is being deleted and has the address', async () => {
    await expect(admit(onInterface(leaving), withElasticIp)).resolves.toMatchObject({
      kind: 'admitted',
      awaited: [{ node: { id: 'smi-leaving' }, wanted: [{ address: ALLOCATION_ID, field: 'compute.elasticIp' }] }],
    });
  });

  it.each([
    { name: 'stays', present: [aNode({ id: 'smi-leaving' })] },
    { name: 'has another interface', present: [{ ...leaving, identity: anIdentity({ interfaceId: 'eni-another' }) }] },
    {
      name: 'leaves its instance running',
      present: [{ ...leaving, deletion: { shouldTerminateInstance: false, shouldDeleteNetworkInterfaces: true } }],
    },
  ])('refuses the address if the node $name', async ({ present }) => {
    expect(fieldsOf(await admit(onInterface(...present), withElasticIp))).toEqual(['compute.elasticIp']);
  });

  it('refuses the private IP if the interface is left', async () => {
    const ports = onInterface(leaving);
    const privateIpHolders = [{ interfaceId: INTERFACE_ID, subnetId: SUBNET_A, nodeId: 'smi-leaving' }];
    ports.seenAccount = anAccount({ privateIpHolders });
    const config = aConfig({ compute: { privateIp: '10.0.0.10' } });

    expect(fieldsOf(await admit(ports, config))).toEqual(['compute.privateIp']);
  });

  it('accepts the address in an update of a node that waits for it, and only there', async () => {
    const identity = { settled: false } as const;
    const waiting = aNode({ identity, instance: undefined, awaitedNodeIds: ['smi-leaving', 'smi-gone'] });
    const { awaitedNodeIds: _none, ...other } = waiting;

    expect(fieldsOf(await admit(onInterface(leaving), withElasticIp, waiting))).toEqual([]);
    expect(fieldsOf(await admit(onInterface(leaving), withElasticIp, other))).toEqual(['compute.elasticIp']);
  });

  it.each([
    { name: 'in a creation the address is taken', node: undefined, fields: ['compute.elasticIp'] },
    { name: "in an update it is the node's own", node: aNode(), fields: [] },
  ])("accepts the node's own address: $name", async ({ node, fields }) => {
    const ports = new InMemoryPorts();
    ports.seenAccount = anAccount({ elasticIp: anElasticIp({ interfaceId: INTERFACE_ID }) });

    expect(fieldsOf(await admit(ports, withElasticIp, node))).toEqual(fields);
  });
});
