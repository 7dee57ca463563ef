/**
 * Adopts an instance that Holdfast did not launch: the node that it becomes, the progress, and the cancellation.
 *
 * An import is a replacement of an instance that is not ours yet. Until it is committed, only a tag and a flag of the
 * original have changed, and the import can be cancelled.
 */
import { ImportCancelled } from '../errors';
import { primaryOf, type ImportRequest } from './import-document';
import type { NodeConfig } from '../config/node-config';
import { keysOf } from '../node/applied-tags';
import type { SeenInstance, SeenInterface, SeenOriginal } from '../node/observations';
import { shownStatus } from '../operation/intents';
import { decideDeletion, type RequestDecision } from '../operation/requests';
import type { Adoption, Deletion, Intent, OpenAdoption, StatefulNode } from '../node/stateful-node';

/**
 * - `MIGRATE_START`: accepted; nothing has changed yet.
 * - `MIGRATE_ADOPT`: the original is tagged as the node's, and still runs.
 * - `MIGRATE_REPLACE`: the import can no longer be cancelled.
 * - `MIGRATE_FINISH`, `MIGRATE_CANCEL`: it has finished, or was cancelled.
 * - `MIGRATE_ERROR`: it has stopped. The node's next operation may finish it, if the node still exists.
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

/** The record of an import. It outlives the node. */
export interface Migration {
  /** `smg-` and eight hexadecimal digits. */
  readonly id: string;
  readonly nodeId: string;
  readonly request: ImportRequest;
  /** How it ended; absent while the node's record shows the progress. */
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

/** If the node's record is not written within this many milliseconds, the request has failed half-way. */
const BEGINS_WITHIN_MS = 5 * 60_000;

/**
 * The progress of an import. The node's record shows it until the import ends; after that, the stored ending does.
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
    ? { state: 'MIGRATE_ERROR', errorReason: 'The import was never started: request it again.', updatedAt: createdAt }
    : { state: 'MIGRATE_START', updatedAt: createdAt };
}

/**
 * The id of the node's EC2 instance: the original until the node has one of its own. Undefined if the node has none, or
 * no longer exists.
 * @param node the record of `migration.nodeId`
 */
export function instanceIdOf({ id, ending, request }: Migration, node: StatefulNode | undefined): string | undefined {
  const isOpen = node === undefined ? ending === undefined : node.adoption?.migrationId === id;
  return node?.instance?.id ?? (isOpen ? request.originalInstanceId : undefined);
}

/** The progress if the record of the node cannot be read. `why` says so, for a person. */
export function progressWithoutRecord({ ending, createdAt }: Migration, why: string): MigrationProgress {
  return ending === undefined
    ? { state: 'MIGRATE_ERROR', errorReason: why, updatedAt: createdAt }
    : { state: ending.state, errorReason: ending.errorReason, updatedAt: ending.at };
}

function progressIn(node: StatefulNode, adoption: Adoption): MigrationProgress {
  const { updatedAt, errorReason } = node;
  if (adoption.cancelledAt !== undefined) return { state: 'MIGRATE_CANCEL', updatedAt };
  // A failed node may also be PAUSED. It has a reason until the next operation starts.
  const hasFailed = ['ERROR', 'PAUSED'].includes(shownStatus(node)) && errorReason !== undefined;
  if (hasFailed) return { state: 'MIGRATE_ERROR', errorReason, updatedAt };
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

/** The first record of the node. If the address is kept, the original is the node's instance from the start. */
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
    ...keysOf(config),
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

/** Whether the instance is the original of the node's import. */
export function isOriginal({ adoption }: StatefulNode, instanceId: string): boolean {
  return adoption?.originalInstanceId === instanceId;
}

export type AdoptDecision =
  /** It is tagged as the node's and its interface outlives it, or it is gone and there is nothing to adopt. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'tag'; readonly resourceIds: readonly string[] }
  | { readonly kind: 'protect'; readonly interfaceId: string; readonly attachmentId: string }
  | { readonly kind: 'refused'; readonly because: string };

/** What is missing to adopt the original. `eni` is the interface that the node keeps, if it keeps it. */
export function decideAdoption(
  nodeId: string,
  instance: SeenInstance | undefined,
  eni: SeenInterface | undefined,
): AdoptDecision {
  if (instance === undefined || instance.state === 'terminated') return { kind: 'nothing' };
  const found = [instance, ...(eni === undefined ? [] : [eni])];
  const foreign = found.find((each) => each.nodeId !== undefined && each.nodeId !== nodeId);
  if (foreign !== undefined) return { kind: 'refused', because: `${foreign.id} now belongs to ${foreign.nodeId}` };
  const untagged = found.filter((each) => each.nodeId === undefined);
  if (untagged.length > 0) return { kind: 'tag', resourceIds: untagged.map(({ id }) => id) };
  const attachment = eni?.attachment;
  return eni !== undefined && attachment?.instanceId === instance.id && attachment.deleteOnTermination
    ? { kind: 'protect', interfaceId: eni.id, attachmentId: attachment.id }
    : { kind: 'nothing' };
}

/** The record once the original is tagged and its interface outlives it. `now` is ISO 8601, UTC. */
export function adopted(node: StatefulNode, now: string): StatefulNode {
  const adoption = openAdoption(node);
  return adoption === undefined || adoption.adoptedAt !== undefined
    ? node
    : { ...node, adoption: { ...adoption, adoptedAt: now }, updatedAt: now };
}

/** The record of an import that can no longer be cancelled. `now` is ISO 8601, UTC. @throws ImportCancelled */
export function committed(node: StatefulNode, now: string): StatefulNode {
  const adoption = openAdoption(node);
  // A committed import counts as adopted.
  return adoption === undefined || adoption.committedAt !== undefined
    ? node
    : { ...node, adoption: { ...adoption, adoptedAt: adoption.adoptedAt ?? now, committedAt: now }, updatedAt: now };
}

/** The record of a node whose import has finished. */
export function imported(node: StatefulNode): StatefulNode {
  const { adoption: _finished, ...rest } = node;
  return rest;
}

/** The import under way, if there is one. @throws ImportCancelled if it was cancelled */
export function openAdoption({ id, adoption }: StatefulNode): OpenAdoption | undefined {
  if (adoption?.cancelledAt !== undefined) throw new ImportCancelled(`the import that makes ${id} was cancelled`);
  return adoption;
}

/** What the deletion removes if the import is cancelled: only what Holdfast made for the node. */
function deletionOf({ shouldKeepPrivateIp }: Adoption): Deletion {
  return { shouldTerminateInstance: !shouldKeepPrivateIp, shouldDeleteNetworkInterfaces: !shouldKeepPrivateIp };
}

export type CancelDecision =
  | RequestDecision
  /** The import is committed or finished. */
  | { readonly kind: 'too-late' };

/** Cancels an import: the original is as before. Repeated requests are harmless. `now` is ISO 8601, UTC. */
export function decideCancel(node: StatefulNode, now: string): CancelDecision {
  const { adoption } = node;
  if (adoption === undefined || adoption.committedAt !== undefined) return { kind: 'too-late' };
  if (adoption.cancelledAt !== undefined) return { kind: 'nothing', why: 'it is cancelled already' };
  return decideDeletion({ ...node, adoption: { ...adoption, cancelledAt: now } }, deletionOf(adoption), now);
}

/**
 * Deleting a node before its import is committed is the same as cancelling the import: nothing of the original is
 * removed. `now` is ISO 8601, UTC.
 */
export function decideDeletionOf(node: StatefulNode, deletion: Deletion, now: string): RequestDecision {
  const cancelled = decideCancel(node, now);
  return cancelled.kind === 'too-late' ? decideDeletion(node, deletion, now) : cancelled;
}

/** The ending of an import whose node is deleted before the import has finished. `now` is ISO 8601, UTC. */
export function endingWith(adoption: Adoption, now: string): MigrationEnding {
  return adoption.cancelledAt === undefined
    ? { state: 'MIGRATE_ERROR', errorReason: 'The node was deleted before its import had finished.', at: now }
    : { state: 'MIGRATE_CANCEL', at: now };
}
