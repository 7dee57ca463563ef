/** Imports on in-memory ports: what is checked, claimed, written and started, and in which order. */
import { ServiceUnavailable } from '../../../domain/errors';
import type { ImportRequest } from '../../../domain/import/import-document';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { createMigrationService } from '../../../lambdas/api/create-migration-service';
import { MigrationMissing } from '../../../lambdas/api/migration-service';
import { InvalidRequest } from '../../../lambdas/api/node-service';
import { aNode, anAccount, anUnreadableRecord, aSubnet, NODE_ID, NOW, SUBNET_A, VPC_ID } from '../../domain/builders';
import {
  anImport,
  anImportedNode,
  anOriginal,
  aPrimary,
  MIGRATION_ID,
  ORIGINAL_ID,
} from '../../domain/import-builders';
import { InMemoryPorts } from '../in-memory-ports';

const MADE_NODE = 'smi-01234567';
const MADE_MIGRATION = 'smg-01234567';

function portsWith(...nodes: readonly StatefulNode[]): InMemoryPorts {
  const ports = new InMemoryPorts(...nodes);
  ports.seenOriginals.set(ORIGINAL_ID, anOriginal());
  return ports;
}

async function fieldErrorsOf(call: Promise<unknown>): Promise<readonly string[]> {
  try {
    await call;
  } catch (error) {
    if (error instanceof InvalidRequest) return error.fieldErrors.map(({ field, message }) => `${field}: ${message}`);
    throw error;
  }
  return [];
}

describe('beginning an import', () => {
  it('claims, writes both records, the node last, and starts the replacement', async () => {
    const ports = portsWith();
    const { migration, progress } = await createMigrationService(ports).begin(anImport());
    expect(progress.state).toBe('MIGRATE_START');
    expect(migration).toMatchObject({
      id: MADE_MIGRATION,
      nodeId: MADE_NODE,
      request: { managedInstanceName: ORIGINAL_ID },
    });
    expect(ports.journal).toEqual([
      `claim ${ORIGINAL_ID} for ${MADE_NODE}`,
      `claim ${VPC_ID}/10.0.0.10 for ${MADE_NODE}`,
      `create ${MADE_MIGRATION}`,
      `create ${MADE_NODE}`,
      expect.stringContaining(`start replace ${MADE_NODE}-replace-`),
    ]);
    expect(ports.node(MADE_NODE).heldClaims).toEqual([ORIGINAL_ID, `${VPC_ID}/10.0.0.10`]);
    expect(
      ports.logEntries
        .get(MADE_NODE)
        ?.map(({ message }) => message)
        .join('\n'),
    ).toMatch(/import of i-.*\n.*disks/);
  });

  it("does not count the original's own address as taken", async () => {
    const ports = portsWith();
    const { id: interfaceId } = aPrimary();
    ports.seenAccount = anAccount({ privateIpHolders: [{ interfaceId, subnetId: SUBNET_A }] });
    await expect(createMigrationService(ports).begin(anImport())).resolves.toBeDefined();
  });

  it.each<{
    name: string;
    request?: Partial<ImportRequest>;
    prepare?: (ports: InMemoryPorts) => void;
    fieldErrors: string[];
  }>([
    {
      name: 'an original that does not exist, together with another error',
      request: { shouldTerminateInstance: false },
      prepare: (ports) => ports.seenOriginals.clear(),
      fieldErrors: ['originalInstanceId: ', 'shouldTerminateInstance: '],
    },
    {
      name: "what the account lacks, with the request's field names",
      request: { region: 'us-west-2', spotInstanceTypes: ['m9.none'], shouldKeepPrivateIp: false },
      fieldErrors: ['region: must be eu-west-1', 'spotInstanceTypes.0: m9.none does not exist'],
    },
    {
      name: 'a role that the deployment does not allow',
      prepare: (ports) =>
        ports.seenOriginals.set(
          ORIGINAL_ID,
          anOriginal({ instanceProfileArn: 'arn:aws:iam::123456789012:instance-profile/web' }),
        ),
      fieldErrors: [`originalInstanceId: compute.launchSpecification.iamRole.arn of ${ORIGINAL_ID}: `],
    },
    {
      name: 'a document that is invalid for a node',
      request: { product: 'BeOS' },
      fieldErrors: ['product: '],
    },
    {
      name: 'control characters in the request and in the tags of the original',
      request: { managedInstanceName: 'a\0' },
      prepare: (ports) => ports.seenOriginals.set(ORIGINAL_ID, anOriginal({ tags: [{ key: 'team', value: 'a\nb' }] })),
      fieldErrors: [
        'managedInstanceName: must not contain the control character',
        `originalInstanceId: compute.launchSpecification.tags.0.tagValue of ${ORIGINAL_ID}: must not contain`,
      ],
    },
    {
      name: 'a subnet that is in another zone',
      request: {
        shouldKeepPrivateIp: false,
        availabilityZones: [{ name: 'eu-west-1c', subnetIds: [aSubnet().id] }],
      },
      fieldErrors: ['availabilityZones.0.subnetIds.0: '],
    },
    {
      name: 'the instance of a node whose tag does not show yet',
      prepare: (ports) => {
        ports.nodeRecords.set(NODE_ID, aNode());
        ports.nodeOfInstance.set(ORIGINAL_ID, NODE_ID);
      },
      fieldErrors: [`originalInstanceId: ${ORIGINAL_ID} is already the instance of ${NODE_ID}`],
    },
    {
      name: 'an instance that another import has claimed',
      prepare: (ports) => ports.claimedBy.set(ORIGINAL_ID, { holder: 'smi-other', claimedAt: NOW }),
      fieldErrors: [`originalInstanceId: ${ORIGINAL_ID} belongs to smi-other`],
    },
  ])('refuses $name', async ({ request, prepare, fieldErrors }) => {
    const ports = portsWith();
    prepare?.(ports);
    const found = await fieldErrorsOf(createMigrationService(ports).begin(anImport(request)));
    expect(found).toEqual(
      fieldErrors.map((text) => expect.stringMatching(`^${text.replace(/[.]/g, '\\.')}`) as unknown),
    );
    expect(ports.migrationRecords.size).toBe(0);
    expect([...ports.claimedBy.values()].filter(({ holder }) => holder === MADE_NODE)).toEqual([]);
  });

  it('accepts an instance whose node no longer exists', async () => {
    const ports = portsWith();
    ports.nodeOfInstance.set(ORIGINAL_ID, NODE_ID);
    await expect(createMigrationService(ports).begin(anImport())).resolves.toBeDefined();
  });
});

describe('beginning imports in bulk', () => {
  it('begins the valid ones although another is refused', async () => {
    const ports = portsWith();
    const service = createMigrationService(ports);
    const outcomes = await service.beginInBulk([anImport({ originalInstanceId: 'i-none' }), anImport()]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['refused', 'begun']);
  });

  it('returns an AWS error as the outcome of its import', async () => {
    const ports = portsWith();
    ports.onCall = () => {
      throw new ServiceUnavailable('EC2 did not answer');
    };
    const [outcome] = await createMigrationService(ports).beginInBulk([anImport()]);
    expect(outcome).toMatchObject({
      kind: 'refused',
      fieldErrors: [{ field: 'originalInstanceId', message: expect.stringContaining('EC2 did not answer') as unknown }],
    });
  });
});

describe('cancelling an import', () => {
  const migration = { id: MIGRATION_ID, nodeId: NODE_ID, request: anImport(), createdAt: NOW };

  it('writes the cancellation and starts the deletion', async () => {
    const ports = portsWith(anImportedNode());
    ports.migrationRecords.set(MIGRATION_ID, migration);
    const { progress } = await createMigrationService(ports).cancel(MIGRATION_ID);
    expect(progress.state).toBe('MIGRATE_CANCEL');
    expect(ports.journal).toEqual(['save ACTIVE', expect.stringContaining(`start delete ${NODE_ID}-delete-`)]);
  });

  it.each([
    { name: 'committed', node: anImportedNode({ adoptedAt: NOW, committedAt: NOW }), why: 'point of no return' },
    { name: 'ended', node: aNode(), why: 'MIGRATE_START' },
  ])('refuses one that is $name', async ({ node, why }) => {
    const ports = portsWith(node);
    ports.migrationRecords.set(MIGRATION_ID, migration);
    await expect(createMigrationService(ports).cancel(MIGRATION_ID)).rejects.toThrow(why);
    expect(ports.journal).toEqual([]);
  });

  it('is harmless if repeated', async () => {
    const ports = portsWith();
    ports.migrationRecords.set(MIGRATION_ID, { ...migration, ending: { state: 'MIGRATE_CANCEL', at: NOW } });
    await expect(createMigrationService(ports).cancel(MIGRATION_ID)).resolves.toMatchObject({
      progress: { state: 'MIGRATE_CANCEL' },
    });
  });

  it.each([
    { name: 'has not ended', ending: undefined, progress: { state: 'MIGRATE_ERROR', errorReason: /cannot be read/ } },
    { name: 'has ended', ending: { state: 'MIGRATE_FINISH', at: NOW } as const, progress: { state: 'MIGRATE_FINISH' } },
  ])('shows an import that $name, with others, although the record of its node cannot be read', async (row) => {
    const ports = portsWith(anImportedNode());
    ports.unreadable = [anUnreadableRecord('smi-0000000f')];
    ports.migrationRecords.set(MIGRATION_ID, migration);
    const other = {
      ...migration,
      id: 'smg-0000000f',
      nodeId: 'smi-0000000f',
      ...(row.ending && { ending: row.ending }),
    };
    ports.migrationRecords.set(other.id, other);
    const found = await createMigrationService(ports).find([MIGRATION_ID, other.id]);
    expect(found.map(({ progress }) => progress.state)).toEqual(['MIGRATE_START', row.progress.state]);
    expect(found[1]?.progress.errorReason ?? '').toMatch(row.progress.errorReason ?? /^$/);
  });

  it('fails if there is no such import', async () => {
    const service = createMigrationService(portsWith());
    await expect(service.cancel(MIGRATION_ID)).rejects.toThrow(MigrationMissing);
    await expect(service.find([MIGRATION_ID])).resolves.toEqual([]);
  });
});
