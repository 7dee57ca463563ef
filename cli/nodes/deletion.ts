/** Waits until a deleted node is gone, with everything that its deletion removes. */
import { answerOf, type Api, type Schemas, type Timed } from '../api/client';
import type { Context } from '../command-line/context';
import { NotFound } from '../failures';
import { waitFor } from './waiting';

type Resource = Schemas['Resource'];

/** @returns what the deletion leaves, by request or because it belongs to the user @throws TimedOut, Failed */
export function waitForDeletion(
  context: Context,
  api: Api,
  id: string,
  timeoutMs: number,
): Promise<readonly Resource[]> {
  return waitFor(context, timeoutMs, {
    what: `the deletion of ${id}`,
    read: () => readRemaining(context, api, id),
    shown,
    isEnd,
  }).then(({ resources }) => resources);
}

interface Remaining {
  readonly resources: readonly Resource[];
  /** A node that is being deleted exists for this request until its deletion has ended, unless something is left. */
  readonly isGone: boolean;
}

async function readRemaining({ shell }: Context, { client }: Api, id: string): Promise<Timed<Remaining>> {
  try {
    const reading = client.GET('/aws/ec2/managedInstance/{id}/resources', { params: { path: { id } } });
    const { items: resources, at } = await answerOf(reading);
    return { item: { resources, isGone: false }, at };
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    const { at = new Date(shell.now()).toISOString() } = error;
    return { item: { resources: [], isGone: true }, at };
  }
}

/** The deletion marks what it leaves once it no longer works on it. */
function isEnd({ resources, isGone }: Remaining): boolean {
  return isGone || (resources.length > 0 && resources.every(({ isLeft }) => isLeft));
}

function shown(remaining: Remaining): string {
  if (isEnd(remaining)) return 'deleted';
  const named = remaining.resources
    .filter(({ isLeft }) => !isLeft)
    .map(({ id, state }) => `${id} (${state})`)
    .join(', ');
  return `waiting for ${named === '' ? 'the end of the deletion' : named}`;
}
