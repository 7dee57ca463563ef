/** Why a request failed, in the API's own words. */
export interface Fault {
  readonly code?: string | undefined;
  readonly message: string;
  /** The path of the field or the parameter. */
  readonly field?: string | undefined;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** 0 if there was no response. */
    readonly status: number,
    readonly faults: readonly Fault[],
    /** For the search in the function's log. */
    readonly requestId?: string,
    /** Seconds after which the API wants the next request. */
    readonly retryAfterSeconds?: number,
  ) {
    super(faults.map(({ field, message }) => (field === undefined ? message : `${field}: ${message}`)).join('\n'));
  }

  /** @param code of docs/api.md, Errors */
  hasCode(code: string): boolean {
    return this.faults.some((fault) => fault.code === code);
  }

  get isOffline(): boolean {
    return this.status === 0;
  }
}

interface ErrorBody {
  readonly request?: { readonly id?: string };
  readonly response?: { readonly errors?: readonly Fault[] };
  /** From the simulator. */
  readonly errors?: readonly Fault[];
  /** From API Gateway. */
  readonly message?: string;
}

export function errorOf(response: Response, body: unknown): ApiError {
  const { request, response: inner, errors, message } = (body ?? {}) as ErrorBody;
  const faults = inner?.errors ??
    errors ?? [{ message: message ?? `The API responded with status ${response.status}.` }];
  const retryAfter = Number(response.headers.get('retry-after') ?? NaN);
  return new ApiError(response.status, faults, request?.id, Number.isFinite(retryAfter) ? retryAfter : undefined);
}

export const offline = (): ApiError =>
  new ApiError(0, [{ message: 'The API does not respond. The page tries again by itself.' }]);
