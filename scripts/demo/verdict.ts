/** Decides whether the identity was kept: compares the addresses, and looks for leftovers. */
import type { NodeAddresses } from '../../local/sandbox';
import type { World } from '../../simulator/ec2/world';

export interface Findings {
  readonly before: NodeAddresses;
  /** Undefined if the interface is on no instance. */
  readonly after: NodeAddresses | undefined;
  readonly nodeStatus: string;
  readonly isOldInstanceTerminated: boolean;
  /** One sentence each. */
  readonly leftovers: readonly string[];
}

const KEPT = {
  networkInterfaceId: 'the interface',
  privateIp: 'the private IP',
  publicIp: 'the public IP',
  macAddress: 'the MAC address',
} as const satisfies Partial<Record<keyof NodeAddresses, string>>;

/** Why the identity was not kept, one sentence each; empty if it was. */
export function problemsOf({ before, after, ...seen }: Findings): string[] {
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

/** Whether the interface has an Elastic IP and is attached to a running instance. */
export function leadsToRunningInstance(world: World, interfaceId: string): boolean {
  const attachment = world.networkInterfaces.get(interfaceId)?.attachment;
  if (attachment?.status !== 'attached') return false;
  const hasPublicIp = [...world.elasticIps.values()].some(
    ({ association }) => association?.networkInterfaceId === interfaceId,
  );
  return hasPublicIp && world.instances.get(attachment.instanceId)?.state === 'running';
}

/** The resources that should not exist once `instanceId` is the node's instance, one sentence each. */
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
      // The instance of a hot node also has its own primary interface.
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
