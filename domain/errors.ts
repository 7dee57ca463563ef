/**
 * The errors that a step may throw. The state machine definitions match on these names, and a test compares the two.
 */

/**
 * - `transient`: the same call will succeed soon; it is retried with full jitter.
 * - `capacity`: EC2 had no capacity for as long as an operation waits for it; the node goes to ERROR.
 * - `conflict`: the state has changed; observe it again, or stop.
 * - `permanent`: a person must act; the node goes to ERROR with the message as its reason.
 */
export type ErrorCategory = 'transient' | 'capacity' | 'conflict' | 'permanent';

export abstract class HoldfastError extends Error {
  /** Written out in each class, because bundling may rename classes. */
  abstract override readonly name: string;
  abstract readonly category: ErrorCategory;
}

/** EC2, DynamoDB or Step Functions asked us to slow down. */
export class Throttled extends HoldfastError {
  readonly name = 'Throttled';
  readonly category = 'transient';
}

/** EC2 returned an error of its own (5xx), or did not respond. */
export class ServiceUnavailable extends HoldfastError {
  readonly name = 'ServiceUnavailable';
  readonly category = 'transient';
}

/** A new resource is not visible to every part of EC2 yet. */
export class NotYetVisible extends HoldfastError {
  readonly name = 'NotYetVisible';
  readonly category = 'transient';
}

/** Other writers changed the node record at the same time, again and again. */
export class RecordContended extends HoldfastError {
  readonly name = 'RecordContended';
  readonly category = 'transient';
}

/** The interface is attached to an instance, or is being attached or detached. */
export class InterfaceNotFree extends HoldfastError {
  readonly name = 'InterfaceNotFree';
  readonly category = 'transient';
}

/** The instance or interface is not yet in the state that the step needs. */
export class NotReady extends HoldfastError {
  readonly name = 'NotReady';
  readonly category = 'transient';
}

/** No pool of the node had capacity, in several rounds with growing pauses. */
export class NoCapacity extends HoldfastError {
  readonly name = 'NoCapacity';
  readonly category = 'capacity';
}

/** Another operation owns the node now: this one must stop and must not write. */
export class OwnershipLost extends HoldfastError {
  readonly name = 'OwnershipLost';
  readonly category = 'conflict';
}

/** The instance launched by this operation ended before it carried the identity. */
export class ReplacementLost extends HoldfastError {
  readonly name = 'ReplacementLost';
  readonly category = 'conflict';
}

/** The instance launched by this operation is stopped. It does not start by itself; the next try replaces it. */
export class ReplacementStopped extends HoldfastError {
  readonly name = 'ReplacementStopped';
  readonly category = 'permanent';
}

/** The import was cancelled: what the operation has made must be removed. */
export class ImportCancelled extends HoldfastError {
  readonly name = 'ImportCancelled';
  readonly category = 'conflict';
}

/** The interface was deleted after the operation had checked it: it must be made again. */
export class InterfaceMissing extends HoldfastError {
  readonly name = 'InterfaceMissing';
  readonly category = 'conflict';
}

/** An account quota prevents a launch from every pool of the node. */
export class QuotaExceeded extends HoldfastError {
  readonly name = 'QuotaExceeded';
  readonly category = 'permanent';
}

/** Another interface has the private IP that the node needs. */
export class AddressTaken extends HoldfastError {
  readonly name = 'AddressTaken';
  readonly category = 'permanent';
}

/** The Elastic IP no longer exists in this account and Region. */
export class ElasticIpMissing extends HoldfastError {
  readonly name = 'ElasticIpMissing';
  readonly category = 'permanent';

  static of(allocationId: string): ElasticIpMissing {
    return new ElasticIpMissing(`${allocationId} no longer exists. Allocate another and set compute.elasticIp.`);
  }
}

/** EC2 refuses the request, and will refuse it again until a person changes something. */
export class RequestRejected extends HoldfastError {
  readonly name = 'RequestRejected';
  readonly category = 'permanent';
}

/** Every replacement ends before it carries the node: the cause is probably the AMI or the instance types. */
export class ReplacementsKeepEnding extends HoldfastError {
  readonly name = 'ReplacementsKeepEnding';
  readonly category = 'permanent';
}

/** An item of the table was written by a later version of Holdfast, or has a form that no version writes. */
export class UnreadableRecord extends HoldfastError {
  readonly name = 'UnreadableRecord';
  readonly category = 'permanent';

  /**
   * @param record its partition in the table, and its id there
   * @param field the path of the attribute, like `operation.launch.clientToken`
   * @param why what is wrong with the attribute; never its value, which may be a secret
   */
  constructor(
    readonly record: { readonly kind: string; readonly id: string },
    readonly field: string,
    readonly why: string,
  ) {
    super(`The record ${record.kind} ${record.id} cannot be read: ${field}: ${why}`);
  }
}
