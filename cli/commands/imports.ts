/** Imports: begin, read and cancel. */
import * as z from 'zod';
import { answerOf, type Migration } from '../api/client';
import { choice, flag, list, operand, text } from '../command-line/arguments';
import { command, type Result } from '../command-line/command';
import { confirm, confirmOptions } from '../command-line/confirming';
import { compact, merged, readDocument, unwrapped } from '../documents/read-document';
import { uncheckedImport } from '../documents/unchecked';
import { Failed } from '../failures';
import { readImport, waitFaults, waitForImport, waitOptions } from '../nodes/waiting';
import { fields } from '../output/table';
import { orDash, shortTime } from '../output/text';
import { paintStatus } from '../output/style';

const importOperand = () => operand("The import's id, like smg-0a1b2c3d.");

export const importInstance = command({
  path: 'import',
  summary: 'Import a running instance as a node',
  description:
    'The node gets the settings of the instance, and then an instance of the node replaces it. Disks are not imported.',
  examples: [
    'holdfast import i-0a1b2c3d4e5f60718 --keep-private-ip --terminate-original --name ledger --wait',
    'holdfast import status smg-0a1b2c3d',
    'holdfast import cancel smg-0a1b2c3d',
  ],
  operands: z.object({ instance: operand('The id of a running instance.') }),
  options: z.object({
    keepPrivateIp: flag(
      "The node takes over the instance's interface, with its addresses. Needs --terminate-original.",
    ),
    terminateOriginal: flag('Terminate the instance once it is replaced. Its disks follow their deleteOnTermination.'),
    name: text('name', "The name of the node. Default: the instance's tag Name."),
    types: list('type', "The node's instance types, tried in this order. Default: the instance's type."),
    product: text('name', 'What the image runs, for example Linux/UNIX.'),
    attachment: choice(['cold', 'hot'], 'How the node carries its interface after the import.'),
    file: text('path', 'A JSON file with more fields of the import; - is the standard input.', { short: 'f' }),
    ...confirmOptions,
    ...waitOptions,
  }),
  check: waitFaults,
  run: async (context, { instance, wait, timeout, yes, file, ...flags }) => {
    const given = file === undefined ? {} : unwrapped(await readDocument(context.shell, file), 'migration');
    const api = await context.api();
    const chosen = compact({
      originalInstanceId: instance,
      shouldKeepPrivateIp: flags.keepPrivateIp,
      shouldTerminateInstance: flags.terminateOriginal,
      managedInstanceName: flags.name,
      spotInstanceTypes: flags.types,
      product: flags.product,
      eniAttachment: flags.attachment,
    });
    const document = merged(compact({ region: (await context.connection()).region }), merged(given, chosen));
    if (document.shouldTerminateInstance === true) {
      await confirm(context, { yes }, `Import ${instance}? It is terminated, and its disks are not imported.`);
    }
    const body = { migration: uncheckedImport.parse(document) };
    const { items, at } = await answerOf(api.client.POST('/aws/ec2/managedInstance/migration', { body }));
    const [begun] = items;
    if (begun === undefined) throw new Failed('The API responded without the import.');
    if (wait !== true) return importResult(begun);
    // A script must learn the ids also if the wait fails.
    context.shell.stderr.write(`${begun.migrationId} creates ${begun.managedInstanceId}.\n`);
    const options = { wanted: 'MIGRATE_FINISH', since: at, timeoutMs: timeout } as const;
    return importResult(await waitForImport(context, api, begun.migrationId, options));
  },
});

export const importStatus = command({
  path: 'import status',
  summary: 'Show the state of an import',
  operands: z.object({ import: importOperand() }),
  run: async (context, { import: migrationId }) => importResult(await readImport(await context.api(), migrationId)),
});

export const importCancel = command({
  path: 'import cancel',
  summary: 'Cancel an import, and leave the instance as it was',
  description: 'Possible until the state is MIGRATE_REPLACE. The node is deleted. A repeat is harmless.',
  operands: z.object({ import: importOperand() }),
  options: z.object(waitOptions),
  check: waitFaults,
  run: async (context, { import: migrationId, wait, timeout: timeoutMs }) => {
    const api = await context.api();
    const cancelling = api.client.PUT('/aws/ec2/managedInstance/migration/{migrationId}/cancel', {
      params: { path: { migrationId } },
    });
    const { items, at: since } = await answerOf(cancelling);
    const [cancelled] = items;
    if (wait === true || cancelled === undefined) {
      return importResult(
        await waitForImport(context, api, migrationId, { wanted: 'MIGRATE_CANCEL', since, timeoutMs }),
      );
    }
    return importResult(cancelled);
  },
});

function importResult(shown: Migration): Result {
  const time = (iso: string | null): string => (iso === null ? '-' : shortTime(iso));
  return {
    json: shown,
    text: (style) =>
      fields(
        [
          ['import', orDash(shown.migrationId)],
          ['state', paintStatus(style, shown.state)],
          ...(shown.errorReason === null ? [] : ([['reason', orDash(shown.errorReason)]] as const)),
          ['original', shown.originalInstanceId],
          ['node', orDash(shown.managedInstanceId)],
          ['name', orDash(shown.managedInstanceName)],
          ['keeps private IP', shown.shouldKeepPrivateIp ? 'yes' : 'no'],
          ['terminates original', shown.shouldTerminateInstance ? 'yes' : 'no'],
          ['created', time(shown.createdAt)],
          ['updated', time(shown.updatedAt)],
        ],
        style,
      ),
  };
}
