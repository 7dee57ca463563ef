/**
 * What EC2's error codes mean for a workflow. Each row comes from AWS's own list or from reports of others:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */

export type Ec2ErrorMeaning =
  /** Call again later, and less often. */
  | 'throttled'
  /** EC2 failed, or another request interfered: the same request will succeed soon. */
  | 'unavailable'
  /** The instance, interface, attachment or volume named does not exist, or is not visible yet. */
  | 'not-found'
  /** Something that the configuration names does not exist, or is not visible to all of EC2 yet. */
  | 'named-missing'
  | 'interface-in-use'
  /** The device index is in use, or a forced detachment has blocked it. */
  | 'device-index-taken'
  /** The instance or volume is in a state that does not allow the call. The state will change, or it will end. */
  | 'not-ready'
  | 'address-taken'
  /** The pool has no capacity at present. */
  | 'capacity'
  /** The subnet has no free address, so every pool in it fails. */
  | 'subnet-full'
  /** The pool can never serve the request. Another type or zone may. */
  | 'unsuitable'
  | 'quota'
  /** The instance that was made under the client token has ended. */
  | 'token-spent'
  /** The client token was used for a request with other parameters. */
  | 'token-used'
  /** A launch template has the name already. */
  | 'name-taken'
  /** There is no such launch template. */
  | 'no-template'
  /** IAM or an organisation's policy forbids it, perhaps because the resource and its tags are gone. */
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
  // AWS says to try again: another request for the same thing is under way, or the clock was wrong.
  ConcurrentTagAccess: 'unavailable',
  RequestExpired: 'unavailable',
  RetryableError: 'unavailable',
  // AWS is verifying the account for a new Region. The error says that this takes minutes.
  PendingVerification: 'unavailable',

  'InvalidInstanceID.NotFound': 'not-found',
  'InvalidNetworkInterfaceID.NotFound': 'not-found',
  'InvalidNetworkInterface.NotFound': 'not-found',
  'InvalidAttachmentID.NotFound': 'not-found',
  'InvalidAllocationID.NotFound': 'not-found',
  'InvalidAssociationID.NotFound': 'not-found',
  'InvalidVolume.NotFound': 'not-found',

  // The API found them when it validated the configuration, but a new resource is not known to all of EC2 at once:
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

  // EC2 calls it a client error, but the request is valid: another subnet may have a free address.
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

  'InvalidLaunchTemplateName.AlreadyExistsException': 'name-taken',
  'InvalidLaunchTemplateId.NotFound': 'no-template',
  'InvalidLaunchTemplateName.NotFoundException': 'no-template',

  UnauthorizedOperation: 'unauthorized',
};

/**
 * A code that the table does not contain is a failure of EC2 if EC2 says so (5xx). Otherwise it is a refusal, and EC2
 * would refuse again. The table comes first, because EC2 returns a 500 if it has no capacity.
 */
export function meaningOf(code: string, message: string, isServerError: boolean): Ec2ErrorMeaning {
  // EC2 sometimes returns this general code for an interface in use. Only the message tells which it is.
  if (code === 'InvalidParameterValue' && /currently in use/i.test(message)) return 'interface-in-use';
  if (code === 'InvalidParameterValue' && /attached at device index/i.test(message)) return 'device-index-taken';
  // EC2 knows a new profile some seconds after IAM: kubernetes/kops#35,
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
  if (code === 'InvalidParameterValue' && /invalid iam instance profile/i.test(message)) return 'named-missing';
  return MEANINGS[code] ?? (isServerError ? 'unavailable' : 'rejected');
}

const SPOT_ROLE_REMEDY = 'run `aws iam create-service-linked-role --aws-service-name spot.amazonaws.com` once';

/** What a person must do about a code whose own message is unclear; undefined for all others. */
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
