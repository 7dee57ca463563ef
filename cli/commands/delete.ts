import * as z from 'zod';
import { answerOf } from '../api/client';
import { flag, nodeOperand } from '../command-line/arguments';
import { command } from '../command-line/command';
import { confirm, confirmOptions } from '../command-line/confirming';
import { nodeIdOf } from '../nodes/find-node';
import { readStatus } from '../nodes/node-status';
import { printable } from '../output/text';

export const deleteNode = command({
  path: 'delete',
  summary: 'Delete a node',
  description:
    'By default the instance is terminated, and the interface is kept with its private IP; it is yours after that. ' +
    'The Elastic IP stays allocated. The node is gone at once, and its resources are removed after that.',
  examples: ['holdfast delete licence-server --delete-interface'],
  operands: z.object({ node: nodeOperand() }),
  options: z.object({
    keepInstance: flag('Leave the instance running, with the interface and the Elastic IP.'),
    deleteInterface: flag('Delete the interface, and release its private IP.'),
    deleteVolumes: flag('Delete the volumes that the instances of the node have left behind, with their data.'),
    ...confirmOptions,
  }),
  check: ({ keepInstance, deleteInterface }) =>
    keepInstance === true && deleteInterface === true
      ? ['--keep-instance and --delete-interface exclude each other: a running instance keeps its interface']
      : [],
  run: async (context, { node, yes, keepInstance = false, deleteInterface = false, deleteVolumes = false }) => {
    const api = await context.api();
    const id = await nodeIdOf(api, node);
    const { name, instanceId, privateIp } = await readStatus(api, id);
    const shown = `${printable(name)} (${id})`;
    const instance = keepInstance ? 'stays' : 'is terminated';
    const address = `${privateIp ?? 'its private IP'} ${deleteInterface ? 'is released' : 'is kept'}`;
    const data = deleteVolumes ? ' The data on the volumes that its instances left behind is lost.' : '';
    await confirm(
      context,
      { yes },
      `Delete ${shown}? Its instance ${instanceId ?? ''} ${instance}, and ${address}.${data}`.replace('  ', ' '),
    );
    const deallocationConfig = {
      shouldTerminateInstance: !keepInstance,
      shouldDeleteNetworkInterfaces: deleteInterface,
      shouldDeleteVolumes: deleteVolumes,
    };
    await answerOf(
      api.client.DELETE('/aws/ec2/managedInstance/{id}', { params: { path: { id } }, body: { deallocationConfig } }),
    );
    return { json: { id, name }, text: () => `${shown} is deleted. Its resources are being removed.\n` };
  },
});
