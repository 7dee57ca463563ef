/** The difference between two documents, as the API's update takes it. */

/** Nothing of a node can move to another VPC: its interface, its groups and its subnets are the VPC's. */
export function isReplacement(before: unknown, after: unknown): boolean {
  const vpcOf = (document: unknown): unknown => memberOf(memberOf(document, 'compute'), 'vpcId');
  return vpcOf(before) !== vpcOf(after);
}

/** The patch that makes the present document equal to the wanted one: `null` removes what the wanted one lacks. */
export function patchTo(present: unknown, wanted: unknown): unknown {
  if (!isObject(present) || !isObject(wanted)) return wanted;
  const removed = Object.keys(present).filter((key) => !(key in wanted));
  return Object.fromEntries([
    ...removed.map((key) => [key, null] as const),
    ...Object.entries(wanted).map(([key, value]) => [key, patchTo(present[key], value)] as const),
  ]);
}

function memberOf(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
