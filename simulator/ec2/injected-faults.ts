/** A failure that can be injected into one call. */
export type Fault =
  /** EC2 returns an error and has done nothing. Without a code: InternalError, 500. */
  | { readonly kind: 'error-before'; readonly code?: string }
  /** EC2 performs the call, but returns an error. Without a code: InternalError, 500. */
  | { readonly kind: 'error-after'; readonly code?: string }
  | { readonly kind: 'throttle' }
  /**
   * EC2 refuses the call with this message and does nothing. The HTTP status follows from the code: 4xx, or 5xx for a
   * server error. For a permanent refusal, the schedule returns it for every later call.
   * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
   */
  | { readonly kind: 'refuse'; readonly code: string; readonly message: string }
  /** The caller crashes before it sends the request. */
  | { readonly kind: 'crash-before' }
  /** The caller crashes after EC2 has performed the call, before it gets the response. */
  | { readonly kind: 'crash-after' };

/** A call as a fault schedule receives it. */
export interface Call {
  /** The operation, like `RunInstances`. */
  readonly command: string;
  readonly input: unknown;
  /** The number of the call, from 1, among all calls of this simulated EC2. */
  readonly number: number;
}

export type FaultSchedule = (call: Call) => Fault | undefined;
