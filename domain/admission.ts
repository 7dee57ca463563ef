/**
 * May this document become a node? Every fault at once, each with its field and its remedy, before anything
 * is made. Here: the document by itself; what the account has to say of it is in account-faults.ts.
 */
import { withoutNulls } from './config-update';
import { check, type Fault, type Wording } from './faults';
import { attachmentOf, nodeConfigSchema, type NodeConfig } from './node-config';
import { whyRefused } from './unsupported-fields';

export type { Fault } from './faults';

export type Parsed =
  | { readonly kind: 'config'; readonly config: NodeConfig }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] };

const DOCUMENT: Wording = { whole: 'managedInstance', unknownField: whyRefused };

/** Checks the document against its schema, and its fields against each other. A `null` field is an absent one. */
export function parseConfig(document: unknown): Parsed {
  const checked = check(nodeConfigSchema, withoutNulls(document), DOCUMENT);
  if (checked.kind === 'faults') return checked;
  const faults = contradictions(checked.value);
  return faults.length === 0 ? { kind: 'config', config: checked.value } : { kind: 'faults', faults };
}

function contradictions(config: NodeConfig): readonly Fault[] {
  const { compute, persistence } = config;
  const assignsPublicIp = compute.launchSpecification.networkInterfaces?.[0]?.associatePublicIpAddress;
  const persistsPrivateIp = persistence.persistPrivateIp === true;
  const rules: readonly (readonly [boolean, string, string])[] = [
    [
      !persistsPrivateIp && compute.elasticIp === undefined,
      'persistence.persistPrivateIp',
      'must be true unless compute.elasticIp is given: a stateful node persists at least one address',
    ],
    [
      !persistsPrivateIp && compute.privateIp !== undefined,
      'compute.privateIp',
      'needs persistence.persistPrivateIp to be true',
    ],
    [
      compute.elasticIp !== undefined && assignsPublicIp === false,
      'compute.launchSpecification.networkInterfaces.0.associatePublicIpAddress',
      'must not be false together with compute.elasticIp: set it to true, or remove one of the two',
    ],
    [
      // AWS assigns a public IP by itself only to an interface made in the launch, which a carried primary is not.
      compute.elasticIp === undefined && assignsPublicIp === true && attachmentOf(config) === 'cold',
      'compute.launchSpecification.networkInterfaces.0.associatePublicIpAddress',
      'cannot be true for a persisted primary interface: give compute.elasticIp instead',
    ],
    [new Set(compute.subnetIds).size < compute.subnetIds.length, 'compute.subnetIds', 'must not name a subnet twice'],
  ];
  return rules.filter(([broken]) => broken).map(([, field, message]) => ({ field, message }));
}
