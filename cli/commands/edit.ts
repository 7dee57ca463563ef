import * as z from 'zod';
import { timedItemOf } from '../api/client';
import { list, nodeOperand } from '../command-line/arguments';
import { command } from '../command-line/command';
import { documentFaults, nodeDocument, nodeFlags } from '../documents/node-document';
import { at, merged, type Document } from '../documents/read-document';
import { uncheckedPatch } from '../documents/unchecked';
import { nodeIdOf } from '../nodes/find-node';
import { waitFaults, waitForUpdate, waitOptions } from '../nodes/waiting';
import { printable } from '../output/text';

export const edit = command({
  path: 'edit',
  summary: 'Change the document of a node',
  description:
    'The document is partial: objects are merged, lists are replaced, and null removes a field. Some changes take ' +
    'effect at once, others with the next instance: docs/api.md says which. --wait waits for the first kind.',
  examples: [
    'holdfast edit licence-server --types m7g.large,m7g.xlarge --unset strategy.drainingTimeout',
    'holdfast edit licence-server --file changes.json && holdfast recycle licence-server --wait',
  ],
  operands: z.object({ node: nodeOperand() }),
  options: z.object({
    ...nodeFlags,
    unset: list('path', 'Fields to remove, for example compute.elasticIp.'),
    ...waitOptions,
  }),
  check: (input) => [...documentFaults(input), ...emptinessFaults(input), ...waitFaults(input)],
  run: async (context, { node, unset = [], wait, timeout: timeoutMs, ...flags }) => {
    const given = await nodeDocument(context.shell, flags);
    const patch = unset.reduce<Document>((document, path) => merged(document, at(path, null)), given);
    const api = await context.api();
    const path = { id: await nodeIdOf(api, node) };
    const body = { managedInstance: uncheckedPatch.parse(patch) };
    const updating = api.client.PUT('/aws/ec2/managedInstance/{id}', { params: { path }, body });
    const { item: edited, at: since } = await timedItemOf(updating);
    if (wait === true) await waitForUpdate(context, api, edited.id, { since, timeoutMs });
    const sentence = `${printable(edited.name)} (${edited.id}) is edited${wait === true ? ', and the update is applied' : ''}.\n`;
    return { json: edited, text: () => sentence };
  },
});

/** The operand and the options that change nothing are left out. */
function emptinessFaults({
  node: _node,
  wait: _wait,
  timeout: _timeout,
  ...changes
}: Readonly<Record<string, unknown>>): readonly string[] {
  const isEmpty = Object.values(changes).every((value) => value === undefined);
  return isEmpty ? ['nothing is to be changed: give --file or the flag of a field'] : [];
}
