/** Imports on in-memory ports: what is checked, claimed, written and started, and in which order. */
import { ServiceUnavailable } from '../../../domain/errors';
import type { ImportRequest } from '../../../domain/import/import-document';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { createMigrationService } from '../../../lambdas/api/create-migration-service';
import { MigrationMissing } from '../../../lambdas/api/migration-service';
import { InvalidRequest, TableInDoubt } from '../../../lambdas/api/node-service';
import {
  aBusyNode,
  aLaunch,
  aNode,
  anAccount,
  anUnreadableRecord,
  aSubnet,
  NODE_ID,
  NOW,
  SUBNET_A,
  VPC_ID,
} from '../../domain/builders';
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

describe('with imports switched off', () => {
  const remedy = /^originalInstanceId: .* imports switched off.*Deploy it with imports=on first$/;

  it('begins none, and says how to switch them on', async () => {
    const ports = portsWith();
    const service = createMigrationService(ports, { imports: false });
    expect(await fieldErrorsOf(service.begin(anImport()))).toEqual([expect.stringMatching(remedy)]);
    const outcomes = await service.beginInBulk([anImport()]);
    expect(outcomes).toMatchObject([{ kind: 'refused', fieldErrors: [{ field: 'originalInstanceId' }] }]);
    expect([...ports.runningExecutions]).toEqual([]);
    expect(await ports.migrations.get(MADE_MIGRATION)).toBeUndefined();
  });

  it('still shows and cancels those that have begun', async () => {
    const ports = portsWith();
    await createMigrationService(ports).begin(anImport());
    const service = createMigrationService(ports, { imports: false });
    expect(await service.find([MADE_MIGRATION])).toHaveLength(1);
    expect((await service.cancel(MADE_MIGRATION)).progress.state).toMatch(/^MIGRATE_CANCEL/);
  });
});

describe('beginning an import', () => {
  it('claims, writes both records, the node last, and starts the replacement', async () => {
    const ports = portsWith();
    const interfaces = [aPrimary({ transientPublicIp: '198.51.100.9' })];
    ports.seenOriginals.set(ORIGINAL_ID, anOriginal({ placementGroup: 'rack', interfaces }));
    const { migration, progress } = await createMigrationService(ports).begin(anImport());
    expect(progress.state).toBe('MIGRATE_START');
    expect(migration).toMatchObject({
      id: MADE_MIGRATION,
      nodeId: MADE_NODE,
      request: { managedInstanceName: ORIGINAL_ID },
    });
    const userIntent = { kind: 'replace', reason: `import of ${ORIGINAL_ID}`, requestedAt: NOW };
    const { reason, requestedAt } = userIntent;
    expect(ports.journal).toEqual([
      `observe original ${ORIGINAL_ID}`,
      `claim ${ORIGINAL_ID} for ${MADE_NODE}`,
      `claim ${VPC_ID}/10.0.0.10 for ${MADE_NODE}`,
      `create ${MADE_MIGRATION}`,
      `create ${MADE_NODE}`,
      `start replace ${MADE_NODE}-replace-20261103100000000 ${JSON.stringify({ nodeId: MADE_NODE, reason, requestedAt })}`,
    ]);
    expect(ports.migrationRecords.get(MADE_MIGRATION)).toEqual(migration);
    expect(ports.node(MADE_NODE)).toMatchObject({
      id: MADE_NODE,
      config: { name: ORIGINAL_ID },
      eligibleSubnetIds: [SUBNET_A],
      heldClaims: [ORIGINAL_ID, `${VPC_ID}/10.0.0.10`],
      intents: [userIntent],
      adoption: { migrationId: MADE_MIGRATION },
    });
    expect(ports.logEntries.get(MADE_NODE)).toEqual([
      { createdAt: NOW, severity: 'INFO', message: `import of ${ORIGINAL_ID}` },
      {
        createdAt: NOW,
        severity: 'WARN',
        message:
          `not carried on from ${ORIGINAL_ID}: its disks (those of the node are made anew from the image); ` +
          'its placement group rack; its public IP 198.51.100.9, which is not an Elastic IP',
      },
    ]);
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
    {
      name: 'an instance whose address another node has claimed',
      prepare: (ports) => ports.claimedBy.set(`${VPC_ID}/10.0.0.10`, { holder: 'smi-other', claimedAt: NOW }),
      fieldErrors: [`originalInstanceId: ${VPC_ID}/10.0.0.10 belongs to smi-other`],
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

  it.each<{ name: string; node: StatefulNode }>([
    { name: 'is about to replace', node: aBusyNode() },
    {
      name: 'has just launched',
      node: aBusyNode({}, { oldInstanceId: 'i-1', launch: aLaunch({ instanceId: ORIGINAL_ID }) }),
    },
    { name: 'is importing', node: anImportedNode() },
  ])('refuses an instance that another node $name', async ({ node }) => {
    const ports = portsWith({ ...node, instance: undefined });
    ports.nodeOfInstance.set(ORIGINAL_ID, NODE_ID);
    const found = await fieldErrorsOf(createMigrationService(ports).begin(anImport()));
    expect(found).toEqual([`originalInstanceId: ${ORIGINAL_ID} is already the instance of ${NODE_ID}`]);
  });

  it('accepts an instance that its node has left', async () => {
    const ports = portsWith(aBusyNode({ instance: { ...aNode().instance!, id: 'i-1' } }, { oldInstanceId: 'i-1' }));
    ports.nodeOfInstance.set(ORIGINAL_ID, NODE_ID);
    await expect(createMigrationService(ports).begin(anImport())).resolves.toBeDefined();
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
    expect(outcomes).toEqual([
      {
        kind: 'refused',
        request: anImport({ originalInstanceId: 'i-none' }),
        fieldErrors: [expect.objectContaining({ field: 'originalInstanceId' }) as unknown],
      },
      { kind: 'begun', shown: expect.objectContaining({ migration: ports.migrationRecords.get(MADE_MIGRATION) }) },
    ]);
  });

  it('returns an AWS error as the outcome of its import', async () => {
    const ports = portsWith();
    ports.onCall = () => {
      throw new ServiceUnavailable('EC2 did not answer');
    };
    const [outcome] = await createMigrationService(ports).beginInBulk([anImport()]);
    const message = 'EC2 did not answer; check whether the import has begun, then try again';
    expect(outcome).toEqual({
      kind: 'refused',
      request: anImport(),
      fieldErrors: [{ field: 'originalInstanceId', message }],
    });
  });

  it('fails with an error of our own', async () => {
    const ports = portsWith();
    ports.originals.observe = () => Promise.reject(new TypeError('x is undefined'));
    await expect(createMigrationService(ports).beginInBulk([anImport()])).rejects.toThrow(TypeError);
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
    expect(ports.node(NODE_ID)).toMatchObject({ adoption: { cancelledAt: NOW }, intents: [{ kind: 'delete' }] });
    expect(ports.logEntries.get(NODE_ID)).toEqual([{ createdAt: NOW, severity: 'INFO', message: 'import cancelled' }]);
  });

  it('leaves the deletion to the end of the operation under way', async () => {
    const { adoption } = anImportedNode();
    const ports = portsWith(aBusyNode({ adoption }));
    ports.migrationRecords.set(MIGRATION_ID, migration);
    await createMigrationService(ports).cancel(MIGRATION_ID);
    expect(ports.journal).toEqual(['save RECYCLING']);
    expect(ports.node(NODE_ID)).toMatchObject({ adoption: { cancelledAt: NOW }, intents: [{ kind: 'delete' }] });
  });

  it('writes and logs nothing if it is cancelled already', async () => {
    const ports = portsWith(anImportedNode({ cancelledAt: NOW }));
    ports.migrationRecords.set(MIGRATION_ID, migration);
    const { progress } = await createMigrationService(ports).cancel(MIGRATION_ID);
    expect(progress.state).toBe('MIGRATE_CANCEL');
    expect(ports.journal).toEqual([]);
    expect(ports.logEntries.size).toBe(0);
  });

  const committed = anImportedNode({ adoptedAt: NOW, committedAt: NOW });
  const tooLate = (what: string) =>
    `${MIGRATION_ID} is past the point of no return: ${ORIGINAL_ID} is already ${what}. ` +
    `Pause or delete ${NODE_ID} instead`;

  it.each<{ name: string; node: StatefulNode; request?: Partial<ImportRequest>; message: string }>([
    { name: 'committed', node: committed, message: tooLate('being terminated') },
    {
      name: 'committed and leaves the original',
      node: committed,
      request: { shouldTerminateInstance: false, shouldKeepPrivateIp: false },
      message: tooLate('replaced'),
    },
    { name: 'ended', node: aNode(), message: `${MIGRATION_ID} has nothing to cancel: it is in MIGRATE_START` },
    {
      name: 'of an earlier node with the same id',
      node: anImportedNode({ migrationId: 'smg-0000000f' }),
      message: `${MIGRATION_ID} has nothing to cancel: it is in MIGRATE_START`,
    },
  ])('refuses one that is $name', async ({ node, request, message }) => {
    const ports = portsWith(node);
    ports.migrationRecords.set(MIGRATION_ID, { ...migration, request: anImport(request) });
    await expect(createMigrationService(ports).cancel(MIGRATION_ID)).rejects.toMatchObject({
      name: 'InvalidRequest',
      fieldErrors: [{ field: 'migrationId', message }],
    });
    expect(ports.journal).toEqual([]);
  });

  it('is refused if the import is committed meanwhile', async () => {
    const ports = portsWith(anImportedNode());
    ports.migrationRecords.set(MIGRATION_ID, migration);
    ports.onCall = (entry) => {
      if (!entry.startsWith('save')) return;
      ports.onCall = () => undefined;
      ports.writeMeanwhile(NODE_ID, { adoption: committed.adoption });
    };
    await expect(createMigrationService(ports).cancel(MIGRATION_ID)).rejects.toThrow('point of no return');
    expect(ports.journal).toEqual(['save ACTIVE']);
    expect(ports.node(NODE_ID).intents).toEqual([]);
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

  it('fails to show an import while the table fails: its node may have ended it', async () => {
    const ports = portsWith(anImportedNode());
    ports.migrationRecords.set(MIGRATION_ID, migration);
    ports.nodes.get = () => Promise.reject(new ServiceUnavailable('DynamoDB did not answer'));
    await expect(createMigrationService(ports).find([MIGRATION_ID])).rejects.toThrow(ServiceUnavailable);
  });

  it('is refused while the table is in doubt', async () => {
    const ports = portsWith(anImportedNode());
    ports.migrationRecords.set(MIGRATION_ID, migration);
    ports.tableIdentity = undefined;
    await expect(createMigrationService(ports).cancel(MIGRATION_ID)).rejects.toThrow(TableInDoubt);
    expect(ports.journal).toEqual([]);
  });

  it('fails if there is no such import', async () => {
    const service = createMigrationService(portsWith());
    await expect(service.cancel(MIGRATION_ID)).rejects.toThrow(MigrationMissing);
    await expect(service.find([MIGRATION_ID])).resolves.toEqual([]);
  });
});
