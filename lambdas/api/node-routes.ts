/** The routes of stateful nodes: `/aws/ec2/managedInstance` and the paths below it. */
import * as z from 'zod';
import { only } from '../../domain/config/restricted-fields';
import { changeStates, statesBody } from './bulk-states';
import { deletionBody, deletionIn } from './deletion-body';
import { logQuery } from './log-query';
import { NODE_ID } from './node-id';
import { NODE_KIND, NODE_PATH, NODES_PATH } from './node-paths';
import { fieldsParameter, selectedNodeItem, selectedNodeItemSchema } from './node-fields';
import { countThatFits, limitParameter, pageOf } from './paging';
import type { Action } from '../../domain/operation/requests';
import {
  listedNodeItem,
  listedNodeItemSchema,
  logItem,
  logItemSchema,
  nodeItem,
  nodeItemSchema,
  statusItem,
  statusItemSchema,
} from './node-items';
import { route, type Route } from './route';

const nodeResponse = { kind: NODE_KIND, item: nodeItemSchema };
const doneResponse = { kind: NODE_KIND };
const DONE = { items: [] };

/**
 * The largest page that a client can ask for. Also the default with `fields`: a few fields are so small that the function
 * would run into its timeout before a response is full.
 */
const NODES_MAX = 1000;

const managedInstanceBody = z.strictObject({ managedInstance: z.record(z.string(), z.unknown()) });

const nodesQuery = z.strictObject({
  limit: limitParameter(NODES_MAX)
    .optional()
    .describe(
      'The maximum number of nodes. Default: as many as fit into one response, and at most 1000 if `fields` is given.',
    ),
  nextToken: z
    .string()
    .regex(NODE_ID, 'must be the nextToken of a response')
    .optional()
    .describe('The nextToken of the previous response: continues where that one ended.'),
  fields: fieldsParameter
    .optional()
    .describe(
      'Only these fields of each node, with commas between them: fields of the list or of the status, with dots for ' +
        'inner fields. Default: the items of the contract.',
    ),
});

const actionRoute = (action: Action, summary: string, description: string): Route =>
  route({
    method: 'PUT',
    path: `${NODE_PATH}/${action}`,
    operationId: `${action}Node`,
    summary,
    description: `${description} A repeat is harmless. If an operation is under way, the action is carried out after it.`,
    answer: doneResponse,
    run: async ({ service, nodeId }) => {
      await service.act(nodeId, action);
      return DONE;
    },
  });

const collectionRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: NODES_PATH,
    operationId: 'createNode',
    summary: 'Create a node and launch it',
    description: 'Nothing is created before everything has been checked; an error response names every error.',
    body: { schema: managedInstanceBody, isRequired: true, managedInstance: 'whole' },
    answer: nodeResponse,
    run: async ({ service, body }) => ({ items: [nodeItem(await service.create(body.managedInstance))] }),
  }),
  route({
    method: 'GET',
    path: NODES_PATH,
    operationId: 'listNodes',
    summary: 'List all nodes',
    description:
      'In the order of their ids. Lambda returns at most 6 MB: if the nodes do not fit into one response, it has a ' +
      'nextToken. Each item has its configuration twice: beside the id, and under `config`. With `fields`, each item ' +
      'has only the fields that were asked for.',
    isTagged: true,
    query: nodesQuery,
    answer: { kind: NODE_KIND, item: z.union([listedNodeItemSchema, selectedNodeItemSchema]) },
    run: ({ service, query: { limit, nextToken, fields } }) =>
      fields === undefined
        ? pageOf(service.list(nextToken), listedNodeItem, limit)
        : pageOf(service.list(nextToken), selectedNodeItem(fields), limit ?? NODES_MAX),
  }),
  route({
    method: 'PUT',
    path: `${NODES_PATH}/state`,
    operationId: 'changeStates',
    summary: 'Pause and resume nodes in bulk',
    description:
      'Changes every node that can be changed. If some cannot, the response is an error that names them; the others ' +
      'have been changed all the same.',
    body: { schema: statesBody, isRequired: true },
    answer: doneResponse,
    run: async ({ service, body }) => {
      await changeStates(service, body);
      return DONE;
    },
  }),
];

const nodeRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: NODE_PATH,
    operationId: 'getNode',
    summary: "Read a node's configuration",
    isTagged: true,
    answer: nodeResponse,
    run: async ({ service, nodeId }) => ({ items: [nodeItem(await service.get(nodeId))] }),
  }),
  route({
    method: 'PUT',
    path: NODE_PATH,
    operationId: 'updateNode',
    summary: "Change a node's configuration",
    description:
      'Partial: objects are merged, lists are replaced, and `null` removes a field. Accepted while an operation is ' +
      'under way. Settings of the instance take effect with the next one.',
    query: z.strictObject({
      autoApplyTags: only('true', 'tags are always applied to the running instance, without a replacement').optional(),
    }),
    body: { schema: managedInstanceBody, isRequired: true, managedInstance: 'patch' },
    answer: nodeResponse,
    run: async ({ service, nodeId, body }) => ({
      items: [nodeItem(await service.update(nodeId, body.managedInstance))],
    }),
  }),
  route({
    method: 'DELETE',
    path: NODE_PATH,
    operationId: 'deleteNode',
    summary: 'Delete a node',
    description: 'After the response the node no longer exists for any request. Its resources are removed after that.',
    body: { schema: deletionBody, isRequired: false },
    answer: doneResponse,
    run: async ({ service, nodeId, body }) => {
      await service.delete(nodeId, deletionIn(body));
      return DONE;
    },
  }),
  actionRoute('pause', 'Pause a node', 'Terminates its instance and keeps its interface and addresses.'),
  actionRoute('resume', 'Resume a paused node', 'Launches an instance with the kept interface and addresses.'),
  actionRoute(
    'recycle',
    'Replace the instance of a node',
    'The new instance has the interface and addresses of the old one.',
  ),
  route({
    method: 'GET',
    path: `${NODE_PATH}/status`,
    operationId: 'getNodeStatus',
    summary: "Read a node's status, instance and addresses",
    isTagged: true,
    answer: { kind: `${NODE_KIND}Status`, item: statusItemSchema },
    run: async ({ service, nodeId }) => ({ items: [statusItem(await service.get(nodeId))] }),
  }),
  route({
    method: 'GET',
    path: `${NODE_PATH}/log`,
    operationId: 'getNodeLog',
    summary: 'Read what happened to a node',
    query: logQuery,
    answer: { kind: `${NODE_KIND}:log`, item: logItemSchema },
    run: async ({ service, nodeId, query }) => {
      const page = await service.log(nodeId, query);
      const limit = countThatFits(page.entries.map(logItem));
      // Read again, because only the table knows the nextToken of a shorter page.
      const { entries, nextToken } =
        limit < page.entries.length ? await service.log(nodeId, { ...query, limit }) : page;
      return { items: entries.map(logItem), nextToken };
    },
  }),
];

export const managedInstanceRoutes: readonly Route[] = [...collectionRoutes, ...nodeRoutes];
