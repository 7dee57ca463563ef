/** What has just happened, above the page. */
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';

export interface Notice {
  readonly type: 'success' | 'error' | 'info' | 'warning';
  readonly header?: string;
  readonly content: ReactNode;
  readonly isLoading?: boolean;
}

export interface Notices {
  /** Shows the notice. With the same key it replaces what is there. */
  readonly show: (key: string, notice: Notice) => void;
}

const NoticesContext = createContext<Notices>({ show: () => undefined });
const ListContext = createContext<readonly FlashbarProps.MessageDefinition[]>([]);

export const useNotices = (): Notices => useContext(NoticesContext);

/** More are not read. */
const MOST = 5;

export function NoticesProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [list, setList] = useState<readonly FlashbarProps.MessageDefinition[]>([]);
  const dismiss = useCallback((key: string) => setList((before) => before.filter(({ id }) => id !== key)), []);
  const notices = useMemo<Notices>(
    () => ({
      show: (key, { type, header, content, isLoading = false }) => {
        const message: FlashbarProps.MessageDefinition = {
          id: key,
          type,
          header,
          content,
          loading: isLoading,
          dismissible: !isLoading,
          dismissLabel: 'Dismiss',
          onDismiss: () => dismiss(key),
          statusIconAriaLabel: type,
          ariaRole: type === 'error' ? 'alert' : 'status',
        };
        setList((before) => [message, ...before.filter(({ id }) => id !== key)].slice(0, MOST));
      },
    }),
    [dismiss],
  );
  return (
    <NoticesContext.Provider value={notices}>
      <ListContext.Provider value={list}>{children}</ListContext.Provider>
    </NoticesContext.Provider>
  );
}

export function NoticeBar(): ReactNode {
  return <Flashbar items={useContext(ListContext)} />;
}
