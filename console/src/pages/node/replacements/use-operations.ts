import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Page } from '../../../api/schemas';
import { ApiError } from '../../../api/errors';
import { readOperations } from '../../../api/node';
import type { Operation, OperationKind } from '../../../api/node-types';
import { usePolled } from '../../../api/polling';
import { useConnection } from '../../../session/session';
import { keyOfOperation, newestFirst } from './operation-text';

export interface Operations {
  /** Newest first. Undefined: not read yet. */
  readonly list: readonly Operation[] | undefined;
  readonly error: ApiError | undefined;
  readonly refresh: () => void;
  /** Reads the next older ones. Undefined: there are none. */
  readonly more: (() => void) | undefined;
  readonly isReadingMore: boolean;
}

interface Older {
  readonly known: ReadonlyMap<string, Operation>;
  /** Of the next page. Undefined: none has been read. Null: there is none. */
  readonly token: string | null | undefined;
}

const LIMIT = 25;
const isUnderWay = ({ items }: Page<Operation>): boolean => items.some(({ outcome }) => outcome === null);

/**
 * The newest operations are polled; older ones are read when they are asked for. The caller must have a `key` of the kind and
 * the node, because what has been read is kept.
 *
 * @param kind undefined: all kinds
 * @param isMoving whether the node has an operation under way, which may not be in the list yet
 */
export function useOperations(nodeId: string, kind: OperationKind | undefined, isMoving: boolean): Operations {
  const connection = useConnection();
  const query = useMemo(() => ({ kind, limit: LIMIT }), [kind]);
  const read = useCallback(
    (signal: AbortSignal) => readOperations(connection, nodeId, query, signal),
    [connection, nodeId, query],
  );
  const { value: newest, error, refresh } = usePolled(read, (page) => isMoving || isUnderWay(page));
  useEffect(refresh, [isMoving, refresh]);
  const [{ known, token }, setOlder] = useState<Older>({ known: new Map(), token: undefined });
  const [problem, setProblem] = useState<ApiError | undefined>(undefined);
  const [isReadingMore, setReadingMore] = useState(false);

  // What leaves the newest page, because others have come, is kept.
  useEffect(() => {
    if (newest !== undefined) setOlder((before) => ({ ...before, known: withItems(before.known, newest.items) }));
  }, [newest]);
  const nextToken = token === undefined ? newest?.nextToken : (token ?? undefined);
  const more = async (nextPage: string): Promise<void> => {
    setReadingMore(true);
    try {
      const page = await readOperations(connection, nodeId, { ...query, nextToken: nextPage });
      setProblem(undefined);
      setOlder((before) => ({ known: withItems(before.known, page.items), token: page.nextToken ?? null }));
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setProblem(caught);
    } finally {
      setReadingMore(false);
    }
  };
  const list = useMemo(() => newest && newestFirst([...withItems(known, newest.items).values()]), [newest, known]);
  return {
    list,
    error: error ?? problem,
    refresh,
    more: nextToken === undefined ? undefined : () => void more(nextToken),
    isReadingMore,
  };
}

function withItems(known: ReadonlyMap<string, Operation>, items: readonly Operation[]): ReadonlyMap<string, Operation> {
  return new Map([...known, ...items.map((item) => [keyOfOperation(item), item] as const)]);
}
