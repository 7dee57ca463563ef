import fc from 'fast-check';
import {
  attachmentOf,
  deviceIndexOf,
  healingOf,
  instanceTypesOf,
  nodeConfigSchema,
  tagKeysOf,
} from '../../../domain/config/node-config';
import { someNode } from '../arbitraries';
import { aConfig } from '../builders';

/** A document with one value put at a path. */
function documentWith(path: string, value: unknown): unknown {
  const document = structuredClone(aConfig()) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let parent = document;
  for (const key of keys) parent = (parent[key] ??= {}) as Record<string, unknown>;
  parent[last] = value;
  return document;
}

const spec = 'compute.launchSpecification';
const base64Of = (bytes: number) => Buffer.alloc(bytes).toString('base64');

describe('The schema of a node', () => {
  it('reads a complete document as it is', () => {
    const document = {
      ...aConfig({
        strategy: { lifeCycle: 'spot', fallbackToOd: true, drainingTimeout: 60, rebalanceRecommendation: 'replace' },
        persistence: { persistPrivateIp: true, eniAttachment: 'hot' },
        compute: { elasticIp: 'eipalloc-0001', privateIp: '10.0.0.10' },
        launchSpecification: {
          keyPair: 'ops',
          userData: 'IyEvYmluL3No',
          tags: [{ tagKey: 'team', tagValue: '' }],
          iamRole: { arn: 'arn:aws:iam::123456789012:instance-profile/ledger' },
          networkInterfaces: [{ deviceIndex: 0, associatePublicIpAddress: null, associateIpv6Address: true }],
          ebsOptimized: true,
          monitoring: false,
          tenancy: 'default',
          creditSpecification: { cpuCredits: 'standard' },
          blockDeviceMappings: [{ deviceName: '/dev/xvda', ebs: { volumeSize: 20, volumeType: 'gp3' } }],
          metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 2 },
        },
      }),
      description: 'the ledger',
    };

    expect(nodeConfigSchema.parse(document)).toEqual(document);
  });

  it.each([
    ['compute.subnetIds', ['subnet-0a1']],
    ['compute.privateIp', '10.0.0.10'],
    ['strategy.drainingTimeout', 0],
    ['strategy.drainingTimeout', 3600],
    [`${spec}.userData`, base64Of(16 * 1024)],
    [`${spec}.userData`, base64Of(16 * 1024 - 1)],
    [`${spec}.tags`, [{ tagKey: 'k'.repeat(128), tagValue: 'v'.repeat(256) }]],
    // EC2 counts characters, not the two code units that each of these has.
    [`${spec}.tags`, [{ tagKey: '\u{1f511}'.repeat(128), tagValue: '\u{1f4e6}'.repeat(256) }]],
    [`${spec}.metadataOptions.instanceMetadataTags`, 'Enabled'],
    [`${spec}.metadataOptions.instanceMetadataTags`, 'disabled'],
    [`${spec}.blockDeviceMappings`, [{ deviceName: '/dev/sdf', ebs: { volumeType: 'IO1' } }]],
    ['region', 'us-gov-west-1'],
    ['healthCheck', {}],
    ['healthCheck.autoHealing', true],
    ['healthCheck.autoHealing', false],
    ['healthCheck.type', 'EC2'],
    ['healthCheck.gracePeriod', 0],
    ['healthCheck.gracePeriod', 86_400],
    ['healthCheck.unhealthyDuration', 0],
    ['healthCheck.unhealthyDuration', 86_400],
    ['persistence.shouldKeepElasticIpOnPause', true],
    ['persistence.shouldKeepElasticIpOnPause', false],
    ['strategy.skipOsShutdown', true],
    ['strategy.skipOsShutdown', false],
  ])('accepts at %s a value at its limit', (path, value) => {
    expect(nodeConfigSchema.safeParse(documentWith(path, value)).success).toBe(true);
  });

  it.each([
    { name: 'no name', path: 'name', value: undefined },
    { name: 'an empty name', path: 'name', value: '' },
    { name: 'a Region that is none', path: 'region', value: 'Ireland' },
    { name: 'a life cycle that is none', path: 'strategy.lifeCycle', value: 'reserved' },
    { name: 'a drain of more than an hour', path: 'strategy.drainingTimeout', value: 3601 },
    { name: 'a shutdown that is skipped by a text', path: 'strategy.skipOsShutdown', value: 'true' },
    { name: 'a drain of half a second', path: 'strategy.drainingTimeout', value: 0.5 },
    { name: 'no subnet', path: 'compute.subnetIds', value: [] },
    { name: 'a subnet id of another kind', path: 'compute.subnetIds.0', value: 'vpc-0a1b2c3d' },
    { name: 'an address that is none', path: 'compute.privateIp', value: '10.0.0.256' },
    { name: 'an Elastic IP by its address', path: 'compute.elasticIp', value: '198.51.100.7' },
    { name: 'no instance type', path: `${spec}.instanceTypes.types`, value: [] },
    { name: 'an instance type that is none', path: `${spec}.instanceTypes.preferredType`, value: 'large' },
    {
      name: 'a volume type that is none',
      path: `${spec}.blockDeviceMappings`,
      value: [{ deviceName: '/dev/sdf', ebs: { volumeType: 'io3' } }],
    },
    { name: 'metadata tags that are neither', path: `${spec}.metadataOptions.instanceMetadataTags`, value: 'on' },
    { name: 'no security group', path: `${spec}.securityGroupIds`, value: [] },
    { name: 'user data that is not base64', path: `${spec}.userData`, value: '#!/bin/sh' },
    { name: 'user data of more than 16 KB', path: `${spec}.userData`, value: base64Of(16 * 1024 + 1) },
    ...['types', 'preferredTypes'].map((list) => ({
      name: `more ${list} than a filter takes`,
      path: `${spec}.instanceTypes.${list}`,
      value: Array.from({ length: 51 }, (_, index) => `m${index}.large`),
    })),
    { name: 'a long tag key', path: `${spec}.tags`, value: [{ tagKey: '\u{1f511}'.repeat(129), tagValue: '' }] },
    { name: 'a long tag value', path: `${spec}.tags`, value: [{ tagKey: 'k', tagValue: '\u{1f4e6}'.repeat(257) }] },
    { name: 'an empty tag key', path: `${spec}.tags`, value: [{ tagKey: '', tagValue: '' }] },
    { name: 'a tag of AWS', path: `${spec}.tags`, value: [{ tagKey: 'AWS:x', tagValue: '' }] },
    { name: 'a tag of ours', path: `${spec}.tags`, value: [{ tagKey: 'holdfast:node-id', tagValue: '' }] },
    { name: 'a role by name and by ARN', path: `${spec}.iamRole`, value: { name: 'a', arn: 'arn:aws:iam::1:x/a' } },
    { name: 'a role by neither', path: `${spec}.iamRole`, value: {} },
    { name: 'a second interface', path: `${spec}.networkInterfaces`, value: [{ deviceIndex: 0 }, { deviceIndex: 0 }] },
    { name: 'an interface at another index', path: `${spec}.networkInterfaces`, value: [{ deviceIndex: 1 }] },
    { name: 'a grace of more than a day', path: 'healthCheck.gracePeriod', value: 86_401 },
    { name: 'a grace of less than nothing', path: 'healthCheck.gracePeriod', value: -1 },
    { name: 'an illness of more than a day', path: 'healthCheck.unhealthyDuration', value: 86_401 },
    { name: 'a check that is not made', path: 'healthCheck.type', value: 'ELB' },
    { name: 'healing that is neither on nor off', path: 'healthCheck.autoHealing', value: 'yes' },
    { name: 'a parting that is neither', path: 'persistence.shouldKeepElasticIpOnPause', value: null },
    { name: 'a field that is not supported', path: 'persistence.persistRootDevice', value: true },
  ])('refuses $name, at its place', ({ path, value }) => {
    const { success, error } = nodeConfigSchema.safeParse(documentWith(path, value));

    expect(success).toBe(false);
    const places = error?.issues.map((issue) => issue.path.join('.')) ?? [];
    expect(places.some((place) => place.startsWith(path) || path.startsWith(place))).toBe(true);
    expect(places).toHaveLength(1);
  });
});

describe('How a node is carried', () => {
  it.each([
    { eniAttachment: undefined, attachment: 'cold', deviceIndex: 0 },
    { eniAttachment: 'cold' as const, attachment: 'cold', deviceIndex: 0 },
    { eniAttachment: 'hot' as const, attachment: 'hot', deviceIndex: 1 },
  ])('$eniAttachment: $attachment, at index $deviceIndex', ({ eniAttachment, attachment, deviceIndex }) => {
    const config = aConfig({ persistence: { persistPrivateIp: true, eniAttachment } });

    expect(attachmentOf(config)).toBe(attachment);
    expect(deviceIndexOf(attachmentOf(config))).toBe(deviceIndex);
  });
});

describe('healingOf', () => {
  const byDefault = { gracePeriodSeconds: 120, unhealthySeconds: 120 };

  it.each([
    { name: 'nothing said', healthCheck: undefined, healing: byDefault },
    { name: 'nothing in particular', healthCheck: {}, healing: byDefault },
    { name: 'wanted', healthCheck: { autoHealing: true }, healing: byDefault },
    { name: 'not wanted', healthCheck: { autoHealing: false, gracePeriod: 60 }, healing: undefined },
    {
      name: 'a grace period of its own',
      healthCheck: { type: 'EC2' as const, gracePeriod: 600 },
      healing: { gracePeriodSeconds: 600, unhealthySeconds: 120 },
    },
    {
      name: 'a duration of its own',
      healthCheck: { autoHealing: true, unhealthyDuration: 0 },
      healing: { gracePeriodSeconds: 120, unhealthySeconds: 0 },
    },
    {
      name: 'no grace',
      healthCheck: { gracePeriod: 0 },
      healing: { gracePeriodSeconds: 0, unhealthySeconds: 120 },
    },
  ])('$name', ({ healthCheck, healing }) => {
    expect(healingOf(aConfig(healthCheck && { healthCheck }))).toEqual(healing);
  });
});

describe('tagKeysOf', () => {
  it.each([
    { name: 'none', tags: undefined, keys: [] },
    {
      name: 'all, in their order',
      tags: [
        { tagKey: 'team', tagValue: 'ledger' },
        { tagKey: 'cost', tagValue: '' },
      ],
      keys: ['team', 'cost'],
    },
  ])('$name', ({ tags, keys }) => {
    expect(tagKeysOf(aConfig({ launchSpecification: { tags } }))).toEqual(keys);
  });
});

describe('instanceTypesOf', () => {
  it.each([
    { name: 'the types alone, in their order', given: { types: ['b.x', 'a.x'] }, types: ['b.x', 'a.x'] },
    { name: 'the preferred one first', given: { preferredType: 'c.x', types: ['b.x', 'c.x'] }, types: ['c.x', 'b.x'] },
    {
      name: 'one that is preferred alone',
      given: { preferredType: 'c.x', types: ['b.x'] },
      types: ['c.x', 'b.x'],
    },
    {
      name: 'the preferred one, the preferred ones, the others',
      given: { preferredType: 'c.x', preferredTypes: ['d.x', 'c.x'], types: ['b.x', 'd.x'] },
      types: ['c.x', 'd.x', 'b.x'],
    },
  ])('$name', ({ given, types }) => {
    expect(instanceTypesOf(aConfig({ launchSpecification: { instanceTypes: given } }))).toEqual(types);
  });

  it('names every type once', () => {
    fc.assert(
      fc.property(someNode, ({ config }) => {
        const { preferredType, preferredTypes = [], types } = config.compute.launchSpecification.instanceTypes;
        const given = [...(preferredType === undefined ? [] : [preferredType]), ...preferredTypes, ...types];
        const answer = instanceTypesOf(config);

        expect(new Set(answer)).toEqual(new Set(given));
        expect(answer).toHaveLength(new Set(given).size);
      }),
    );
  });
});
