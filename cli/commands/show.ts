import * as z from 'zod';
import { onlyItemOf } from '../api/client';
import { nodeOperand } from '../command-line/arguments';
import { command } from '../command-line/command';
import { nodeIdOf } from '../nodes/find-node';

export const show = command({
  path: 'show',
  summary: 'Print the document of a node, as JSON',
  description: '`create` and `edit` take the document back. They ignore the fields id, createdAt and updatedAt.',
  examples: ['holdfast show licence-server > node.json', 'holdfast create --file node.json --name licence-server-2'],
  operands: z.object({ node: nodeOperand() }),
  run: async (context, { node }) => {
    const api = await context.api();
    const path = { id: await nodeIdOf(api, node) };
    const document = await onlyItemOf(api.client.GET('/aws/ec2/managedInstance/{id}', { params: { path } }));
    return { text: () => `${JSON.stringify(document, undefined, 2)}\n` };
  },
});
