/**
 * What Step Functions keeps of an execution for 90 days after its end: each state that it entered, with input and output.
 *
 * Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
 */
import {
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { operationError } from '../../domain/operation/failure-reason';
import type { StateVisit } from '../../domain/operation/state-visit';
import type { ExecutionHistory } from '../ports';
import { callStepFunctions } from './step-functions';

/** The largest page that Step Functions allows. */
const PAGE_SIZE = 1000;

export function executionHistory(sfn: Pick<SFNClient, 'send'>): ExecutionHistory {
  return {
    async visits(executionArn, limit) {
      // Newest first. The visit at the end of what was read may lack its beginning, and is left out.
      const events: HistoryEvent[] = [];
      let nextToken: string | undefined;
      try {
        do {
          const request = { executionArn, reverseOrder: true, maxResults: PAGE_SIZE, nextToken };
          const page = await callStepFunctions(() => sfn.send(new GetExecutionHistoryCommand(request)));
          events.push(...(page.events ?? []));
          nextToken = page.nextToken;
        } while (nextToken !== undefined && entered(events) < limit);
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return undefined;
        throw error;
      }
      return visitsIn(events.reverse()).reverse().slice(0, limit);
    },
  };
}

function entered(events: readonly HistoryEvent[]): number {
  return events.filter(({ stateEnteredEventDetails }) => stateEnteredEventDetails !== undefined).length;
}

/** Our state machines have no parallel states, so every event belongs to the state that was entered last. */
function visitsIn(oldestFirst: readonly HistoryEvent[]): StateVisit[] {
  const visits: StateVisit[] = [];
  for (const event of oldestFirst) {
    const { stateEnteredEventDetails } = event;
    const visit = visits.at(-1);
    if (stateEnteredEventDetails !== undefined) {
      const { name = '', input } = stateEnteredEventDetails;
      visits.push({ stateName: name, enteredAt: timeOf(event), attempts: 0, input: valueOf(input) });
    } else if (visit !== undefined) {
      visits[visits.length - 1] = { ...visit, ...changeOf(visit, event) };
    }
  }
  return visits;
}

function changeOf({ attempts }: StateVisit, event: HistoryEvent): Partial<StateVisit> {
  if (event.stateExitedEventDetails !== undefined) {
    return { leftAt: timeOf(event), output: valueOf(event.stateExitedEventDetails.output) };
  }
  if (event.type === 'TaskScheduled') return { attempts: attempts + 1 };
  const failure = event.taskFailedEventDetails ?? event.taskTimedOutEventDetails ?? event.executionFailedEventDetails;
  return failure === undefined ? {} : { error: operationError(failure.error ?? event.type ?? '', failure.cause) };
}

function timeOf({ timestamp }: HistoryEvent): string {
  return (timestamp ?? new Date(0)).toISOString();
}

/** The data of an event is JSON, unless Step Functions has left it out. */
function valueOf(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json);
}
