/**
 * Taking over an instance that Holdfast did not launch: the node that it becomes, how far that has come, and the way
 * back.
 *
 * An import is a replacement of an instance that is not ours yet. Until it is committed, the original is as it was but
 * for a tag and a flag, and there is a way back.
 */
import { ImportCancelled } from '../errors';
import { primaryOf, type ImportRequest } from './import-document';
import { tagKeysOf, type NodeConfig } from '../config/node-config';
import type { SeenInstance, SeenInterface, SeenOriginal } from '../node/observations';
import { shownStatus } from '../operation/intents';
import { decideDeletion, type RequestDecision } from '../operation/requests';
import type { Adoption, Deletion, Intent, OpenAdoption, StatefulNode } from '../node/stateful-node';

/**
 * - `MIGRATE_START`: accepted; nothing has been touched.
 * - `MIGRATE_ADOPT`: the original is marked as the node's, and lives.
 * - `MIGRATE_REPLACE`: there is no way back any more.
 * - `MIGRATE_FINISH`, `MIGRATE_CANCEL`: the end, either way.
 * - `MIGRATE_ERROR`: it stands still; the node's next operation may finish it, unless the node is gone.
 */
export const MIGRATION_STATES = [
  'MIGRATE_START',
  'MIGRATE_ADOPT',
  'MIGRATE_REPLACE',
  'MIGRATE_FINISH',
  'MIGRATE_CANCEL',
  'MIGRATE_ERROR',
] as const;

export type MigrationState = (typeof MIGRATION_STATES)[number];

/** What is kept of an import; it outlives the node. */
export interface Migration {
  /** `smg-` and eight hexadecimal digits. */
  readonly id: string;
  readonly nodeId: string;
  readonly request: ImportRequest;
  /** How it has ended; absent while the node's record tells. */
  readonly ending?: MigrationEnding;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

export interface MigrationEnding {
  readonly state: Extract<MigrationState, 'MIGRATE_FINISH' | 'MIGRATE_CANCEL' | 'MIGRATE_ERROR'>;
  readonly errorReason?: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface MigrationProgress {
  readonly state: MigrationState;
  readonly errorReason?: string | undefined;
  /** ISO 8601, UTC. */
  readonly updatedAt: string;
}

/** Milliseconds after which an import whose node was never written is somebody's that died half-way. */
const BEGINS_WITHIN_MS = 5 * 60_000;

/**
 * How far an import is: the node tells while it has it, and what was written down at its end tells after that.
 * @param node the record of `migration.nodeId`
 * @param now ISO 8601, UTC
 */
export function progressOf(migration: Migration, node: StatefulNode | undefined, now: string): MigrationProgress {
  const { ending, createdAt } = migration;
  const adoption = node?.adoption;
  if (node !== undefined && adoption?.migrationId === migration.id) return progressIn(node, adoption);
  if (ending !== undefined) return { state: ending.state, errorReason: ending.errorReason, updatedAt: ending.at };
  const hasDied = Date.parse(now) - Date.parse(createdAt) > BEGINS_WITHIN_MS;
  return hasDied
    ? { state: 'MIGRATE_ERROR', errorReason: 'The import was never begun: ask for it again.', updatedAt: createdAt }
    : { state: 'MIGRATE_START', updatedAt: createdAt };
}

/** The same where the record of the node cannot be read, which is `why`, for a person. */
export function progressWithoutRecord({ ending, createdAt }: Migration, why: string): MigrationProgress {
  return ending === undefined
    ? { state: 'MIGRATE_ERROR', errorReason: why, updatedAt: createdAt }
    : { state: ending.state, errorReason: ending.errorReason, updatedAt: ending.at };
}

function progressIn(node: StatefulNode, adoption: Adoption): MigrationProgress {
  const { updatedAt, errorReason } = node;
  if (adoption.cancelledAt !== undefined) return { state: 'MIGRATE_CANCEL', updatedAt };
  // A node that failed may be paused as well: it says why as long as nobody is at it again.
  const standsStill = ['ERROR', 'PAUSED'].includes(shownStatus(node)) && errorReason !== undefined;
  if (standsStill) return { state: 'MIGRATE_ERROR', errorReason, updatedAt };
  if (adoption.committedAt !== undefined) return { state: 'MIGRATE_REPLACE', updatedAt };
  return { state: adoption.adoptedAt === undefined ? 'MIGRATE_START' : 'MIGRATE_ADOPT', updatedAt };
}

export interface ImportedNode {
  readonly nodeId: string;
  readonly migrationId: string;
  readonly config: NodeConfig;
  readonly eligibleSubnetIds: readonly string[];
  readonly heldClaims: readonly string[];
  readonly userIntent: Intent;
}

/** The record to begin with. Where the address is kept, the original is the node's instance from the first moment. */
export function importedNode(original: SeenOriginal, request: ImportRequest, parts: ImportedNode): StatefulNode {
  const { nodeId, migrationId, config, eligibleSubnetIds, heldClaims, userIntent } = parts;
  const { shouldKeepPrivateIp, shouldTerminateInstance } = request;
  const primary = primaryOf(original);
  const common = {
    id: nodeId,
    version: 1,
    config,
    eligibleSubnetIds,
    generation: 0,
    intents: [userIntent],
    configRevision: 1,
    appliedRevision: 1,
    appliedTagKeys: tagKeysOf(config),
    heldClaims,
    adoption: {
      migrationId,
      originalInstanceId: original.id,
      shouldKeepPrivateIp,
      shouldTerminateInstance,
      deletedOnTermination: shouldKeepPrivateIp && primary?.deleteOnTermination === true,
    },
    createdAt: userIntent.requestedAt,
    updatedAt: userIntent.requestedAt,
  } as const;
  if (!shouldKeepPrivateIp || primary === undefined) {
    return { ...common, status: 'PAUSED', identity: { settled: false } };
  }
  const { id, imageId, instanceType, subnetId, launchedAt } = original;
  const lifeCycle = original.lifeCycle === 'spot' ? 'spot' : 'on_demand';
  return {
    ...common,
    status: 'ACTIVE',
    identity: {
      interfaceId: primary.id,
      subnetId,
      availabilityZone: original.availabilityZone,
      privateIp: primary.privateIp,
      macAddress: primary.macAddress,
      ...(primary.ipv6Address !== undefined && { ipv6Address: primary.ipv6Address }),
      ...(primary.allocationId !== undefined && { allocationId: primary.allocationId }),
      ...(primary.elasticIp !== undefined && { publicIp: primary.elasticIp }),
      settled: true,
    },
    instance: { id, imageId, instanceType, lifeCycle, subnetId, launchedAt, attachment: 'cold' },
  };
}

/** Does the step have the original before it? */
export function isOriginal({ adoption }: StatefulNode, instanceId: string): boolean {
  return adoption?.originalInstanceId === instanceId;
}

export type AdoptDecision =
  /** It is marked as the node's, and its interface outlives it; or it is gone, and there is nothing to adopt. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'tag'; readonly resourceIds: readonly string[] }
  | { readonly kind: 'protect'; readonly interfaceId: string; readonly attachmentId: string }
  | { readonly kind: 'refused'; readonly because: string };

/** What the original needs to be the node's. `eni` is the interface that the node takes over, where it takes one. */
export function decideAdoption(
  nodeId: string,
  instance: SeenInstance | undefined,
  eni: SeenInterface | undefined,
): AdoptDecision {
  if (instance === undefined || instance.state === 'terminated') return { kind: 'nothing' };
  const found = [instance, ...(eni === undefined ? [] : [eni])];
  const foreign = found.find((each) => each.nodeId !== undefined && each.nodeId !== nodeId);
  if (foreign !== undefined)
    return { kind: 'refused', because: `${foreign.id} belongs to ${foreign.nodeId} meanwhile` };
  const unmarked = found.filter((each) => each.nodeId === undefined);
  if (unmarked.length > 0) return { kind: 'tag', resourceIds: unmarked.map(({ id }) => id) };
  const attachment = eni?.attachment;
  return eni !== undefined && attachment?.instanceId === instance.id && attachment.deleteOnTermination
    ? { kind: 'protect', interfaceId: eni.id, attachmentId: attachment.id }
    : { kind: 'nothing' };
}

/** The record once the original is known to be marked and its interface to outlive it. `now` is ISO 8601, UTC. */
export function adopted(node: StatefulNode, now: string): StatefulNode {
  const adoption = openAdoption(node);
  return adoption === undefined || adoption.adoptedAt !== undefined
    ? node
    : { ...node, adoption: { ...adoption, adoptedAt: now }, updatedAt: now };
}

/** The record from which there is no way back. `now` is ISO 8601, UTC. @throws ImportCancelled */
export function committed(node: StatefulNode, now: string): StatefulNode {
  const adoption = openAdoption(node);
  // It is adopted before, and adopted in any case from now on.
  return adoption === undefined || adoption.committedAt !== undefined
    ? node
    : { ...node, adoption: { ...adoption, adoptedAt: adoption.adoptedAt ?? now, committedAt: now }, updatedAt: now };
}

/** The record of a node whose import has come to its end. */
export function imported(node: StatefulNode): StatefulNode {
  const { adoption: _finished, ...rest } = node;
  return rest;
}

/** The import under way, if there is one. @throws ImportCancelled where it was taken back */
export function openAdoption({ id, adoption }: StatefulNode): OpenAdoption | undefined {
  if (adoption?.cancelledAt !== undefined) throw new ImportCancelled(`the import that makes ${id} was cancelled`);
  return adoption;
}

/** What is there to be deleted of a node whose import is taken back: what Holdfast made for it, and nothing else. */
function deletionOf({ shouldKeepPrivateIp }: Adoption): Deletion {
  return { shouldTerminateInstance: !shouldKeepPrivateIp, shouldDeleteNetworkInterfaces: !shouldKeepPrivateIp };
}

export type CancelDecision =
  | RequestDecision
  /** The original's end, or the node's without it, is decided. */
  | { readonly kind: 'too-late' };

/** Takes an import back: the original stays as it was before. Repeats are harmless. `now` is ISO 8601, UTC. */
export function decideCancel(node: StatefulNode, now: string): CancelDecision {
  const { adoption } = node;
  if (adoption === undefined || adoption.committedAt !== undefined) return { kind: 'too-late' };
  if (adoption.cancelledAt !== undefined) return { kind: 'nothing', why: 'it is cancelled already' };
  return decideDeletion({ ...node, adoption: { ...adoption, cancelledAt: now } }, deletionOf(adoption), now);
}

/**
 * A node that is deleted before its import is committed has nothing of the original's to take apart: that is the same
 * as taking the import back. `now` is ISO 8601, UTC.
 */
export function decideDeletionOf(node: StatefulNode, deletion: Deletion, now: string): RequestDecision {
  const cancelled = decideCancel(node, now);
  return cancelled.kind === 'too-late' ? decideDeletion(node, deletion, now) : cancelled;
}

/** How the import of a node ends that is taken apart before the import has finished. `now` is ISO 8601, UTC. */
export function endingWith(adoption: Adoption, now: string): MigrationEnding {
  return adoption.cancelledAt === undefined
    ? { state: 'MIGRATE_ERROR', errorReason: 'The node was deleted before its import had finished.', at: now }
    : { state: 'MIGRATE_CANCEL', at: now };
}
