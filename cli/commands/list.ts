import * as z from 'zod';
import { command } from '../command-line/command';
import { readStatuses } from '../nodes/node-status';
import { paintStatus } from '../output/style';
import { table, type Column } from '../output/table';
import { orDash, printable } from '../output/text';
import type { NodeStatus } from '../api/client';

export const list = command({
  path: 'list',
  summary: 'List all nodes with their status',
  description: 'In the order of their ids.',
  options: z.object({}),
  run: async (context) => {
    const nodes = await readStatuses(await context.api());
    return {
      json: nodes,
      text: (style) =>
        nodes.length === 0
          ? 'There are no nodes. "holdfast create --help" says how to create one.\n'
          : table(
              columns((status) => paintStatus(style, status)),
              nodes,
              style,
            ),
    };
  },
});

function columns(paint: (status: string) => string): readonly Column<NodeStatus>[] {
  return [
    { header: 'ID', cell: ({ id }) => id },
    { header: 'NAME', cell: ({ name }) => printable(name) },
    { header: 'STATUS', cell: ({ status }) => paint(status) },
    { header: 'INSTANCE', cell: ({ instanceId }) => orDash(instanceId) },
    { header: 'TYPE', cell: ({ instanceType }) => orDash(instanceType) },
    { header: 'CAPACITY', cell: ({ lifeCycle }) => orDash(lifeCycle) },
    { header: 'PRIVATE IP', cell: ({ privateIp }) => orDash(privateIp) },
    { header: 'PUBLIC IP', cell: ({ publicIp }) => orDash(publicIp) },
  ];
}
