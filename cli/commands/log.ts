import * as z from 'zod';
import { choice, durationMs, flag, nodeOperand, text, whole } from '../command-line/arguments';
import { command, type Result } from '../command-line/command';
import type { Context } from '../command-line/context';
import type { LogEntry } from '../api/client';
import { NotFound } from '../failures';
import { nodeIdOf } from '../nodes/find-node';
import { LogFollower, logLine, readLog, type LogQuery } from '../nodes/node-log';
import { styleFor } from '../output/style';

const POLL_MS = 2_000;
const LAST_MAX = 1_000_000;

export const log = command({
  path: 'log',
  summary: 'Print what happened to a node, oldest first',
  description: 'Entries are kept for 90 days. With --follow and JSON, each entry is one line.',
  examples: [
    'holdfast log licence-server --since 1h --severity WARN',
    'holdfast log licence-server --follow --last 10',
  ],
  operands: z.object({ node: nodeOperand() }),
  options: z.object({
    follow: flag('Print new entries as they come, until Ctrl-C or until the node is deleted.', { short: 'f' }),
    last: whole('n', 0, LAST_MAX, 'Only the last n entries, and those that follow.'),
    severity: choice(['DEBUG', 'INFO', 'WARN', 'ERROR'], 'The lowest severity to print.'),
    since: text('time', 'From this time or day on, in RFC 3339, or from this long ago, like 90s, 15m or 2h.'),
    until: text('time', 'Up to this time or day, in RFC 3339.'),
  }),
  check: ({ follow, until }) =>
    follow === true && until !== undefined ? ['--follow and --until exclude each other'] : [],
  run: async (context, { node, follow, last, severity, since, until }) => {
    const api = await context.api();
    const id = await nodeIdOf(api, node);
    const query = { fromDate: since && timeOf(since, context.shell.now()), toDate: until, severity };
    if (follow === true) return followLog(context, new LogFollower(api, id, query), last);
    const entries = lastOf(await readLog(api, id, query), last);
    return { json: entries, text: (style) => entries.map((entry) => logLine(entry, style)).join('') };
  },
});

async function followLog({ shell, isJson }: Context, follower: LogFollower, last: number | undefined): Promise<Result> {
  const style = styleFor(shell.stdout.isTTY, shell.environment);
  const print = (entry: LogEntry): void =>
    shell.stdout.write(isJson ? `${JSON.stringify(entry)}\n` : logLine(entry, style));
  lastOf(await follower.next(), last).forEach(print);
  for (;;) {
    await shell.sleep(POLL_MS);
    try {
      (await follower.next()).forEach(print);
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      shell.stderr.write('The node has been deleted.\n');
      return { text: () => '' };
    }
  }
}

function lastOf(entries: readonly LogEntry[], last: number | undefined): readonly LogEntry[] {
  return last === undefined ? entries : entries.slice(Math.max(0, entries.length - last));
}

/** A duration means that long ago. The API checks everything else. */
function timeOf(typed: string, nowMs: number): NonNullable<LogQuery['fromDate']> {
  const agoMs = durationMs(typed);
  return agoMs === undefined ? typed : new Date(nowMs - agoMs).toISOString();
}
