import type { NodeAddresses } from '../../local/sandbox';
import { leadsToRunningInstance, leftoversIn, problemsOf, type Findings } from '../../scripts/demo/verdict';
import { emptyWorld, type World } from '../../simulator/ec2/world';

const BEFORE: NodeAddresses = {
  instanceId: 'i-01',
  networkInterfaceId: 'eni-01',
  privateIp: '10.0.0.42',
  publicIp: '198.51.100.1',
  macAddress: '02:00:00:00:00:01',
};
const KEPT: Findings = {
  before: BEFORE,
  after: { ...BEFORE, instanceId: 'i-02' },
  nodeStatus: 'ACTIVE',
  isOldInstanceTerminated: true,
  leftovers: [],
};
const after = (changes: Partial<NodeAddresses>): Partial<Findings> => ({ after: { ...KEPT.after!, ...changes } });

test.each<[string, Partial<Findings>, string[]]>([
  ['all is kept', {}, []],
  ['another interface', after({ networkInterfaceId: 'eni-02' }), ['the interface is not the same']],
  ['another private IP', after({ privateIp: '10.0.0.43' }), ['the private IP is not the same']],
  ['another public IP', after({ publicIp: '198.51.100.2' }), ['the public IP is not the same']],
  ['no public IP', after({ publicIp: null }), ['the public IP is not the same']],
  [
    'no public IP ever',
    { before: { ...BEFORE, publicIp: null }, ...after({ publicIp: null }) },
    ['the public IP is not the same'],
  ],
  ['another MAC address', after({ macAddress: '02:00:00:00:00:02' }), ['the MAC address is not the same']],
  ['the same instance', after({ instanceId: 'i-01' }), ['the instance is the same as before']],
  [
    'the old instance is not terminated',
    { isOldInstanceTerminated: false },
    ['the old instance i-01 is not terminated'],
  ],
  ['a node that is not ACTIVE', { nodeStatus: 'RECYCLING' }, ['the node is RECYCLING, not ACTIVE']],
  ['a leftover', { leftovers: ['interface eni-09 is left, available'] }, ['interface eni-09 is left, available']],
  [
    'no instance',
    { after: undefined, nodeStatus: 'ERROR' },
    ['the node is ERROR, not ACTIVE', 'the interface is on no instance'],
  ],
])('%s', (_name, changes, expected) => {
  expect(problemsOf({ ...KEPT, ...changes })).toEqual(expected);
});

/** The checked parts of a world: a node on i-02, its Elastic IP, and the terminated i-01. */
function world(): World {
  const made = emptyWorld('us-east-1', '123456789012');
  put(made, 'instances', { id: 'i-01', state: 'terminated' });
  put(made, 'instances', { id: 'i-02', state: 'running' });
  put(made, 'networkInterfaces', attached('eni-01', 'i-02', 1));
  put(made, 'networkInterfaces', attached('eni-02', 'i-02', 0));
  put(made, 'elasticIps', { id: 'eipalloc-01', association: { networkInterfaceId: 'eni-01' } });
  return made;
}

const attached = (id: string, instanceId: string, deviceIndex: number, status = 'attached') => ({
  id,
  status: 'in-use',
  attachment: { instanceId, deviceIndex, status },
});

type Some = { readonly id: string; readonly [field: string]: unknown };

function put(into: World, what: 'instances' | 'networkInterfaces' | 'elasticIps', entity: Some): void {
  (into[what] as Map<string, unknown>).set(entity.id, entity);
}

const NODE = { interfaceId: 'eni-01', instanceId: 'i-02' };

test('a hot node has no leftovers', () => {
  expect(leftoversIn(world(), { ...NODE, attachment: 'hot' })).toEqual([]);
});

test('a cold node has no second interface', () => {
  expect(leftoversIn(world(), { ...NODE, attachment: 'cold' })).toEqual(['interface eni-02 is left, in-use']);
});

test.each<[string, Parameters<typeof put>[1], Parameters<typeof put>[2], string]>([
  ['an instance', 'instances', { id: 'i-03', state: 'pending' }, 'instance i-03 is left, pending'],
  [
    'a free interface',
    'networkInterfaces',
    { id: 'eni-03', status: 'available' },
    'interface eni-03 is left, available',
  ],
  ['a secondary interface', 'networkInterfaces', attached('eni-03', 'i-02', 2), 'interface eni-03 is left, in-use'],
  [
    'an association',
    'elasticIps',
    { id: 'eipalloc-02', association: { networkInterfaceId: 'eni-02' } },
    "eipalloc-02 is on eni-02, which is not the node's interface",
  ],
])('%s is left over', (_name, what, entity, sentence) => {
  const made = world();
  put(made, what, entity);
  expect(leftoversIn(made, { ...NODE, attachment: 'hot' })).toEqual([sentence]);
});

describe('leadsToRunningInstance', () => {
  test('is true with an Elastic IP on a running instance', () =>
    expect(leadsToRunningInstance(world(), 'eni-01')).toBe(true));

  test.each<[string, (made: World) => void]>([
    ['without an Elastic IP', (made) => made.elasticIps.clear()],
    ['without an instance', (made) => made.instances.clear()],
    ['on an instance that shuts down', (made) => put(made, 'instances', { id: 'i-02', state: 'shutting-down' })],
    [
      'while it is being attached',
      (made) => put(made, 'networkInterfaces', attached('eni-01', 'i-02', 1, 'attaching')),
    ],
    ['on no instance', (made) => put(made, 'networkInterfaces', { id: 'eni-01' })],
    ['without an interface', (made) => made.networkInterfaces.clear()],
  ])('is false %s', (_name, spoil) => {
    const made = world();
    spoil(made);
    expect(leadsToRunningInstance(made, 'eni-01')).toBe(false);
  });
});
