/**
 * The text of a failure for a person: what failed (in EC2's words, if it gave any), what is retained, what comes next.
 */
import type { OperationKind } from '../node/stateful-node';

/** Failures that no step throws: of too many instances in a row, or of too many executions in a row. */
export const KEEPS_ENDING = { instances: 'InstancesKeepEnding', executions: 'ExecutionsKeepEnding' } as const;

/** What an operation failed with. */
export interface OperationError {
  /** A name from `errors.ts` or `KEEPS_ENDING`, or one of Step Functions' or Lambda's own. */
  readonly name: string;
  readonly message: string;
}

export interface FailureReasonParts {
  readonly operation: OperationKind;
  readonly error: OperationError;
  /** What is retained, in a sentence. */
  readonly retained: string;
  /** ISO 8601, UTC; absent if a person must act first. */
  readonly nextTryAt?: string | undefined;
}

/**
 * Reads what Step Functions says of a task that failed. The cause of a function's error is a JSON text that holds its message
 * and its stack. Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function operationError(name: string, cause = ''): OperationError {
  return { name, message: messageIn(cause) ?? cause };
}

function messageIn(cause: string): string | undefined {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : undefined;
  } catch {
    // Step Functions cuts a long cause and has its own texts. We return such a cause as it is.
    return undefined;
  }
}

/** Characters. A record holds at most 400 KB, and a person needs no longer message. */
const LONGEST_MESSAGE = 2_000;

export function failureReason({ operation, error, retained, nextTryAt }: FailureReasonParts): string {
  const { name, message } = error;
  const cut = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
  const said = withFullStop(cut === '' ? name : `${name}: ${cut}`);
  const next = nextTryAt === undefined ? [] : [`Next try: ${nextTryAt}.`];
  return [`${operation} failed: ${said}`, retained, ...next].join(' ');
}

function withFullStop(message: string): string {
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}
