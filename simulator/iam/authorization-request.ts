/** A request that a service asks IAM before it acts on a call, and the answer. */

type Tags = Readonly<Record<string, string>>;

export interface AuthorizationRequest {
  /** Like `ec2:RunInstances`. */
  readonly action: string;
  /** An ARN, or `*` where the action knows no resources. */
  readonly resource: string;
  /** Those that the thing has: `aws:ResourceTag/...`. */
  readonly resourceTags?: Tags | undefined;
  /** Those that the request gives: `aws:RequestTag/...`. */
  readonly requestTags?: Tags | undefined;
  /** `aws:TagKeys`; undefined where the request names none. */
  readonly tagKeys?: readonly string[] | undefined;
  /** Any other condition keys that have a value. */
  readonly keys?: Readonly<Record<string, string>> | undefined;
}

/** Why the call is refused; undefined where it is allowed. */
export type Authorize = (request: AuthorizationRequest) => { readonly message: string } | undefined;
