/** Whether the identity was kept: what is compared, and what must not be left over. */
import type { NodeAddresses } from '../../local/sandbox';
import type { World } from '../../simulator/ec2/world';

export interface Findings {
  readonly before: NodeAddresses;
  /** Absent where the interface is on no instance. */
  readonly after: NodeAddresses | undefined;
  readonly nodeStatus: string;
  readonly isOldInstanceTerminated: boolean;
  /** A sentence each. */
  readonly leftovers: readonly string[];
}

const KEPT = {
  networkInterfaceId: 'the interface',
  privateIp: 'the private IP',
  publicIp: 'the public IP',
  macAddress: 'the MAC address',
} as const satisfies Partial<Record<keyof NodeAddresses, string>>;

/** Why the identity cannot be called kept, a sentence each; none if it can. */
export function objections({ before, after, ...seen }: Findings): string[] {
  const found: string[] = [];
  if (seen.nodeStatus !== 'ACTIVE') found.push(`the node is ${seen.nodeStatus}, not ACTIVE`);
  if (after === undefined) return [...found, 'the interface is on no instance', ...seen.leftovers];
  for (const [field, name] of Object.entries(KEPT) as [keyof typeof KEPT, string][]) {
    if (before[field] === null || before[field] !== after[field]) found.push(`${name} is not the same`);
  }
  if (before.instanceId === after.instanceId) found.push('the instance is the same as before');
  else if (!seen.isOldInstanceTerminated) found.push(`the old instance ${before.instanceId} is not terminated`);
  return [...found, ...seen.leftovers];
}

/** Whether an interface, and the Elastic IP on it, lead to an instance that runs. */
export function leadsToRunningInstance(world: World, interfaceId: string): boolean {
  const attachment = world.networkInterfaces.get(interfaceId)?.attachment;
  if (attachment?.status !== 'attached') return false;
  const hasPublicIp = [...world.elasticIps.values()].some(
    ({ association }) => association?.networkInterfaceId === interfaceId,
  );
  return hasPublicIp && world.instances.get(attachment.instanceId)?.state === 'running';
}

/** What should not be there once a node is carried by `instanceId`: a sentence each. */
export function leftoversIn(
  world: World,
  node: { readonly interfaceId: string; readonly instanceId: string; readonly attachment: 'cold' | 'hot' },
): string[] {
  const instances = [...world.instances.values()]
    .filter(({ id, state }) => id !== node.instanceId && state !== 'terminated')
    .map(({ id, state }) => `instance ${id} is left, ${state}`);
  const interfaces = [...world.networkInterfaces.values()]
    .filter(({ id }) => id !== node.interfaceId)
    .filter(({ attachment }) => {
      const isItsPrimary = attachment?.instanceId === node.instanceId && attachment.deviceIndex === 0;
      // Beside a hot interface, an instance has a primary of its own.
      return !(node.attachment === 'hot' && isItsPrimary);
    })
    .map(({ id, status }) => `interface ${id} is left, ${status}`);
  const associations = [...world.elasticIps.values()].flatMap(({ id, association }) =>
    association === undefined || association.networkInterfaceId === node.interfaceId
      ? []
      : [`${id} is on ${association.networkInterfaceId}, which is not the node's interface`],
  );
  return [...instances, ...interfaces, ...associations];
}
