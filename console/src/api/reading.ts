/** Reads something once: what changes rarely, or costs the account requests, is not polled. */
import { useCallback, useEffect, useState } from 'react';
import { ApiError } from './errors';

export interface Reading<Value> {
  /** Kept while it is read again, and when that fails. Undefined until the first response. */
  readonly value: Value | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  readonly refresh: () => void;
}

/**
 * @param read must be the same function for the same thing (`useCallback`): another one reads anew
 * @param cause reads again when it changes, for example the id of the instance that the answer is about
 */
export function useReading<Value>(read: (signal: AbortSignal) => Promise<Value>, cause?: string): Reading<Value> {
  const [state, setState] = useState<Omit<Reading<Value>, 'refresh'>>({
    value: undefined,
    error: undefined,
    isLoading: true,
  });
  const [asked, setAsked] = useState(0);
  const refresh = useCallback(() => setAsked((before) => before + 1), []);

  useEffect(() => {
    const abort = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    read(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setState({ value, error: undefined, isLoading: false });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        setState((before) => ({ ...before, error, isLoading: false }));
      },
    );
    return () => abort.abort();
  }, [read, cause, asked]);

  return { ...state, refresh };
}
