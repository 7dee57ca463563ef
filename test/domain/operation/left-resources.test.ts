import {
  decideExpiry,
  decideLeftDeletion,
  expiryOf,
  isInUse,
  resourcesIn,
  tagsOfLeft,
  type ListedResources,
  type NodeResource,
} from '../../../domain/operation/left-resources';
import {
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anInstance,
  anInterface,
  aVolume,
  INTERFACE_ID,
  NODE_ID,
  OLD_INSTANCE_ID,
} from '../builders';

const VOLUME_ID = aVolume().id;
const origin = { nodeId: NODE_ID, leftBy: NODE_ID };
const nothing: ListedResources = { instances: [], interfaces: [], volumes: [], elasticIps: [] };

describe('resourcesIn', () => {
  it('shows what has the tags of a node, and the Elastic IP on its interface, in order of the ids', () => {
    const listed: ListedResources = {
      instances: [{ ...anInstance({ id: OLD_INSTANCE_ID }), origin }],
      interfaces: [{ ...anAttachedInterface({ instanceId: OLD_INSTANCE_ID }), origin }],
      volumes: [aVolume({ state: 'in-use', instanceIds: [OLD_INSTANCE_ID], leftBy: NODE_ID })],
      elasticIps: [anElasticIp(), anElasticIp({ allocationId: 'eipalloc-other', interfaceId: 'eni-other' })],
    };

    const marks = { nodeId: NODE_ID, leftBy: NODE_ID };
    expect(resourcesIn(listed)).toEqual([
      { ...marks, kind: 'elasticIp', id: ALLOCATION_ID, state: 'in-use', usedBy: [INTERFACE_ID] },
      { ...marks, kind: 'interface', id: INTERFACE_ID, state: 'in-use', usedBy: [OLD_INSTANCE_ID] },
      { ...marks, kind: 'instance', id: OLD_INSTANCE_ID, state: 'running', usedBy: [] },
      { ...marks, kind: 'volume', id: VOLUME_ID, state: 'in-use', usedBy: [OLD_INSTANCE_ID] },
    ]);
  });

  it.each([
    { name: 'an instance that has ended', listed: { instances: [{ ...anInstance({ state: 'terminated' }), origin }] } },
    { name: 'a volume that is deleted', listed: { volumes: [aVolume({ state: 'deleted' })] } },
    { name: 'an Elastic IP on no interface', listed: { elasticIps: [anElasticIp({ interfaceId: undefined })] } },
  ])('leaves out $name', ({ listed }) => {
    expect(resourcesIn({ ...nothing, ...listed })).toEqual([]);
  });

  it('shows an interface with an Elastic IP as used, even if no instance has it', () => {
    const interfaces = [{ ...anInterface({ allocationId: ALLOCATION_ID }), origin }];
    const [resource] = resourcesIn({ ...nothing, interfaces });

    expect(resource).toMatchObject({ kind: 'interface', state: 'available', usedBy: [ALLOCATION_ID] });
    expect(isInUse(resource!)).toBe(true);
  });

  it.each([
    { interfaceId: undefined, state: 'available', usedBy: [] },
    { interfaceId: 'eni-of-a-person', state: 'in-use', usedBy: ['eni-of-a-person'] },
  ])('shows the Elastic IP of the configuration wherever it is: $state', ({ interfaceId, state, usedBy }) => {
    const elasticIps = [anElasticIp({ interfaceId })];
    expect(resourcesIn({ ...nothing, elasticIps }, { nodeId: NODE_ID, allocationId: ALLOCATION_ID })).toEqual([
      { kind: 'elasticIp', id: ALLOCATION_ID, nodeId: NODE_ID, state, usedBy },
    ]);
  });
});

const left = (overrides: Partial<NodeResource> = {}): NodeResource => ({
  kind: 'volume',
  id: VOLUME_ID,
  nodeId: NODE_ID,
  leftBy: NODE_ID,
  state: 'available',
  usedBy: [],
  ...overrides,
});

describe('isInUse', () => {
  it.each([
    { name: 'a free volume', resource: left(), expected: false },
    { name: 'a volume on an instance', resource: left({ usedBy: ['i-1'] }), expected: true },
    { name: 'a volume in the making', resource: left({ state: 'creating' }), expected: true },
    { name: 'an instance', resource: left({ kind: 'instance', state: 'stopped' }), expected: true },
  ])('$name: $expected', ({ resource, expected }) => {
    expect(isInUse(resource)).toBe(expected);
  });
});

describe('decideLeftDeletion', () => {
  const decide = (...resources: readonly NodeResource[]) => decideLeftDeletion(NODE_ID, VOLUME_ID, resources);

  it.each(['interface', 'volume'] as const)('deletes a free %s that the deletion has left', (kind) => {
    const resource = left({ kind });
    expect(decide(left({ id: 'vol-other' }), resource)).toEqual({ kind: 'delete', resource });
  });

  it.each([
    { name: 'one that EC2 does not show', resources: [left({ id: 'vol-other' })], kind: 'missing' },
    { name: 'one on its way out', resources: [left({ state: 'deleting' })], kind: 'nothing' },
  ])('$name: $kind', ({ resources, kind }) => {
    expect(decide(...resources)).toEqual({ kind });
  });

  it.each([
    {
      name: 'one that serves a node',
      resource: left({ leftBy: undefined }),
      because: /was not left by the deletion of/,
    },
    { name: 'one that another node has left', resource: left({ leftBy: 'smi-ffffffff' }), because: /was not left by/ },
    {
      name: 'one on an instance',
      resource: left({ state: 'in-use', usedBy: ['i-1', 'i-2'] }),
      because: /is in use \(i-1, i-2 uses it\): ask again once it is free/,
    },
    { name: 'one that failed', resource: left({ state: 'error' }), because: /is in use \(it is error\)/ },
    {
      name: 'an instance',
      resource: left({ kind: 'instance', state: 'running' }),
      because: /is running and was left running on purpose: terminate it in EC2/,
    },
    { name: 'an Elastic IP', resource: left({ kind: 'elasticIp' }), because: /Holdfast releases no Elastic IP/ },
  ])('refuses $name', ({ resource, because }) => {
    expect(decide(resource)).toEqual({ kind: 'refused', because: expect.stringMatching(because) as string });
  });
});

const NOW = '2026-11-03T10:00:00.000Z';

describe('tagsOfLeft', () => {
  const leftBy = { key: 'holdfast:left-by', value: NODE_ID };

  it('has no expiry for what is left for good', () => {
    expect(tagsOfLeft(NODE_ID, undefined, NOW)).toEqual([leftBy]);
  });

  it('has the time in UTC for what is left for some hours', () => {
    const expiresAt = { key: 'holdfast:expires-at', value: '2026-11-07T10:00:00.000Z' };
    expect(tagsOfLeft(NODE_ID, 96, NOW)).toEqual([leftBy, expiresAt]);
  });
});

describe('expiryOf', () => {
  it.each(['2026-11-03T10:00:00.000Z', '2026-11-03T10:00:00Z'])('reads %s', (expiresAt) => {
    expect(expiryOf({ expiresAt })).toBe(expiresAt);
  });

  it.each([undefined, '', 'never', '0', '2026', '2026-11-03', '2026-13-03T10:00:00Z', '2026-11-03T10:00:00+01:00'])(
    'takes %s for no time',
    (expiresAt) => {
      expect(expiryOf({ expiresAt })).toBeUndefined();
    },
  );
});

describe('decideExpiry', () => {
  const expired = (overrides: Partial<NodeResource> = {}) => left({ expiresAt: NOW, ...overrides });

  it.each(['interface', 'volume'] as const)('deletes a free %s whose time is over', (kind) => {
    expect(decideExpiry(expired({ kind }), NOW)).toBe('delete');
  });

  it.each([
    { name: 'whose time is not over', resource: expired({ expiresAt: '2026-11-03T10:00:00.001Z' }) },
    { name: 'that is left for good', resource: left() },
    { name: 'whose tag is unreadable', resource: expired({ expiresAt: 'soon' }) },
    { name: 'that was not left', resource: expired({ leftBy: undefined }) },
    { name: 'that another node has left', resource: expired({ leftBy: 'smi-ffffffff' }) },
    { name: 'that belongs to no node', resource: expired({ nodeId: '', leftBy: '' }) },
    { name: 'that is in use', resource: expired({ state: 'in-use', usedBy: ['i-1'] }) },
    { name: 'that is being deleted', resource: expired({ state: 'deleting' }) },
    { name: 'that is an instance', resource: expired({ kind: 'instance', state: 'stopped' }) },
    { name: 'that is an Elastic IP', resource: expired({ kind: 'elasticIp' }) },
  ])('waits for one $name', ({ resource }) => {
    expect(decideExpiry(resource, NOW)).toBe('wait');
  });
});
