import * as z from 'zod';
import { onlyItemOf } from '../api/client';
import { list, nodeOperand } from '../command-line/arguments';
import { command } from '../command-line/command';
import { documentFaults, nodeDocument, nodeFlags } from '../documents/node-document';
import { at, merged, type Document } from '../documents/read-document';
import { uncheckedPatch } from '../documents/unchecked';
import { nodeIdOf } from '../nodes/find-node';
import { printable } from '../output/text';

export const edit = command({
  path: 'edit',
  summary: 'Change the document of a node',
  description:
    'The document is partial: objects are merged, lists are replaced, and null removes a field. Some changes take ' +
    'effect at once, others with the next instance: docs/api.md says which.',
  examples: [
    'holdfast edit licence-server --types m7g.large,m7g.xlarge --unset strategy.drainingTimeout',
    'holdfast edit licence-server --file changes.json && holdfast recycle licence-server --wait',
  ],
  operands: z.object({ node: nodeOperand() }),
  options: z.object({ ...nodeFlags, unset: list('path', 'Fields to remove, for example compute.elasticIp.') }),
  check: (input) => [...documentFaults(input), ...emptinessFaults(input)],
  run: async (context, { node, unset = [], ...flags }) => {
    const given = await nodeDocument(context.shell, flags);
    const patch = unset.reduce<Document>((document, path) => merged(document, at(path, null)), given);
    const api = await context.api();
    const path = { id: await nodeIdOf(api, node) };
    const body = { managedInstance: uncheckedPatch.parse(patch) };
    const edited = await onlyItemOf(api.client.PUT('/aws/ec2/managedInstance/{id}', { params: { path }, body }));
    return { json: edited, text: () => `${printable(edited.name)} (${edited.id}) is edited.\n` };
  },
});

/** `node` is the operand. */
function emptinessFaults({ node: _node, ...changes }: Readonly<Record<string, unknown>>): readonly string[] {
  const isEmpty = Object.values(changes).every((value) => value === undefined);
  return isEmpty ? ['nothing is to be changed: give --file or the flag of a field'] : [];
}
