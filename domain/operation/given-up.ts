/**
 * What a node requested from EC2 and gave up. Nothing else is ever removed. An unknown thing, which has a node's tag
 * and no record, is not removed: the record may be lost, or older than the thing.
 */
import { hasEnded } from './launch';
import type { SeenInstance, SeenInterface } from '../node/observations';
import type { GivenUp, GivenUpResource, GivenUpTemplate, Remains, StatefulNode } from '../node/stateful-node';

/** The record with more entries given up. An entry that it already has is not added again. */
export function withGivenUp(node: StatefulNode, more: readonly GivenUp[]): StatefulNode {
  const before = node.givenUp ?? [];
  const added = more.filter((each) => !before.some((known) => keyOf(known) === keyOf(each)));
  return added.length === 0 ? node : { ...node, givenUp: [...before, ...added] };
}

/** The record without the entries that are gone. */
export function withoutGone(node: StatefulNode, gone: readonly GivenUp[]): StatefulNode {
  const { givenUp = [], ...rest } = node;
  const left = givenUp.filter((each) => !gone.some((other) => keyOf(other) === keyOf(each)));
  return left.length === 0 ? rest : { ...rest, givenUp: left };
}

/** Everything that an operation has made or may have made, as entries given up. `since` is ISO 8601, UTC. */
export function givenUpOf(
  { launch, oldInstanceId, interfaceRequest, retiredInterfaceIds }: Remains,
  since: string,
): readonly GivenUp[] {
  const instances = [launch?.instanceId, oldInstanceId].filter((id) => id !== undefined);
  return [
    ...instances.map((id): GivenUp => ({ kind: 'instance', since, id })),
    ...(launch?.state === 'requested' ? [{ kind: 'instance', since, clientToken: launch.clientToken } as const] : []),
    ...retiredInterfaceIds.map((id): GivenUp => ({ kind: 'interface', since, id })),
    ...(interfaceRequest === undefined
      ? []
      : [{ kind: 'interface', since, clientToken: interfaceRequest.clientToken } as const]),
  ];
}

/** `since` is ISO 8601, UTC. */
export function instanceGivenUp(id: string, since: string): GivenUp {
  return { kind: 'instance', since, id };
}

/** `since` is ISO 8601, UTC. */
export function interfaceGivenUp(id: string, since: string): GivenUp {
  return { kind: 'interface', since, id };
}

/** `since` is ISO 8601, UTC. */
export function templateGivenUp(name: string, since: string): GivenUp {
  return { kind: 'launch-template', since, id: name };
}

/** What EC2 shows of an instance or interface given up. */
export type SeenGivenUp =
  | { readonly kind: 'instance'; readonly seen: SeenInstance | undefined }
  | {
      readonly kind: 'interface';
      readonly seen: SeenInterface | undefined;
      /** The instance that the interface is attached to. */
      readonly holder: SeenInstance | undefined;
    };

export type GivenUpDecision =
  /** It is gone, or was never made: remove the entry. */
  | { readonly kind: 'forget' }
  | { readonly kind: 'terminate'; readonly instanceId: string }
  | { readonly kind: 'delete'; readonly interfaceId: string }
  /** Given up at `since`: EC2 may not show it yet. */
  | { readonly kind: 'delete-template'; readonly name: string; readonly since: string }
  /** The node is being deleted, and its interface is still on the instance. */
  | { readonly kind: 'detach'; readonly attachmentId: string }
  /** Its detachment hangs, or its instance has ended and has not released it. */
  | { readonly kind: 'force'; readonly attachmentId: string }
  | { readonly kind: 'wait'; readonly because: string };

/** EC2 shows a new thing within seconds. A call whose response was lost may have taken effect later. */
const SHOWN_WITHIN_MS = 10 * 60_000;

/**
 * What to do with an instance or interface given up. It stays while the record names it. It also stays while the node's
 * own interface is on it as a secondary one: an adjustment moves that first. A node that is being deleted is not adjusted,
 * so there the interface is detached. `now` is ISO 8601, UTC.
 */
export function decideGivenUp(
  entry: GivenUpResource,
  look: SeenGivenUp,
  node: StatefulNode,
  ownInterface: SeenInterface | undefined,
  now: string,
): GivenUpDecision {
  if (look.seen === undefined) {
    const isOver = Date.parse(now) - Date.parse(entry.since) >= SHOWN_WITHIN_MS;
    return isOver ? { kind: 'forget' } : wait('EC2 does not show it');
  }
  const { id } = look.seen;
  if (idsNamedBy(node).includes(id)) return wait(`${id} serves the node`);
  if (look.kind === 'interface') return decideInterface(entry, look.seen, look.holder, now);
  return hasEnded(look.seen) ? { kind: 'forget' } : decideInstance(id, node, ownInterface?.attachment);
}

function decideInstance(
  id: string,
  { deletion }: StatefulNode,
  attachment: SeenInterface['attachment'],
): GivenUpDecision {
  if (attachment?.instanceId !== id || attachment.deviceIndex === 0) return { kind: 'terminate', instanceId: id };
  if (deletion === undefined) return wait(`${id} still has the interface`);
  return attachment.status === 'attached'
    ? { kind: 'detach', attachmentId: attachment.id }
    : { kind: 'terminate', instanceId: id };
}

/**
 * Usually the interface is free, or is released when its instance ends. Two things can keep it attached for good: a
 * detachment that hangs, and an ended instance that does not release its primary interface. Then it is forced.
 */
function decideInterface(
  { since }: GivenUpResource,
  { id, status, attachment }: SeenInterface,
  holder: SeenInstance | undefined,
  now: string,
): GivenUpDecision {
  if (status === 'available' && attachment === undefined) return { kind: 'delete', interfaceId: id };
  const hangs = attachment?.status === 'detaching' && attachment.deviceIndex > 0;
  const isStuck = attachment !== undefined && holder?.state === 'terminated';
  const isOver = Date.parse(now) - Date.parse(since) >= SHOWN_WITHIN_MS;
  return isOver && attachment !== undefined && (hangs || isStuck)
    ? { kind: 'force', attachmentId: attachment.id }
    : wait(`${id} is ${status}`);
}

/** EC2 shows a new launch template within this many milliseconds. */
const TEMPLATE_SHOWN_WITHIN_MS = 60_000;

/**
 * Whether a launch template that EC2 does not show is gone, rather than not visible yet. It was made before `since`. Both times
 * are ISO 8601, UTC.
 */
export function isTemplateGone(since: string, now: string): boolean {
  return Date.parse(now) - Date.parse(since) >= TEMPLATE_SHOWN_WITHIN_MS;
}

/** What to do with a launch template given up. An update may have brought its configuration back, or may be about to. */
export function decideGivenUpTemplate(
  { id: name, since }: GivenUpTemplate,
  { launchTemplate, operation, deletion }: StatefulNode,
): GivenUpDecision {
  if (launchTemplate === name) return { kind: 'forget' };
  if (operation !== undefined && deletion === undefined) return wait('an operation is under way');
  return { kind: 'delete-template', name, since };
}

/** The ids of everything that the record needs. */
export function idsNamedBy({ instance, identity, adoption, operation, failure }: StatefulNode): readonly string[] {
  const parts = [operation, failure?.remains].filter((part) => part !== undefined);
  const named = [
    instance?.id,
    identity.interfaceId,
    adoption?.originalInstanceId,
    ...parts.flatMap(({ oldInstanceId, launch, retiredInterfaceIds }) => [
      oldInstanceId,
      launch?.instanceId,
      ...retiredInterfaceIds,
    ]),
  ];
  return named.filter((id) => id !== undefined);
}

/** The client tokens of the record's requests, and of the requests given up. */
export function tokensNamedBy({ operation, failure, givenUp = [] }: StatefulNode): readonly string[] {
  const parts = [operation, failure?.remains].filter((part) => part !== undefined);
  const tokens = [
    ...parts.flatMap(({ launch, interfaceRequest }) => [launch?.clientToken, interfaceRequest?.clientToken]),
    ...givenUp.map((each) => ('clientToken' in each ? each.clientToken : undefined)),
  ];
  return tokens.filter((token) => token !== undefined);
}

/** For a person. */
export function describeGivenUp(entry: GivenUp): string {
  return 'id' in entry ? entry.id : `the ${entry.kind} that EC2 may have made for request ${entry.clientToken}`;
}

function keyOf(entry: GivenUp): string {
  return 'id' in entry ? entry.id : `${entry.kind} ${entry.clientToken}`;
}

function wait(because: string): GivenUpDecision {
  return { kind: 'wait', because };
}
