/** All faults at once, each with the way to its field. */
import { useEffect, useRef, type ReactNode } from 'react';
import Alert, { type AlertProps } from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import type { ApiError, Fault } from '../../api/errors';

interface FaultListProps {
  /** Of the last request. */
  readonly failure: ApiError | undefined;
  /** Those that have not been corrected yet. */
  readonly faults: readonly Fault[];
  readonly onLead: (fault: Fault) => void;
}

export function FaultList({ failure, faults, onLead }: FaultListProps): ReactNode {
  const alert = useRef<AlertProps.Ref>(null);
  const general = failure === undefined ? [] : failure.faults.filter(({ field }) => field === undefined);
  useEffect(() => {
    if (failure !== undefined && failure.faults.every(({ field }) => field === undefined)) alert.current?.focus();
  }, [failure]);
  if (failure?.status === 401) {
    return (
      <Alert ref={alert} type="warning" header="You are signed out">
        Nothing was sent, and nothing that you typed is lost. Sign in, then send the form again.
      </Alert>
    );
  }
  if (general.length === 0 && faults.length === 0) return null;
  return (
    <Alert ref={alert} type="error" header={headerOf(failure, faults)}>
      {general.map(({ message }) => (
        <div key={message}>
          {failure?.isOffline === true ? 'The API does not respond. What you typed is kept: send it again.' : message}
        </div>
      ))}
      {faults.length > 0 && (
        <ul className="hf-faults">
          {faults.map((fault) => (
            <li key={`${fault.field ?? ''} ${fault.message}`}>
              <Button variant="inline-link" onClick={() => onLead(fault)}>
                {fault.field}
              </Button>
              : {fault.message}
            </li>
          ))}
        </ul>
      )}
    </Alert>
  );
}

function headerOf(failure: ApiError | undefined, faults: readonly Fault[]): string {
  if (faults.length > 0)
    return faults.length === 1 ? 'One field is to be corrected' : `${faults.length} fields are to be corrected`;
  return failure?.isOffline === true ? 'No connection' : 'The API has refused this';
}
