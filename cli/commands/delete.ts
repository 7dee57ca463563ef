import * as z from 'zod';
import { answerOf, type Api, type NodeStatus, type Schemas } from '../api/client';
import { flag, nodesOperand } from '../command-line/arguments';
import { command } from '../command-line/command';
import { confirm, confirmOptions } from '../command-line/confirming';
import { waitForDeletion } from '../nodes/deletion';
import { forEachNode, progressOf, resultOfEach, thenForEachNode } from '../nodes/each-node';
import { nodeIdsOf } from '../nodes/find-node';
import { readStatus } from '../nodes/node-status';
import { countdown, waitFaults, waitOptions } from '../nodes/waiting';
import { counted, printable } from '../output/text';

interface Deleted {
  readonly id: string;
  readonly name: string;
  /** What is left behind, if the command has waited. */
  readonly left?: readonly Schemas['Resource'][];
}

export const deleteNode = command({
  path: 'delete',
  summary: 'Delete nodes',
  description:
    'By default the instance is terminated, and the interface is kept with its private IP; it is yours after that. ' +
    'The Elastic IP stays allocated. The node is gone at once, and its resources are removed after that.',
  examples: ['holdfast delete licence-server --delete-interface --wait', 'holdfast delete db-1 db-2 --yes'],
  operands: z.object({ node: nodesOperand() }),
  options: z.object({
    keepInstance: flag('Leave the instance running, with the interface and the Elastic IP.'),
    deleteInterface: flag('Delete the interface, and release its private IP.'),
    deleteVolumes: flag('Delete the volumes that the instances of the node have left behind, with their data.'),
    ...confirmOptions,
    ...waitOptions,
  }),
  check: ({ keepInstance, deleteInterface, ...waiting }) => [
    ...(keepInstance === true && deleteInterface === true
      ? ['--keep-instance and --delete-interface exclude each other: a running instance keeps its interface']
      : []),
    ...waitFaults(waiting),
  ],
  run: async (context, { node: idsOrNames, yes, wait, timeout, ...flags }) => {
    const api = await context.api();
    const ids = await nodeIdsOf(api, idsOrNames);
    const found = await forEachNode(ids, (id) => readStatus(api, id));
    const nodes = found.flatMap((each) => (each.kind === 'done' ? [each.value] : []));
    if (nodes.length > 0) await confirm(context, { yes }, question(nodes, flags));
    const timeLeft = countdown(context, timeout);
    const deleted = await thenForEachNode(found, async (id, { name }): Promise<Deleted> => {
      await sendDeletion(api, id, flags);
      return { id, name };
    });
    const ended = await thenForEachNode(deleted, async (id, node): Promise<Deleted> => {
      if (wait !== true) return node;
      return { ...node, left: await waitForDeletion(progressOf(context, id, ids), api, id, timeLeft()) };
    });
    return resultOfEach(context, ended, { json: (node) => node, text: sentence });
  },
});

interface DeletionFlags {
  readonly keepInstance?: boolean | undefined;
  readonly deleteInterface?: boolean | undefined;
  readonly deleteVolumes?: boolean | undefined;
}

function question(nodes: readonly NodeStatus[], { keepInstance, deleteInterface, deleteVolumes }: DeletionFlags) {
  const instanceEnd = keepInstance === true ? 'stays' : 'is terminated';
  const addressEnd = deleteInterface === true ? 'is released' : 'is kept';
  const whatHappens = ({ instanceId, privateIp }: NodeStatus): string => {
    const instance = instanceId === null ? 'Its instance' : `Its instance ${instanceId}`;
    return `${instance} ${instanceEnd}, and ${privateIp ?? 'its private IP'} ${addressEnd}.`;
  };
  const data = deleteVolumes === true ? ' The data on the volumes that its instances left behind is lost.' : '';
  const lines = nodes.map((node) => `${shown(node)}${nodes.length > 1 ? ':' : '?'} ${whatHappens(node)}${data}`);
  return nodes.length > 1
    ? `${lines.join('\n')}\nDelete ${counted(nodes.length, 'node')}?`
    : `Delete ${lines.join('')}`;
}

async function sendDeletion({ client }: Api, id: string, flags: DeletionFlags): Promise<void> {
  const deallocationConfig = {
    shouldTerminateInstance: flags.keepInstance !== true,
    shouldDeleteNetworkInterfaces: flags.deleteInterface === true,
    shouldDeleteVolumes: flags.deleteVolumes === true,
  };
  const path = { id };
  await answerOf(client.DELETE('/aws/ec2/managedInstance/{id}', { params: { path }, body: { deallocationConfig } }));
}

function sentence({ left, ...node }: Deleted): string {
  if (left === undefined) return `${shown(node)} is deleted. Its resources are being removed.\n`;
  const rest = left.length === 0 ? 'Nothing of it is left' : `Left behind: ${left.map(({ id }) => id).join(', ')}`;
  return `${shown(node)} is deleted. ${rest}.\n`;
}

function shown({ id, name }: Pick<Deleted, 'id' | 'name'>): string {
  return `${printable(name)} (${id})`;
}
