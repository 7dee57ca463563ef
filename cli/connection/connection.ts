/** Where the API is, and how its requests are authorised. */

/** Returns the request with what proves who sends it. */
export type Authorize = (request: Request) => Promise<Request>;

export interface Connection {
  readonly url: string;
  readonly authorize: Authorize;
  /** The Region of the deployment, or undefined if it is not known. */
  readonly region: string | undefined;
}

export function bearer(token: string): Authorize {
  return async (request) => {
    const authorized = new Request(request);
    authorized.headers.set('authorization', `Bearer ${token}`);
    return authorized;
  };
}
