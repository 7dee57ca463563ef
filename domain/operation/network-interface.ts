/**
 * What the persisted interface needs next: to be made, to be released by an instance, to be attached to another.
 */
import { attachmentOf, deviceIndexOf, type EniAttachment } from '../config/node-config';
import { configuredTags } from '../node/applied-tags';
import { ownTags } from '../node/own-tags';
import type { SeenAttachment, SeenInterface } from '../node/observations';
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
  /** The interfaces that this operation has retired and that still exist. */
  readonly retired: readonly SeenInterface[];
}

export type ExistenceDecision =
  /** It exists; `setSecurityGroupIds` is given if its security groups are not the node's. */
  | { readonly kind: 'nothing'; readonly interfaceId: string; readonly setSecurityGroupIds?: readonly string[] }
  /**
   * Use one again that this operation had retired, because capacity changes. `retire` is the present one, if it exists.
   */
  | { readonly kind: 'reuse'; readonly interface: SeenInterface; readonly retire?: string }
  /** Write the request down, then make the interface. `retire` is the one that it replaces. */
  | { readonly kind: 'create'; readonly request: InterfaceRequest; readonly retire?: string }
  /**
   * The response to an earlier request was lost, and the configuration has changed since: find what it made, or give it
   * up.
   */
  | { readonly kind: 'find'; readonly request: InterfaceRequest; readonly retire?: string }
  /** It was made a moment ago, and EC2 does not show it yet. */
  | { readonly kind: 'wait'; readonly because: string };

/**
 * Decides whether the node has its interface where the operation needs it.
 *
 * An interface that is gone is made again with the same private IP. One in another subnet is retired. `launchPools`
 * chooses another subnet only if the identity may move.
 */
export function decideExistence(
  node: StatefulNode,
  operation: Operation,
  { interface: seen, retired }: SeenInterfaces,
  now: string,
): ExistenceDecision {
  const { interfaceRequest: pending } = operation;
  if (pending !== undefined) {
    const kind = isStillWanted(pending, operation) ? 'create' : 'find';
    return { kind, request: pending, retire: retiredBy(pending, seen) };
  }
  const { interfaceId } = node.identity;
  if (seen === undefined && interfaceId !== undefined && !isGone(node.identity, seen, now)) {
    return { kind: 'wait', because: `${interfaceId} is not visible yet` };
  }
  const subnetId = neededSubnet(node, operation);
  // An adjustment does not change the identity: another subnet or address takes effect with the next replacement.
  const isRight = (eni: SeenInterface) => eni.subnetId === subnetId && hasAddress(eni, operation);
  if (seen !== undefined && (isRight(seen) || operation.kind === 'adjust')) {
    const wanted = operation.config.compute.launchSpecification.securityGroupIds;
    const setSecurityGroupIds = hasSecurityGroups(seen, wanted) ? undefined : wanted;
    return { kind: 'nothing', interfaceId: seen.id, setSecurityGroupIds };
  }
  const reusable = retired.find(isRight);
  if (reusable !== undefined) return { kind: 'reuse', interface: reusable, retire: seen?.id };
  const request = interfaceRequest(node, operation, subnetId);
  return { kind: 'create', request, retire: retiredBy(request, seen) };
}

/**
 * Whether the record alone says that the operation needs another interface than the node has: none is made yet, a request
 * is open, or it is needed in another subnet or with another address.
 */
export function needsAnother(node: StatefulNode, operation: Operation): boolean {
  const { interfaceId, subnetId, privateIp } = node.identity;
  const wanted = operation.config.compute.privateIp ?? privateIp;
  const isMissing = interfaceId === undefined || operation.interfaceRequest !== undefined;
  return isMissing || subnetId !== neededSubnet(node, operation) || privateIp !== wanted;
}

/** Whether the operation would request the same now. A security group, for example, may have been deleted since. */
function isStillWanted(request: InterfaceRequest, { config, eligibleSubnetIds }: Operation): boolean {
  const { privateIp, launchSpecification } = config.compute;
  return (
    eligibleSubnetIds.includes(request.subnetId) &&
    (privateIp ?? request.privateIp) === request.privateIp &&
    hasSecurityGroups(request, launchSpecification.securityGroupIds)
  );
}

/** Whether the interface has exactly these security groups. */
export function hasSecurityGroups(
  { securityGroupIds }: Pick<SeenInterface, 'securityGroupIds'>,
  wanted: readonly string[],
): boolean {
  return [...securityGroupIds].sort().join() === [...new Set(wanted)].sort().join();
}

/** An update may ask for another private IP than the interface has. That requires another interface. */
function hasAddress(seen: SeenInterface, { config }: Operation): boolean {
  const { privateIp } = config.compute;
  return privateIp === undefined || seen.privateIp === privateIp;
}

/** EC2 may not show a new interface at first. */
const VISIBLE_WITHIN_MS = 60_000;

/** Whether the interface was deleted. `now` is ISO 8601, UTC. */
export function isGone(
  { interfaceId, madeAt }: NetworkIdentity,
  seen: SeenInterface | undefined,
  now: string,
): boolean {
  if (interfaceId === undefined || seen !== undefined) return false;
  return madeAt === undefined || Date.parse(now) - Date.parse(madeAt) >= VISIBLE_WITHIN_MS;
}

/** The identity in the record, taken from the interface that EC2 shows. */
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

/** The instance that will carry the interface at the end of the operation, and how. */
export interface Carrier {
  readonly instanceId: string;
  readonly attachment: EniAttachment;
}

/** Undefined if there is no carrier yet, or the operation needs none. */
export function carrierOf({ node, operation }: OwnedNode): Carrier | undefined {
  if (operation.kind === 'adjust') {
    return node.instance && { instanceId: node.instance.id, attachment: node.instance.attachment };
  }
  const instanceId = operation.launch?.instanceId;
  return instanceId === undefined ? undefined : { instanceId, attachment: attachmentOf(operation.config) };
}

/**
 * Whether the adjustment leaves the interface as it is attached: the next try of the failed operation releases it. An
 * adjustment cannot end the instance that may have it.
 */
export function isLeftToNextTry({ node, operation }: OwnedNode): boolean {
  return operation.kind === 'adjust' && node.instance === undefined && node.failure !== undefined;
}

export type ReleaseDecision =
  | { readonly kind: 'free' }
  | { readonly kind: 'detach'; readonly attachmentId: string }
  /** Another caller has begun to detach it: write down since when, so that a detachment that hangs is forced too. */
  | { readonly kind: 'note'; readonly attachmentId: string; readonly because: string }
  /**
   * A primary interface that its instance has not released in time: it is detached by force once the instance has ended. Or a
   * secondary one that force has not taken off: it is forced again, but not while the instance shuts down.
   */
  | { readonly kind: 'stuck'; readonly attachmentId: string; readonly instanceId: string }
  /** The detachment hangs. */
  | { readonly kind: 'force'; readonly attachmentId: string }
  /**
   * The forced detachment hangs too: terminating the instance ends the attachment. If the instance has ended already, the
   * interface is stuck.
   */
  | { readonly kind: 'terminate'; readonly attachmentId: string; readonly instanceId: string }
  /** It is being detached, or is the primary of an ending instance: it will be released without a call. */
  | { readonly kind: 'wait'; readonly because: string };

export interface Release {
  /** The instance that the interface may stay on. */
  readonly carrierId: string | undefined;
  /** EC2 may have launched the carrier and the response was lost: the repeated request shows whose primary it is. */
  readonly isLaunching: boolean;
  /** The instance that the operation ends in any case. No other instance is ended to release an interface. */
  readonly endingInstanceId: string | undefined;
  /** The detachments requested so far. */
  readonly detachments: readonly Detachment[];
  /** ISO 8601, UTC. */
  readonly now: string;
}

/** Most detachments take two or three seconds, some take minutes. The address is unreachable during that time. */
const FORCE_AFTER_MS = 60_000;
/** Before the holder is terminated if the operation may, or the detachment is forced again. */
const FORCE_AGAIN_AFTER_MS = 60_000;
/**
 * Most releases end long before that. The others take minutes, so frequent looks find nothing. 98 of 100 primary interfaces
 * are free four seconds after their instance has ended; the others take up to three and a half minutes.
 */
const SLOW_AFTER_MS = 60_000;
const PRIMARY_SLOW_AFTER_MS = 5_000;
/** EC2 has been seen to take three and a half minutes to release the primary interface of a terminated instance. */
const STUCK_AFTER_MS = 240_000;

/**
 * Decides how to release the interface. An interface on its carrier counts as free. A detachment is forced late,
 * because force can leave a dead device in the guest and block the device index until the instance is stopped and
 * started:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachNetworkInterface.html
 */
export function decideRelease(seen: SeenInterface | undefined, release: Release): ReleaseDecision {
  const attachment = seen?.attachment;
  if (seen === undefined || (attachment === undefined && seen.status === 'available')) return { kind: 'free' };
  if (attachment === undefined) return { kind: 'wait', because: `${seen.id} is ${seen.status}` };
  if (attachment.instanceId === release.carrierId && !isDetaching(attachment)) return { kind: 'free' };
  const wait = { kind: 'wait', because: `${seen.id} is ${attachment.status} on ${attachment.instanceId}` } as const;
  // AWS: the primary interface (device index 0) cannot be detached; it is released when its instance is terminated.
  if (attachment.deviceIndex === 0) {
    if (release.isLaunching && attachment.instanceId !== release.endingInstanceId) return { kind: 'free' };
    return isStuck(attachment, release)
      ? { kind: 'stuck', attachmentId: attachment.id, instanceId: attachment.instanceId }
      : wait;
  }
  return releaseSecondary(attachment, release) ?? wait;
}

/** Whether a secondary interface is being detached. It can be attached again only after that. */
function isDetaching({ deviceIndex, status }: SeenAttachment): boolean {
  return deviceIndex > 0 && status === 'detaching';
}

function isStuck({ id }: SeenAttachment, { detachments, now }: Release): boolean {
  const noted = detachments.find(({ attachmentId }) => attachmentId === id);
  if (noted === undefined) return false;
  const { askedAt, forcedAt } = noted;
  // EC2 may have refused the last force.
  const [since, afterMs] = forcedAt === undefined ? [askedAt, STUCK_AFTER_MS] : [forcedAt, FORCE_AGAIN_AFTER_MS];
  return Date.parse(now) - Date.parse(since) >= afterMs;
}

/** Whether the attachment has not ended long after it was noted, its detachment was requested, or was forced. */
export function isSlowRelease(
  { id, deviceIndex }: Pick<SeenAttachment, 'id' | 'deviceIndex'>,
  { detachments, now }: Pick<Release, 'detachments' | 'now'>,
): boolean {
  const asked = detachments.find((each) => each.attachmentId === id);
  const afterMs = deviceIndex === 0 ? PRIMARY_SLOW_AFTER_MS : SLOW_AFTER_MS;
  return asked !== undefined && Date.parse(now) - Date.parse(asked.forcedAt ?? asked.askedAt) >= afterMs;
}

/** The next call to detach a secondary interface; undefined while the last one may still take effect. */
function releaseSecondary(attachment: SeenAttachment, release: Release): ReleaseDecision | undefined {
  const asked = release.detachments.find(({ attachmentId }) => attachmentId === attachment.id);
  const sinceMs = (then: string) => Date.parse(release.now) - Date.parse(then);
  if (asked === undefined && attachment.status === 'detaching') {
    return { kind: 'note', attachmentId: attachment.id, because: `it is being detached from ${attachment.instanceId}` };
  }
  if (asked?.forcedAt !== undefined) {
    if (sinceMs(asked.forcedAt) < FORCE_AGAIN_AFTER_MS) return undefined;
    // Force had no effect. EC2 refuses it while the instance is shutting down, and accepts it afterwards.
    if (attachment.status === 'attached' && sinceMs(asked.askedAt) >= STUCK_AFTER_MS) {
      return { kind: 'force', attachmentId: attachment.id };
    }
    const { id: attachmentId, instanceId } = attachment;
    // EC2 may have refused the force, because of a throttle or while the instance was shutting down.
    const isEnding = instanceId === release.endingInstanceId && instanceId !== release.carrierId;
    const kind = isEnding ? 'terminate' : 'stuck';
    return { kind, attachmentId, instanceId };
  }
  if (asked !== undefined && sinceMs(asked.askedAt) >= FORCE_AFTER_MS) {
    return { kind: 'force', attachmentId: attachment.id };
  }
  return attachment.status === 'attached' ? { kind: 'detach', attachmentId: attachment.id } : undefined;
}

/** The detachments with one more that is requested, or forced. `now` is ISO 8601, UTC. */
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

/** What an instance shows of an interface, too. */
export type AttachedInterface = Pick<SeenInterface, 'id' | 'status' | 'attachment'>;

export type AttachDecision =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'attach'; readonly deviceIndex: number }
  /** It is attached correctly, but would be deleted with the instance. */
  | { readonly kind: 'protect'; readonly attachmentId: string }
  | { readonly kind: 'wait'; readonly because: string };

/** Decides whether the interface must still be attached to the replacement, and then at `deviceIndex`. */
export function decideAttach(
  seen: AttachedInterface | undefined,
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

/** Whether the instance carries the interface as required and would not delete it when it ends. */
export function carries(seen: AttachedInterface | undefined, { instanceId, attachment }: Carrier): boolean {
  const decision = decideAttach(seen, instanceId, deviceIndexOf(attachment));
  return isCarriedAs(seen, attachment) && decision.kind === 'nothing';
}

/** Guests configure a secondary interface at any device index, so every index above 0 is right. */
function isCarriedAs(seen: AttachedInterface | undefined, attachment: EniAttachment): boolean {
  const deviceIndex = seen?.attachment?.deviceIndex;
  return deviceIndex !== undefined && deviceIndex > 0 === (attachment === 'hot');
}

/** The attachment to protect, if the instance carries the interface as required but would delete it when it ends. */
export function unprotectedOn(
  seen: AttachedInterface | undefined,
  { instanceId, attachment }: Carrier,
): { readonly interfaceId: string; readonly attachmentId: string } | undefined {
  const decision = decideAttach(seen, instanceId, deviceIndexOf(attachment));
  return seen !== undefined && isCarriedAs(seen, attachment) && decision.kind === 'protect'
    ? { interfaceId: seen.id, attachmentId: decision.attachmentId }
    : undefined;
}

/** The interface that `request` replaces, if it replaces one. */
function retiredBy(request: InterfaceRequest, seen: SeenInterface | undefined): string | undefined {
  if (seen === undefined) return undefined;
  const isAnother = seen.subnetId !== request.subnetId || (request.privateIp ?? seen.privateIp) !== seen.privateIp;
  return isAnother ? seen.id : undefined;
}

/**
 * The subnet that the interface must be in. Cold, or for a first interface: the subnet of the next pool. Hot: the
 * subnet that the replacement already runs in.
 */
function neededSubnet({ id, identity }: StatefulNode, { config, eligibleSubnetIds, launch }: Operation): string {
  const launchSubnetId = launch?.pool.subnetId;
  const isMoved = attachmentOf(config) === 'hot' && identity.interfaceId !== undefined;
  const decided = launch?.state === 'launched' || (!isMoved && launch?.state === 'next');
  // An update may have removed the present subnet from the node.
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
    // Never a token used before: EC2 would return its interface, which may have been deleted since.
    clientToken: [node.id, operation.generation, 'eni', operation.interfacesMade ?? 0].join('-'),
    subnetId,
    privateIp,
    withIpv6Address: compute.launchSpecification.networkInterfaces?.[0]?.associateIpv6Address === true,
    securityGroupIds: compute.launchSpecification.securityGroupIds,
    tags: [
      ...configuredTags('interface', operation.config),
      ...ownTags(node.id, operation.generation),
      { key: NODE_NAME_TAG, value: operation.config.name },
    ],
  };
}
