/**
 * Keeps something of the API up to date: a request soon while something moves, rarely at rest, none while the tab is hidden.
 *
 * A poll that finds nothing new renders nothing, because what is read is then the same object.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from './errors';

export interface Polled<Value> {
  /** Undefined until the first response. Kept when a later request fails. */
  readonly value: Value | undefined;
  /** The failure of the last request. */
  readonly error: ApiError | undefined;
  /** When the value changed last. */
  readonly changedAt: Date | undefined;
  /** Asks now, and again soon. */
  readonly refresh: () => void;
}

/** While something moves. Milliseconds. */
const MOVING_MS = 2_000;
const AT_REST_MS = 15_000;
/** After an action the page asks as if something moved, because what was asked for may not have begun. */
const EAGER_MS = 10_000;
/** After a failure, so that a server that comes back is seen soon. */
const FAILED_MS = 5_000;

type State<Value> = Pick<Polled<Value>, 'value' | 'error' | 'changedAt'>;

/**
 * @param read must be the same function for the same thing (`useCallback`): another one starts anew
 * @param isMoving whether the value will change soon
 */
export function usePolled<Value>(
  read: (signal: AbortSignal) => Promise<Value>,
  isMoving: (value: Value) => boolean,
): Polled<Value> {
  const [state, setState] = useState<State<Value>>({ value: undefined, error: undefined, changedAt: undefined });
  const askNow = useRef<() => void>(() => undefined);
  const moving = useRef(isMoving);
  moving.current = isMoving;

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isAsking = false;
    let eagerUntilMs = 0;
    setState({ value: undefined, error: undefined, changedAt: undefined });

    const ask = async (): Promise<void> => {
      clearTimeout(timer);
      if (isAsking) return;
      isAsking = true;
      let pauseMs = AT_REST_MS;
      try {
        const value = await read(abort.signal);
        if (moving.current(value) || Date.now() < eagerUntilMs) pauseMs = MOVING_MS;
        // An updater that returns the state it got makes React skip the rendering.
        setState((before) =>
          before.value === value && before.error === undefined
            ? before
            : { value, error: undefined, changedAt: before.value === value ? before.changedAt : new Date() },
        );
      } catch (error) {
        if (abort.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        pauseMs = Math.max(FAILED_MS, (error.retryAfterSeconds ?? 0) * 1_000);
        setState((before) => (before.error?.message === error.message ? before : { ...before, error }));
      } finally {
        isAsking = false;
      }
      if (!document.hidden && !abort.signal.aborted) timer = setTimeout(() => void ask(), pauseMs);
    };
    const onVisible = (): void => {
      if (document.hidden) clearTimeout(timer);
      else void ask();
    };
    askNow.current = () => {
      eagerUntilMs = Date.now() + EAGER_MS;
      void ask();
    };
    document.addEventListener('visibilitychange', onVisible);
    globalThis.addEventListener('online', onVisible);
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
      globalThis.removeEventListener('online', onVisible);
    };
  }, [read]);

  return { ...state, refresh: useCallback(() => askNow.current(), []) };
}
