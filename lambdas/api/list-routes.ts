/** The list for pages: every node in one read, without its configuration. */
import * as z from 'zod';
import { describedId, idPattern } from '../../domain/config/ids';
import type { ListedNode } from '../../domain/operation/listed-node';
import { OPERATION_KINDS } from '../../domain/node/stateful-node';
import { lastReplacementItem, lastReplacementSchema } from './away-items';
import { asEntityTag, hasTag } from './entity-tag';
import { NODE_ORDERS, type NodeListPage, type NodeListQuery, type NodeOrder } from './node-list';
import { limitParameter } from './paging';
import { NODE_STATUSES, STARTED_BY } from './shown-names';
import { readPageToken, writePageToken } from './page-token';
import { route, type Route } from './route';

const NODES_MAX = 1000;
const time = z.iso.datetime();

const itemSchema = z.strictObject({
  id: describedId('smi'),
  name: z.string(),
  status: z.enum(NODE_STATUSES),
  errorReason: z
    .string()
    .nullable()
    .describe('What failed, what is kept, and what to do: at most 1000 characters of it. The status has all of it.'),
  errorName: z.string().nullable().describe('The name of the error of the operation that failed last.'),
  nextTryAt: time.nullable().describe('When what failed is tried again. `null`: nothing is, by itself.'),
  operation: z
    .strictObject({ kind: z.enum(OPERATION_KINDS), startedBy: z.enum(STARTED_BY).nullable(), startedAt: time })
    .nullable()
    .describe('The operation under way.'),
  instanceId: describedId('i').nullable(),
  instanceType: z.string().nullable(),
  lifeCycle: z.enum(['spot', 'on_demand']).nullable(),
  availabilityZone: z.string().nullable(),
  launchedAt: time.nullable(),
  networkInterfaceId: describedId('eni').nullable(),
  privateIp: z.string().nullable(),
  ipv6Address: z.string().nullable(),
  publicIp: z.string().nullable().describe("The Elastic IP's address."),
  lastReplacement: lastReplacementSchema.nullable(),
  createdAt: time,
  updatedAt: time,
  tags: z
    .array(z.strictObject({ tagKey: z.string(), tagValue: z.string() }))
    .describe('As configured. Only if `fields` names them.'),
});

type Item = z.infer<typeof itemSchema>;
type Field = keyof Item;

const FIELDS = Object.keys(itemSchema.shape) as readonly Field[];
const DEFAULT_FIELDS = FIELDS.filter((field) => field !== 'tags');

/** With the fields that a request names. */
const shownItemSchema = itemSchema.partial().meta({ id: 'NodeInList' });

const fieldsParameter = z
  .string()
  .superRefine((names, context) => {
    for (const name of new Set(names.split(','))) {
      if (FIELDS.some((field) => field === name)) continue;
      const message = `"${name}" is not a field of this list; give names with commas between them, like id,name,status`;
      context.addIssue({ code: 'custom', message });
    }
  })
  .meta({ examples: ['id,name,status,publicIp'] });

/** @param names that `fieldsParameter` accepted */
function fieldsIn(names: string | undefined): readonly Field[] {
  return names === undefined ? DEFAULT_FIELDS : FIELDS.filter((field) => names.split(',').includes(field));
}

/** The order of the list, and the last node of the page. */
const pageToken = z.tuple([z.enum(NODE_ORDERS), z.string(), z.string().regex(idPattern('smi'))]);

const query = z
  .strictObject({
    fields: fieldsParameter
      .optional()
      .describe('Only these fields of each node, with commas between them. Default: all but `tags`.'),
    sort: z.enum(NODE_ORDERS).default('id').describe('The order of the nodes. Names are compared whatever their case.'),
    limit: limitParameter(NODES_MAX).default(NODES_MAX).describe('The maximum number of nodes.'),
    nextToken: z
      .string()
      .refine((text) => readPageToken(pageToken, text) !== undefined, 'must be the nextToken of a response')
      .optional()
      .describe('The nextToken of the previous response: continues where that one ended. Repeat the other parameters.'),
  })
  .refine(({ sort, nextToken }) => isOfOrder(sort, nextToken), {
    path: ['nextToken'],
    error: 'must be the nextToken of a response with the same sort',
  });

function isOfOrder(order: NodeOrder, nextToken: string | undefined): boolean {
  const read = nextToken === undefined ? undefined : readPageToken(pageToken, nextToken);
  return read === undefined || read[0] === order;
}

function lastOf(nextToken: string | undefined): NodeListQuery['after'] {
  const read = nextToken === undefined ? undefined : readPageToken(pageToken, nextToken);
  return read && { name: read[1], id: read[2] };
}

function tokenAfter(order: NodeOrder, { nodes, isLast }: NodeListPage): string | undefined {
  const last = nodes.at(-1);
  return isLast || last === undefined ? undefined : writePageToken(pageToken, [order, last.name, last.id]);
}

export const listRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/holdfast/nodes',
    operationId: 'listNodesForPages',
    summary: 'List the nodes with status, addresses and instance',
    description:
      'For pages that show all nodes and poll. Read from an index, which may lag a change by a moment. Nodes that are being ' +
      'deleted are left out. A request with If-None-Match costs little, whatever the number of nodes.',
    isTagged: true,
    query,
    answer: { kind: 'holdfast:node', item: shownItemSchema },
    run: async ({ service, ifNoneMatch, query: { fields: names, sort, limit, nextToken } }) => {
      if (ifNoneMatch !== undefined) {
        const tag = await service.listTag();
        if (tag !== undefined && hasTag(ifNoneMatch, asEntityTag(tag))) {
          return { items: [], entityTag: asEntityTag(tag), isUnmodified: true };
        }
      }
      const fields = fieldsIn(names);
      const withTags = fields.includes('tags');
      const page = await service.listForPages({ order: sort, limit, after: lastOf(nextToken), withTags });
      return {
        items: page.nodes.map((node) => selected(item(node), fields)),
        nextToken: tokenAfter(sort, page),
        entityTag: asEntityTag(page.tag),
      };
    },
  }),
];

function selected(whole: Item, fields: readonly Field[]): Partial<Item> {
  return Object.fromEntries(fields.map((field) => [field, whole[field]]));
}

function item(node: NodeListPage['nodes'][number]): Item {
  const { operation, lastReplacement } = node;
  return {
    id: node.id,
    name: node.name,
    status: node.status,
    errorReason: node.errorReason ?? null,
    errorName: node.errorName ?? null,
    nextTryAt: node.nextTryAt ?? null,
    operation:
      operation === undefined
        ? null
        : { kind: operation.kind, startedBy: operation.startedBy ?? null, startedAt: operation.startedAt },
    ...instanceItem(node),
    ...addressItem(node),
    lastReplacement: lastReplacement === undefined ? null : lastReplacementItem(lastReplacement),
    createdAt: node.createdAt,
    updatedAt: node.updatedAt,
    tags: node.tags.map(({ tagKey, tagValue }) => ({ tagKey, tagValue })),
  };
}

function instanceItem({ instance, availabilityZone }: ListedNode) {
  return {
    instanceId: instance?.id ?? null,
    instanceType: instance?.instanceType ?? null,
    lifeCycle: instance?.lifeCycle ?? null,
    availabilityZone: availabilityZone ?? null,
    launchedAt: instance?.launchedAt ?? null,
  };
}

function addressItem({ interfaceId, privateIp, ipv6Address, publicIp }: ListedNode) {
  return {
    networkInterfaceId: interfaceId ?? null,
    privateIp: privateIp ?? null,
    ipv6Address: ipv6Address ?? null,
    publicIp: publicIp ?? null,
  };
}
