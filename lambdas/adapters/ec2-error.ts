/** Maps errors of the EC2 client to what they mean for us. */
import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { meaningOf, remedyFor, type Ec2ErrorMeaning } from '../../domain/node/ec2-error-codes';
import {
  AddressTaken,
  InterfaceNotFree,
  NotReady,
  NotYetVisible,
  QuotaExceeded,
  NoCapacity,
  RequestRejected,
  ServiceUnavailable,
  Throttled,
  type HoldfastError,
} from '../../domain/errors';
import { isConnectionFailure } from './connection-failure';

export interface Ec2Failure {
  readonly code: string;
  readonly meaning: Ec2ErrorMeaning;
  readonly message: string;
  readonly cause: unknown;
}

/**
 * Reads an error thrown by `send()`. If EC2 did not answer (a broken connection, a time-out), we do not know whether the
 * call had its effect. It is made again, which is safe in every step. A programming error is rethrown as it is.
 */
export function ec2Failure(error: unknown): Ec2Failure {
  if (error instanceof EC2ServiceException) {
    const { name: code, message } = error;
    const isServerFault = error.$fault === 'server' || (error.$metadata.httpStatusCode ?? 0) >= 500;
    return { code, meaning: meaningOf(code, message, isServerFault), message, cause: error };
  }
  if (isConnectionFailure(error)) {
    return { code: error.name, meaning: 'unavailable', message: error.message, cause: error };
  }
  throw error;
}

const ERRORS: Readonly<Record<Ec2ErrorMeaning, new (message: string, options: ErrorOptions) => HoldfastError>> = {
  throttled: Throttled,
  unavailable: ServiceUnavailable,
  'not-found': NotYetVisible,
  'named-missing': NotYetVisible,
  'interface-in-use': InterfaceNotFree,
  'not-ready': NotReady,
  'address-taken': AddressTaken,
  capacity: NoCapacity,
  'subnet-full': NoCapacity,
  quota: QuotaExceeded,
  'device-index-taken': RequestRejected,
  'token-spent': RequestRejected,
  'token-used': RequestRejected,
  'name-taken': RequestRejected,
  'no-template': RequestRejected,
  unauthorized: RequestRejected,
  unsuitable: RequestRejected,
  rejected: RequestRejected,
};

/** The error that a step throws for the failure. */
export function toHoldfastError({ code, meaning, message, cause }: Ec2Failure): HoldfastError {
  const remedy = remedyFor(code);
  const text = `EC2 answered ${code}: ${message}${remedy === undefined ? '' : ` (${remedy})`}`;
  return new ERRORS[meaning](text, { cause });
}

/** Runs a call. If it fails with one of the meanings in `expected`, returns the result of that handler. */
export async function callEc2<T>(
  call: () => Promise<T>,
  expected: Partial<Record<Ec2ErrorMeaning, (failure: Ec2Failure) => T | Promise<T>>> = {},
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const failure = ec2Failure(error);
    const answer = expected[failure.meaning];
    if (answer !== undefined) return await answer(failure);
    throw toHoldfastError(failure);
  }
}
