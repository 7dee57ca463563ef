import {
  configuredTags,
  isReserved,
  keysOf,
  tagChange,
  withAppliedTags,
  withInterfaceTags,
  withLaunchedTags,
  withTagsToCome,
} from '../../../domain/node/applied-tags';
import { aConfig, aNode } from '../builders';

type Specification = NonNullable<
  ReturnType<typeof aConfig>['compute']['launchSpecification']['resourceTagSpecification']
>;

const team = [{ key: 'team', value: 'ledger' }];

function tagged(resourceTagSpecification?: Specification): ReturnType<typeof aConfig> {
  const tags = [{ tagKey: 'team', tagValue: 'ledger' }];
  return aConfig({ launchSpecification: { tags, ...(resourceTagSpecification && { resourceTagSpecification }) } });
}

const onBoth = tagged({ volumes: { shouldTag: true }, enis: { shouldTag: true } });

describe('the tags of a part', () => {
  it.each<{ name: string; config: ReturnType<typeof aConfig>; volumes: boolean; onInterface: boolean }>([
    { name: 'nothing is said', config: tagged(), volumes: false, onInterface: false },
    {
      name: 'nothing is said of a part',
      config: tagged({ volumes: {}, enis: {} }),
      volumes: false,
      onInterface: false,
    },
    {
      name: 'no',
      config: tagged({ volumes: { shouldTag: false }, enis: { shouldTag: false } }),
      volumes: false,
      onInterface: false,
    },
    { name: 'volumes', config: tagged({ volumes: { shouldTag: true } }), volumes: true, onInterface: false },
    { name: 'the interface', config: tagged({ enis: { shouldTag: true } }), volumes: false, onInterface: true },
  ])('$name', ({ config, volumes, onInterface }) => {
    expect(configuredTags('instance', config)).toEqual(team);
    expect(configuredTags('volumes', config)).toEqual(volumes ? team : []);
    expect(configuredTags('interface', config)).toEqual(onInterface ? team : []);
  });

  it('are none without tags', () => {
    expect(configuredTags('instance', aConfig())).toEqual([]);
  });
});

describe('the keys in the record', () => {
  it.each([
    { name: 'of the instance alone', config: tagged(), keys: { appliedTagKeys: ['team'], volumeTagKeys: [] } },
    { name: 'of all parts', config: onBoth, keys: { appliedTagKeys: ['team'], interfaceTagKeys: ['team'] } },
    { name: 'without tags', config: aConfig(), keys: { appliedTagKeys: [] } },
  ])('$name', ({ config, keys }) => {
    expect(keysOf(config)).toStrictEqual(keys);
    const before = aNode({ appliedTagKeys: ['cost'], volumeTagKeys: ['stage'], interfaceTagKeys: ['owner'] });
    const { volumeTagKeys: _volumes, interfaceTagKeys: _interface, ...rest } = before;
    expect(withAppliedTags(before, config)).toStrictEqual({ ...rest, ...keys });
  });

  it('of the interface survive a launch', () => {
    const before = aNode({ appliedTagKeys: ['cost'], interfaceTagKeys: ['owner'] });

    expect(withLaunchedTags(before, onBoth)).toMatchObject({ appliedTagKeys: ['team'], interfaceTagKeys: ['owner'] });
  });

  it('of a new interface join the earlier ones, without those that Holdfast sets for itself', () => {
    const before = aNode({ appliedTagKeys: ['cost'], volumeTagKeys: [], interfaceTagKeys: ['owner'] });
    const tags = [...team, { key: 'holdfast:node-id', value: 'smi-1' }, { key: 'owner', value: 'me' }];

    expect(withInterfaceTags(before, tags)).toStrictEqual({ ...before, interfaceTagKeys: ['owner', 'team'] });
  });

  it('name a tag before it is set, and keep the others until they are removed', () => {
    const before = aNode({ appliedTagKeys: ['cost'] });

    expect(withTagsToCome(before, onBoth)).toStrictEqual({
      ...before,
      appliedTagKeys: ['cost', 'team'],
      interfaceTagKeys: ['team'],
    });
    expect(withTagsToCome(before, tagged())).toStrictEqual({
      ...before,
      appliedTagKeys: ['cost', 'team'],
      volumeTagKeys: ['cost'],
    });
  });

  it.each([{ appliedTagKeys: ['team'] }, { appliedTagKeys: ['cost', 'team'], interfaceTagKeys: ['owner'] }])(
    'need no write if they name every tag: %j',
    (keys) => {
      expect(withTagsToCome(aNode(keys), tagged())).toBeUndefined();
    },
  );
});

describe('what must change on a part', () => {
  it.each([
    { part: 'instance', change: { set: team, dropped: ['cost'] } },
    // A record of an earlier version does not tell volumes and instance apart.
    { part: 'volumes', change: { set: [], dropped: ['team', 'cost'] } },
    { part: 'interface', change: { set: [], dropped: [] } },
  ] as const)('$part', ({ part, change }) => {
    expect(tagChange(part, aNode({ appliedTagKeys: ['team', 'cost'] }), tagged())).toEqual(change);
  });

  it('a key in another case is another key', () => {
    expect(tagChange('instance', aNode({ appliedTagKeys: ['Team'] }), tagged()).dropped).toEqual(['Team']);
  });
});

it.each([
  ['holdfast:node-id', true],
  ['Holdfast:own', true],
  ['aws:autoscaling:groupName', true],
  ['team', false],
  ['my-aws:key', false],
])('%s is reserved: %s', (key, is) => {
  expect(isReserved(key)).toBe(is);
});
