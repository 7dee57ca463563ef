/**
 * Client tokens: a call with the same token and the same parameters returns what the first call created.
 *
 * Only a call that succeeds uses up its token.
 * Source: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
import { ec2Error } from './ec2-error';
import { badValue } from './parameters';
import type { World } from '../world';

const MAX_LENGTH = 64;

/**
 * Returns the ids of the resources that the token created, or undefined if it is unused.
 * @throws IdempotentParameterMismatch if it was used with other parameters
 */
export function resourcesOfToken(world: World, operation: string, input: TokenInput): readonly string[] | undefined {
  const { ClientToken: token } = input;
  if (token === undefined) return undefined;
  if (token.length > MAX_LENGTH) throw badValue(`The client token has more than ${MAX_LENGTH} characters`);
  const spent = world.spentTokens.get(`${operation} ${token}`);
  if (spent !== undefined && spent.fingerprint !== fingerprint(input)) {
    throw ec2Error('IdempotentParameterMismatch', 'The client token was used before, with other parameters');
  }
  return spent?.resourceIds;
}

export function spendToken(world: World, operation: string, input: TokenInput, resourceIds: readonly string[]): void {
  if (input.ClientToken === undefined) return;
  world.spentTokens.set(`${operation} ${input.ClientToken}`, { fingerprint: fingerprint(input), resourceIds });
}

interface TokenInput {
  readonly ClientToken?: string | undefined;
}

/** Keys are sorted and undefined values dropped: neither makes a difference on the wire. */
function fingerprint({ ClientToken: _, ...parameters }: TokenInput): string {
  return JSON.stringify(parameters, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}
