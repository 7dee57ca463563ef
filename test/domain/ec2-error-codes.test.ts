import fc from 'fast-check';
import { meaningOf, type Ec2ErrorMeaning } from '../../domain/ec2-error-codes';

const table: readonly (readonly [string, Ec2ErrorMeaning])[] = [
  ['RequestLimitExceeded', 'throttled'],
  ['Throttling', 'throttled'],
  ['ThrottlingException', 'throttled'],
  ['EC2ThrottledException', 'throttled'],
  ['InternalError', 'unavailable'],
  ['InternalFailure', 'unavailable'],
  ['ServiceUnavailable', 'unavailable'],
  ['Unavailable', 'unavailable'],
  ['RequestTimeout', 'unavailable'],
  ['TimeoutError', 'unavailable'],
  ['InvalidInstanceID.NotFound', 'not-found'],
  ['InvalidNetworkInterfaceID.NotFound', 'not-found'],
  ['InvalidNetworkInterface.NotFound', 'not-found'],
  ['InvalidAttachmentID.NotFound', 'not-found'],
  ['InvalidAllocationID.NotFound', 'not-found'],
  ['InvalidNetworkInterface.InUse', 'interface-in-use'],
  ['InvalidNetworkInterfaceID.InUse', 'interface-in-use'],
  ['IncorrectInstanceState', 'not-ready'],
  ['IncorrectState', 'not-ready'],
  ['ResourceNotReady', 'not-ready'],
  ['InvalidIPAddress.InUse', 'address-taken'],
  ['InsufficientInstanceCapacity', 'capacity'],
  ['InsufficientHostCapacity', 'capacity'],
  ['InsufficientCapacity', 'capacity'],
  ['UnfulfillableCapacity', 'capacity'],
  ['SpotMaxPriceTooLow', 'capacity'],
  ['Unsupported', 'capacity'],
  ['MaxSpotInstanceCountExceeded', 'quota'],
  ['VcpuLimitExceeded', 'quota'],
  ['InstanceLimitExceeded', 'quota'],
  ['IdempotentInstanceTerminated', 'token-spent'],
  // A refusal that comes back with every attempt.
  ['IdempotentParameterMismatch', 'rejected'],
  ['InvalidAMIID.NotFound', 'rejected'],
  ['UnauthorizedOperation', 'rejected'],
  ['InvalidParameterValue', 'rejected'],
  ['AuthFailure', 'rejected'],
];

describe('What an EC2 error code means', () => {
  it.each(table)('%s: %s', (code, meaning) => {
    expect(meaningOf(code, '', false)).toBe(meaning);
  });

  it.each(table.filter(([, meaning]) => meaning !== 'rejected'))(
    '%s: %s, though EC2 calls it a failure of its own',
    (code, meaning) => {
      expect(meaningOf(code, '', true)).toBe(meaning);
    },
  );

  it.each([
    { message: 'Interface eni-1 is currently in use', meaning: 'interface-in-use' },
    { message: 'Interface: [eni-1] CURRENTLY IN USE.', meaning: 'interface-in-use' },
    { message: 'The value supplied for deviceIndex is invalid', meaning: 'rejected' },
    { message: '', meaning: 'rejected' },
  ])('InvalidParameterValue with "$message": $meaning', ({ message, meaning }) => {
    expect(meaningOf('InvalidParameterValue', message, false)).toBe(meaning);
  });

  it('reads no meaning into the message of another code', () => {
    expect(meaningOf('UnauthorizedOperation', 'the interface is currently in use', false)).toBe('rejected');
  });

  it('that the table does not name is a refusal, or a failure of EC2 where that says so', () => {
    const known = new Set(table.map(([code]) => code));
    const unknown = fc.string().filter((code) => !known.has(code) && !(code in {}));

    fc.assert(
      fc.property(unknown, (code) => {
        expect(meaningOf(code, '', false)).toBe('rejected');
        expect(meaningOf(code, '', true)).toBe('unavailable');
      }),
    );
  });
});
