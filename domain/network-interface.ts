/**
 * What the persisted interface needs next: to exist, to come free of an instance, to be attached to another.
 */
import { attachmentOf } from './node-config';
import type { SeenInterface } from './observations';
import { ownTags } from './launch';
import type { InterfaceRequest, NetworkIdentity, Operation, StatefulNode } from './stateful-node';

export type ExistenceDecision =
  /** It is there; `setSecurityGroupIds` where it has others than the node's. */
  | { readonly kind: 'nothing'; readonly interfaceId: string; readonly setSecurityGroupIds?: readonly string[] }
  /** Write the request down, then make the interface. `retire` is the one that it takes the place of. */
  | { readonly kind: 'create'; readonly request: InterfaceRequest; readonly retire?: string };

/**
 * Does the node have its interface where the operation needs it?
 *
 * An interface that is gone is made again with the same private IP. One in another subnet is retired: only
 * where the identity may move at all, which `launchPools` sees to.
 */
export function decideExistence(
  node: StatefulNode,
  operation: Operation,
  seen: SeenInterface | undefined,
): ExistenceDecision {
  if (operation.interfaceRequest !== undefined) {
    return { kind: 'create', request: operation.interfaceRequest, retire: retiredBy(operation.interfaceRequest, seen) };
  }
  const subnetId = neededSubnet(node, operation);
  if (seen?.subnetId === subnetId && hasAddress(seen, operation)) {
    const wanted = operation.config.compute.launchSpecification.securityGroupIds;
    const isSame = [...seen.securityGroupIds].sort().join() === [...new Set(wanted)].sort().join();
    return { kind: 'nothing', interfaceId: seen.id, setSecurityGroupIds: isSame ? undefined : wanted };
  }
  const request = interfaceRequest(node, operation, subnetId);
  return { kind: 'create', request, retire: retiredBy(request, seen) };
}

/** An update may ask for another private IP than the interface has; that takes another interface. */
function hasAddress(seen: SeenInterface, { config }: Operation): boolean {
  const { privateIp } = config.compute;
  return privateIp === undefined || seen.privateIp === privateIp;
}

/** What the record says of an interface once EC2 has answered with it. */
export function identityOn(seen: SeenInterface, before: NetworkIdentity): NetworkIdentity {
  return {
    ...before,
    interfaceId: seen.id,
    subnetId: seen.subnetId,
    availabilityZone: seen.availabilityZone,
    privateIp: seen.privateIp,
    ipv6Address: seen.ipv6Address,
    macAddress: seen.macAddress,
  };
}

export type ReleaseDecision =
  | { readonly kind: 'free' }
  | { readonly kind: 'detach'; readonly attachmentId: string }
  /** On its way, or the primary of an instance that is ending: it comes free by itself. */
  | { readonly kind: 'wait'; readonly because: string };

/** Is the interface free for the replacement? One that the replacement already has counts as free. */
export function decideRelease(seen: SeenInterface | undefined, replacementId: string | undefined): ReleaseDecision {
  const attachment = seen?.attachment;
  if (seen === undefined || (attachment === undefined && seen.status === 'available')) return { kind: 'free' };
  if (attachment === undefined) return { kind: 'wait', because: `${seen.id} is ${seen.status}` };
  if (replacementId !== undefined && attachment.instanceId === replacementId) return { kind: 'free' };
  // AWS: the primary interface (device index 0) can never be detached; it frees when its instance is terminated.
  if (attachment.deviceIndex > 0 && attachment.status === 'attached') {
    return { kind: 'detach', attachmentId: attachment.id };
  }
  return { kind: 'wait', because: `${seen.id} is ${attachment.status} on ${attachment.instanceId}` };
}

export type AttachDecision =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'attach'; readonly deviceIndex: number }
  /** It is attached as it should be, but would be deleted with the instance. */
  | { readonly kind: 'protect'; readonly attachmentId: string }
  | { readonly kind: 'wait'; readonly because: string };

/** Is the interface attached to the replacement, at the device index that its way of carrying asks for? */
export function decideAttach(
  seen: SeenInterface | undefined,
  replacementId: string,
  deviceIndex: number,
): AttachDecision {
  if (seen === undefined) return { kind: 'wait', because: 'the interface is not visible' };
  const { attachment } = seen;
  if (attachment === undefined) {
    return seen.status === 'available' && deviceIndex > 0
      ? { kind: 'attach', deviceIndex }
      : { kind: 'wait', because: `${seen.id} is ${seen.status}` };
  }
  if (attachment.instanceId !== replacementId || attachment.status !== 'attached') {
    return { kind: 'wait', because: `${seen.id} is ${attachment.status} on ${attachment.instanceId}` };
  }
  return attachment.deleteOnTermination ? { kind: 'protect', attachmentId: attachment.id } : { kind: 'nothing' };
}

/** Does the instance carry the interface, for good and at the right device index? */
export function carries(seen: SeenInterface | undefined, instanceId: string, deviceIndex: number): boolean {
  return (
    seen?.attachment?.deviceIndex === deviceIndex && decideAttach(seen, instanceId, deviceIndex).kind === 'nothing'
  );
}

/** The interface that making `request` would leave without a purpose. */
function retiredBy(request: InterfaceRequest, seen: SeenInterface | undefined): string | undefined {
  if (seen === undefined) return undefined;
  const isAnother = seen.subnetId !== request.subnetId || (request.privateIp ?? seen.privateIp) !== seen.privateIp;
  return isAnother ? seen.id : undefined;
}

/** Cold: the subnet of the pool to launch from next. Hot: the subnet that the replacement already runs in. */
function neededSubnet({ id, identity }: StatefulNode, { config, eligibleSubnetIds, launch }: Operation): string {
  const launchSubnetId = launch?.pools[launch.poolIndex]?.subnetId;
  const decided = attachmentOf(config) === 'hot' ? launch?.state === 'launched' : launch?.state === 'next';
  // An update may have taken the present subnet from the node.
  const present = eligibleSubnetIds.find((subnetId) => subnetId === identity.subnetId);
  const subnetId = (decided ? launchSubnetId : undefined) ?? present ?? eligibleSubnetIds[0];
  if (subnetId === undefined) throw new RangeError(`${id} has no subnet that its interface may be made in`);
  return subnetId;
}

function interfaceRequest(node: StatefulNode, operation: Operation, subnetId: string): InterfaceRequest {
  const { compute, persistence } = operation.config;
  const { settled, subnetId: presentSubnetId, privateIp: presentIp } = node.identity;
  const isPersisted = persistence.persistPrivateIp === true && settled && presentSubnetId === subnetId;
  const privateIp = compute.privateIp ?? (isPersisted ? presentIp : undefined);
  return {
    // Within an operation, another subnet or address is another interface: both are part of the token.
    clientToken: [node.id, operation.generation, subnetId.slice(-17), ...(privateIp ? [privateIp] : [])].join('-'),
    subnetId,
    privateIp,
    withIpv6Address: compute.launchSpecification.networkInterfaces?.[0]?.associateIpv6Address === true,
    securityGroupIds: compute.launchSpecification.securityGroupIds,
    tags: ownTags(node.id, operation.generation),
  };
}
