/**
 * What EC2's error codes mean for a workflow: the one table of them.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */

export type Ec2ErrorMeaning =
  | 'throttled'
  | 'unavailable'
  /** The instance, interface, attachment or volume named does not exist, or is not visible yet. */
  | 'not-found'
  | 'interface-in-use'
  /** The instance or volume is not in a state in which this can be done; it will be, or it will have ended. */
  | 'not-ready'
  | 'address-taken'
  | 'capacity'
  | 'quota'
  /** The instance that the client token made has died. */
  | 'token-spent'
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

  'InvalidInstanceID.NotFound': 'not-found',
  'InvalidNetworkInterfaceID.NotFound': 'not-found',
  'InvalidNetworkInterface.NotFound': 'not-found',
  'InvalidAttachmentID.NotFound': 'not-found',
  'InvalidAllocationID.NotFound': 'not-found',
  'InvalidAssociationID.NotFound': 'not-found',
  'InvalidVolume.NotFound': 'not-found',

  'InvalidNetworkInterface.InUse': 'interface-in-use',
  'InvalidNetworkInterfaceID.InUse': 'interface-in-use',

  IncorrectInstanceState: 'not-ready',
  IncorrectState: 'not-ready',
  ResourceNotReady: 'not-ready',
  VolumeInUse: 'not-ready',

  'InvalidIPAddress.InUse': 'address-taken',

  InsufficientInstanceCapacity: 'capacity',
  InsufficientHostCapacity: 'capacity',
  InsufficientCapacity: 'capacity',
  UnfulfillableCapacity: 'capacity',
  SpotMaxPriceTooLow: 'capacity',
  Unsupported: 'capacity',

  MaxSpotInstanceCountExceeded: 'quota',
  VcpuLimitExceeded: 'quota',
  InstanceLimitExceeded: 'quota',

  IdempotentInstanceTerminated: 'token-spent',
};

/**
 * Codes that the table does not name are EC2's own failures where it says so (5xx), and refusals otherwise: EC2 would
 * give the same answer again. The table goes first, because EC2 answers a lack of capacity with a 500.
 */
export function meaningOf(code: string, message: string, isServerFault: boolean): Ec2ErrorMeaning {
  // EC2 sometimes answers an interface in use with this general code; only the message tells.
  if (code === 'InvalidParameterValue' && /currently in use/i.test(message)) return 'interface-in-use';
  return MEANINGS[code] ?? (isServerFault ? 'unavailable' : 'rejected');
}
