/** The entries themselves. The view follows the newest unless the reader has scrolled up. */
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import Button from '@cloudscape-design/components/button';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { LogEntry } from '../../../api/schemas';
import { Time } from '../../../app/times';
import { partsOf } from './log-lines';

interface LogViewProps {
  readonly entries: readonly LogEntry[];
  /** To be marked. */
  readonly text: string;
  readonly isLive: boolean;
  readonly empty: ReactNode;
}

/** Pixels from the end at which the view still counts as at its end. */
const END = 24;

export function LogView({ entries, text, isLive, empty }: LogViewProps): ReactNode {
  const view = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [isScrolledUp, setScrolledUp] = useState(false);

  const toEnd = (): void => {
    if (view.current !== null) view.current.scrollTop = view.current.scrollHeight;
  };
  useLayoutEffect(() => {
    if (isAtEnd.current) toEnd();
  }, [entries]);
  const onScroll = (): void => {
    if (view.current === null) return;
    const { scrollTop, scrollHeight, clientHeight } = view.current;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight <= END;
    setScrolledUp(!isAtEnd.current);
  };

  return (
    <div className="hf-log-frame">
      {/* It scrolls, so it must be reachable by keyboard. */}
      <div ref={view} className="hf-log" role="log" aria-label="Log entries" tabIndex={0} onScroll={onScroll}>
        {entries.length === 0 ? (
          <p className="hf-log-empty">{empty}</p>
        ) : (
          <ol>
            {keyed(entries).map(([key, entry]) => (
              <Line key={key} entry={entry} text={text} />
            ))}
          </ol>
        )}
        {isLive && <p className="hf-log-waiting">Waiting for news</p>}
      </div>
      {isScrolledUp && (
        <div className="hf-log-newest">
          <Button iconName="angle-down" onClick={toEnd}>
            To the newest
          </Button>
        </div>
      )}
    </div>
  );
}

const LOOKS: Readonly<Record<LogEntry['severity'], StatusIndicatorProps.Type>> = {
  DEBUG: 'pending',
  INFO: 'info',
  WARN: 'warning',
  ERROR: 'error',
};
const NAMES = { DEBUG: 'Debug', INFO: 'Info', WARN: 'Warning', ERROR: 'Error' } as const;

function Line({ entry, text }: { readonly entry: LogEntry; readonly text: string }): ReactNode {
  const { createdAt, severity, message } = entry;
  return (
    <li>
      <span className="hf-log-time">
        <Time at={createdAt} />
      </span>
      <StatusIndicator type={LOOKS[severity]}>{NAMES[severity]}</StatusIndicator>
      <span className="hf-log-message">
        {partsOf(message, text).map((part, index) =>
          part.isMatch ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>,
        )}
      </span>
    </li>
  );
}

/** Entries may be equal in everything. */
function keyed(entries: readonly LogEntry[]): readonly (readonly [string, LogEntry])[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    const text = `${entry.createdAt} ${entry.message}`;
    const count = seen.get(text) ?? 0;
    seen.set(text, count + 1);
    return [`${text} ${count}`, entry];
  });
}
