/**
 * The errors that a step may throw. A name says what the workflow should do about it; state-machine
 * definitions match on these names, and a test holds the two against each other.
 */

/**
 * - `transient`: the same call will work in a moment; retried with full jitter.
 * - `capacity`: EC2 has had nothing to give, for as long as an operation waits for it; the node goes to ERROR.
 * - `conflict`: the world moved; observe again, or stop.
 * - `permanent`: a person must act; the node goes to ERROR with the message as its reason.
 */
export type ErrorCategory = 'transient' | 'capacity' | 'conflict' | 'permanent';

export abstract class HoldfastError extends Error {
  /** Spelled out in each class, because bundling may rename classes. */
  abstract override readonly name: string;
  abstract readonly category: ErrorCategory;
}

/** EC2, DynamoDB or Step Functions asked us to slow down. */
export class Throttled extends HoldfastError {
  readonly name = 'Throttled';
  readonly category = 'transient';
}

/** EC2 answered with an error of its own (5xx), or not at all. */
export class ServiceUnavailable extends HoldfastError {
  readonly name = 'ServiceUnavailable';
  readonly category = 'transient';
}

/** Something just made is not visible to every part of EC2 yet. */
export class NotYetVisible extends HoldfastError {
  readonly name = 'NotYetVisible';
  readonly category = 'transient';
}

/** Somebody wrote the node record at the same time, again and again. */
export class RecordContended extends HoldfastError {
  readonly name = 'RecordContended';
  readonly category = 'transient';
}

/** The interface is still attached to an instance, or on its way to or from one. */
export class InterfaceNotFree extends HoldfastError {
  readonly name = 'InterfaceNotFree';
  readonly category = 'transient';
}

/** The instance or interface is not in the state that the step needs yet. */
export class NotReady extends HoldfastError {
  readonly name = 'NotReady';
  readonly category = 'transient';
}

/** No pool that the node may use has had capacity, in round after round with growing pauses. */
export class NoCapacity extends HoldfastError {
  readonly name = 'NoCapacity';
  readonly category = 'capacity';
}

/** Another operation owns the node now: this one must stop, and may not write. */
export class OwnershipLost extends HoldfastError {
  readonly name = 'OwnershipLost';
  readonly category = 'conflict';
}

/** The instance launched by this operation ended before it carried the identity. */
export class ReplacementLost extends HoldfastError {
  readonly name = 'ReplacementLost';
  readonly category = 'conflict';
}

/** The instance launched by this operation is stopped. It does not start by itself, and the next try replaces it. */
export class ReplacementStopped extends HoldfastError {
  readonly name = 'ReplacementStopped';
  readonly category = 'permanent';
}

/** The import that the operation works for was taken back: what it has made is to be taken apart again. */
export class ImportCancelled extends HoldfastError {
  readonly name = 'ImportCancelled';
  readonly category = 'conflict';
}

/** Somebody has deleted the interface since the operation made sure of it: it has to be made again. */
export class InterfaceMissing extends HoldfastError {
  readonly name = 'InterfaceMissing';
  readonly category = 'conflict';
}

/** An account quota stands in the way of every pool that the node may use. */
export class QuotaExceeded extends HoldfastError {
  readonly name = 'QuotaExceeded';
  readonly category = 'permanent';
}

/** The private IP that the interface must have is held by something else. */
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

/** EC2 refuses the request, and would refuse it again until a person has changed something. */
export class RequestRejected extends HoldfastError {
  readonly name = 'RequestRejected';
  readonly category = 'permanent';
}

/** One replacement after the other ends before it carries the node: the AMI or the instance types are to blame. */
export class ReplacementsKeepEnding extends HoldfastError {
  readonly name = 'ReplacementsKeepEnding';
  readonly category = 'permanent';
}

/** An item of the table is not what any version of Holdfast writes, or was written by a later one. */
export class UnreadableRecord extends HoldfastError {
  readonly name = 'UnreadableRecord';
  readonly category = 'permanent';

  /**
   * @param record its partition in the table, and its id there
   * @param field the path of the attribute, like `operation.launch.clientToken`
   * @param why what is wrong with it; never its value, which may be a secret
   */
  constructor(
    readonly record: { readonly kind: string; readonly id: string },
    readonly field: string,
    readonly why: string,
  ) {
    super(`The record ${record.kind} ${record.id} cannot be read: ${field}: ${why}`);
  }
}
