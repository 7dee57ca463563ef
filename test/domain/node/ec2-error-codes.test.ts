import fc from 'fast-check';
import { meaningOf, remedyFor, type Ec2ErrorMeaning } from '../../../domain/node/ec2-error-codes';

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
  ['ConcurrentTagAccess', 'unavailable'],
  ['RequestExpired', 'unavailable'],
  ['RetryableError', 'unavailable'],
  ['PendingVerification', 'unavailable'],
  ['InvalidInstanceID.NotFound', 'not-found'],
  ['InvalidNetworkInterfaceID.NotFound', 'not-found'],
  ['InvalidNetworkInterface.NotFound', 'not-found'],
  ['InvalidAttachmentID.NotFound', 'not-found'],
  ['InvalidAllocationID.NotFound', 'not-found'],
  ['InvalidAssociationID.NotFound', 'not-found'],
  ['InvalidVolume.NotFound', 'not-found'],
  ['InvalidAMIID.NotFound', 'named-missing'],
  ['InvalidGroup.NotFound', 'named-missing'],
  ['InvalidKeyPair.NotFound', 'named-missing'],
  ['InvalidSecurityGroupID.NotFound', 'named-missing'],
  ['InvalidSubnetID.NotFound', 'named-missing'],
  ['InvalidNetworkInterface.InUse', 'interface-in-use'],
  ['InvalidNetworkInterfaceID.InUse', 'interface-in-use'],
  ['IncorrectInstanceState', 'not-ready'],
  ['IncorrectState', 'not-ready'],
  ['ResourceNotReady', 'not-ready'],
  ['VolumeInUse', 'not-ready'],
  ['InvalidIPAddress.InUse', 'address-taken'],
  ['InsufficientAddressCapacity', 'capacity'],
  ['InsufficientCapacity', 'capacity'],
  ['InsufficientHostCapacity', 'capacity'],
  ['InsufficientInstanceCapacity', 'capacity'],
  ['InsufficientVolumeCapacity', 'capacity'],
  ['SpotMaxPriceTooLow', 'capacity'],
  ['UnfulfillableCapacity', 'capacity'],
  ['InsufficientFreeAddressesInSubnet', 'subnet-full'],
  ['InstanceCreditSpecification.NotSupported', 'unsuitable'],
  ['Unsupported', 'unsuitable'],
  ['UnsupportedOperation', 'unsuitable'],
  ['InstanceLimitExceeded', 'quota'],
  ['MaxSpotInstanceCountExceeded', 'quota'],
  ['NetworkInterfaceLimitExceeded', 'quota'],
  ['VcpuLimitExceeded', 'quota'],
  ['VolumeLimitExceeded', 'quota'],
  ['IdempotentInstanceTerminated', 'token-spent'],
  ['IdempotentParameterMismatch', 'token-used'],
  ['UnauthorizedOperation', 'unauthorized'],
  // A refusal that every attempt gets: not in the table.
  ['InvalidParameterValue', 'rejected'],
  ['AuthFailure', 'rejected'],
  ['Gateway.NotAttached', 'rejected'],
  ['OperationNotPermitted', 'rejected'],
  ['InvalidUserID.NotFound', 'rejected'],
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
    {
      message: 'Value (ledger) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name',
      meaning: 'named-missing',
    },
    { message: 'The value supplied for deviceIndex is invalid', meaning: 'rejected' },
    { message: '', meaning: 'rejected' },
  ])('InvalidParameterValue with "$message": $meaning', ({ message, meaning }) => {
    expect(meaningOf('InvalidParameterValue', message, false)).toBe(meaning);
  });

  it('reads no meaning into the message of another code', () => {
    expect(meaningOf('UnauthorizedOperation', 'the interface is currently in use', false)).toBe('unauthorized');
    expect(meaningOf('AuthFailure', 'the interface is currently in use', false)).toBe('rejected');
  });

  it('that the table does not name is a refusal, or a failure of EC2 if EC2 says so', () => {
    const known = new Set(table.map(([code]) => code));
    const unknown = fc.string().filter((code) => !known.has(code) && !(code in {}));

    fc.assert(
      fc.property(unknown, (code) => {
        expect(meaningOf(code, '', false)).toBe('rejected');
        expect(meaningOf(code, '', true)).toBe('unavailable');
      }),
    );
  });

  it.each([
    [
      'AuthFailure.ServiceLinkedRoleCreationNotPermitted',
      /^run `aws iam create-service-linked-role --aws-service-name spot/,
    ],
    ['Gateway.NotAttached', /^attach an internet gateway to the VPC/],
  ] as const)('a person does something about %s', (code, remedy) => {
    expect(remedyFor(code)).toMatch(remedy);
  });

  it('says by itself what to do, for all other codes', () => {
    for (const [code] of table.filter(([each]) => each !== 'Gateway.NotAttached')) {
      expect(remedyFor(code)).toBeUndefined();
    }
  });
});
