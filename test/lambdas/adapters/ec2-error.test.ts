import { EC2ServiceException } from '@aws-sdk/client-ec2';
import * as errors from '../../../domain/errors';
import { callEc2 } from '../../../lambdas/adapters/ec2-error';

function answered(name: string, httpStatusCode = 400, message = 'because'): EC2ServiceException {
  return new EC2ServiceException({
    name,
    message,
    $fault: httpStatusCode < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode },
  });
}

function rejection(error: Error): Promise<unknown> {
  return callEc2(() => Promise.reject(error)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}

describe('An error of EC2', () => {
  it.each([
    { code: 'ThrottlingException', status: 400, ErrorClass: errors.Throttled },
    // EC2 answers these with 5xx, as if it had failed itself.
    { code: 'RequestLimitExceeded', status: 503, ErrorClass: errors.Throttled },
    { code: 'InsufficientInstanceCapacity', status: 500, ErrorClass: errors.NoCapacity },
    { code: 'InternalError', status: 500, ErrorClass: errors.ServiceUnavailable },
    { code: 'SomethingNobodyDocumented', status: 500, ErrorClass: errors.ServiceUnavailable },
    { code: 'InvalidInstanceID.NotFound', status: 400, ErrorClass: errors.NotYetVisible },
    { code: 'InvalidNetworkInterface.InUse', status: 400, ErrorClass: errors.InterfaceNotFree },
    { code: 'IncorrectInstanceState', status: 400, ErrorClass: errors.NotReady },
    { code: 'InvalidIPAddress.InUse', status: 400, ErrorClass: errors.AddressTaken },
    { code: 'UnfulfillableCapacity', status: 400, ErrorClass: errors.NoCapacity },
    { code: 'VcpuLimitExceeded', status: 400, ErrorClass: errors.QuotaExceeded },
    { code: 'IdempotentInstanceTerminated', status: 400, ErrorClass: errors.RequestRejected },
    { code: 'IdempotentParameterMismatch', status: 400, ErrorClass: errors.RequestRejected },
    { code: 'InvalidAMIID.NotFound', status: 400, ErrorClass: errors.NotYetVisible },
    { code: 'InsufficientFreeAddressesInSubnet', status: 400, ErrorClass: errors.NoCapacity },
    { code: 'Unsupported', status: 400, ErrorClass: errors.RequestRejected },
    { code: 'UnauthorizedOperation', status: 403, ErrorClass: errors.RequestRejected },
    { code: 'SomethingElse', status: 400, ErrorClass: errors.RequestRejected },
  ])('$code with status $status is thrown as its class', async ({ code, status, ErrorClass }) => {
    const cause = answered(code, status);
    const thrown = await rejection(cause);

    expect(thrown).toBeInstanceOf(ErrorClass);
    expect(thrown).toMatchObject({ message: `EC2 answered ${code}: because`, cause });
  });

  it('that says too little for a person gets a hint what to do', async () => {
    const thrown = await rejection(answered('Gateway.NotAttached'));

    expect(thrown).toMatchObject({
      message:
        'EC2 answered Gateway.NotAttached: because ' +
        '(attach an internet gateway to the VPC, without which no Elastic IP can be associated)',
    });
  });

  it('is distinguished by its message if the code is ambiguous', async () => {
    const thrown = await rejection(answered('InvalidParameterValue', 400, 'eni-1 is currently in use'));

    expect(thrown).toBeInstanceOf(errors.InterfaceNotFree);
  });

  it.each(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'])(
    'that is no answer (%s) says nothing about the effect',
    async (code) => {
      expect(await rejection(Object.assign(new Error('socket'), { code }))).toBeInstanceOf(errors.ServiceUnavailable);
    },
  );

  it('that is a time-out says nothing about the effect', async () => {
    const timeout = Object.assign(new Error('late'), { name: 'TimeoutError' });

    expect(await rejection(timeout)).toBeInstanceOf(errors.ServiceUnavailable);
  });

  it('that is a programming error of ours is rethrown as it is', async () => {
    const mistake = new TypeError('undefined is not a function');

    expect(await rejection(mistake)).toBe(mistake);
  });

  it('that is expected is handled and not thrown', async () => {
    const answer = callEc2<string>(() => Promise.reject(answered('InvalidInstanceID.NotFound')), {
      'not-found': ({ code, message }) => `${code}: ${message}`,
    });

    await expect(answer).resolves.toBe('InvalidInstanceID.NotFound: because');
  });

  it('that is not among the expected ones is thrown', async () => {
    const answer = callEc2<string>(() => Promise.reject(answered('IncorrectState')), { 'not-found': () => 'gone' });

    await expect(answer).rejects.toThrow(errors.NotReady);
  });
});
