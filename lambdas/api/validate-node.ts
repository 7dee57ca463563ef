/** Validates the creation or update of a node before anything is changed, and collects every error. */
import { accountErrors, defaultsIn, eligibleSubnetIds, namesIn } from '../../domain/node/validate-against-account';
import { completed, type CompleteConfig } from '../../domain/config/complete-config';
import { parseConfig } from '../../domain/config/validate-config';
import type { FieldError } from '../../domain/config/validation';
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { Ports } from '../ports';

export interface Admitted extends CompleteConfig {
  readonly kind: 'admitted';
  readonly eligibleSubnetIds: readonly string[];
}

export type Admission = Admitted | { readonly kind: 'invalid'; readonly fieldErrors: readonly FieldError[] };

/**
 * Checks the document against the account only if it is valid in itself: an invalid one may name anything.
 * @param node for an update, the present node
 * @throws the transient errors of `domain/errors.ts`
 */
export async function admit(
  { account }: Pick<Ports, 'account'>,
  document: unknown,
  node?: StatefulNode,
): Promise<Admission> {
  const parsed = parseConfig(document);
  if (parsed.kind === 'invalid') return parsed;
  const seen = await account.observe(namesIn(parsed.config));
  const complete = completed(parsed.config, defaultsIn(seen));
  const fieldErrors = accountErrors(complete.config, seen, node);
  return fieldErrors.length === 0
    ? { kind: 'admitted', ...complete, eligibleSubnetIds: eligibleSubnetIds(complete.config, seen.subnets) }
    : { kind: 'invalid', fieldErrors };
}
