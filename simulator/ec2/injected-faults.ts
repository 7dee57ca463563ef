/** What can be made to go wrong with one call. */
export type Fault =
  /** EC2 answers an error and has done nothing. Without a code: InternalError, 500. */
  | { readonly kind: 'error-before'; readonly code?: string }
  /** EC2 does what was asked, and answers an error all the same. Without a code: InternalError, 500. */
  | { readonly kind: 'error-after'; readonly code?: string }
  | { readonly kind: 'throttle' }
  /**
   * EC2 refuses the call in these words and does nothing. The HTTP status follows from the code: 4xx, or 5xx for a
   * server error. A schedule that returns it from some moment on plays a refusal that is final.
   * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
   */
  | { readonly kind: 'refuse'; readonly code: string; readonly message: string }
  /** The caller dies before the request leaves it. */
  | { readonly kind: 'crash-before' }
  /** The caller dies after EC2 has done what was asked, before it hears of it. */
  | { readonly kind: 'crash-after' };

/** A call as a fault schedule sees it. */
export interface Call {
  /** The operation, like `RunInstances`. */
  readonly command: string;
  readonly input: unknown;
  /** Counts every call of this simulated EC2, from 1. */
  readonly number: number;
}

export type FaultSchedule = (call: Call) => Fault | undefined;
