/** Whether what the page shows is up to date, and since when it has been so. Rendered only when that changes. */
import type { ReactNode } from 'react';
import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Polled } from './polling';

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export function PollState({ polled }: { readonly polled: Polled<unknown> }): ReactNode {
  const { error, changedAt, refresh } = polled;
  return (
    <span className="hf-poll-state">
      {error === undefined ? (
        <span title="The page asks every 2 seconds while something moves, and every 15 seconds otherwise.">
          {changedAt === undefined ? 'Loading' : `Last updated ${TIME.format(changedAt)}`}
        </span>
      ) : (
        <StatusIndicator type="warning">Not up to date</StatusIndicator>
      )}
      <Button iconName="refresh" variant="icon" ariaLabel="Refresh" onClick={refresh} />
    </span>
  );
}
