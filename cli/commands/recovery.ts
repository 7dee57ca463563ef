/** The deployment as a whole: its state, and the rebuild of its records. */
import * as z from 'zod';
import { answerOf, onlyItemOf, type Schemas } from '../api/client';
import { flag, list, text } from '../command-line/arguments';
import { command } from '../command-line/command';
import { confirm, confirmOptions } from '../command-line/confirming';
import { readDocument, unwrapped } from '../documents/read-document';
import { ExitStatus } from '../exit-status';
import type { Style } from '../output/style';
import { fields, table, type Column } from '../output/table';
import { counted, orDash, printable } from '../output/text';

type Deployment = Schemas['Deployment'];
type RebuiltNode = Schemas['RebuiltNode'];

export const deployment = command({
  path: 'deployment',
  summary: 'Compare the records of the deployment with EC2',
  description: 'docs/recovery.md says what to do if the table is in doubt, or if resources are unknown.',
  run: async (context) => {
    const { client } = await context.api();
    const shown = await onlyItemOf(client.GET('/holdfast/deployment'));
    return { json: shown, text: (style) => deploymentText(shown, style) };
  },
});

function deploymentText(
  { deployment: name, inDoubt, nodeCount, unreadable, unknown }: Deployment,
  style: Style,
): string {
  const summary = fields(
    [
      ['deployment', printable(name)],
      ['in doubt', inDoubt === null ? style.paint('green', 'no') : style.paint('red', printable(inDoubt))],
      ['nodes', String(nodeCount)],
      ['unreadable', String(unreadable.length)],
      ['unknown', String(unknown.length)],
    ],
    style,
  );
  const details = [
    ...unreadable.map(
      ({ managedInstanceId, field, message }) => `unreadable: ${managedInstanceId}: ${field}: ${message}`,
    ),
    ...unknown.map(
      ({ id, kind, managedInstanceId, managedInstanceName }) =>
        `unknown: ${kind} ${id} of ${managedInstanceId}${managedInstanceName === null ? '' : ` (${managedInstanceName})`}`,
    ),
  ];
  return summary + details.map((line) => `${printable(line)}\n`).join('');
}

export const rebuild = command({
  path: 'rebuild',
  summary: 'Rebuild the records from what EC2 shows',
  description:
    'Only shows what it would do, unless you give --apply. It changes nothing in EC2. The exit status is 1 if a record ' +
    'is refused or unreadable. Read docs/recovery.md first.',
  examples: ['holdfast rebuild', 'holdfast rebuild --file configurations.json --apply'],
  options: z.object({
    apply: flag('Write the records.'),
    nodes: list('id', 'Only these nodes. The table stays in doubt until a rebuild of all.'),
    file: text('path', 'A JSON file with the fields that EC2 does not show, by node id; - is the standard input.', {
      short: 'f',
    }),
    ...confirmOptions,
  }),
  check: ({ apply, yes }) => (yes === true && apply !== true ? ['--yes has an effect only with --apply'] : []),
  run: async (context, { apply = false, nodes, file, yes }) => {
    const configurations = file && unwrapped(await readDocument(context.shell, file), 'configurations');
    const { client } = await context.api();
    if (apply) await confirm(context, { yes }, 'Write the records of this deployment anew?');
    const body = {
      dryRun: !apply,
      ...(nodes !== undefined && { managedInstanceIds: nodes }),
      ...(configurations !== undefined && configurations !== '' && { configurations }),
    };
    const { items } = await answerOf(client.POST('/holdfast/rebuild', { body }));
    const isComplete = items.every(({ outcome }) => outcome !== 'refused' && outcome !== 'unreadable');
    return {
      json: items,
      text: (style) => rebuiltText(items, apply, style),
      status: isComplete ? ExitStatus.done : ExitStatus.failed,
    };
  },
});

const COLUMNS: readonly Column<RebuiltNode>[] = [
  { header: 'ID', cell: ({ managedInstanceId }) => managedInstanceId },
  { header: 'OUTCOME', cell: ({ outcome }) => outcome },
  { header: 'NAME', cell: ({ name }) => orDash(name) },
  { header: 'INTERFACE', cell: ({ networkInterfaceId }) => orDash(networkInterfaceId) },
  { header: 'PRIVATE IP', cell: ({ privateIp }) => orDash(privateIp) },
  { header: 'PUBLIC IP', cell: ({ publicIp }) => orDash(publicIp) },
  { header: 'INSTANCE', cell: ({ instanceId }) => orDash(instanceId) },
];

function rebuiltText(nodes: readonly RebuiltNode[], isApplied: boolean, style: Style): string {
  const details = nodes.flatMap(({ managedInstanceId: id, unread, others, errors }) => [
    ...errors.map(({ field, message }) => `${id}: ${field === undefined ? '' : `${field}: `}${message}`),
    ...(unread.length > 0 ? [`${id}: EC2 does not show ${unread.join(', ')}`] : []),
    ...(others.length > 0 ? [`${id}: its tag is also on ${others.join(', ')}`] : []),
  ]);
  const end = isApplied
    ? `The records of ${counted(nodes.length, 'node')} were examined and written.`
    : 'Nothing was written: give --apply to write the records.';
  return (
    (nodes.length > 0 ? table(COLUMNS, nodes, style) : '') +
    [...details, end].map((line) => `${printable(line)}\n`).join('')
  );
}
