/** What can be made to go wrong with one call. */
export type Fault =
  /** EC2 answers an error and has done nothing. Without a code: InternalError, 500. */
  | { readonly kind: 'error-before'; readonly code?: string }
  /** EC2 does what was asked, and answers an error all the same. Without a code: InternalError, 500. */
  | { readonly kind: 'error-after'; readonly code?: string }
  | { readonly kind: 'throttle' }
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
