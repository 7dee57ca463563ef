/** Responses have every field as it was sent, and nothing else: clients take a default for a change. */
import fc from 'fast-check';
import { applyPatch, withoutNulls } from '../../../domain/config/config-update';
import type { NodeDocument } from '../../../domain/config/node-config';
import { createNodeService } from '../../../lambdas/api/create-node-service';
import { ALLOCATION_ID, anAccount, anInstanceType, SUBNET_A, SUBNET_B, VPC_ID } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';
import { anApi, NODES } from './requests';

const GROUPS = ['sg-001', 'sg-002', 'sg-003'];
const TYPES = ['m7g.large', 'm6g.large', 'c7g.large'];

/** The field, or `null`, which means the same as leaving it out. */
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const shuffled = <T>(values: readonly T[]) => fc.shuffledSubarray([...values], { minLength: 1 });

const tags = fc
  .shuffledSubarray(['team', 'Team', 'cost', 'stage'])
  .map((keys) => keys.map((tagKey) => ({ tagKey, tagValue: tagKey })));

const blockDevices = fc
  .shuffledSubarray(['/dev/sdf', '/dev/sdg', '/dev/sdh'])
  .map((names) => names.map((deviceName) => ({ deviceName, ebs: { volumeSize: 8, volumeType: 'GP3' } })));

const instanceTypes = fc.oneof(
  fc.record({ types: shuffled(TYPES) }),
  fc.record({ preferredTypes: shuffled(TYPES), types: maybe(shuffled(TYPES)) }),
  fc.record({ preferredType: fc.constantFrom(...TYPES), types: maybe(shuffled(TYPES)) }),
);

const launchSpecification = fc.record(
  {
    instanceTypes,
    imageId: fc.constant('ami-00000000000000001'),
    securityGroupIds: maybe(shuffled(GROUPS)),
    tags: maybe(tags),
    networkInterfaces: maybe(
      fc.constantFrom([], [{ deviceIndex: 0 }], [{ deviceIndex: 0, associatePublicIpAddress: false }]),
    ),
    ebsOptimized: maybe(fc.boolean()),
    monitoring: maybe(fc.boolean()),
    blockDeviceMappings: maybe(blockDevices),
    metadataOptions: maybe(fc.constantFrom({}, { httpTokens: 'required', instanceMetadataTags: 'Enabled' })),
    resourceTagSpecification: maybe(fc.constantFrom({}, { enis: {} }, { enis: { shouldTag: false } })),
  },
  { requiredKeys: ['instanceTypes', 'imageId'] },
);

const documents: fc.Arbitrary<object> = fc.record(
  {
    name: fc.constant('ledger'),
    description: maybe(fc.constant('')),
    region: maybe(fc.constant('eu-west-1')),
    strategy: maybe(
      fc.constantFrom(
        {},
        { lifeCycle: 'on_demand' },
        { fallbackToOd: false },
        { revertToSpot: { performAt: 'never' } },
      ),
    ),
    persistence: fc.constantFrom({ persistPrivateIp: true }, { persistPrivateIp: true, persistRootDevice: false }),
    healthCheck: maybe(fc.constantFrom({}, { autoHealing: false }, { gracePeriod: 0, unhealthyDuration: 120 })),
    compute: fc.record(
      {
        vpcId: fc.constant(VPC_ID),
        subnetIds: shuffled([SUBNET_A, SUBNET_B]),
        elasticIp: maybe(fc.constant(ALLOCATION_ID)),
        launchSpecification,
      },
      { requiredKeys: ['vpcId', 'subnetIds', 'launchSpecification'] },
    ),
    scheduling: maybe(fc.constantFrom({}, { tasks: [] })),
    integrations: maybe(fc.constantFrom({}, { route53: {} }, { route53: { domains: [] } })),
  },
  { requiredKeys: ['name', 'persistence', 'compute'] },
);

function openApi() {
  const ports = new InMemoryPorts();
  ports.seenAccount = anAccount({
    elasticIp: { allocationId: ALLOCATION_ID, publicIp: '198.51.100.7' },
    instanceTypes: TYPES.map((name) => anInstanceType({ name })),
    securityGroups: GROUPS.map((id) => ({ id, vpcId: VPC_ID })),
  });
  return anApi({ service: createNodeService(ports) });
}

/** The configuration of the only node in a response, without what the API adds to it. */
function sentIn({ status, body }: { readonly status: number; readonly body: any }): unknown {
  expect({ status, errors: body.response.errors }).toEqual({ status: 200, errors: undefined });
  const [{ id: _id, createdAt: _made, updatedAt: _changed, ...document }] = body.response.items;
  return document;
}

it('has no default and keeps the order of lists: create, read and list', async () => {
  await fc.assert(
    fc.asyncProperty(documents, async (managedInstance) => {
      const { send } = openApi();
      const created = await send({ method: 'POST', path: NODES, body: { managedInstance } });
      const sent = withoutNulls(managedInstance);

      expect(sentIn(created)).toStrictEqual(sent);
      const path = `${NODES}/${created.body.response.items[0].id}`;
      expect(sentIn(await send({ method: 'GET', path }))).toStrictEqual(sent);
      const { config, ...flat } = sentIn(await send({ method: 'GET', path: NODES })) as { config: unknown };
      expect([flat, config]).toStrictEqual([sent, sent]);
    }),
  );
});

it('has no default and keeps the order of lists: update', async () => {
  await fc.assert(
    fc.asyncProperty(documents, documents, async (first, second) => {
      const { send } = openApi();
      const created = await send({ method: 'POST', path: NODES, body: { managedInstance: first } });
      const path = `${NODES}/${created.body.response.items[0].id}`;
      const updated = await send({ method: 'PUT', path, body: { managedInstance: second } });
      const merged = applyPatch(withoutNulls(first) as NodeDocument, second);

      expect(sentIn(updated)).toStrictEqual(merged);
      expect(sentIn(await send({ method: 'GET', path }))).toStrictEqual(merged);
    }),
  );
});
