/** Waits for an operation, and shows its progress on the standard error. */
import { duration, flag } from '../command-line/arguments';
import type { Context } from '../command-line/context';
import { timedItemOf, type Api, type LogEntry, type Migration, type NodeStatus, type Timed } from '../api/client';
import { Failed, NotFound, TimedOut } from '../failures';
import { paintStatus, type Style } from '../output/style';
import { printable, shortTime } from '../output/text';
import { LogFollower, logLine } from './node-log';
import { readTimedStatus } from './node-status';

/** Longer than the twelve minutes after which a launch without capacity fails. */
const DEFAULT_TIMEOUT_MS = 15 * 60_000;
const POLL_MS = 2_000;

/** The options of a command that may wait. */
export const waitOptions = {
  wait: flag('Wait until it is done, and show the progress.'),
  timeout: duration('How long --wait waits at most. Default: 15m.'),
};

export interface WaitInput {
  readonly wait?: boolean | undefined;
  readonly timeout?: number | undefined;
}

export function waitFaults({ wait, timeout }: WaitInput): readonly string[] {
  return timeout !== undefined && wait !== true ? ['--timeout has an effect only with --wait'] : [];
}

/** Returns how many milliseconds are left, for several waits that end together. */
export function countdown({ shell }: Context, timeoutMs = DEFAULT_TIMEOUT_MS): () => number {
  const deadline = shell.now() + timeoutMs;
  return () => Math.max(0, deadline - shell.now());
}

/** What is waited for. */
export interface Awaited<State> {
  /** For the message of a time-out. */
  readonly what: string;
  readonly read: () => Promise<Timed<State>>;
  readonly shown: (state: State) => string;
  /** Whether the state is final. */
  readonly isEnd: (state: State) => boolean;
  readonly log?: LogFollower | undefined;
}

/** @throws TimedOut, Failed, NotFound */
export async function waitFor<State>(
  context: Context,
  timeoutMs: number | undefined,
  awaited: Awaited<State>,
): Promise<State> {
  const { shell, progressStyle } = context;
  const deadline = shell.now() + (timeoutMs ?? DEFAULT_TIMEOUT_MS);
  let last: string | undefined;
  for (;;) {
    const { item: state, at } = await awaited.read();
    for (const entry of await newEntries(awaited.log)) shell.stderr.write(logLine(entry, progressStyle));
    const shown = awaited.shown(state);
    if (shown !== last) shell.stderr.write(statusLine(shown, at, progressStyle));
    last = shown;
    if (awaited.isEnd(state)) return state;
    if (shell.now() >= deadline) throw new TimedOut(`${awaited.what} is still ${shown}. The operation continues.`);
    await shell.sleep(Math.min(POLL_MS, Math.max(1, deadline - shell.now())));
  }
}

/** A cancelled import deletes its node, and the log with it. */
async function newEntries(log: LogFollower | undefined): Promise<readonly LogEntry[]> {
  try {
    return (await log?.next()) ?? [];
  } catch (error) {
    if (error instanceof NotFound) return [];
    throw error;
  }
}

/** The lowest severity is for those who look for a fault. */
function progressLog(api: Api, id: string, since: string): LogFollower {
  return new LogFollower(api, id, { fromDate: since, severity: 'INFO' });
}

function statusLine(shown: string, at: string, style: Style): string {
  return `${style.paint('gray', shortTime(at))}  ${style.paint('bold', 'state')}  ${paintStatus(style, shown)}\n`;
}

/**
 * Waits until no operation is under way, and returns the status.
 * @param since when the API received the request: the log is shown from then on
 * @throws Failed if the node then has another status
 */
export async function waitForStatus(
  context: Context,
  api: Api,
  id: string,
  {
    wanted,
    since,
    timeoutMs,
  }: { readonly wanted: NodeStatus['status']; readonly since: string; readonly timeoutMs: number | undefined },
): Promise<NodeStatus> {
  const node = await waitFor(context, timeoutMs, {
    what: id,
    read: () => readTimedStatus(api, id),
    shown: ({ status }) => status,
    isEnd: ({ status, operation }) => operation === null && RESTING.includes(status),
    log: progressLog(api, id, since),
  });
  if (node.status === wanted) return node;
  const reason = node.errorReason === null ? 'another request has changed it' : printable(node.errorReason);
  throw new Failed(`${id} is ${node.status}, not ${wanted}: ${reason}`);
}

/** While an operation is wanted or under way, a node has another status, or names the operation. */
const RESTING: readonly NodeStatus['status'][] = ['ACTIVE', 'PAUSED', 'ERROR'];

/**
 * Waits until an update is applied, as far as it needs no new instance, and no operation is under way.
 * @param since when the API received the update: the log is shown from then on
 * @throws Failed if the node is in ERROR then
 */
export async function waitForUpdate(
  context: Context,
  api: Api,
  id: string,
  { since, timeoutMs }: { readonly since: string; readonly timeoutMs: number | undefined },
): Promise<void> {
  const { status, errorReason } = await waitFor(context, timeoutMs, {
    what: id,
    read: () => readTimedStatus(api, id),
    shown: (node) => (node.isUpdatePending ? `${node.status} (the update is not applied yet)` : node.status),
    isEnd: (node) => node.operation === null && !node.isUpdatePending && RESTING.includes(node.status),
    log: progressLog(api, id, since),
  });
  if (status === 'ERROR') throw new Failed(`${id} is ERROR: ${printable(errorReason ?? 'without a reason')}`);
}

/** @throws Failed if the import ends in another state */
export async function waitForImport(
  context: Context,
  api: Api,
  migrationId: string,
  {
    wanted,
    since,
    timeoutMs,
  }: { readonly wanted: Migration['state']; readonly since: string; readonly timeoutMs: number | undefined },
): Promise<Migration> {
  const first = await readImport(api, migrationId);
  const { managedInstanceId } = first;
  const log = progressLog(api, managedInstanceId, since);
  const ended = await waitFor(context, timeoutMs, {
    what: migrationId,
    read: () => readTimedImport(api, migrationId),
    shown: ({ state }) => state,
    isEnd: ({ state }) => ENDS.includes(state),
    log,
  });
  if (ended.state === wanted) return ended;
  throw new Failed(
    `${migrationId} is ${ended.state}, not ${wanted}${ended.errorReason === null ? '' : `: ${printable(ended.errorReason)}`}`,
  );
}

const ENDS: readonly Migration['state'][] = ['MIGRATE_FINISH', 'MIGRATE_CANCEL', 'MIGRATE_ERROR'];

export async function readImport(api: Api, migrationId: string): Promise<Migration> {
  return (await readTimedImport(api, migrationId)).item;
}

function readTimedImport({ client }: Api, migrationId: string): Promise<Timed<Migration>> {
  const path = { migrationId };
  return timedItemOf(client.GET('/aws/ec2/managedInstance/migration/{migrationId}', { params: { path } }));
}
