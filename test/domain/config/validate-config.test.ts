import fc from 'fast-check';
import { applyPatch } from '../../../domain/config/config-update';
import { parseConfig } from '../../../domain/config/validate-config';
import { aConfig, ALLOCATION_ID, SUBNET_A, SUBNET_B, type ConfigOverrides } from '../builders';

const PUBLIC_IP_FIELD = 'compute.launchSpecification.networkInterfaces.0.associatePublicIpAddress';

/** The primary interface of a configuration. */
function primary(associatePublicIpAddress: boolean) {
  return { networkInterfaces: [{ deviceIndex: 0 as const, associatePublicIpAddress }] };
}

function fieldsOf(fieldErrors: readonly { readonly field: string }[]): string[] {
  return fieldErrors.map(({ field }) => field);
}

describe('parseConfig', () => {
  it('returns the configuration of a valid document', () => {
    expect(parseConfig(aConfig())).toEqual({ kind: 'config', config: aConfig() });
  });

  it.each<{ name: string; overrides: ConfigOverrides; fields: string[] }>([
    { name: 'neither address persists', overrides: { persistence: {} }, fields: ['persistence.persistPrivateIp'] },
    {
      name: 'the Elastic IP alone persists, which is enough',
      overrides: { persistence: { persistPrivateIp: false }, compute: { elasticIp: ALLOCATION_ID } },
      fields: [],
    },
    {
      name: 'a private IP is configured but not persisted',
      overrides: { persistence: {}, compute: { elasticIp: ALLOCATION_ID, privateIp: '10.0.0.10' } },
      fields: ['compute.privateIp'],
    },
    {
      name: 'an Elastic IP beside no other public IP',
      overrides: { compute: { elasticIp: ALLOCATION_ID }, launchSpecification: primary(false) },
      fields: [],
    },
    { name: 'no public IP, and no Elastic IP', overrides: { launchSpecification: primary(false) }, fields: [] },
    { name: 'no interface named', overrides: { launchSpecification: { networkInterfaces: [] } }, fields: [] },
    {
      name: 'an Elastic IP together with a public IP',
      overrides: { compute: { elasticIp: ALLOCATION_ID }, launchSpecification: primary(true) },
      fields: [],
    },
    {
      name: 'cold: a public IP of its own, which a persisted primary cannot have',
      overrides: { launchSpecification: primary(true) },
      fields: [PUBLIC_IP_FIELD],
    },
    {
      name: 'hot: a public IP of its own, on the primary of the launch',
      overrides: {
        persistence: { persistPrivateIp: true, eniAttachment: 'hot' },
        launchSpecification: primary(true),
      },
      fields: [],
    },
    {
      name: 'a subnet twice',
      overrides: { compute: { subnetIds: [SUBNET_A, SUBNET_A] } },
      fields: ['compute.subnetIds'],
    },
    {
      name: 'as many security groups as an interface takes',
      overrides: { launchSpecification: { securityGroupIds: ['sg-001', 'sg-002', 'sg-003', 'sg-004', 'sg-005'] } },
      fields: [],
    },
    {
      name: 'tag keys twice, each of which is named by its index',
      overrides: {
        launchSpecification: { tags: ['a', 'b', 'a', 'b'].map((tagKey) => ({ tagKey, tagValue: '' })) },
      },
      fields: [2, 3].map((index) => `compute.launchSpecification.tags.${index}.tagKey`),
    },
    ...[
      {
        name: 'a volume that outlives the instance',
        mapping: { ebs: { deleteOnTermination: false } },
        isRefused: true,
      },
      { name: 'a volume that ends with it', mapping: { ebs: { deleteOnTermination: true } }, isRefused: false },
      { name: 'a volume that ends with it by default', mapping: { ebs: { volumeSize: 8 } }, isRefused: false },
      {
        name: 'a device that is left out',
        mapping: { noDevice: '', ebs: { deleteOnTermination: false } },
        isRefused: false,
      },
    ].flatMap(({ name, mapping, isRefused }) =>
      [true, false].map((skipOsShutdown) => ({
        name: `${name}, and the OS shutdown is skipped: ${skipOsShutdown}`,
        overrides: {
          strategy: { skipOsShutdown },
          launchSpecification: { blockDeviceMappings: [{ deviceName: '/dev/sdf', ...mapping }] },
        },
        fields: isRefused && skipOsShutdown ? ['strategy.skipOsShutdown'] : [],
      })),
    ),
    {
      name: 'the OS shutdown is skipped, without volumes',
      overrides: { strategy: { skipOsShutdown: true } },
      fields: [],
    },
    {
      name: 'several at once',
      overrides: { persistence: {}, compute: { privateIp: '10.0.0.10', subnetIds: [SUBNET_A, SUBNET_A] } },
      fields: ['persistence.persistPrivateIp', 'compute.privateIp', 'compute.subnetIds'],
    },
  ])('$name', ({ overrides, fields }) => {
    const parsed = parseConfig(aConfig(overrides));

    expect(parsed.kind === 'invalid' ? fieldsOf(parsed.fieldErrors) : []).toEqual(fields);
  });

  it.each<{ name: string; patch: object; fields: string[] }>([
    { name: 'no Region', patch: { region: null }, fields: [] },
    {
      name: 'no security groups',
      patch: { compute: { launchSpecification: { securityGroupIds: null } } },
      fields: [],
    },
    {
      name: 'a preferred type without types',
      patch: { compute: { launchSpecification: { instanceTypes: { types: null } } } },
      fields: [],
    },
    {
      name: 'preferred types alone',
      patch: {
        compute: {
          launchSpecification: {
            instanceTypes: { types: null, preferredType: null, preferredTypes: ['m7g.large'] },
          },
        },
      },
      fields: [],
    },
    {
      name: 'no instance type at all',
      patch: { compute: { launchSpecification: { instanceTypes: { types: null, preferredType: null } } } },
      fields: ['compute.launchSpecification.instanceTypes'],
    },
    {
      name: 'an empty list of preferred types alone',
      patch: {
        compute: {
          launchSpecification: { instanceTypes: { types: null, preferredType: null, preferredTypes: [] } },
        },
      },
      fields: ['compute.launchSpecification.instanceTypes'],
    },
    {
      name: 'no instance types',
      patch: { compute: { launchSpecification: { instanceTypes: null } } },
      fields: ['compute.launchSpecification.instanceTypes'],
    },
  ])('may be left out or not: $name', ({ patch, fields }) => {
    const parsed = parseConfig(applyPatch(aConfig(), patch));

    expect(parsed.kind === 'invalid' ? fieldsOf(parsed.fieldErrors) : []).toEqual(fields);
  });

  it.each<{ name: string; overrides: ConfigOverrides; message: string }>([
    {
      name: 'neither address persists',
      overrides: { persistence: {} },
      message: 'must be true unless compute.elasticIp is given: a stateful node persists at least one address',
    },
    {
      name: 'a private IP is not persisted',
      overrides: { persistence: {}, compute: { elasticIp: ALLOCATION_ID, privateIp: '10.0.0.10' } },
      message: 'needs persistence.persistPrivateIp to be true',
    },
    {
      name: 'a persisted primary has a public IP',
      overrides: { launchSpecification: primary(true) },
      message: 'cannot be true for a persisted primary interface: give compute.elasticIp instead',
    },
    {
      name: 'a subnet is named twice, among others',
      overrides: { compute: { subnetIds: [SUBNET_A, SUBNET_B, SUBNET_A] } },
      message: 'must not name a subnet twice',
    },
    {
      name: 'a security group is named twice',
      overrides: { launchSpecification: { securityGroupIds: ['sg-001', 'sg-002', 'sg-001'] } },
      message: 'must not name a security group twice',
    },
    {
      name: 'more security groups than an interface takes',
      overrides: {
        launchSpecification: { securityGroupIds: ['sg-001', 'sg-002', 'sg-003', 'sg-004', 'sg-005', 'sg-006'] },
      },
      message: 'must name at most 5: EC2 puts no more on a network interface',
    },
    {
      name: 'a tag key is given twice',
      overrides: {
        launchSpecification: {
          tags: ['team', 'Team', 'cost', 'team'].map((tagKey) => ({ tagKey, tagValue: '' })),
        },
      },
      message: 'team is given at index 0 already: remove one of the two',
    },
    {
      name: 'the OS shutdown is skipped, and volumes outlive the instance',
      overrides: {
        strategy: { skipOsShutdown: true },
        launchSpecification: {
          blockDeviceMappings: ['/dev/sdf', '/dev/sdg'].map((deviceName) => ({
            deviceName,
            ebs: { deleteOnTermination: false },
          })),
        },
      },
      message:
        'cannot be true: volumes outlive the instance (/dev/sdf, /dev/sdg), and would miss what it has not written yet: ' +
        'remove skipOsShutdown, or set ebs.deleteOnTermination of these devices to true',
    },
  ])('says what to do: $name', ({ overrides, message }) => {
    const parsed = parseConfig(aConfig(overrides));

    expect(parsed.kind === 'invalid' && parsed.fieldErrors.map((fieldError) => fieldError.message)).toEqual([message]);
  });

  it('names the document if all of it is invalid', () => {
    expect(parseConfig([])).toEqual({
      kind: 'invalid',
      fieldErrors: [{ field: 'managedInstance', message: 'must be an object' }],
    });
  });

  it('treats null as an absent field', () => {
    expect(parseConfig({ ...aConfig(), description: null })).toEqual({ kind: 'config', config: aConfig() });
  });

  it('returns every error of the document at once, each field by its path', () => {
    const document = {
      ...aConfig({ compute: { subnetIds: [], vpcId: 'nowhere' } }),
      name: undefined,
      colour: 'green',
      health: {},
    };
    const parsed = parseConfig(document);

    expect(parsed.kind === 'invalid' && fieldsOf(parsed.fieldErrors).sort()).toEqual([
      'colour',
      'compute.subnetIds',
      'compute.vpcId',
      'health',
      'name',
    ]);
  });

  it('names a field that is not supported by its whole path', () => {
    expect(parseConfig(aConfig({ persistence: { persistPrivateIp: true, persistColour: true } as object }))).toEqual({
      kind: 'invalid',
      fieldErrors: [{ field: 'persistence.persistColour', message: 'is not supported; remove it' }],
    });
  });

  it('returns errors for any input, and never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (document) => {
        expect(parseConfig(document).kind).toBe('invalid');
      }),
    );
  });
});
