/** Commands for one or several nodes: each node is carried out and reported by itself. */
import type { Result } from '../command-line/command';
import type { Context } from '../command-line/context';
import { ExitStatus } from '../exit-status';
import { Failure } from '../failures';
import type { Style } from '../output/style';

export type Outcome<Value> =
  | { readonly kind: 'done'; readonly id: string; readonly value: Value }
  | { readonly kind: 'failed'; readonly id: string; readonly failure: Failure };

/** At the same time. Each has a few requests a second, and a deployment accepts a hundred by default. */
const CONCURRENCY = 8;

/** Does the work for each node, also if it fails for others. In the order of the ids. */
export function forEachNode<Value>(
  ids: readonly string[],
  work: (id: string) => Promise<Value>,
): Promise<readonly Outcome<Value>[]> {
  return thenForEachNode(
    ids.map((id) => ({ kind: 'done', id, value: undefined })),
    work,
  );
}

/** Continues with the nodes for which the work before has not failed. */
export async function thenForEachNode<Before, Value>(
  outcomes: readonly Outcome<Before>[],
  work: (id: string, before: Before) => Promise<Value>,
): Promise<readonly Outcome<Value>[]> {
  const results: Outcome<Value>[] = [];
  const waiting = [...outcomes.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, outcome] = next;
      results[index] = outcome.kind === 'failed' ? outcome : await tried(outcome, work);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return results;
}

async function tried<Before, Value>(
  { id, value: before }: { readonly id: string; readonly value: Before },
  work: (id: string, before: Before) => Promise<Value>,
): Promise<Outcome<Value>> {
  try {
    return { kind: 'done', id, value: await work(id, before) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { kind: 'failed', id, failure: error };
  }
}

/** With the id of the node before each line of its progress, if there are several nodes. */
export function progressOf(context: Context, id: string, ids: readonly unknown[]): Context {
  if (ids.length === 1) return context;
  const { shell, progressStyle } = context;
  const stderr = {
    ...shell.stderr,
    write: (lines: string) => shell.stderr.write(lines.replace(/^(?=.)/gm, `${progressStyle.paint('bold', id)}  `)),
  };
  return { ...context, shell: { ...shell, stderr } };
}

/**
 * What the command prints of all nodes. Of several nodes, each fault is a line that begins with the id of the node. The exit
 * status is that of the failures, if all of them have the same.
 * @throws Failure of the only node
 */
export function resultOfEach<Value>(
  { shell }: Pick<Context, 'shell'>,
  outcomes: readonly Outcome<Value>[],
  shown: { readonly json: (value: Value) => unknown; readonly text: (value: Value, style: Style) => string },
): Result {
  const values = outcomes.flatMap((each) => (each.kind === 'done' ? [each.value] : []));
  const failed = outcomes.flatMap((each) => (each.kind === 'failed' ? [each] : []));
  const isOne = outcomes.length === 1;
  const [first] = failed;
  if (isOne && first !== undefined) throw first.failure;
  for (const { id, failure } of failed) {
    shell.stderr.write(failure.lines.map((line) => `${id}: ${line}\n`).join(''));
  }
  const json = values.map((value) => shown.json(value));
  return {
    json: isOne ? json[0] : json,
    text: (style) => values.map((value) => shown.text(value, style)).join(''),
    status: statusOf(failed.map(({ failure }) => failure)),
  };
}

function statusOf([first, ...others]: readonly Failure[]): ExitStatus {
  if (first === undefined) return ExitStatus.done;
  return others.every(({ status }) => status === first.status) ? first.status : ExitStatus.failed;
}
