/** How a launch or a replacement ends: confirmed by what EC2 shows. */
import { addressAway, type Sightings } from './address-away';
import { instanceGivenUp, interfaceGivenUp, withGivenUp } from './given-up';
import { liveIntents, released } from './intents';
import { hasEnded, isStopped } from './launch';
import { carries, unprotectedOn, type AttachedInterface } from './network-interface';
import { isReplacement } from './operation-record';
import { withoutFailure } from './retry-policy';
import { endOf, launchedInstance, type SeenNode } from './seen-node';
import { attachmentOf, deviceIndexOf, type EniAttachment } from '../config/node-config';
import { withLaunchedTags } from '../node/applied-tags';
import type { SeenInstance } from '../node/observations';
import type { GivenUp, InterfaceIdentity, Operation, OwnedNode, StatefulNode } from '../node/stateful-node';

export type ConfirmDecision =
  | { readonly kind: 'confirmed'; readonly replacement: SeenInstance; readonly identity: InterfaceIdentity }
  | { readonly kind: 'lost'; readonly because: string }
  | { readonly kind: 'stopped'; readonly because: string }
  /** Everything is in place except the Elastic IP, which was removed after the operation had associated it. */
  | { readonly kind: 'associate'; readonly allocationId: string; readonly interfaceId: string }
  | { readonly kind: 'address-missing'; readonly allocationId: string }
  /** Everything is in place, but the interface would be deleted with the replacement: that was changed from outside. */
  | { readonly kind: 'protect'; readonly interfaceId: string; readonly attachmentId: string }
  /** The interface was detached from the replacement: it must be attached again. */
  | { readonly kind: 'attach'; readonly interfaceId: string; readonly instanceId: string; readonly deviceIndex: number }
  /** The interface was detached from the replacement and is now attached to another instance. */
  | { readonly kind: 'detach'; readonly attachmentId: string; readonly because: string }
  | { readonly kind: 'not-yet'; readonly because: string };

/** Checks that the replacement runs and carries exactly the node's addresses. */
export function decideConfirm(
  { identity }: StatefulNode,
  { config }: Operation,
  seen: Pick<SeenNode, 'replacement' | 'elasticIp'> & { readonly interface: AttachedInterface | undefined },
): ConfirmDecision {
  const { replacement } = seen;
  if (replacement?.state !== 'running') return notRunning(replacement);
  if (identity.interfaceId === undefined) return notYet('the node has no interface');
  const carrier = { instanceId: replacement.id, attachment: attachmentOf(config) };
  if (!carries(seen.interface, carrier)) {
    const unprotected = unprotectedOn(seen.interface, carrier);
    return unprotected === undefined ? reattach(seen.interface, carrier) : { kind: 'protect', ...unprotected };
  }
  const allocationId = config.compute.elasticIp;
  const { interfaceId } = identity;
  if (allocationId !== undefined && seen.elasticIp?.interfaceId !== interfaceId) {
    return seen.elasticIp === undefined
      ? { kind: 'address-missing', allocationId }
      : { kind: 'associate', allocationId, interfaceId };
  }
  return { kind: 'confirmed', replacement, identity };
}

function notRunning(replacement: SeenInstance | undefined): ConfirmDecision {
  if (replacement === undefined) return notYet('the replacement is not visible');
  if (hasEnded(replacement)) return { kind: 'lost', because: endOf(replacement) };
  if (isStopped(replacement)) return { kind: 'stopped', because: endOf(replacement) };
  return notYet(`the replacement is ${replacement.state}`);
}

/** A secondary interface that was detached can be attached again. A primary one cannot be detached. */
function reattach(
  eni: AttachedInterface | undefined,
  { instanceId, attachment }: { readonly instanceId: string; readonly attachment: EniAttachment },
): ConfirmDecision {
  const because = `${instanceId} does not carry the interface`;
  if (eni === undefined || attachment === 'cold') return notYet(because);
  if (eni.attachment === undefined) {
    const deviceIndex = deviceIndexOf(attachment);
    return eni.status === 'available'
      ? { kind: 'attach', interfaceId: eni.id, instanceId, deviceIndex }
      : notYet(because);
  }
  const { id: attachmentId, instanceId: holderId, status, deviceIndex } = eni.attachment;
  const isElsewhere = holderId !== instanceId && status === 'attached' && deviceIndex > 0;
  return isElsewhere ? { kind: 'detach', attachmentId, because: `${eni.id} is on ${holderId}` } : notYet(because);
}

/**
 * The record of a node at rest on its replacement. `leftInterfaceIds` are retired interfaces that are still in use;
 * `now` is ISO 8601, UTC.
 */
export function confirmed(
  { node, operation }: OwnedNode,
  { replacement, identity }: Pick<Extract<ConfirmDecision, { kind: 'confirmed' }>, 'replacement' | 'identity'>,
  seen: Pick<SeenNode, 'old' | 'elasticIp'>,
  leftInterfaceIds: readonly string[],
  now: string,
  sightings: Sightings = {},
): StatefulNode {
  // The addresses are in place, so the node waits for no other node any more.
  const { awaitedNodeIds: _released, ...current } = withLaunchedTags(node, operation.config);
  return {
    ...withGivenUp(withoutFailure(released(current)), leftOver(seen, leftInterfaceIds, now)),
    status: 'ACTIVE',
    identity: {
      ...identity,
      allocationId: seen.elasticIp?.allocationId ?? identity.allocationId,
      publicIp: seen.elasticIp?.publicIp,
      settled: true,
    },
    // A retry works from the configuration of the first try, and may undo what an adjustment applied in between.
    appliedRevision: Math.min(node.appliedRevision, operation.configRevision),
    ...(isReplacement(operation) && {
      lastReplacement: { at: now, ...addressAway(operation, sightings, now, true) },
    }),
    instance: { ...launchedInstance(replacement, { node, operation }), activeAt: now },
    intents: liveIntents(node, replacement.id),
    updatedAt: now,
  };
}

/**
 * What a replacement leaves over: an old instance that has not ended, and retired interfaces that cannot be deleted
 * yet.
 */
function leftOver(
  { old }: Pick<SeenNode, 'old'>,
  leftInterfaceIds: readonly string[],
  since: string,
): readonly GivenUp[] {
  const leftInstanceIds = old === undefined || hasEnded(old) ? [] : [old.id];
  return [
    ...leftInstanceIds.map((id) => instanceGivenUp(id, since)),
    ...leftInterfaceIds.map((id) => interfaceGivenUp(id, since)),
  ];
}

function notYet(because: string): Extract<ConfirmDecision, { kind: 'not-yet' }> {
  return { kind: 'not-yet', because };
}
