/** The routes of what nodes consist of in EC2, and of what deleted nodes have left. */
import * as z from 'zod';
import { describedId, idPattern } from '../../domain/config/ids';
import { expiryOf, isInUse, type NodeResource } from '../../domain/operation/left-resources';
import { NODE_KIND, NODE_PATH } from './node-paths';
import { limitParameter, pageOf } from './paging';
import { route, type Route } from './route';

/** The ids of everything that a node has. */
const RESOURCE_KINDS = ['eipalloc', 'eni', 'i', 'vol'] as const;
const RESOURCE_ID = idPattern(...RESOURCE_KINDS);

const RESOURCES_MAX = 1000;
const RESOURCE_KIND = `${NODE_KIND}:resource`;

const resourceItemSchema = z
  .strictObject({
    id: describedId(...RESOURCE_KINDS),
    kind: z.enum(['instance', 'interface', 'volume', 'elasticIp']),
    managedInstanceId: describedId('smi').describe('The node that it belongs to, or whose deletion has left it.'),
    state: z.string().describe("EC2's state. Of an Elastic IP: `in-use` or `available`."),
    usedBy: z
      .array(z.string())
      .describe('What it is attached to or associated with: of an interface, the instance and the Elastic IP.'),
    isInUse: z.boolean(),
    isLeft: z.boolean().describe('Whether the deletion of the node has left it.'),
    expiresAt: z.iso
      .datetime()
      .nullable()
      .describe('Holdfast deletes it after this time, once nothing uses it. `null`: it is left for good.'),
  })
  .meta({ id: 'Resource' });

const leftQuery = z.strictObject({
  limit: limitParameter(RESOURCES_MAX)
    .optional()
    .describe('The maximum number of resources. Default: as many as fit into one response.'),
  nextToken: z
    .string()
    .regex(RESOURCE_ID, 'must be the nextToken of a response')
    .optional()
    .describe('The nextToken of the previous response: continues where that one ended.'),
});

export const resourceRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: `${NODE_PATH}/resources`,
    operationId: 'listNodeResources',
    summary: "List a node's resources in EC2",
    description:
      'Instance, interface, volumes and Elastic IP. Of a deleted node: what its deletion has left. A deleted node that ' +
      'has left nothing does not exist.',
    answer: { kind: RESOURCE_KIND, item: resourceItemSchema },
    run: async ({ service, nodeId }) => ({ items: (await service.resources.ofNode(nodeId)).map(resourceItem) }),
  }),
  route({
    method: 'DELETE',
    path: `${NODE_PATH}/resources/{resourceId}`,
    operationId: 'deleteLeftResource',
    summary: 'Delete a resource that a deleted node left behind',
    description:
      'An interface or a volume with the tags of this deployment and of the deletion of this node, and not in use. ' +
      'Everything else is refused. The data on a volume is lost.',
    parameters: z.strictObject({
      resourceId: z
        .string()
        .regex(RESOURCE_ID, 'must be the id of a resource, like vol-0123456789abcdef0')
        .describe("The resource's id."),
    }),
    answer: { kind: RESOURCE_KIND },
    run: async ({ service, nodeId, parameters: { resourceId } }) => {
      await service.resources.delete(nodeId, resourceId);
      return { items: [] };
    },
  }),
  route({
    method: 'GET',
    path: '/holdfast/resources',
    operationId: 'listLeftResources',
    summary: 'List everything that deleted nodes left behind',
    description: 'Of all deleted nodes of the deployment, in the order of the ids.',
    query: leftQuery,
    answer: { kind: 'holdfast:resource', item: resourceItemSchema },
    run: async ({ service, query: { limit, nextToken } }) => {
      const left = await service.resources.left();
      return pageOf(after(left, nextToken), resourceItem, limit);
    },
  }),
];

async function* after(resources: readonly NodeResource[], id = ''): AsyncGenerator<NodeResource> {
  yield* resources.filter((each) => each.id > id);
}

function resourceItem(resource: NodeResource): z.infer<typeof resourceItemSchema> {
  const { id, kind, nodeId, state, usedBy, leftBy } = resource;
  return {
    id,
    kind,
    managedInstanceId: nodeId,
    state,
    usedBy: [...usedBy],
    isInUse: isInUse(resource),
    isLeft: leftBy !== undefined,
    expiresAt: expiryOf(resource) ?? null,
  };
}
