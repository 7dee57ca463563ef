/**
 * The history of an execution as GetExecutionHistory returns it.
 *
 * Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html,
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
import type { GetExecutionHistoryCommandInput, HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import type { Definition } from './asl-check';
import type { Execution, HistoryEntry } from './execution';

type EventParts = Omit<HistoryEvent, 'id' | 'timestamp' | 'previousEventId' | 'type'> & {
  readonly type: HistoryEventType;
};

/** The resource of every task that the states call, without the pattern of the integration. */
const TASK = { resourceType: 'lambda', resource: 'invoke' } as const;
const MAX_RESULTS_DEFAULT = 100;
const MAX_RESULTS_MOST = 1_000;

/** One page. */
export function historyPage(
  execution: Execution,
  definition: Definition,
  {
    maxResults = 0,
    nextToken = '0',
    reverseOrder = false,
    includeExecutionData = true,
  }: GetExecutionHistoryCommandInput,
): { readonly events: readonly HistoryEvent[]; readonly nextToken?: string } {
  const events = historyEvents(execution, definition, includeExecutionData);
  const ordered = reverseOrder ? events.reverse() : events;
  const from = Number(nextToken);
  const to = from + (maxResults === 0 ? MAX_RESULTS_DEFAULT : Math.min(maxResults, MAX_RESULTS_MOST));
  return { events: ordered.slice(from, to), ...(to < ordered.length && { nextToken: String(to) }) };
}

function historyEvents(execution: Execution, definition: Definition, withData: boolean): HistoryEvent[] {
  const parts: (EventParts & { readonly at: number })[] = [
    { at: execution.startedAt, ...startOf(execution, withData) },
    ...execution.history.flatMap((entry, index) =>
      eventsOf(entry, execution.history[index - 1], definition, withData).map((each) => ({ at: entry.at, ...each })),
    ),
    ...endOf(execution, withData).map((each) => ({ at: execution.stoppedAt ?? 0, ...each })),
  ];
  return parts.map(({ at, ...event }, index) => ({
    id: index + 1,
    previousEventId: index,
    timestamp: new Date(at),
    ...event,
  }));
}

function startOf({ input }: Execution, withData: boolean): EventParts {
  return { type: 'ExecutionStarted', executionStartedEventDetails: withData ? { input: JSON.stringify(input) } : {} };
}

function endOf({ status, output, error, cause }: Execution, withData: boolean): readonly EventParts[] {
  const why = { ...(error !== undefined && { error }), ...(cause !== undefined && withData && { cause }) };
  switch (status) {
    case 'RUNNING':
      return [];
    case 'SUCCEEDED': {
      const details = withData ? { output: JSON.stringify(output) } : {};
      return [{ type: 'ExecutionSucceeded', executionSucceededEventDetails: details }];
    }
    case 'FAILED':
      return [{ type: 'ExecutionFailed', executionFailedEventDetails: why }];
    case 'TIMED_OUT':
      return [{ type: 'ExecutionTimedOut', executionTimedOutEventDetails: why }];
    case 'ABORTED':
      return [{ type: 'ExecutionAborted', executionAbortedEventDetails: why }];
  }
}

/** @param before the entry before this one: a task that has been caught has not succeeded */
function eventsOf(
  entry: HistoryEntry,
  before: HistoryEntry | undefined,
  definition: Definition,
  withData: boolean,
): readonly EventParts[] {
  const kind = String(definition.States[entry.state]?.['Type']);
  const isTask = kind === 'Task';
  switch (entry.type) {
    case 'entered':
      return [enteredOf(kind, entry, withData), ...(isTask ? ATTEMPT : [])];
    case 'retried':
      return ATTEMPT;
    case 'failed':
      return isTask ? [failureOf(entry.error, withData ? entry.cause : undefined)] : [];
    // A state that catches an error is left with what the catcher has made of it.
    case 'caught':
      return [];
    case 'exited':
      return [...(isTask && before?.type !== 'caught' ? [SUCCESS] : []), exitedOf(kind, entry, withData)];
  }
}

function enteredOf(kind: string, { state: name, input = null }: HistoryEntry, withData: boolean): EventParts {
  const stateEnteredEventDetails = { name, ...(withData && { input: JSON.stringify(input) }) };
  return { type: `${kind}StateEntered` as HistoryEventType, stateEnteredEventDetails };
}

function exitedOf(kind: string, { state: name, output = null }: HistoryEntry, withData: boolean): EventParts {
  const stateExitedEventDetails = { name, ...(withData && { output: JSON.stringify(output) }) };
  return { type: `${kind}StateExited` as HistoryEventType, stateExitedEventDetails };
}

const SUCCESS: EventParts = { type: 'TaskSucceeded', taskSucceededEventDetails: TASK };
const ATTEMPT: readonly EventParts[] = [
  { type: 'TaskScheduled' },
  { type: 'TaskStarted', taskStartedEventDetails: TASK },
];

function failureOf(error: string | undefined, cause: string | undefined): EventParts {
  const details = { ...TASK, ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
  return error === 'States.Timeout'
    ? { type: 'TaskTimedOut', taskTimedOutEventDetails: details }
    : { type: 'TaskFailed', taskFailedEventDetails: details };
}
