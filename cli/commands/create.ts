import * as z from 'zod';
import { answerOf } from '../api/client';
import { command } from '../command-line/command';
import { documentFaults, nodeDocument, nodeFlags } from '../documents/node-document';
import { merged, type Document } from '../documents/read-document';
import { Failed } from '../failures';
import { readStatus, statusResult } from '../nodes/node-status';
import { waitFaults, waitForStatus, waitOptions } from '../nodes/waiting';
import { uncheckedNode } from '../documents/unchecked';

export const create = command({
  path: 'create',
  summary: 'Create a node and launch it',
  description:
    'The document comes from a file, from flags, or from both. Without a file, the private IP is kept unless you say ' +
    '--no-persist-private-ip. docs/api.md lists all fields.',
  examples: [
    'holdfast create --file node.json --wait',
    'holdfast create --name db --vpc vpc-0a1b --subnets subnet-0a1b --image ami-0a1b --types m7g.large,m6g.large \\',
    '  --security-groups sg-0a1b --elastic-ip eipalloc-0a1b --wait',
  ],
  options: z.object({ ...nodeFlags, ...waitOptions }),
  check: (input) => [...documentFaults(input), ...waitFaults(input)],
  run: async (context, { wait, timeout, ...flags }) => {
    const given = await nodeDocument(context.shell, flags);
    const api = await context.api();
    const { region } = await context.connection();
    const document = merged(defaults(flags.file === undefined, region), given);
    const body = { managedInstance: uncheckedNode.parse(document) };
    const { items, at } = await answerOf(api.client.POST('/aws/ec2/managedInstance', { body }));
    const [node] = items;
    if (node === undefined) throw new Failed('The API responded without the node that it created.');
    if (wait !== true) return statusResult(await readStatus(api, node.id));
    // A script must learn the id also if the wait fails.
    context.shell.stderr.write(`${node.id} is created.\n`);
    return statusResult(
      await waitForStatus(context, api, node.id, { wanted: 'ACTIVE', since: at, timeoutMs: timeout }),
    );
  },
});

function defaults(isFromFlags: boolean, region: string | undefined): Document {
  return {
    ...(region !== undefined && { region }),
    ...(isFromFlags && { persistence: { persistPrivateIp: true } }),
  };
}
