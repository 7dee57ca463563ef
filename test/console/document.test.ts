/** The form's model: what the form does not change stays as it is. */
import fc from 'fast-check';
import { applyPatch } from '../../domain/config/config-update';
import { instanceTypesOf as typesInDomain, type NodeDocument } from '../../domain/config/node-config';
import { changesBetween, patchBetween } from '../../console/src/pages/edit/changes';
import {
  instanceTypesOf,
  interfaceFlag,
  publicIpOf,
  roleOf,
  textAt,
  userDataOf,
  valueAt,
  withInstanceTypes,
  withInterfaceFlag,
  withList,
  withNumber,
  withPublicIp,
  withRole,
  withTags,
  withText,
  withUserData,
  withValue,
  withVpc,
  NEW_DOCUMENT,
  type JsonObject,
} from '../../console/src/pages/edit/document';

const DOCUMENT: JsonObject = {
  name: 'licence-server',
  strategy: { lifeCycle: 'spot', fallbackToOd: true, optimizationWindows: [] },
  persistence: { persistPrivateIp: true },
  scheduling: { tasks: [] },
  compute: {
    vpcId: 'vpc-1',
    subnetIds: ['subnet-1'],
    launchSpecification: {
      imageId: 'ami-1',
      securityGroupIds: ['sg-1'],
      instanceTypes: { preferredType: 'm7g.large', types: ['m7g.large', 'm6g.large'] },
      networkInterfaces: [{ deviceIndex: 0, associateIpv6Address: true }],
    },
  },
};

const key = fc.constantFrom('a', 'b', 'c', 'compute', '__proto__');
const json = fc.letrec<{ value: unknown; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('x', 'y', 0, 1, true, false, null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }) as fc.Arbitrary<JsonObject>,
}));
const objects = json.object.filter((each) => !JSON.stringify(each).includes('__proto__'));

describe('a field', () => {
  test.each([
    ['name', 'licence-server'],
    ['compute.launchSpecification.networkInterfaces.0.associateIpv6Address', true],
    ['compute.launchSpecification.keyPair', undefined],
    ['name.length', undefined],
    ['constructor', undefined],
  ])('%s is read', (path, value) => {
    expect(valueAt(DOCUMENT, path)).toEqual(value);
  });

  test('that is null counts as absent', () => {
    expect(valueAt({ description: null }, 'description')).toBeUndefined();
  });

  test('that is set and removed again leaves the document as it was', () => {
    const set = withText(DOCUMENT, 'healthCheck.gracePeriod', '60');
    expect(textAt(set, 'healthCheck.gracePeriod')).toBe('60');
    expect(withText(set, 'healthCheck.gracePeriod', '')).toEqual(DOCUMENT);
  });

  test('that is removed takes no object with it that the API requires', () => {
    const without = withText(withText(NEW_DOCUMENT, 'compute.vpcId', 'vpc-1'), 'compute.vpcId', '');
    expect(without).toEqual(NEW_DOCUMENT);
    expect(withValue(NEW_DOCUMENT, 'persistence.persistPrivateIp', undefined)).toHaveProperty('persistence', {});
  });

  test('is changed without a change of any other', () => {
    expect(changesBetween(DOCUMENT, withText(DOCUMENT, 'compute.privateIp', '10.0.0.42'))).toEqual([
      { path: 'compute.privateIp', before: undefined, after: '10.0.0.42' },
    ]);
    expect(DOCUMENT.compute).not.toHaveProperty('privateIp');
  });

  test('keeps its place', () => {
    expect(Object.keys(withText(DOCUMENT, 'name', 'other'))).toEqual(Object.keys(DOCUMENT));
  });

  test.each([
    ['60', 60],
    ['', undefined],
    ['1.5', 1.5],
    ['soon', 'soon'],
  ])('of a number takes what was typed: %s', (text, value) => {
    expect(valueAt(withNumber(DOCUMENT, 'strategy.drainingTimeout', text), 'strategy.drainingTimeout')).toBe(value);
  });

  test('without entries is left out', () => {
    expect(withList(DOCUMENT, 'compute.subnetIds', [])).not.toHaveProperty('compute.subnetIds');
  });
});

describe('Public IP Assignment', () => {
  test.each(['subnet', 'associate', 'none'] as const)('%s is read as it was chosen', (choice) => {
    expect(publicIpOf(withPublicIp(DOCUMENT, choice))).toBe(choice);
  });

  test('leaves the other settings of the interface', () => {
    const chosen = withPublicIp(withPublicIp(DOCUMENT, 'none'), 'subnet');
    expect(chosen).toEqual(DOCUMENT);
    expect(interfaceFlag(withPublicIp(DOCUMENT, 'associate'), 'associateIpv6Address')).toBe(true);
  });

  test('according to subnet default leaves nothing behind', () => {
    const { compute: _compute, ...place } = DOCUMENT;
    const bare: JsonObject = { ...place, compute: { launchSpecification: { instanceTypes: {} } } };
    expect(withPublicIp(withPublicIp(bare, 'associate'), 'subnet')).toEqual(bare);
  });

  test('that does not change keeps an entry without settings', () => {
    const bare: JsonObject = { compute: { launchSpecification: { networkInterfaces: [{ deviceIndex: 0 }] } } };
    expect(withInterfaceFlag(bare, 'associateIpv6Address', undefined)).toEqual(bare);
  });
});

describe('instance types', () => {
  const type = fc.constantFrom('m7g.large', 'm6g.large', 'c7g.large', 't4g.small');
  const types = fc.record(
    { preferredType: type, preferredTypes: fc.array(type), types: fc.array(type, { minLength: 1 }) },
    { requiredKeys: [] },
  );
  const withTypes = (instanceTypes: object): JsonObject => ({
    compute: { launchSpecification: { instanceTypes: instanceTypes as JsonObject } },
  });

  test('are tried in the order that the API documents', () => {
    fc.assert(
      fc.property(types, (given) => {
        const document = withTypes(given);
        expect(instanceTypesOf(document)).toEqual(typesInDomain(document as unknown as NodeDocument));
      }),
    );
  });

  test('are tried in the order that was chosen', () => {
    fc.assert(
      fc.property(types, fc.uniqueArray(type, { minLength: 1 }), (given, chosen) => {
        expect(instanceTypesOf(withInstanceTypes(withTypes(given), chosen))).toEqual(chosen);
      }),
    );
  });

  test('stay preferred while they come first', () => {
    const reordered = withInstanceTypes(DOCUMENT, ['m7g.large', 'c7g.large']);
    expect(textAt(reordered, 'compute.launchSpecification.instanceTypes.preferredType')).toBe('m7g.large');
  });
});

test('another VPC has other subnets and groups', () => {
  expect(withVpc(DOCUMENT, 'vpc-1')).toBe(DOCUMENT);
  const moved = withVpc(DOCUMENT, 'vpc-2');
  expect(moved).toHaveProperty('compute.vpcId', 'vpc-2');
  expect(moved).not.toHaveProperty('compute.subnetIds');
  expect(moved).not.toHaveProperty('compute.launchSpecification.securityGroupIds');
});

describe('user data', () => {
  test.each(['#!/bin/sh\necho Grüße 🎉\n', ''])('is shown as it was typed: %j', (text) => {
    expect(userDataOf(withUserData(DOCUMENT, text))).toBe(text);
  });

  test('with a byte order mark stays the same bytes', () => {
    const document: JsonObject = { compute: { launchSpecification: { userData: '77u/YQ==' } } };
    expect(withUserData(document, userDataOf(document) ?? '')).toEqual(document);
  });

  test.each(['/w==', 'not base64!'])('that is no text is not shown: %s', (userData) => {
    expect(userDataOf({ compute: { launchSpecification: { userData } } })).toBeUndefined();
  });
});

test.each([
  ['app', { name: 'app' }],
  ['arn:aws:iam::123456789012:instance-profile/app', { arn: 'arn:aws:iam::123456789012:instance-profile/app' }],
])('the instance profile %s', (role, iamRole) => {
  const document = withRole(DOCUMENT, role);
  expect(document).toHaveProperty('compute.launchSpecification.iamRole', iamRole);
  expect(roleOf(document)).toBe(role);
  expect(withRole(document, '')).toEqual(DOCUMENT);
});

test('tags that are added and removed leave the document as it was', () => {
  expect(withTags(withTags(DOCUMENT, [{ tagKey: 'a', tagValue: 'b' }]), [])).toEqual(DOCUMENT);
});

describe('an update', () => {
  test('has only what differs, and null for what is removed', () => {
    const after = withText(withText(withPublicIp(DOCUMENT, 'associate'), 'strategy.lifeCycle', ''), 'name', 'other');
    expect(patchBetween(DOCUMENT, after)).toEqual({
      name: 'other',
      strategy: { lifeCycle: null },
      compute: {
        launchSpecification: {
          networkInterfaces: [{ deviceIndex: 0, associateIpv6Address: true, associatePublicIpAddress: true }],
        },
      },
    });
  });

  test('makes one document the other, as the API applies it', () => {
    const withoutNulls = (document: JsonObject): unknown => applyPatch({} as NodeDocument, document);
    fc.assert(
      fc.property(objects, objects, (before, after) => {
        const present = withoutNulls(before) as JsonObject;
        const applied = applyPatch(present as unknown as NodeDocument, patchBetween(present, after));
        expect(changesBetween(applied as JsonObject, after)).toEqual([]);
      }),
    );
  });

  test('is empty exactly if there are no changes', () => {
    fc.assert(
      fc.property(objects, objects, (before, after) => {
        const isEmpty = Object.keys(patchBetween(before, after)).length === 0;
        expect(changesBetween(before, after).length === 0).toBe(isEmpty);
      }),
    );
  });
});

describe('the changes', () => {
  test('name each field of what is added', () => {
    const after = withText(DOCUMENT, 'healthCheck.gracePeriod', '60');
    expect(changesBetween(DOCUMENT, after).map(({ path }) => path)).toEqual(['healthCheck.gracePeriod']);
  });

  test('have a list as a whole, but the settings of the interface one by one', () => {
    const after = withTags(withPublicIp(DOCUMENT, 'none'), [{ tagKey: 'a', tagValue: 'b' }]);
    expect(changesBetween(DOCUMENT, after)).toEqual([
      {
        path: 'compute.launchSpecification.networkInterfaces.0.associatePublicIpAddress',
        before: undefined,
        after: false,
      },
      { path: 'compute.launchSpecification.tags', before: undefined, after: [{ tagKey: 'a', tagValue: 'b' }] },
    ]);
  });
});
