import * as z from 'zod';
import { command } from '../command-line/command';
import { Failed } from '../failures';
import type { Style } from '../output/style';
import { table } from '../output/table';
import { orDash, printable } from '../output/text';

const row = z.record(z.string(), z.union([z.string(), z.number(), z.null(), z.record(z.string(), z.unknown())]));
const world = z.record(z.string(), z.union([z.string(), z.array(row)]));

type Row = z.infer<typeof row>;

export const simulatorWorld = command({
  path: 'simulator world',
  summary: 'List what the simulated account has: subnets, images, instances, addresses and so on',
  run: async (context) => {
    const json = await (await context.api()).send('GET', '/simulator/world');
    const { data } = world.safeParse(json);
    if (data === undefined) throw new Failed('The simulator responded in a form that this version does not know.');
    return { json, text: (style) => worldText(data, style) };
  },
});

/** A table for each list. */
function worldText(shown: z.infer<typeof world>, style: Style): string {
  return Object.entries(shown)
    .map(([name, value]) => {
      if (typeof value === 'string') return `${style.paint('bold', name)}  ${printable(value)}\n`;
      return `\n${style.paint('bold', name)}\n${value.length === 0 ? 'none\n' : rowsText(value, style)}`;
    })
    .join('');
}

function rowsText(rows: readonly Row[], style: Style): string {
  const names = Object.keys(rows[0] ?? {});
  return table(
    names.map((name) => ({ header: name, cell: (each: Row) => cellOf(each[name]) })),
    rows,
    style,
  );
}

function cellOf(value: Row[string] | undefined): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : orDash(value);
}
