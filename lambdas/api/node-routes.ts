/** The routes of stateful nodes: `/aws/ec2/managedInstance` and what is below. */
import * as z from 'zod';
import { only } from '../../domain/config/restricted-fields';
import { changeStates, statesBody } from './bulk-states';
import { logQuery } from './log-query';
import { NODE_ID } from './node-id';
import { NODE_KIND, NODE_PATH, NODES_PATH } from './node-paths';
import { countThatFits, limitParameter, pageOf } from './paging';
import type { Action } from '../../domain/operation/requests';
import { logItem, logItemSchema, nodeItem, nodeItemSchema, statusItem, statusItemSchema } from './node-items';
import { route, type Route } from './route';

const nodeResponse = { kind: NODE_KIND, item: nodeItemSchema };
const doneResponse = { kind: NODE_KIND };
const DONE = { items: [] };

/** Of a page of the list. */
const NODES_MAX = 1000;

const managedInstanceBody = z.strictObject({ managedInstance: z.record(z.string(), z.unknown()) });

const unmanaged = (what: string) =>
  z.boolean().nullish().describe(`Of no consequence: Holdfast makes no ${what} of its own to delete.`);

/** Clients send every flag, set or not. */
const deletionBody = z
  .strictObject({
    deallocationConfig: z
      .strictObject({
        shouldTerminateInstance: z.boolean().nullish().describe('Default: true.'),
        shouldDeleteNetworkInterfaces: z
          .boolean()
          .nullish()
          .describe('Whether the persisted interface is deleted, and its private IP given up. Default: false.'),
        shouldDeleteVolumes: unmanaged('volumes'),
        shouldDeleteSnapshots: unmanaged('snapshots'),
        shouldDeleteImages: unmanaged('images'),
      })
      .nullish(),
    amiBackup: z.strictObject({ shouldDeleteImages: unmanaged('images') }).nullish(),
  })
  .optional();

const nodesQuery = z.strictObject({
  limit: limitParameter(NODES_MAX)
    .optional()
    .describe('The largest number of nodes to answer. Default: as many as fit into one answer.'),
  nextToken: z
    .string()
    .regex(NODE_ID, 'must be the nextToken of an answer')
    .optional()
    .describe('From the previous answer: goes on where that one ended.'),
});

const actionRoute = (action: Action, summary: string, description: string): Route =>
  route({
    method: 'PUT',
    path: `${NODE_PATH}/${action}`,
    operationId: `${action}Node`,
    summary,
    description: `${description} A repeat is harmless, and one that meets a running operation is carried out after it.`,
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
    description: 'Nothing is made before everything has been checked; a refusal names every error at once.',
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
      'In the order of their ids, in one answer as long as they fit into it: Lambda answers at most 6 MB. Where there ' +
      'are more, nextToken says so.',
    query: nodesQuery,
    answer: nodeResponse,
    run: ({ service, query: { limit, nextToken } }) => pageOf(service.list(nextToken), nodeItem, limit),
  }),
  route({
    method: 'PUT',
    path: `${NODES_PATH}/state`,
    operationId: 'changeStates',
    summary: 'Pause and resume nodes in bulk',
    description:
      'What can be done is done. Where something cannot, the answer is an error that names it, and the rest has ' +
      'been done all the same.',
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
    answer: nodeResponse,
    run: async ({ service, nodeId }) => ({ items: [nodeItem(await service.get(nodeId))] }),
  }),
  route({
    method: 'PUT',
    path: NODE_PATH,
    operationId: 'updateNode',
    summary: "Change a node's configuration",
    description:
      'Partial: objects are merged, lists replaced, and `null` removes a field. Accepted while an operation runs. ' +
      'What concerns the instance takes effect with the next one.',
    query: z.strictObject({
      autoApplyTags: only('true', 'tags are always applied to the running instance, and without a new one').optional(),
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
    description: 'The node is gone for every request from then on, while what it was made of is cleaned up behind it.',
    body: { schema: deletionBody, isRequired: false },
    answer: doneResponse,
    run: async ({ service, nodeId, body }) => {
      const { shouldTerminateInstance, shouldDeleteNetworkInterfaces } = body?.deallocationConfig ?? {};
      await service.delete(nodeId, {
        shouldTerminateInstance: shouldTerminateInstance ?? true,
        shouldDeleteNetworkInterfaces: shouldDeleteNetworkInterfaces ?? false,
      });
      return DONE;
    },
  }),
  actionRoute('pause', 'Pause a node', 'Its instance is terminated; its interface and addresses are kept.'),
  actionRoute('resume', 'Resume a paused node', 'An instance is launched with the interface and addresses kept.'),
  actionRoute('recycle', 'Replace the instance of a node', 'The new one has the interface and addresses of the old.'),
  route({
    method: 'GET',
    path: `${NODE_PATH}/status`,
    operationId: 'getNodeStatus',
    summary: 'Read what a node is made of now',
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
      // Read again, because only the table knows where a page of that many goes on.
      const { entries, nextToken } =
        limit < page.entries.length ? await service.log(nodeId, { ...query, limit }) : page;
      return { items: entries.map(logItem), nextToken };
    },
  }),
];

export const managedInstanceRoutes: readonly Route[] = [...collectionRoutes, ...nodeRoutes];
