/** Validates the creation or update of a node before anything is changed, and collects every error. */
import { accountErrors, eligibleSubnetIds, namesIn } from '../../domain/node/validate-against-account';
import { parseConfig } from '../../domain/config/validate-config';
import type { FieldError } from '../../domain/config/validation';
import type { NodeConfig } from '../../domain/config/node-config';
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { Ports } from '../ports';

export type Admission =
  | { readonly kind: 'admitted'; readonly config: NodeConfig; readonly eligibleSubnetIds: readonly string[] }
  | { readonly kind: 'invalid'; readonly fieldErrors: readonly FieldError[] };

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
  const { config } = parsed;
  const seen = await account.observe(namesIn(config));
  const fieldErrors = accountErrors(config, seen, node);
  return fieldErrors.length === 0
    ? { kind: 'admitted', config, eligibleSubnetIds: eligibleSubnetIds(config, seen.subnets) }
    : { kind: 'invalid', fieldErrors };
}
