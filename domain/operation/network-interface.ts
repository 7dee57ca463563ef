/**
 * What the persisted interface needs next: to exist, to come free of an instance, to be attached to another.
 */
import { attachmentOf, deviceIndexOf, type EniAttachment } from '../config/node-config';
import type { SeenAttachment, SeenInterface } from '../node/observations';
import { ownTags } from './launch';
import {
  NODE_NAME_TAG,
  type Detachment,
  type InterfaceIdentity,
  type InterfaceRequest,
  type NetworkIdentity,
  type Operation,
  type OwnedNode,
  type StatefulNode,
} from '../node/stateful-node';

export interface SeenInterfaces {
  readonly interface: SeenInterface | undefined;
  /** Of the interfaces that this operation has retired, those that still exist. */
  readonly retired: readonly SeenInterface[];
}

export type ExistenceDecision =
  /** It is there; `setSecurityGroupIds` where it has others than the node's. */
  | { readonly kind: 'nothing'; readonly interfaceId: string; readonly setSecurityGroupIds?: readonly string[] }
  /** Back to one that this operation had retired: capacity comes and goes. `retire` is the one of now, if it is there. */
  | { readonly kind: 'reuse'; readonly interface: SeenInterface; readonly retire?: string }
  /** Write the request down, then make the interface. `retire` is the one that it takes the place of. */
  | { readonly kind: 'create'; readonly request: InterfaceRequest; readonly retire?: string }
  /** An earlier request was not answered, and the configuration has changed since: find what it made, or give it up. */
  | { readonly kind: 'find'; readonly request: InterfaceRequest; readonly retire?: string }
  /** It was made a moment ago, and EC2 does not show it yet. */
  | { readonly kind: 'wait'; readonly because: string };

/**
 * Does the node have its interface where the operation needs it?
 *
 * An interface that is gone is made again with the same private IP. One in another subnet is retired: only
 * where the identity may move at all, which `launchPools` sees to.
 */
export function decideExistence(
  node: StatefulNode,
  operation: Operation,
  { interface: seen, retired }: SeenInterfaces,
  now: string,
): ExistenceDecision {
  const { interfaceRequest: unanswered } = operation;
  if (unanswered !== undefined) {
    const kind = isWantedStill(unanswered, operation) ? 'create' : 'find';
    return { kind, request: unanswered, retire: retiredBy(unanswered, seen) };
  }
  const { interfaceId } = node.identity;
  if (seen === undefined && interfaceId !== undefined && !isGone(node.identity, seen, now)) {
    return { kind: 'wait', because: `${interfaceId} is not visible yet` };
  }
  const subnetId = neededSubnet(node, operation);
  // An adjustment leaves the identity as it is: another subnet or address waits for the next replacement.
  const isRight = (eni: SeenInterface) => eni.subnetId === subnetId && hasAddress(eni, operation);
  if (seen !== undefined && (isRight(seen) || operation.kind === 'adjust')) {
    const wanted = operation.config.compute.launchSpecification.securityGroupIds;
    const setSecurityGroupIds = hasSecurityGroups(seen, wanted) ? undefined : wanted;
    return { kind: 'nothing', interfaceId: seen.id, setSecurityGroupIds };
  }
  const again = retired.find(isRight);
  if (again !== undefined) return { kind: 'reuse', interface: again, retire: seen?.id };
  const request = interfaceRequest(node, operation, subnetId);
  return { kind: 'create', request, retire: retiredBy(request, seen) };
}

/** Would the operation ask for the same today? EC2 refuses what was valid once: a group may have been deleted since. */
function isWantedStill(request: InterfaceRequest, { config, eligibleSubnetIds }: Operation): boolean {
  const { privateIp, launchSpecification } = config.compute;
  return (
    eligibleSubnetIds.includes(request.subnetId) &&
    (privateIp ?? request.privateIp) === request.privateIp &&
    hasSecurityGroups(request, launchSpecification.securityGroupIds)
  );
}

/** Does the interface have these security groups, and no others? */
export function hasSecurityGroups(
  { securityGroupIds }: Pick<SeenInterface, 'securityGroupIds'>,
  wanted: readonly string[],
): boolean {
  return [...securityGroupIds].sort().join() === [...new Set(wanted)].sort().join();
}

/** An update may ask for another private IP than the interface has; that takes another interface. */
function hasAddress(seen: SeenInterface, { config }: Operation): boolean {
  const { privateIp } = config.compute;
  return privateIp === undefined || seen.privateIp === privateIp;
}

/** EC2 may not show an interface for a moment after it has made it. */
const VISIBLE_WITHIN_MS = 60_000;

/** Has somebody deleted the interface? `now` is ISO 8601, UTC. */
export function isGone(
  { interfaceId, madeAt }: NetworkIdentity,
  seen: SeenInterface | undefined,
  now: string,
): boolean {
  if (interfaceId === undefined || seen !== undefined) return false;
  return madeAt === undefined || Date.parse(now) - Date.parse(madeAt) >= VISIBLE_WITHIN_MS;
}

/** What the record says of an interface once EC2 has answered with it. */
export function identityOn(seen: SeenInterface, before: NetworkIdentity): InterfaceIdentity {
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

/** The instance that is to carry the interface once the operation has ended, and how. */
export interface Carrier {
  readonly instanceId: string;
  readonly attachment: EniAttachment;
}

/** Undefined while there is none, or where none is wanted. */
export function carrierOf({ node, operation }: OwnedNode): Carrier | undefined {
  if (operation.kind === 'adjust') {
    return node.instance && { instanceId: node.instance.id, attachment: node.instance.attachment };
  }
  const instanceId = operation.launch?.instanceId;
  return instanceId === undefined ? undefined : { instanceId, attachment: attachmentOf(operation.config) };
}

export type ReleaseDecision =
  | { readonly kind: 'free' }
  | { readonly kind: 'detach'; readonly attachmentId: string }
  /** Somebody else has begun to detach it: write down since when, so that one that hangs is forced as well. */
  | { readonly kind: 'note'; readonly attachmentId: string; readonly because: string }
  /** A primary that its instance keeps for longer than EC2 takes: where that has ended, it is taken off by force. */
  | { readonly kind: 'stuck'; readonly attachmentId: string; readonly instanceId: string }
  /** The detachment does not come to an end. */
  | { readonly kind: 'force'; readonly attachmentId: string }
  /** Nor does it by force: the end of the instance ends the attachment. */
  | { readonly kind: 'terminate'; readonly instanceId: string }
  /** On its way, or the primary of an instance that is ending: it comes free by itself. */
  | { readonly kind: 'wait'; readonly because: string };

export interface Release {
  /** The instance that the interface may stay on. */
  readonly carrierId: string | undefined;
  /** EC2 may have launched the carrier already, and its answer was lost: whose primary it is shows when asked again. */
  readonly isLaunching: boolean;
  /** The instance that the operation ends in any case; nobody else's is ended for an interface. */
  readonly endingInstanceId: string | undefined;
  /** The detachments asked for so far. */
  readonly detachments: readonly Detachment[];
  /** ISO 8601, UTC. */
  readonly now: string;
}

/** Most detachments take two or three seconds and some take minutes; the address is away meanwhile. */
const FORCE_AFTER_MS = 60_000;
const TERMINATE_AFTER_MS = 60_000;
/** EC2 has been seen to take three and a half minutes to free the primary interface of an instance that has ended. */
const STUCK_AFTER_MS = 240_000;

/**
 * Is the interface free? One that its carrier has counts as free. Force comes late, because it can leave the guest
 * with a device that is gone and block the device index until the instance is stopped and started:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachNetworkInterface.html
 */
export function decideRelease(seen: SeenInterface | undefined, release: Release): ReleaseDecision {
  const attachment = seen?.attachment;
  if (seen === undefined || (attachment === undefined && seen.status === 'available')) return { kind: 'free' };
  if (attachment === undefined) return { kind: 'wait', because: `${seen.id} is ${seen.status}` };
  if (attachment.instanceId === release.carrierId && !isLeaving(attachment)) return { kind: 'free' };
  const wait = { kind: 'wait', because: `${seen.id} is ${attachment.status} on ${attachment.instanceId}` } as const;
  // AWS: the primary interface (device index 0) can never be detached; it frees when its instance is terminated.
  if (attachment.deviceIndex === 0) {
    if (release.isLaunching && attachment.instanceId !== release.endingInstanceId) return { kind: 'free' };
    return isStuck(attachment, release)
      ? { kind: 'stuck', attachmentId: attachment.id, instanceId: attachment.instanceId }
      : wait;
  }
  return releaseSecondary(attachment, release) ?? wait;
}

/** Whether somebody is taking a secondary interface off: it has to come off before it can be attached again. */
function isLeaving({ deviceIndex, status }: SeenAttachment): boolean {
  return deviceIndex > 0 && status === 'detaching';
}

function isStuck({ id }: SeenAttachment, { detachments, now }: Release): boolean {
  const noted = detachments.find(({ attachmentId }) => attachmentId === id);
  if (noted === undefined || noted.forcedAt !== undefined) return false;
  return Date.parse(now) - Date.parse(noted.askedAt) >= STUCK_AFTER_MS;
}

/** The next measure against a secondary attachment; undefined where the last one is still to take effect. */
function releaseSecondary(attachment: SeenAttachment, release: Release): ReleaseDecision | undefined {
  const asked = release.detachments.find(({ attachmentId }) => attachmentId === attachment.id);
  const sinceMs = (then: string) => Date.parse(release.now) - Date.parse(then);
  if (asked === undefined && attachment.status === 'detaching') {
    return { kind: 'note', attachmentId: attachment.id, because: `it is being detached from ${attachment.instanceId}` };
  }
  if (asked?.forcedAt !== undefined) {
    if (sinceMs(asked.forcedAt) < TERMINATE_AFTER_MS) return undefined;
    // Force had no effect: EC2 refuses it while the instance is shutting down, and takes it afterwards.
    if (attachment.status === 'attached' && sinceMs(asked.askedAt) >= STUCK_AFTER_MS) {
      return { kind: 'force', attachmentId: attachment.id };
    }
    const isOnlyToEnd =
      attachment.instanceId === release.endingInstanceId && attachment.instanceId !== release.carrierId;
    return isOnlyToEnd ? { kind: 'terminate', instanceId: attachment.instanceId } : undefined;
  }
  if (asked !== undefined && sinceMs(asked.askedAt) >= FORCE_AFTER_MS) {
    return { kind: 'force', attachmentId: attachment.id };
  }
  return attachment.status === 'attached' ? { kind: 'detach', attachmentId: attachment.id } : undefined;
}

/** The detachments with one more asked for, or asked for by force. `now` is ISO 8601, UTC. */
export function withDetachment(
  detachments: readonly Detachment[],
  attachmentId: string,
  how: 'asked' | 'forced',
  now: string,
): readonly Detachment[] {
  const before = detachments.find((each) => each.attachmentId === attachmentId);
  const after = { attachmentId, askedAt: before?.askedAt ?? now, ...(how === 'forced' && { forcedAt: now }) };
  return [...detachments.filter((each) => each !== before), after];
}

export type AttachDecision =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'attach'; readonly deviceIndex: number }
  /** It is attached as it should be, but would be deleted with the instance. */
  | { readonly kind: 'protect'; readonly attachmentId: string }
  | { readonly kind: 'wait'; readonly because: string };

/** Is the interface attached to the replacement? `deviceIndex` is where it is attached if it is not. */
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

/** Does the instance carry the interface for good, in the way asked for? */
export function carries(seen: SeenInterface | undefined, { instanceId, attachment }: Carrier): boolean {
  const decision = decideAttach(seen, instanceId, deviceIndexOf(attachment));
  return isCarriedAs(seen, attachment) && decision.kind === 'nothing';
}

/** Guests configure a secondary interface at whatever device index it has: none of them is better than another. */
function isCarriedAs(seen: SeenInterface | undefined, attachment: EniAttachment): boolean {
  const deviceIndex = seen?.attachment?.deviceIndex;
  return deviceIndex !== undefined && deviceIndex > 0 === (attachment === 'hot');
}

/** What is missing where the instance carries the interface in every way but that it would be deleted with it. */
export function unprotectedOn(
  seen: SeenInterface | undefined,
  { instanceId, attachment }: Carrier,
): { readonly interfaceId: string; readonly attachmentId: string } | undefined {
  const decision = decideAttach(seen, instanceId, deviceIndexOf(attachment));
  return seen !== undefined && isCarriedAs(seen, attachment) && decision.kind === 'protect'
    ? { interfaceId: seen.id, attachmentId: decision.attachmentId }
    : undefined;
}

/** The interface that making `request` would leave without a purpose. */
function retiredBy(request: InterfaceRequest, seen: SeenInterface | undefined): string | undefined {
  if (seen === undefined) return undefined;
  const isAnother = seen.subnetId !== request.subnetId || (request.privateIp ?? seen.privateIp) !== seen.privateIp;
  return isAnother ? seen.id : undefined;
}

/**
 * Cold, and for a first interface: the subnet of the pool to launch from next. Hot: the subnet that the replacement
 * already runs in.
 */
function neededSubnet({ id, identity }: StatefulNode, { config, eligibleSubnetIds, launch }: Operation): string {
  const launchSubnetId = launch?.pool.subnetId;
  const isMoved = attachmentOf(config) === 'hot' && identity.interfaceId !== undefined;
  const decided = launch?.state === 'launched' || (!isMoved && launch?.state === 'next');
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
    // Never that of one before: that one may have been deleted since, and EC2 would answer with it.
    clientToken: [node.id, operation.generation, 'eni', operation.interfacesMade ?? 0].join('-'),
    subnetId,
    privateIp,
    withIpv6Address: compute.launchSpecification.networkInterfaces?.[0]?.associateIpv6Address === true,
    securityGroupIds: compute.launchSpecification.securityGroupIds,
    tags: [...ownTags(node.id, operation.generation), { key: NODE_NAME_TAG, value: operation.config.name }],
  };
}
