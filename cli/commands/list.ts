import * as z from 'zod';
import { command } from '../command-line/command';
import { NotFound } from '../failures';
import { allNodes } from '../nodes/find-node';
import { readStatus } from '../nodes/node-status';
import { paintStatus } from '../output/style';
import { table, type Column } from '../output/table';
import { orDash, printable } from '../output/text';
import type { Api, NodeStatus } from '../api/client';

/** Requests at the same time. A deployment accepts a hundred requests a second by default. */
const CONCURRENCY = 4;

export const list = command({
  path: 'list',
  summary: 'List all nodes with their status',
  description: 'In the order of their ids.',
  options: z.object({}),
  run: async (context) => {
    const api = await context.api();
    const nodes = await statusesOf(
      api,
      (await allNodes(api)).map(({ id }) => id),
    );
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

/** In the order of the ids. A node that is deleted meanwhile is left out. */
async function statusesOf(api: Api, ids: readonly string[]): Promise<readonly NodeStatus[]> {
  const statuses: (NodeStatus | undefined)[] = [];
  const waiting = [...ids.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, id] = next;
      statuses[index] = await readStatus(api, id).catch(absentIfDeleted);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return statuses.filter((status) => status !== undefined);
}

function absentIfDeleted(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error;
}

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
