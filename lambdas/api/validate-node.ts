/** Validates the creation or update of a node before anything is changed, and collects every error. */
import {
  accountErrors,
  awaitedOf,
  defaultsIn,
  eligibleSubnetIds,
  namesIn,
} from '../../domain/node/validate-against-account';
import { completed, type CompleteConfig } from '../../domain/config/complete-config';
import { parseConfig } from '../../domain/config/validate-config';
import type { FieldError } from '../../domain/config/validation';
import type { AwaitedNode } from '../../domain/node/awaited-nodes';
import type { SeenAccount } from '../../domain/node/observations';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { awaitedNodes } from '../operation/awaited-nodes';
import type { Ports } from '../ports';

export interface Admitted extends CompleteConfig {
  readonly kind: 'admitted';
  readonly eligibleSubnetIds: readonly string[];
  /** For a creation: the nodes being deleted that have one of the addresses. */
  readonly awaited: readonly AwaitedNode[];
}

export type Admission = Admitted | { readonly kind: 'invalid'; readonly fieldErrors: readonly FieldError[] };

/**
 * Checks the document against the account only if it is valid in itself: an invalid one may name anything.
 * @param node for an update, the present node
 * @throws the transient errors of `domain/errors.ts`
 */
export async function admit(
  { account, nodes }: Pick<Ports, 'account' | 'nodes'>,
  document: unknown,
  node?: StatefulNode,
): Promise<Admission> {
  const parsed = parseConfig(document);
  if (parsed.kind === 'invalid') return parsed;
  const seen = await account.observe(namesIn(parsed.config));
  const complete = completed(parsed.config, defaultsIn(seen));
  const awaited = node === undefined && hasHolders(seen) ? awaitedOf(complete.config, seen, await leaving(nodes)) : [];
  const accepted = node === undefined ? awaited.map((each) => each.node) : await awaitedNodes(nodes, node);
  const fieldErrors = accountErrors(complete.config, seen, node, accepted);
  return fieldErrors.length === 0
    ? { kind: 'admitted', ...complete, eligibleSubnetIds: eligibleSubnetIds(complete.config, seen.subnets), awaited }
    : { kind: 'invalid', fieldErrors };
}

/** Whether an interface has one of the addresses: only then must all records be read. */
function hasHolders({ privateIpHolders, elasticIp }: SeenAccount): boolean {
  return privateIpHolders.length > 0 || elasticIp?.interfaceId !== undefined;
}

async function leaving(nodes: Ports['nodes']): Promise<readonly StatefulNode[]> {
  const found: StatefulNode[] = [];
  for await (const node of nodes.listFrom()) if (node.deletion !== undefined) found.push(node);
  return found;
}
