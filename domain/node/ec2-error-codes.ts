/**
 * What EC2's error codes mean for a workflow: the one table of them. Each row is read from AWS's own list, or from what
 * others have met: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */

export type Ec2ErrorMeaning =
  /** Ask again later, and less often. */
  | 'throttled'
  /** EC2 failed, or another request was in the way: the same request will work in a moment. */
  | 'unavailable'
  /** The instance, interface, attachment or volume named does not exist, or is not visible yet. */
  | 'not-found'
  /** Something that the configuration names does not exist, or is not visible to all of EC2 yet. */
  | 'named-missing'
  | 'interface-in-use'
  /** Something else has the device index, or a detachment by force has spoilt it. */
  | 'device-index-taken'
  /** The instance or volume is not in a state in which this can be done; it will be, or it will have ended. */
  | 'not-ready'
  | 'address-taken'
  /** The pool has nothing to give at present. */
  | 'capacity'
  /** The subnet has no free address left: so it is with every pool in it. */
  | 'subnet-full'
  /** The pool can never serve the request: another type or zone may. */
  | 'unsuitable'
  | 'quota'
  /** The instance that the client token made has died. */
  | 'token-spent'
  /** The client token has made something, for a request with other parameters. */
  | 'token-used'
  /** IAM or an organisation's policy forbids it; perhaps because the resource, and its tags, are gone. */
  | 'unauthorized'
  | 'rejected';

const MEANINGS: Readonly<Record<string, Ec2ErrorMeaning>> = {
  RequestLimitExceeded: 'throttled',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  EC2ThrottledException: 'throttled',

  InternalError: 'unavailable',
  InternalFailure: 'unavailable',
  ServiceUnavailable: 'unavailable',
  Unavailable: 'unavailable',
  RequestTimeout: 'unavailable',
  TimeoutError: 'unavailable',
  // "Try again" in AWS's own words: another request on the same thing is under way, or the clock was off.
  ConcurrentTagAccess: 'unavailable',
  RequestExpired: 'unavailable',
  RetryableError: 'unavailable',
  // An account in a new Region is being verified: minutes, says the error.
  PendingVerification: 'unavailable',

  'InvalidInstanceID.NotFound': 'not-found',
  'InvalidNetworkInterfaceID.NotFound': 'not-found',
  'InvalidNetworkInterface.NotFound': 'not-found',
  'InvalidAttachmentID.NotFound': 'not-found',
  'InvalidAllocationID.NotFound': 'not-found',
  'InvalidAssociationID.NotFound': 'not-found',
  'InvalidVolume.NotFound': 'not-found',

  // Admission has seen them, and what a user made seconds ago is not known to all of EC2:
  // https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html, hashicorp/packer#1322
  'InvalidAMIID.NotFound': 'named-missing',
  'InvalidGroup.NotFound': 'named-missing',
  'InvalidKeyPair.NotFound': 'named-missing',
  'InvalidSecurityGroupID.NotFound': 'named-missing',
  'InvalidSnapshot.NotFound': 'named-missing',
  'InvalidSubnetID.NotFound': 'named-missing',

  'InvalidNetworkInterface.InUse': 'interface-in-use',
  'InvalidNetworkInterfaceID.InUse': 'interface-in-use',

  IncorrectInstanceState: 'not-ready',
  IncorrectState: 'not-ready',
  ResourceNotReady: 'not-ready',
  VolumeInUse: 'not-ready',

  'InvalidIPAddress.InUse': 'address-taken',

  InsufficientAddressCapacity: 'capacity',
  InsufficientCapacity: 'capacity',
  InsufficientHostCapacity: 'capacity',
  InsufficientInstanceCapacity: 'capacity',
  InsufficientVolumeCapacity: 'capacity',
  SpotMaxPriceTooLow: 'capacity',
  UnfulfillableCapacity: 'capacity',

  // A client error to EC2, and yet no error of the request: another subnet may have room.
  // https://github.com/aws/amazon-vpc-cni-k8s/issues/1773
  InsufficientFreeAddressesInSubnet: 'subnet-full',

  'InstanceCreditSpecification.NotSupported': 'unsuitable',
  Unsupported: 'unsuitable',
  UnsupportedOperation: 'unsuitable',

  InstanceLimitExceeded: 'quota',
  MaxSpotInstanceCountExceeded: 'quota',
  NetworkInterfaceLimitExceeded: 'quota',
  VcpuLimitExceeded: 'quota',
  VolumeLimitExceeded: 'quota',

  IdempotentInstanceTerminated: 'token-spent',
  IdempotentParameterMismatch: 'token-used',

  UnauthorizedOperation: 'unauthorized',
};

/**
 * Codes that the table does not name are EC2's own failures where it says so (5xx), and refusals otherwise: EC2 would
 * give the same answer again. The table goes first, because EC2 answers a lack of capacity with a 500.
 */
export function meaningOf(code: string, message: string, isServerFault: boolean): Ec2ErrorMeaning {
  // EC2 sometimes answers an interface in use with this general code; only the message tells.
  if (code === 'InvalidParameterValue' && /currently in use/i.test(message)) return 'interface-in-use';
  if (code === 'InvalidParameterValue' && /attached at device index/i.test(message)) return 'device-index-taken';
  return MEANINGS[code] ?? (isServerFault ? 'unavailable' : 'rejected');
}

const SPOT_ROLE_REMEDY = 'run `aws iam create-service-linked-role --aws-service-name spot.amazonaws.com` once';

/** What a person does about a code that says it less clearly; undefined for all others. */
export function remedyFor(code: string): string | undefined {
  switch (code) {
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
    case 'AuthFailure.ServiceLinkedRoleCreationNotPermitted':
      return SPOT_ROLE_REMEDY;
    case 'Gateway.NotAttached':
      return 'attach an internet gateway to the VPC, without which no Elastic IP can be associated';
    default:
      return undefined;
  }
}
