import * as z from 'zod';
import { answerOf, type Api, type Schemas } from '../api/client';
import { operand, text } from '../command-line/arguments';
import { command } from '../command-line/command';
import { confirm, confirmOptions } from '../command-line/confirming';
import { nodeIdOf } from '../nodes/find-node';
import { table, type Column } from '../output/table';
import { orDash, shortTime } from '../output/text';

type Resource = Schemas['Resource'];

export const resources = command({
  path: 'resources list',
  summary: 'List the resources of a node, or everything that deleted nodes left behind',
  description: 'Instance, interface, volumes and Elastic IP.',
  examples: ['holdfast resources list', 'holdfast resources list --node licence-server'],
  options: z.object({ node: text('node', 'Those of this node: its id, or its name unless it is deleted.') }),
  run: async (context, { node }) => {
    const api = await context.api();
    const found = node === undefined ? await allLeft(api) : await resourcesOf(api, await nodeIdOf(api, node));
    return {
      json: found,
      text: (style) => (found.length === 0 ? 'Nothing is left behind.\n' : table(COLUMNS, found, style)),
    };
  },
});

export const deleteResource = command({
  path: 'resources delete',
  summary: 'Delete an interface or a volume that a deleted node left behind',
  description: 'It must not be in use. The data on a volume is lost, and the private IP of an interface is released.',
  operands: z.object({ node: operand('The id of the deleted node.'), resource: operand('The id of the resource.') }),
  options: z.object(confirmOptions),
  run: async (context, { node: id, resource: resourceId, yes }) => {
    const api = await context.api();
    await confirm(context, { yes }, `Delete ${resourceId} for good?`);
    const path = { id, resourceId };
    await answerOf(api.client.DELETE('/aws/ec2/managedInstance/{id}/resources/{resourceId}', { params: { path } }));
    return { json: { id, resourceId }, text: () => `${resourceId} is deleted.\n` };
  },
});

async function resourcesOf({ client }: Api, id: string): Promise<readonly Resource[]> {
  const { items } = await answerOf(client.GET('/aws/ec2/managedInstance/{id}/resources', { params: { path: { id } } }));
  return items;
}

async function allLeft({ client }: Api): Promise<readonly Resource[]> {
  const left: Resource[] = [];
  let nextToken: string | undefined;
  do {
    const query = nextToken === undefined ? {} : { nextToken };
    const page = await answerOf(client.GET('/holdfast/resources', { params: { query } }));
    left.push(...page.items);
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  return left;
}

const COLUMNS: readonly Column<Resource>[] = [
  { header: 'ID', cell: ({ id }) => id },
  { header: 'KIND', cell: ({ kind }) => kind },
  { header: 'NODE', cell: ({ managedInstanceId }) => managedInstanceId },
  { header: 'STATE', cell: ({ state }) => state },
  { header: 'USED BY', cell: ({ usedBy }) => orDash(usedBy.join(' ') || undefined) },
  { header: 'LEFT', cell: ({ isLeft }) => (isLeft ? 'yes' : 'no') },
  { header: 'EXPIRES', cell: ({ expiresAt }) => (expiresAt === null ? '-' : shortTime(expiresAt)) },
];
