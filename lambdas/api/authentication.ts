/** Authenticates requests: any caller with a valid token may use the API. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiTokens } from '../ports';
import { RequestRefused } from './error-responses';
import type { ApiRequest } from './request';

/** @throws RequestRefused with 401. The error is the same whatever is wrong, so it gives nothing away. */
export type Authenticate = (request: Pick<ApiRequest, 'authorization'>) => Promise<void>;

/** For an API Gateway that requires IAM signatures: it has already authenticated the caller. */
export const trustApiGateway: Authenticate = async () => undefined;

export function bearerAuthentication(tokens: ApiTokens): Authenticate {
  return async ({ authorization }) => {
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (given === undefined || !isAmong(await tokens.current(), given)) {
      throw new RequestRefused(401, {
        code: 'UNAUTHORIZED',
        message: 'A valid token is required: "Authorization: Bearer <token>".',
      });
    }
  };
}

/**
 * Takes the same time whichever token matches, and however much of it: all digests have the same length, and the given
 * one is compared with each.
 */
function isAmong(valid: readonly string[], given: string): boolean {
  const givenDigest = digest(given);
  return valid.map((token) => timingSafeEqual(digest(token), givenDigest)).includes(true);
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
