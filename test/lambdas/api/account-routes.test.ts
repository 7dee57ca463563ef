/** The lists of what the account has, over HTTP. */
import type { ApiPorts } from '../../../lambdas/ports';
import { createNodeService } from '../../../lambdas/api/create-node-service';
import { Throttled } from '../../../domain/errors';
import { NODE_ID } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';
import { anApi } from './requests';

type Lists = Partial<Record<keyof ApiPorts['accountLists'], readonly object[]>>;

function portsWith(lists: Lists): InMemoryPorts {
  const ports = new InMemoryPorts();
  for (const [name, list] of Object.entries(lists)) ports.accountHas.set(name as keyof Lists, list);
  return ports;
}

const askOf = (ports: InMemoryPorts) => {
  const { send } = anApi({ service: createNodeService(ports) });
  return async (path: string, query = '') => {
    const { status, body } = await send({ method: 'GET', path: `/holdfast/account/${path}`, query });
    return { status, response: body.response };
  };
};

const type = (name: string, architecture = 'arm64') => ({
  name,
  architectures: [architecture],
  vCpus: 2,
  memoryMib: 8192,
  maximumInterfaces: 3,
  enaSupport: 'required',
  isBurstable: false,
  hasSpot: true,
});
const group = {
  id: 'sg-00000001',
  name: 'web',
  vpcId: 'vpc-00000001',
  description: 'of the web servers',
  rules: [{ direction: 'inbound', protocol: 'all', peers: ['10.0.0.0/8'] }],
};
const image = (id: string, createdAt: string) => ({
  id,
  name: 'al2023',
  ownerId: '123456789012',
  architecture: 'arm64',
  state: 'available',
  platform: 'Linux/UNIX',
  createdAt,
  isDeprecated: false,
});

interface Row {
  readonly path: string;
  readonly lists: Lists;
  readonly query?: string;
  readonly items: readonly object[];
}

const vpc = { cidrBlock: '10.0.0.0/16', isDefault: false, ownerId: '123456789012' };
const subnet = { ...vpc, availabilityZone: 'eu-west-1a', hasIpv6: false, freeAddresses: 7 };
const { isDefault: _none, ...subnetRest } = subnet;

test.each<Row>([
  {
    path: 'regions',
    lists: { regions: [{ id: 'us-east-1' }, { id: 'eu-west-1' }] },
    items: [
      { id: 'eu-west-1', isDeployment: true },
      { id: 'us-east-1', isDeployment: false },
    ],
  },
  {
    path: 'zones',
    lists: { zones: [{ name: 'eu-west-1a', id: 'euw1-az2', region: 'eu-west-1', state: 'available' }] },
    items: [{ name: 'eu-west-1a', id: 'euw1-az2', region: 'eu-west-1', state: 'available' }],
  },
  {
    path: 'vpcs',
    lists: {
      vpcs: [
        { id: 'vpc-222', ...vpc },
        { id: 'vpc-111', name: 'main', ...vpc },
      ],
    },
    items: [
      { id: 'vpc-111', name: 'main', ...vpc },
      { id: 'vpc-222', name: null, ...vpc },
    ],
  },
  {
    path: 'subnets',
    query: 'vpcId=vpc-111',
    lists: {
      subnets: [
        { id: 'subnet-1', vpcId: 'vpc-111', ...subnetRest, cidrBlock: undefined },
        { id: 'subnet-2', vpcId: 'vpc-222', ...subnetRest },
      ],
    },
    items: [{ id: 'subnet-1', name: null, vpcId: 'vpc-111', ...subnetRest, cidrBlock: null }],
  },
  {
    path: 'addresses',
    lists: { addresses: [{ allocationId: 'eipalloc-1', publicIp: '198.51.100.7', interfaceId: 'eni-1' }] },
    items: [
      {
        allocationId: 'eipalloc-1',
        publicIp: '198.51.100.7',
        name: null,
        networkInterfaceId: 'eni-1',
        instanceId: null,
        managedInstanceId: null,
      },
    ],
  },
  {
    path: 'images',
    lists: { images: [image('ami-1', '2026-01-01'), image('ami-3', '2026-02-01'), image('ami-2', '2026-02-01')] },
    items: [image('ami-2', '2026-02-01'), image('ami-3', '2026-02-01'), image('ami-1', '2026-01-01')],
  },
  {
    path: 'security-groups',
    lists: { securityGroups: [group] },
    items: [{ ...group, rules: [{ ...group.rules[0], fromPort: null, toPort: null }] }],
  },
  {
    path: 'key-pairs',
    lists: { keyPairs: [{ name: 'ops', id: 'key-1', type: 'ed25519' }] },
    items: [{ name: 'ops', id: 'key-1', type: 'ed25519' }],
  },
  {
    path: 'instance-types',
    query: 'architecture=arm64',
    lists: { instanceTypes: [type('m7g.large'), type('m5.large', 'x86_64'), type('m6g.large')] },
    items: [
      { ...type('m6g.large'), prices: null },
      { ...type('m7g.large'), prices: null },
    ],
  },
  {
    path: 'instance-profiles',
    lists: {},
    items: [{ roleArn: 'arn:aws:iam::123456789012:role/team/web', name: 'web' }],
  },
])('$path are listed in order, with null for what they do not have', async ({ path, query, lists, items }) => {
  const { status, response } = await askOf(portsWith(lists))(path, query);

  expect({ status, kind: response.kind }).toEqual({ status: 200, kind: `holdfast:account:${path}` });
  expect(response.items).toEqual(items);
});

test('an address names the node that has claimed it, even a moment ago', async () => {
  const ports = portsWith({ addresses: [{ allocationId: 'eipalloc-1', publicIp: '198.51.100.7' }] });
  const ask = askOf(ports);
  await ask('addresses');
  await ports.claims.claim({ address: 'eipalloc-1', nodeId: NODE_ID, now: '' });

  expect((await ask('addresses')).response.items).toMatchObject([{ managedInstanceId: NODE_ID }]);
});

test('instance types have prices, if they are named', async () => {
  const spotPrices = [
    { instanceType: 'm7g.large', availabilityZone: 'eu-west-1b', usdPerHour: 0.04 },
    { instanceType: 'm7g.large', availabilityZone: 'eu-west-1a', usdPerHour: 0.03 },
  ];
  const ports = portsWith({ instanceTypes: [type('m7g.large'), type('m6g.large'), type('c7g.large')], spotPrices });
  ports.onDemandPrices.set('m7g.large|Linux/UNIX', 0.08);
  const { response } = await askOf(ports)('instance-types', 'types=m7g.large,m6g.large,x9.large&prices=true');

  expect(response.items).toEqual([
    { ...type('m6g.large'), prices: { onDemandUsdPerHour: null, spotUsdPerHour: [] } },
    {
      ...type('m7g.large'),
      prices: {
        onDemandUsdPerHour: 0.08,
        spotUsdPerHour: [
          { availabilityZone: 'eu-west-1a', usdPerHour: 0.03 },
          { availabilityZone: 'eu-west-1b', usdPerHour: 0.04 },
        ],
      },
    },
  ]);
});

test('a list comes in pages', async () => {
  const keyPairs = ['c', 'a', 'b'].map((name) => ({ name, id: `key-${name}`, type: 'rsa' }));
  const ports = portsWith({ keyPairs });
  const ask = askOf(ports);
  const first = await ask('key-pairs', 'limit=2');
  const second = await ask('key-pairs', `limit=2&nextToken=${first.response.nextToken}`);

  const names = [first, second].map(({ response }) => response.items.map(({ name }: { name: string }) => name));
  expect(names).toEqual([['a', 'b'], ['c']]);
  expect(second.response).not.toHaveProperty('nextToken');
  // Both from one look.
  expect(ports.accountLooks).toHaveLength(1);
});

describe('a look', () => {
  test('is kept for a minute, and that of types for an hour', async () => {
    const ports = portsWith({});
    const ask = askOf(ports);
    const looksAfter = async (path: string, seconds: number) => {
      ports.sleptMs += seconds * 1000;
      await ask(path);
      return ports.accountLooks.length;
    };

    const counts: number[] = [];
    for (const seconds of [0, 59, 1]) counts.push(await looksAfter('vpcs', seconds));
    for (const seconds of [0, 3599, 1]) counts.push(await looksAfter('instance-types', seconds));
    expect(counts).toEqual([1, 1, 2, 3, 3, 4]);
  });

  test('is one of each search', async () => {
    const ports = portsWith({});
    const ask = askOf(ports);
    for (const name of ['al2023-*', 'ubuntu*', 'al2023-*']) await ask('images', `owner=amazon&name=${name}`);

    expect(ports.accountLooks).toEqual([
      'images {"owner":"amazon","name":"al2023-*"}',
      'images {"owner":"amazon","name":"ubuntu*"}',
    ]);
  });

  test('that fails is an error of this request, and not kept', async () => {
    const ports = portsWith({});
    const { vpcs } = ports.accountLists;
    ports.accountLists.vpcs = () => Promise.reject(new Throttled('EC2 answered RequestLimitExceeded'));
    const ask = askOf(ports);
    const { status, response } = await ask('vpcs');
    expect({ status, code: response.errors[0].code }).toEqual({ status: 429, code: 'THROTTLED' });
    ports.accountLists.vpcs = vpcs;

    await expect(ask('vpcs')).resolves.toMatchObject({ status: 200 });
  });
});

test.each([
  { path: 'images', query: 'owner=amazon', field: 'name' },
  { path: 'images', query: 'owner=everyone&name=al2023', field: 'owner' },
  { path: 'images', query: 'owner=amazon&name=**a*', field: 'name' },
  { path: 'instance-types', query: 'prices=true', field: 'types' },
  { path: 'instance-types', query: `types=${Array.from({ length: 21 }, () => 'm7g.large').join()}`, field: 'types' },
  { path: 'instance-types', query: 'types=M7G', field: 'types' },
  { path: 'vpcs', query: 'nextToken=2', field: 'nextToken' },
  { path: 'vpcs', query: 'limit=0', field: 'limit' },
  { path: 'vpcs', query: 'vpcId=vpc-111', field: 'vpcId' },
])('$path refuses $query and names $field', async ({ path, query, field }) => {
  const ports = portsWith({});
  const { status, response } = await askOf(ports)(path, query);

  expect(status).toBe(400);
  expect(response.errors).toMatchObject([{ code: 'VALIDATION_ERROR', field }]);
  expect(ports.accountLooks).toEqual([]);
});
