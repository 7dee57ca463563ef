/** Lists of what the account has: Holdfast's own, and only reads. */
import * as z from 'zod';
import { describedId, idPattern } from '../../domain/config/ids';
import type { AccountInstanceType, SecurityGroupRule } from '../../domain/node/account-things';
import type { AccountService, TypePrices } from './account-service';
import type { Page } from './envelope';
import { countThatFits, limitParameter } from './paging';
import { readPageToken, writePageToken } from './page-token';
import { route, type Route } from './route';

const ITEMS_MAX = 1000;
const TYPES_WITH_PRICES_MAX = 20;
const text = z.string();
const maybe = text.nullable();

/** How many items come before the page. A list may change between two pages: then an item may be missing, or come twice. */
const position = z.tuple([z.literal('items'), z.int().min(1)]);

const paging = {
  limit: limitParameter(ITEMS_MAX).default(ITEMS_MAX).describe('The maximum number of items.'),
  nextToken: text
    .refine((token) => readPageToken(position, token) !== undefined, 'must be the nextToken of a response')
    .optional()
    .describe('The nextToken of the previous response: continues where that one ended. Repeat the other parameters.'),
};

interface Paging {
  readonly limit: number;
  readonly nextToken?: string | undefined;
}

function pageOf(items: readonly unknown[], { limit, nextToken }: Paging): Page {
  const from = nextToken === undefined ? 0 : (readPageToken(position, nextToken)?.[1] ?? 0);
  const wanted = items.slice(from, from + limit);
  const page = wanted.slice(0, countThatFits(wanted));
  const to = from + page.length;
  return { items: page, ...(to < items.length && { nextToken: writePageToken(position, ['items', to]) }) };
}

interface List<Query extends z.ZodRawShape> {
  /** The last part of the path, and of the kind. */
  readonly name: string;
  readonly operationId: string;
  readonly summary: string;
  readonly query: Query;
  readonly item: z.ZodType;
  /** In the order in which they are shown. */
  readonly items: (
    account: AccountService,
    query: z.infer<z.ZodObject<Query>>,
  ) => Promise<readonly unknown[]> | readonly unknown[];
}

function listRoute<Query extends z.ZodRawShape>({
  name,
  operationId,
  summary,
  query,
  item,
  items,
}: List<Query>): Route {
  return route({
    method: 'GET',
    path: `/holdfast/account/${name}`,
    operationId,
    summary,
    description: 'Of the account and Region of the deployment. Kept for a minute (instance types for an hour).',
    query: z.strictObject({ ...paging, ...query }),
    answer: { kind: `holdfast:account:${name}`, item },
    run: async ({ service, query: given }) =>
      pageOf(await items(service.account, given as z.infer<z.ZodObject<Query>>), given as Paging),
  });
}

/** Null for what is absent. */
function shown<T extends object>(thing: T): { [K in keyof T]: T[K] | null } {
  return Object.fromEntries(Object.entries(thing).map(([name, value]) => [name, value ?? null])) as T;
}

const inVpc = {
  vpcId: text
    .regex(idPattern('vpc'), 'must be the id of a VPC, like vpc-0123456789abcdef0')
    .optional()
    .describe('Only of this VPC.'),
};

const networkRoutes: readonly Route[] = [
  listRoute({
    name: 'regions',
    operationId: 'listRegions',
    summary: 'List the Regions that the account uses',
    query: {},
    item: z
      .strictObject({ id: text, isDeployment: z.boolean().describe("Whether it is the deployment's.") })
      .meta({ id: 'AccountRegion' }),
    items: async (account) =>
      (await account.regions()).map(({ id }) => ({ id, isDeployment: id === account.region })).sort(by('id')),
  }),
  listRoute({
    name: 'zones',
    operationId: 'listZones',
    summary: 'List the Availability Zones',
    query: {},
    item: z.strictObject({ name: text, id: text, region: text, state: text }).meta({ id: 'AvailabilityZone' }),
    items: async (account) => [...(await account.zones())].sort(by('name')),
  }),
  listRoute({
    name: 'vpcs',
    operationId: 'listVpcs',
    summary: 'List the VPCs',
    query: {},
    item: z
      .strictObject({ id: describedId('vpc'), name: maybe, cidrBlock: text, isDefault: z.boolean(), ownerId: text })
      .meta({ id: 'Vpc' }),
    items: async (account) =>
      [...(await account.vpcs())].sort(by('id')).map((each) => shown({ name: undefined, ...each })),
  }),
  listRoute({
    name: 'subnets',
    operationId: 'listSubnets',
    summary: 'List the subnets with their free addresses',
    query: inVpc,
    item: z
      .strictObject({
        id: describedId('subnet'),
        name: maybe,
        vpcId: describedId('vpc'),
        availabilityZone: text,
        cidrBlock: maybe.describe('`null`: it has only IPv6 addresses.'),
        hasIpv6: z.boolean(),
        freeAddresses: z.int().min(0).describe('Of IPv4.'),
        ownerId: text,
      })
      .meta({ id: 'Subnet' }),
    items: async (account, { vpcId }) =>
      (await account.subnets())
        .filter((subnet) => vpcId === undefined || subnet.vpcId === vpcId)
        .sort(by('id'))
        .map((each) => shown({ name: undefined, cidrBlock: undefined, ...each })),
  }),
  listRoute({
    name: 'addresses',
    operationId: 'listAddresses',
    summary: 'List the Elastic IPs, and who has them',
    query: {},
    item: z
      .strictObject({
        allocationId: describedId('eipalloc'),
        publicIp: text,
        name: maybe,
        networkInterfaceId: describedId('eni').nullable(),
        instanceId: describedId('i').nullable(),
        managedInstanceId: describedId('smi').nullable().describe('The node that has it. `null`: no node may lose it.'),
      })
      .meta({ id: 'ElasticIp' }),
    items: async (account) =>
      [...(await account.addresses())]
        .sort(by('allocationId'))
        .map(({ allocationId, publicIp, name, interfaceId, instanceId, nodeId }) =>
          shown({
            allocationId,
            publicIp,
            name,
            networkInterfaceId: interfaceId,
            instanceId,
            managedInstanceId: nodeId,
          }),
        ),
  }),
  listRoute({
    name: 'security-groups',
    operationId: 'listSecurityGroups',
    summary: 'List the security groups with their rules',
    query: inVpc,
    item: z
      .strictObject({
        id: describedId('sg'),
        name: text,
        vpcId: describedId('vpc'),
        description: text,
        rules: z.array(
          z.strictObject({
            direction: z.enum(['inbound', 'outbound']),
            protocol: text.describe('`all`, or the name or number of the protocol.'),
            fromPort: z.int().nullable().describe('Of ICMP, the type. `null`: all.'),
            toPort: z.int().nullable().describe('Of ICMP, the code. `null`: all.'),
            peers: z.array(text).describe('Address ranges, security groups and prefix lists.'),
          }),
        ),
      })
      .meta({ id: 'SecurityGroup' }),
    items: async (account, { vpcId }) =>
      (await account.securityGroups())
        .filter((group) => vpcId === undefined || group.vpcId === vpcId)
        .sort(by('id'))
        .map((group) => ({ ...group, rules: group.rules.map(ruleItem) })),
  }),
];

function ruleItem({ direction, protocol, fromPort, toPort, peers }: SecurityGroupRule) {
  return shown({ direction, protocol, fromPort, toPort, peers });
}

const architecture = z
  .enum(['arm64', 'x86_64', 'i386', 'arm64_mac', 'x86_64_mac'])
  .optional()
  .describe('Only of this architecture.');

const imageQuery = {
  owner: text
    .regex(/^(?:self|amazon|aws-marketplace|\d{12})$/, 'must be self, amazon, aws-marketplace or the id of an account')
    .default('self')
    .describe('Who owns them: self, amazon, aws-marketplace, or the id of an account.'),
  name: text
    .regex(/^(?=.*[^*?]{3})/, 'must have at least three characters besides * and ?')
    .optional()
    .describe(
      "Their names; * stands for any characters. Needed unless the owner is self: other owners' lists are long.",
    ),
  architecture,
};

const namesOfTypes = text
  .regex(/^[a-z0-9.,-]+$/, 'must be names of instance types with commas between them, like m7g.large,m6g.large')
  .refine(
    (names) => names.split(',').length <= TYPES_WITH_PRICES_MAX,
    `must name at most ${TYPES_WITH_PRICES_MAX} types`,
  );

const priceSchema = z.strictObject({
  onDemandUsdPerHour: z.number().nullable(),
  spotUsdPerHour: z.array(z.strictObject({ availabilityZone: text, usdPerHour: z.number() })),
});

const launchRoutes: readonly Route[] = [
  imagesRoute(),
  listRoute({
    name: 'key-pairs',
    operationId: 'listKeyPairs',
    summary: 'List the key pairs',
    query: {},
    item: z.strictObject({ name: text, id: text, type: text }).meta({ id: 'KeyPair' }),
    items: async (account) => [...(await account.keyPairs())].sort(by('name')),
  }),
  typesRoute(),
  listRoute({
    name: 'instance-profiles',
    operationId: 'listInstanceProfiles',
    summary: 'List the roles that instances may be given',
    query: {},
    item: z
      .strictObject({
        roleArn: text,
        name: text.describe('Of the role, and of its instance profile: what `iamRole.name` may be.'),
      })
      .meta({ id: 'InstanceProfile' }),
    items: (account) => account.instanceRoleArns.map((roleArn) => ({ roleArn, name: roleArn.split('/').at(-1) })),
  }),
];

function imagesRoute(): Route {
  const query = z
    .strictObject({ ...paging, ...imageQuery })
    .refine(({ owner, name }) => owner === 'self' || name !== undefined, {
      path: ['name'],
      error: 'is required unless the owner is self',
    });
  return route({
    method: 'GET',
    path: '/holdfast/account/images',
    operationId: 'listImages',
    summary: 'List images by owner and name',
    description: 'Newest first. Kept for a minute.',
    query,
    answer: {
      kind: 'holdfast:account:images',
      item: z
        .strictObject({
          id: describedId('ami'),
          name: text,
          ownerId: text,
          architecture: text,
          state: text,
          platform: text.describe('Like `Linux/UNIX`.'),
          createdAt: text,
          isDeprecated: z.boolean(),
        })
        .meta({ id: 'Image' }),
    },
    run: async ({ service, query: { owner, name, architecture, ...page } }) => {
      const images = await service.account.images({ owner, name, architecture });
      return pageOf(
        [...images].sort(by('id')).sort((one, other) => other.createdAt.localeCompare(one.createdAt)),
        page,
      );
    },
  });
}

function typesRoute(): Route {
  const query = z
    .strictObject({
      ...paging,
      types: namesOfTypes.optional().describe('Only these, with commas between them.'),
      architecture,
      prices: z
        .enum(['true', 'false'])
        .default('false')
        .describe('Whether each has its prices, of Linux/UNIX. Only together with `types`.'),
    })
    .refine(({ types, prices }) => prices === 'false' || types !== undefined, {
      path: ['types'],
      error: 'is required for prices',
    });
  return route({
    method: 'GET',
    path: '/holdfast/account/instance-types',
    operationId: 'listInstanceTypes',
    summary: 'List the instance types of the Region, with prices if asked for',
    description: 'Kept for an hour, and spot prices for a minute.',
    query,
    answer: {
      kind: 'holdfast:account:instance-types',
      item: z
        .strictObject({
          name: text,
          architectures: z.array(text),
          vCpus: z.int(),
          memoryMib: z.int(),
          maximumInterfaces: z.int().describe('A node that is attached hot needs two.'),
          enaSupport: text.describe('`required`, `supported` or `unsupported`.'),
          isBurstable: z.boolean(),
          hasSpot: z.boolean().describe('Whether EC2 sells it as spot capacity.'),
          prices: priceSchema.nullable(),
        })
        .meta({ id: 'InstanceType' }),
    },
    run: async ({ service, query: { types, architecture, prices, ...page } }) => {
      const names = types?.split(',');
      const found = (await service.account.instanceTypes())
        .filter(({ name }) => names === undefined || names.includes(name))
        .filter(({ architectures }) => architecture === undefined || architectures.includes(architecture))
        .sort(by('name'));
      const known = prices === 'true' ? await service.account.prices(found.map(({ name }) => name)) : [];
      return pageOf(
        found.map((type) =>
          typeItem(
            type,
            known.find(({ instanceType }) => instanceType === type.name),
          ),
        ),
        page,
      );
    },
  });
}

function typeItem(type: AccountInstanceType, prices: TypePrices | undefined) {
  return {
    ...type,
    prices:
      prices === undefined
        ? null
        : {
            onDemandUsdPerHour: prices.onDemandUsdPerHour ?? null,
            spotUsdPerHour: prices.spot
              .map(({ availabilityZone, usdPerHour }) => ({ availabilityZone, usdPerHour }))
              .sort(by('availabilityZone')),
          },
  };
}

function by<Name extends string>(name: Name) {
  return (one: { readonly [name in Name]: string }, other: { readonly [name in Name]: string }): number =>
    one[name].localeCompare(other[name]);
}

export const accountRoutes: readonly Route[] = [...networkRoutes, ...launchRoutes];
