import * as z from 'zod';
import { nodeOperand } from '../command-line/arguments';
import { command } from '../command-line/command';
import { nodeIdOf } from '../nodes/find-node';
import { readStatus, statusFields } from '../nodes/node-status';

export const status = command({
  path: 'status',
  summary: 'Show the status and the addresses of a node',
  operands: z.object({ node: nodeOperand() }),
  run: async (context, { node }) => {
    const api = await context.api();
    const shown = await readStatus(api, await nodeIdOf(api, node));
    return { json: shown, text: (style) => statusFields(shown, style) };
  },
});
