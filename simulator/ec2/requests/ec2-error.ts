/** Errors as the SDK throws them, and the simulator's own error for what it does not simulate. */
import { EC2ServiceException } from '@aws-sdk/client-ec2';

/**
 * The HTTP status of every EC2 error code that is not a 400. The page lists the server errors, which are 5xx. A full
 * subnet (`InsufficientFreeAddressesInSubnet`) is not one of them, although its name is similar.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
const HTTP_STATUS: Readonly<Record<string, number>> = {
  AuthFailure: 401,
  'AuthFailure.ServiceLinkedRoleCreationNotPermitted': 403,
  DryRunOperation: 412,
  InsufficientAddressCapacity: 500,
  InsufficientCapacity: 500,
  InsufficientCapacityOnHost: 500,
  InsufficientHostCapacity: 500,
  InsufficientInstanceCapacity: 500,
  InsufficientReservedInstanceCapacity: 500,
  InsufficientVolumeCapacity: 500,
  InternalError: 500,
  InternalFailure: 500,
  RequestLimitExceeded: 503,
  ServiceUnavailable: 503,
  Unavailable: 503,
  UnauthorizedOperation: 403,
};

/** An error as `EC2Client.send` throws it: `name` is EC2's code. */
export function ec2Error(code: string, message: string): EC2ServiceException {
  const httpStatusCode = HTTP_STATUS[code] ?? 400;
  return new EC2ServiceException({
    name: code,
    message,
    $fault: httpStatusCode < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode, attempts: 1, totalRetryDelay: 0 },
  });
}

/**
 * EC2 may accept the request, but the simulator does not support it. The simulator throws rather than ignore a
 * parameter, because a test that passes on an ignored parameter proves nothing.
 */
export class NotSimulated extends Error {
  override readonly name = 'NotSimulated';

  constructor(what: string) {
    super(`The EC2 simulator does not support ${what}.`);
  }
}
