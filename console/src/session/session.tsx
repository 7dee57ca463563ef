/**
 * Who is signed in. The token lives in memory, or in the tab's session storage if the reader wants it to outlive a reload; it is
 * never written to a disk. When the API refuses it, the page stays as it is, with everything that was typed, and asks again.
 */
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { connect, type Connection } from '../api/connection';

const KEY = 'holdfast.token';
/** `npm start` prints a URL with its token. A fragment is never sent to a server. */
const FRAGMENT = /^#token=(.+)$/;

export interface Session {
  readonly connection: Connection;
  /** Whether something between the page and the API signs the requests, so that no sign-in is needed. */
  readonly isSigned: boolean;
  readonly signOut: () => void;
}

const SessionContext = createContext<Session | undefined>(undefined);

/** @throws Error outside of a SessionProvider */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('there is no session here');
  return session;
}

export const useConnection = (): Connection => useSession().connection;

export interface SignInProps {
  /** Whether the API has just refused the token that the page had. */
  readonly isRefused: boolean;
  readonly onSignIn: (token: string, isKept: boolean) => void;
}

interface SessionProviderProps {
  readonly isSigned: boolean;
  /** Instead of the page before the sign-in. */
  readonly signIn: (props: SignInProps) => ReactNode;
  /** Above the page, when the API refuses the token. */
  readonly signInAgain: (props: SignInProps) => ReactNode;
  readonly children: ReactNode;
}

export function SessionProvider({ isSigned, signIn, signInAgain, children }: SessionProviderProps): ReactNode {
  const [token, setToken] = useState(initialToken);
  const [isRefused, setRefused] = useState(false);

  const onSignIn = useCallback((given: string, isKept: boolean) => {
    if (isKept) sessionStorage.setItem(KEY, given);
    else sessionStorage.removeItem(KEY);
    setToken(given);
    setRefused(false);
  }, []);
  const session = useMemo<Session>(
    () => ({
      connection: connect(token, () => {
        sessionStorage.removeItem(KEY);
        setRefused(true);
      }),
      isSigned,
      signOut: () => {
        sessionStorage.removeItem(KEY);
        setToken(undefined);
        setRefused(false);
      },
    }),
    [token, isSigned],
  );

  if (token === undefined && !isSigned) return signIn({ isRefused: false, onSignIn });
  return (
    <SessionContext.Provider value={session}>
      {children}
      {isRefused && signInAgain({ isRefused, onSignIn })}
    </SessionContext.Provider>
  );
}

function initialToken(): string | undefined {
  const given = FRAGMENT.exec(location.hash)?.[1];
  if (given === undefined) return sessionStorage.getItem(KEY) ?? undefined;
  const token = decodeURIComponent(given);
  sessionStorage.setItem(KEY, token);
  history.replaceState(null, '', location.pathname + location.search);
  return token;
}
