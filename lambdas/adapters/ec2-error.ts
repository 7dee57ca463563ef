/** From an error of the EC2 client to what it means. */
import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { meaningOf, remedyFor, type Ec2ErrorMeaning } from '../../domain/ec2-error-codes';
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
 * Reads an error thrown by `send()`. An error that is not EC2's answer (a broken connection, a time-out) says
 * nothing about the effect: the call is made again, which every step can bear. A programming error goes on as it is.
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

/** The error that a step throws for it. */
export function toHoldfastError({ code, meaning, message, cause }: Ec2Failure): HoldfastError {
  const remedy = remedyFor(code);
  const text = `EC2 answered ${code}: ${message}${remedy === undefined ? '' : ` (${remedy})`}`;
  switch (meaning) {
    case 'throttled':
      return new Throttled(text, { cause });
    case 'unavailable':
      return new ServiceUnavailable(text, { cause });
    case 'not-found':
    case 'named-missing':
      return new NotYetVisible(text, { cause });
    case 'interface-in-use':
      return new InterfaceNotFree(text, { cause });
    case 'not-ready':
      return new NotReady(text, { cause });
    case 'address-taken':
      return new AddressTaken(text, { cause });
    case 'capacity':
    case 'subnet-full':
      return new NoCapacity(text, { cause });
    case 'quota':
      return new QuotaExceeded(text, { cause });
    case 'device-index-taken':
    case 'token-spent':
    case 'token-used':
    case 'unauthorized':
    case 'unsuitable':
    case 'rejected':
      return new RequestRejected(text, { cause });
  }
}

/** Runs a call; where it fails with one of the meanings in `expected`, answers what that handler makes of it. */
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
