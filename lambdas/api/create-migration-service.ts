/** Implements imports on the ports: checks, claims, writes the records, starts the replacement; and cancels. */
import { accountErrors, defaultsIn, eligibleSubnetIds, namesIn } from '../../domain/node/validate-against-account';
import { completed } from '../../domain/config/complete-config';
import { parseConfig } from '../../domain/config/validate-config';
import { addressesWanted } from '../../domain/node/claims';
import { HoldfastError, UnreadableRecord } from '../../domain/errors';
import type { FieldError } from '../../domain/config/validation';
import {
  decideCancel,
  importedNode,
  instanceIdOf,
  progressOf,
  progressWithoutRecord,
  type CancelDecision,
  type Migration,
  type MigrationProgress,
} from '../../domain/import/import';
import {
  documentOf,
  fieldErrorOfRequest,
  importErrors,
  leftBehind,
  zoneErrors,
  type ImportRequest,
} from '../../domain/import/import-document';
import type { NodeConfig } from '../../domain/config/node-config';
import type { SeenOriginal } from '../../domain/node/observations';
import type { Intent, StatefulNode } from '../../domain/node/stateful-node';
import { decideAndSave } from '../operation/owned-node';
import type { Ports } from '../ports';
import { claimAddresses, createClaimed } from './address-claims';
import { MigrationMissing, type ImportOutcome, type MigrationService, type ShownMigration } from './migration-service';
import { InvalidRequest } from './node-service';
import { refuseDoubt, takePossession } from './table-ownership';
import { startIntent } from './start-intent';

export interface ImportSettings {
  /** Whether the deployment's roles may take over what Holdfast did not make. */
  readonly imports: boolean;
}

export function createMigrationService(
  ports: Ports,
  { imports }: ImportSettings = { imports: true },
): MigrationService {
  const now = () => ports.time.now().toISOString();
  const shown = async (migration: Migration): Promise<ShownMigration> => ({
    migration,
    ...(await seenProgress(ports, migration, now())),
  });
  const found = async (migrationId: string): Promise<Migration> => {
    const migration = await ports.migrations.get(migrationId);
    if (migration === undefined) throw new MigrationMissing(migrationId);
    return migration;
  };
  const begin = async (request: ImportRequest) => {
    if (!imports) throw new InvalidRequest([IMPORTS_ARE_OFF]);
    await takePossession(ports);
    return shown(await beginImport(ports, request, now()));
  };

  return {
    begin,
    beginInBulk: async (requests) => {
      // One after the other: each makes a dozen calls to EC2, which allows twenty a second on average.
      const outcomes: ImportOutcome[] = [];
      for (const request of requests) outcomes.push(await outcomeOf(request, () => begin(request)));
      return outcomes;
    },
    find: async (migrationIds) => {
      const migrations = await Promise.all(migrationIds.map((id) => ports.migrations.get(id)));
      return Promise.all(migrations.filter((migration) => migration !== undefined).map(shown));
    },
    cancel: async (migrationId) => {
      await refuseDoubt(ports);
      const migration = await found(migrationId);
      await cancelImport(ports, migration, now());
      return shown(migration);
    },
  };
}

const IMPORTS_ARE_OFF: FieldError = {
  field: 'originalInstanceId',
  message:
    'cannot be imported: this deployment has imports switched off, so its roles may not tag what Holdfast did not make. ' +
    'Deploy it with imports=on first',
};

/** An import whose node's record cannot be read does not fail the request for the others. */
async function seenProgress(
  { nodes }: Ports,
  migration: Migration,
  now: string,
): Promise<Omit<ShownMigration, 'migration'>> {
  try {
    const node = await nodes.get(migration.nodeId);
    return { progress: progressOf(migration, node, now), instanceId: instanceIdOf(migration, node) };
  } catch (error) {
    if (error instanceof UnreadableRecord) return { progress: progressWithoutRecord(migration, error.message) };
    throw error;
  }
}

/** What a valid import is made from. */
interface Admitted {
  readonly original: SeenOriginal;
  readonly config: NodeConfig;
  readonly eligibleSubnetIds: readonly string[];
}

async function beginImport(ports: Ports, request: ImportRequest, now: string): Promise<Migration> {
  const [nodeId, migrationId] = [`smi-${ports.randomHex(8)}`, `smg-${ports.randomHex(8)}`];
  const userIntent: Intent = { kind: 'replace', reason: `import of ${request.originalInstanceId}`, requestedAt: now };
  const { original, ...checked } = await admitImport(ports, request, (config) => ({
    nodeId,
    migrationId,
    config,
    eligibleSubnetIds: [],
    heldClaims: [],
    userIntent,
  }));
  const heldClaims = await claimFor(ports, request, checked.config, nodeId, now);
  const node = importedNode(original, request, { nodeId, migrationId, ...checked, heldClaims, userIntent });
  const { name } = checked.config;
  const migration = { id: migrationId, nodeId, request: { ...request, managedInstanceName: name }, createdAt: now };
  // The node is written last. An import without a node has died, and one with a node is carried out.
  await ports.migrations.create(migration);
  await createClaimed(ports, node);
  await ports.log.append(nodeId, { createdAt: now, severity: 'INFO', message: `import of ${original.id}` });
  const message = `not carried on from ${original.id}: ${leftBehind(original, request).join('; ')}`;
  await ports.log.append(nodeId, { createdAt: now, severity: 'WARN', message });
  await startIntent(ports, node, userIntent);
  return migration;
}

/** @throws InvalidRequest with every error */
async function admitImport(
  ports: Ports,
  request: ImportRequest,
  partsFor: (config: NodeConfig) => Parameters<typeof importedNode>[2],
): Promise<Admitted> {
  const original = await ports.originals.observe(request.originalInstanceId);
  const fieldErrors = [...importErrors(request, original), ...(await ownerErrors(ports, request.originalInstanceId))];
  // An instance that is not running has no network from which to make a document.
  if (original?.state !== 'running') throw new InvalidRequest(fieldErrors);
  const inRequest = (fieldError: FieldError) => fieldErrorOfRequest(fieldError, request);
  const parsed = parseConfig(documentOf(original, request));
  if (parsed.kind === 'invalid') throw new InvalidRequest([...fieldErrors, ...parsed.fieldErrors.map(inRequest)]);
  const seen = await ports.account.observe(namesIn(parsed.config));
  // The original has a Region, security groups and a type: nothing is implied.
  const { config } = completed(parsed.config, defaultsIn(seen));
  // Checked as the node that it will become: otherwise the original's own addresses would count as taken.
  const ofAccount = accountErrors(config, seen, importedNode(original, request, partsFor(config)));
  fieldErrors.push(...ofAccount.map(inRequest), ...zoneErrors(request, seen.subnets));
  if (fieldErrors.length > 0) throw new InvalidRequest(fieldErrors);
  return { original, config, eligibleSubnetIds: eligibleSubnetIds(config, seen.subnets) };
}

/** Asks the records, because the tag of an instance that was launched or adopted a moment ago may not show yet. */
async function ownerErrors({ index, nodes }: Ports, instanceId: string): Promise<readonly FieldError[]> {
  const nodeId = await index.nodeOf(instanceId);
  const node = nodeId === undefined ? undefined : await nodes.get(nodeId);
  if (node === undefined) return [];
  const { instance, operation, adoption } = node;
  const ids = [instance?.id, operation?.oldInstanceId, operation?.launch?.instanceId, adoption?.originalInstanceId];
  return ids.includes(instanceId)
    ? [{ field: 'originalInstanceId', message: `${instanceId} is already the instance of ${node.id}` }]
    : [];
}

/** Claims the original as well, so that only one of two concurrent imports succeeds. @throws InvalidRequest */
function claimFor(
  ports: Ports,
  request: ImportRequest,
  config: NodeConfig,
  nodeId: string,
  now: string,
): Promise<readonly string[]> {
  const addresses = addressesWanted(config).map(({ address }) => ({ address, field: 'originalInstanceId' }));
  const original = { address: request.originalInstanceId, field: 'originalInstanceId' };
  return claimAddresses(ports, [original, ...addresses], nodeId, now);
}

/** Decides the cancellation with one conditional write. @throws InvalidRequest */
async function cancelImport(ports: Ports, migration: Migration, now: string): Promise<void> {
  const { id, nodeId, request } = migration;
  const decision = await decideAndSave(ports.nodes, nodeId, (node): Cancellation => {
    if (node?.adoption?.migrationId === id) return decideCancel(node, now);
    return { kind: 'ended', progress: progressOf(migration, node, now) };
  });
  switch (decision.kind) {
    case 'nothing':
      return;
    case 'save':
      await ports.log.append(nodeId, { createdAt: now, severity: 'INFO', message: 'import cancelled' });
      if (decision.start !== undefined) await startIntent(ports, decision.node, decision.start);
      return;
    case 'too-late':
      throw notCancellable(
        `${id} is past the point of no return: ${request.originalInstanceId} is already ` +
          `${request.shouldTerminateInstance ? 'being terminated' : 'replaced'}. Pause or delete ${nodeId} instead`,
      );
    case 'ended':
      if (decision.progress.state === 'MIGRATE_CANCEL') return;
      throw notCancellable(`${id} has nothing to cancel: it is in ${decision.progress.state}`);
  }
}

type Cancellation = (CancelDecision | { readonly kind: 'ended'; readonly progress: MigrationProgress }) & {
  readonly node?: StatefulNode;
};

function notCancellable(message: string): InvalidRequest {
  return new InvalidRequest([{ field: 'migrationId', message }]);
}

/** An AWS error is the outcome of this import only: the imports before it keep theirs. */
async function outcomeOf(request: ImportRequest, begin: () => Promise<ShownMigration>): Promise<ImportOutcome> {
  try {
    return { kind: 'begun', shown: await begin() };
  } catch (error) {
    if (error instanceof InvalidRequest) return { kind: 'refused', request, fieldErrors: error.fieldErrors };
    if (!(error instanceof HoldfastError)) throw error;
    const message = `${error.message}; check whether the import has begun, then try again`;
    return { kind: 'refused', request, fieldErrors: [{ field: 'originalInstanceId', message }] };
  }
}
