/** Asks before a page with unsaved changes is left: by a link, by the browser's Back button, or by signing out. */
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from 'react';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Router } from 'wouter';
import { navigate as go } from 'wouter/use-browser-location';

interface Leaving {
  /** Leaves the page, at once or after the reader has agreed. */
  readonly leave: (go: () => void) => void;
  readonly setUnsaved: (isUnsaved: boolean) => void;
}

const LeavingContext = createContext<Leaving>({ leave: (leaveNow) => leaveNow(), setUnsaved: () => undefined });

export const useLeave = (): Leaving['leave'] => useContext(LeavingContext).leave;

/** Says whether the page has unsaved changes. Returns what to call before the page is left because they were saved. */
export function useUnsaved(isUnsaved: boolean): () => void {
  const { setUnsaved } = useContext(LeavingContext);
  useEffect(() => {
    setUnsaved(isUnsaved);
    if (!isUnsaved) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => {
      removeEventListener('beforeunload', ask);
      setUnsaved(false);
    };
  }, [isUnsaved, setUnsaved]);
  return useCallback(() => setUnsaved(false), [setUnsaved]);
}

export function LeavingProvider({
  base,
  children,
}: {
  readonly base: string;
  readonly children: ReactNode;
}): ReactNode {
  /** The address of the page with unsaved changes. */
  const unsavedAt = useRef<string | undefined>(undefined);
  const [asked, setAsked] = useState<{ readonly leaveNow: () => void } | undefined>(undefined);
  const leaving = useMemo<Leaving>(
    () => ({
      leave: (leaveNow) => (unsavedAt.current === undefined ? leaveNow() : setAsked({ leaveNow })),
      setUnsaved: (isUnsaved) => {
        unsavedAt.current = isUnsaved ? location.href : undefined;
      },
    }),
    [],
  );
  // The router subscribes in an effect. A layout effect comes before, and the listener that was added first is called first.
  useLayoutEffect(() => {
    const onBack = (event: PopStateEvent): void => {
      const here = unsavedAt.current;
      if (here === undefined || here === location.href) return;
      const wanted = location.href;
      // The router must not see it. The page's own address comes back, as the last one of the history.
      event.stopImmediatePropagation();
      history.pushState(null, '', here);
      setAsked({ leaveNow: () => go(wanted) });
    };
    addEventListener('popstate', onBack);
    return () => removeEventListener('popstate', onBack);
  }, []);
  return (
    <LeavingContext.Provider value={leaving}>
      <Router base={base} aroundNav={(navigate, to, options) => leaving.leave(() => navigate(to, options))}>
        {children}
      </Router>
      {asked !== undefined && (
        <Question
          onStay={() => setAsked(undefined)}
          onLeave={() => {
            unsavedAt.current = undefined;
            setAsked(undefined);
            asked.leaveNow();
          }}
        />
      )}
    </LeavingContext.Provider>
  );
}

function Question({ onStay, onLeave }: { readonly onStay: () => void; readonly onLeave: () => void }): ReactNode {
  return (
    <Modal
      visible
      header="Leave without saving?"
      closeAriaLabel="Stay"
      onDismiss={onStay}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onStay}>
              Stay
            </Button>
            <Button variant="primary" onClick={onLeave}>
              Leave
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      What you have changed on this page is lost.
    </Modal>
  );
}
