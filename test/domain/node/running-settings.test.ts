import { configFields } from '../../../domain/config/config-fields';
import { outdatedAfter, outdatedBetween } from '../../../domain/node/running-settings';
import { EFFECTS } from '../../../console/src/pages/edit/effects';
import { aConfig } from '../builders';

const LAUNCH = 'compute.launchSpecification';
const withImage = (imageId: string) => aConfig({ launchSpecification: { imageId } });
const [first, second, third] = ['ami-0000000000000000a', 'ami-0000000000000000b', 'ami-0000000000000000c'].map(
  withImage,
);
const image = `${LAUNCH}.imageId`;

test('a setting is outdated if the instance was launched with another value', () => {
  expect(outdatedBetween(first!, second!)).toEqual({ [image]: 'ami-0000000000000000a' });
  expect(outdatedBetween(first!, first!)).toEqual({});
});

test('null stands for no value', () => {
  const after = aConfig({ launchSpecification: { keyPair: 'operator' } });
  expect(outdatedBetween(aConfig(), after)).toEqual({ [`${LAUNCH}.keyPair`]: null });
});

test('a default is a value', () => {
  const [cold, hot] = (['cold', 'hot'] as const).map((eniAttachment) =>
    aConfig({ persistence: { persistPrivateIp: true, eniAttachment } }),
  );
  expect(outdatedBetween(aConfig(), cold!)).toEqual({});
  expect(outdatedBetween(aConfig(), hot!)).toEqual({ 'persistence.eniAttachment': 'cold' });
});

test('what the instance was launched with stays known over several updates', () => {
  const once = outdatedAfter(undefined, first!, second!);
  expect(outdatedAfter(once, second!, third!)).toEqual({ [image]: 'ami-0000000000000000a' });
});

test('a setting that was changed back is not outdated', () => {
  const once = outdatedAfter(undefined, first!, second!);
  expect(outdatedAfter(once, second!, first!)).toEqual({});
});

test('user data is not kept, so it stays outdated until the next launch', () => {
  const withData = (userData?: string) =>
    aConfig({ launchSpecification: { ...(userData !== undefined && { userData }) } });
  const once = outdatedAfter(undefined, withData('c2VjcmV0'), withData('b3RoZXI='));
  expect(once).toEqual({ [`${LAUNCH}.userData`]: null });
  expect(outdatedAfter(once, withData('b3RoZXI='), withData('c2VjcmV0'))).toEqual(once);
});

test.each([
  ['its name', { ...aConfig(), name: 'another' }],
  ['its security groups', aConfig({ launchSpecification: { securityGroupIds: ['sg-0000000000000000f'] } })],
  ['how long it is drained', aConfig({ strategy: { drainingTimeout: 7 } })],
])('an instance has nothing outdated if only this changes: %s', (_what, after) => {
  expect(outdatedBetween(aConfig(), after)).toEqual({});
});

/** No instance was launched with these: they choose its successor, or count when it ends. The subnets choose the VPC. */
const OF_NO_INSTANCE = [
  'strategy.fallbackToOd',
  'strategy.drainingTimeout',
  'strategy.skipOsShutdown',
  'compute.product',
  'compute.vpcId',
  `${LAUNCH}.networkInterfaces[].deviceIndex`,
];
/** Of the entries, one field is watched. */
const LISTS = [`${LAUNCH}.networkInterfaces`];

const isIn = (path: string, fields: readonly string[]): boolean =>
  fields.some((each) => path === each || path.startsWith(`${each}.`) || path.startsWith(`${each}[`));

test('every setting that waits for a launch is watched, as the documentation says', () => {
  const others = EFFECTS.filter(({ label }) => label !== 'With the next replacement').flatMap(({ fields }) => fields);
  const waiting = configFields()
    .filter(({ support }) => support === 'honoured')
    .map(({ path }) => path)
    .filter((path) => /^(compute|strategy|persistence)\./.test(path) && !isIn(path, [...others, ...OF_NO_INSTANCE]))
    .filter((path) => !LISTS.includes(path));
  const watched = Object.keys(outdatedBetween(everything('a'), everything('b')));
  expect(waiting.length).toBeGreaterThan(30);
  expect(waiting.filter((path) => !isIn(path, watched))).toEqual([]);
});

/** Every setting has another value in each. */
function everything(which: 'a' | 'b') {
  const isA = which === 'a';
  return aConfig({
    strategy: { lifeCycle: isA ? 'spot' : 'on_demand' },
    persistence: { persistPrivateIp: isA, eniAttachment: isA ? 'cold' : 'hot' },
    compute: {
      privateIp: isA ? '10.0.0.10' : '10.0.0.11',
      subnetIds: [`subnet-0000000000000000${which}`],
    },
    launchSpecification: {
      instanceTypes: { types: [isA ? 'm7g.large' : 'm6g.large'] },
      imageId: `ami-0000000000000000${which}`,
      keyPair: which,
      userData: isA ? 'YQ==' : 'Yg==',
      iamRole: { name: which },
      networkInterfaces: [{ deviceIndex: 0, associatePublicIpAddress: isA }],
      ebsOptimized: isA,
      monitoring: isA,
      tenancy: isA ? 'default' : 'dedicated',
      creditSpecification: { cpuCredits: isA ? 'standard' : 'unlimited' },
      blockDeviceMappings: [{ deviceName: `/dev/sd${which}`, ebs: { volumeSize: 8 } }],
      metadataOptions: { httpTokens: isA ? 'optional' : 'required' },
    },
  });
}
