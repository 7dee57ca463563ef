/** Step Functions on the AWS SDK: wakes waiting executions and starts new ones. */
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidToken,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNServiceException,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { ServiceUnavailable, Throttled } from '../../domain/errors';
import { OPERATION_KINDS, type OperationKind } from '../../domain/node/stateful-node';
import type { Operations, WaitingTasks } from '../ports';
import { isConnectionFailure } from './connection-failure';

export function waitingTasks(sfn: Pick<SFNClient, 'send'>): WaitingTasks {
  return {
    succeed: (taskToken, output) =>
      wake(() => sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }))),
    fail: (taskToken, { name, message }) =>
      wake(() => sfn.send(new SendTaskFailureCommand({ taskToken, error: name, cause: message }))),
  };
}

/**
 * State machines have fixed names, so that functions and state machines can name each other.
 * @param traceOf returns the X-Ray trace that the caller is part of, if there is one. The execution continues it, so that one
 *   trace leads from a request to the steps that it has started.
 */
export function operations(
  sfn: Pick<SFNClient, 'send'>,
  stateMachineArnPrefix: string,
  traceOf: () => string | undefined = () => undefined,
): Operations {
  const arnOf = (kind: OperationKind): string => `${stateMachineArnPrefix}${kind}-node`;
  return {
    async running() {
      const listed = await Promise.all(OPERATION_KINDS.map((kind) => runningExecutions(sfn, arnOf(kind))));
      return new Set(listed.flat());
    },

    async hasEnded(executionArn) {
      const command = new DescribeExecutionCommand({ executionArn });
      try {
        const { status } = await callStepFunctions(() => sfn.send(command));
        return status !== 'RUNNING';
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return true;
        throw error;
      }
    },

    async start(kind, request, name) {
      const traceHeader = traceOf();
      const command = new StartExecutionCommand({
        stateMachineArn: arnOf(kind),
        name,
        input: JSON.stringify(request),
        ...(traceHeader !== undefined && { traceHeader }),
      });
      try {
        await callStepFunctions(() => sfn.send(command));
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
  };
}

/** The largest page that Step Functions allows. */
const PAGE_SIZE = 1000;

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html */
async function runningExecutions(sfn: Pick<SFNClient, 'send'>, stateMachineArn: string): Promise<readonly string[]> {
  const found: string[] = [];
  let nextToken: string | undefined;
  do {
    const request = { stateMachineArn, statusFilter: 'RUNNING', maxResults: PAGE_SIZE, nextToken } as const;
    const page = await callStepFunctions(() => sfn.send(new ListExecutionsCommand(request)));
    found.push(...(page.executions ?? []).flatMap(({ executionArn }) => executionArn ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}

/** A token that was used or has expired belongs to a wait that has ended, so there is nothing to wake. */
async function wake(call: () => Promise<unknown>): Promise<void> {
  try {
    await callStepFunctions(call);
  } catch (error) {
    if (error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken) return;
    throw error;
  }
}

/** @throws Throttled @throws ServiceUnavailable */
export async function callStepFunctions<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isConnectionFailure(error)) throw new ServiceUnavailable('Step Functions did not answer', { cause: error });
    if (!(error instanceof SFNServiceException)) throw error;
    if (error.name === 'ThrottlingException') throw new Throttled(`Step Functions: ${error.message}`, { cause: error });
    if (error.$fault === 'server') throw new ServiceUnavailable(`Step Functions: ${error.message}`, { cause: error });
    throw error;
  }
}
