/** What a service asks IAM before it acts on a call, and IAM's response. */

type Tags = Readonly<Record<string, string>>;

export interface AuthorizationRequest {
  /** Like `ec2:RunInstances`. */
  readonly action: string;
  /** An ARN, or `*` if the action has no resource types. */
  readonly resource: string;
  /** The resource's own tags: `aws:ResourceTag/...`. */
  readonly resourceTags?: Tags | undefined;
  /** The tags in the request: `aws:RequestTag/...`. */
  readonly requestTags?: Tags | undefined;
  /** `aws:TagKeys`. Undefined if the request names none. */
  readonly tagKeys?: readonly string[] | undefined;
  /** Other condition keys and their values. */
  readonly keys?: Readonly<Record<string, string>> | undefined;
}

/** Returns why the call is refused, or undefined if it is allowed. */
export type Authorize = (request: AuthorizationRequest) => { readonly message: string } | undefined;
