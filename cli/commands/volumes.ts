import * as z from 'zod';
import { answerOf } from '../api/client';
import { nodeOperand, operand } from '../command-line/arguments';
import { command } from '../command-line/command';
import { confirm, confirmOptions } from '../command-line/confirming';
import { nodeIdOf } from '../nodes/find-node';

export const deleteVolume = command({
  path: 'volumes delete',
  summary: 'Delete a volume that an instance of a node left behind, with its data',
  description: 'Instances leave behind the volumes whose mapping says deleteOnTermination: false.',
  operands: z.object({ node: nodeOperand(), volume: operand('The id of the volume.') }),
  options: z.object(confirmOptions),
  run: async (context, { node, volume: volumeId, yes }) => {
    const api = await context.api();
    const id = await nodeIdOf(api, node);
    await confirm(context, { yes }, `Delete ${volumeId} and all its data?`);
    const path = { id, volumeId };
    await answerOf(api.client.DELETE('/aws/ec2/managedInstance/{id}/volume/{volumeId}', { params: { path } }));
    return { json: { id, volumeId }, text: () => `${volumeId} is deleted.\n` };
  },
});
