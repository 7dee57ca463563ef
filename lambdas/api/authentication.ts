/** Who may use the API: whoever has a valid token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiTokens } from '../ports';
import { RequestRefused } from './error-responses';
import type { ApiRequest } from './request';

/** @throws RequestRefused with 401, the same one whatever is wrong */
export type Authenticate = (request: Pick<ApiRequest, 'authorization'>) => Promise<void>;

/** For an API Gateway that asks for IAM signatures: whoever comes through has been let in. */
export const trustApiGateway: Authenticate = async () => undefined;

export function bearerAuthentication(tokens: ApiTokens): Authenticate {
  return async ({ authorization }) => {
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (given === undefined || !isAmong(await tokens.current(), given)) {
      throw new RequestRefused(401, {
        code: 'UNAUTHORIZED',
        message: 'A valid token is needed: "Authorization: Bearer <token>".',
      });
    }
  };
}

/**
 * Takes the same time however much of a token is right and whichever it is: digests have one length, and every
 * one is compared.
 */
function isAmong(valid: readonly string[], given: string): boolean {
  const givenDigest = digest(given);
  return valid.map((token) => timingSafeEqual(digest(token), givenDigest)).includes(true);
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
