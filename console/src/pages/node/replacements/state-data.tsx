/** What an operation passed into a state and out of it. Read when the reader asks for it: Step Functions limits such reads. */
import { useCallback, type ReactNode } from 'react';
import Spinner from '@cloudscape-design/components/spinner';
import { readStateVisits } from '../../../api/node';
import type { Operation, StateVisit } from '../../../api/node-types';
import { useReading } from '../../../api/reading';
import { useDeployment } from '../../../app/deployment';
import { Problem } from '../../../app/problem';
import { Time } from '../../../app/times';
import { useConnection } from '../../../session/session';

interface StateDataProps {
  readonly nodeId: string;
  readonly operation: Operation;
  /** Of the state. */
  readonly name: string;
}

export function StateData({ nodeId, operation, name }: StateDataProps): ReactNode {
  const connection = useConnection();
  const { isSimulated } = useDeployment();
  const { kind, startedAt, steps, outcome } = operation;
  const read = useCallback(
    (signal: AbortSignal) => readStateVisits(connection, nodeId, { kind, startedAt }, signal),
    [connection, nodeId, kind, startedAt],
  );
  const { value, error, refresh } = useReading(read, `${steps.length} ${outcome}`);
  // The API has the newest first.
  const visits = value?.filter(({ state }) => state === name).reverse();
  return (
    <>
      <Problem error={error} header="Input and output cannot be read" isOld={value !== undefined} onRetry={refresh} />
      {visits === undefined && error === undefined && <Spinner />}
      {visits?.map((visit) => (
        <Visit key={visit.enteredAt} visit={visit} />
      ))}
      {visits?.length === 0 && <div className="hf-hint">{nothingKept(value?.length === 0, isSimulated)}</div>}
    </>
  );
}

function nothingKept(isForgotten: boolean, isSimulated: boolean): string {
  if (!isForgotten) return 'The last execution of the operation was not in this state.';
  const forgets = isSimulated ? ' The local server forgets it when it is stopped.' : '';
  return `Step Functions no longer has the data of this operation, which it keeps for 90 days.${forgets}`;
}

function Visit({ visit }: { readonly visit: StateVisit }): ReactNode {
  const { state, enteredAt, attempts, input, output, errorName, errorMessage, leftAt } = visit;
  return (
    <div className="hf-visit">
      <div className="hf-operation-facts">
        <span>
          entered <Time at={enteredAt} />
        </span>
        {attempts > 1 && <span>{attempts.toLocaleString()} attempts</span>}
        {errorName !== null && <span>{errorMessage === '' ? errorName : `${errorName}: ${errorMessage}`}</span>}
      </div>
      <Data title="Input" of={state} value={input} />
      {leftAt === null ? (
        <div className="hf-hint">No output yet.</div>
      ) : (
        <Data title="Output" of={state} value={output} />
      )}
    </div>
  );
}

interface DataProps {
  readonly title: string;
  readonly of: string;
  readonly value: unknown;
}

function Data({ title, of, value }: DataProps): ReactNode {
  return (
    <figure className="hf-data">
      <figcaption>{title}</figcaption>
      <pre className="hf-definition" tabIndex={0} aria-label={`${title} of ${of}`}>
        {JSON.stringify(value, null, 2)}
      </pre>
    </figure>
  );
}
