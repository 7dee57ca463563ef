import { parseConfig } from '../../../domain/config/validate-config';
import { surplusClaims } from '../../../domain/node/claims';
import { ImportCancelled } from '../../../domain/errors';
import {
  adopted,
  committed,
  decideAdoption,
  decideCancel,
  decideDeletionOf,
  endingWith,
  imported,
  importedNode,
  instanceIdOf,
  isOriginal,
  progressOf,
  type Migration,
} from '../../../domain/import/import';
import { documentOf } from '../../../domain/import/import-document';
import { decideTake } from '../../../domain/operation/ownership';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import {
  aBusyNode,
  aConfig,
  ALLOCATION_ID,
  anAttachedInterface,
  anInstance,
  anInterface,
  aNode,
  EXECUTION_ID,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  SUBNET_A,
} from '../builders';
import {
  anAdoption,
  anImport,
  anImportedNode,
  anOriginal,
  aPrimary,
  MIGRATION_ID,
  ORIGINAL_ID,
} from '../import-builders';

const LATER = '2026-11-03T10:01:00.000Z';
const MUCH_LATER = '2026-11-03T10:06:00.000Z';

const MIGRATION: Migration = { id: MIGRATION_ID, nodeId: NODE_ID, request: anImport(), createdAt: NOW };
const FINISHED: Migration = { ...MIGRATION, ending: { state: 'MIGRATE_FINISH', at: LATER } };

describe('progressOf', () => {
  const working = { operation: aBusyNode().operation, status: 'RECYCLING' } as const;

  test.each<{ name: string; migration?: Migration; node: StatefulNode | undefined; state: string; now?: string }>([
    { name: 'nothing has been touched', node: anImportedNode(), state: 'MIGRATE_START' },
    { name: 'it is adopted', node: anImportedNode({ adoptedAt: NOW }, working), state: 'MIGRATE_ADOPT' },
    {
      name: 'it is committed',
      node: anImportedNode({ adoptedAt: NOW, committedAt: NOW }, working),
      state: 'MIGRATE_REPLACE',
    },
    { name: 'it is cancelled', node: anImportedNode({ cancelledAt: NOW }, working), state: 'MIGRATE_CANCEL' },
    {
      name: 'the node is in ERROR',
      node: anImportedNode({ adoptedAt: NOW, committedAt: NOW }, { status: 'ERROR', errorReason: 'why' }),
      state: 'MIGRATE_ERROR',
    },
    {
      name: 'the node is paused because something has its address',
      node: anImportedNode({ adoptedAt: NOW, committedAt: NOW }, { status: 'PAUSED', errorReason: 'why' }),
      state: 'MIGRATE_ERROR',
    },
    {
      name: 'the node is in ERROR because it was cancelled',
      node: anImportedNode({ cancelledAt: NOW }, { status: 'ERROR', errorReason: 'why' }),
      state: 'MIGRATE_CANCEL',
    },
    {
      name: 'the node was in ERROR, and another attempt is requested',
      node: anImportedNode(
        { adoptedAt: NOW, committedAt: NOW },
        {
          status: 'ERROR',
          errorReason: 'why',
          intents: [{ kind: 'replace', reason: 'recycle requested', requestedAt: NOW }],
        },
      ),
      state: 'MIGRATE_REPLACE',
    },
    {
      name: 'the end is written down, and the record does not say so yet',
      migration: FINISHED,
      node: anImportedNode({ adoptedAt: NOW, committedAt: NOW }, working),
      state: 'MIGRATE_REPLACE',
    },
    { name: 'it has ended', migration: FINISHED, node: aNode(), state: 'MIGRATE_FINISH' },
    { name: 'it has ended, and the node is gone', migration: FINISHED, node: undefined, state: 'MIGRATE_FINISH' },
    {
      name: 'the node is being imported again',
      migration: FINISHED,
      node: anImportedNode({ migrationId: 'smg-ffffffff' }),
      state: 'MIGRATE_FINISH',
    },
    { name: 'the node is about to be written', node: undefined, state: 'MIGRATE_START' },
    { name: 'the node was never written', node: undefined, state: 'MIGRATE_ERROR', now: MUCH_LATER },
  ])('$name: $state', ({ migration = MIGRATION, node, state, now = LATER }) => {
    expect(progressOf(migration, node, now)).toMatchObject({ state });
  });

  test('says why it has stopped', () => {
    const node = anImportedNode({}, { status: 'ERROR', errorReason: 'replace failed: NoCapacity' });
    expect(progressOf(MIGRATION, node, LATER)).toEqual({
      state: 'MIGRATE_ERROR',
      errorReason: 'replace failed: NoCapacity',
      updatedAt: NOW,
    });
  });

  test('says how and when it has ended', () => {
    const ending = { state: 'MIGRATE_ERROR', errorReason: 'why', at: LATER } as const;

    expect(progressOf({ ...MIGRATION, ending }, undefined, MUCH_LATER)).toEqual({
      state: 'MIGRATE_ERROR',
      errorReason: 'why',
      updatedAt: LATER,
    });
  });

  test.each([
    { name: 'five minutes', now: '2026-11-03T10:05:00.000Z', progress: { state: 'MIGRATE_START', updatedAt: NOW } },
    {
      name: 'a millisecond more',
      now: '2026-11-03T10:05:00.001Z',
      progress: {
        state: 'MIGRATE_ERROR',
        errorReason: 'The import was never started: request it again.',
        updatedAt: NOW,
      },
    },
  ])('waits for the node to be written: $name', ({ now, progress }) => {
    expect(progressOf(MIGRATION, undefined, now)).toEqual(progress);
  });

  test.each([
    { adoption: {}, overrides: { status: 'PAUSED' as const }, state: 'MIGRATE_START' },
    { adoption: { cancelledAt: NOW }, overrides: {}, state: 'MIGRATE_CANCEL' },
    { adoption: { adoptedAt: NOW, committedAt: NOW }, overrides: {}, state: 'MIGRATE_REPLACE' },
    { adoption: { adoptedAt: NOW, committedAt: NOW }, overrides: {}, state: 'MIGRATE_REPLACE' },
    { adoption: { adoptedAt: NOW }, overrides: {}, state: 'MIGRATE_ADOPT' },
    // The reason of an earlier failure is ignored while another operation is under way.
    { adoption: { adoptedAt: NOW }, overrides: { ...working, errorReason: 'why' }, state: 'MIGRATE_ADOPT' },
  ])('says when it came so far: $state', ({ adoption, overrides, state }) => {
    expect(progressOf(MIGRATION, anImportedNode(adoption, overrides), LATER)).toEqual({ state, updatedAt: NOW });
  });
});

describe('instanceIdOf', () => {
  const own = aNode({ instance: { ...aNode().instance!, id: 'i-own' } });
  const apart = anImportedNode({}, { instance: undefined });

  test.each<{ name: string; migration?: Migration; node: StatefulNode | undefined; id: string | undefined }>([
    { name: 'the node is not written yet', node: undefined, id: ORIGINAL_ID },
    { name: 'the original is the instance of the node', node: anImportedNode(), id: ORIGINAL_ID },
    { name: 'the original runs beside a node without an instance', node: apart, id: ORIGINAL_ID },
    { name: 'the node has an instance of its own', migration: FINISHED, node: own, id: 'i-own' },
    { name: 'the node is paused', migration: FINISHED, node: aNode({ instance: undefined }), id: undefined },
    { name: 'the node is deleted', migration: FINISHED, node: undefined, id: undefined },
  ])('$name: $id', ({ migration = MIGRATION, node, id }) => {
    expect(instanceIdOf(migration, node)).toBe(id);
  });
});

describe('importedNode', () => {
  const userIntent = { kind: 'replace', reason: `import of ${ORIGINAL_ID}`, requestedAt: NOW } as const;
  const parts = {
    nodeId: NODE_ID,
    migrationId: MIGRATION_ID,
    config: aConfig(),
    eligibleSubnetIds: [SUBNET_A],
    heldClaims: [ORIGINAL_ID],
    userIntent,
  };

  test('has the original and its interface if it keeps the address', () => {
    const primary = aPrimary({ allocationId: ALLOCATION_ID, elasticIp: '198.51.100.7', ipv6Address: '2001:db8::1' });
    const original = anOriginal({ interfaces: [primary], lifeCycle: 'spot' });
    expect(importedNode(original, anImport(), parts)).toMatchObject({
      status: 'ACTIVE',
      instance: { id: ORIGINAL_ID, attachment: 'cold', lifeCycle: 'spot', subnetId: SUBNET_A },
      identity: {
        interfaceId: INTERFACE_ID,
        privateIp: '10.0.0.10',
        macAddress: '02:00:00:00:00:01',
        settled: true,
        allocationId: ALLOCATION_ID,
        publicIp: '198.51.100.7',
        ipv6Address: '2001:db8::1',
        subnetId: SUBNET_A,
      },
      adoption: { deletedOnTermination: true, shouldKeepPrivateIp: true },
      intents: [userIntent],
    });
  });

  const common = {
    ...{
      id: NODE_ID,
      version: 1,
      config: parts.config,
      eligibleSubnetIds: [SUBNET_A],
      generation: 0,
      intents: [userIntent],
    },
    configRevision: 1,
    appliedRevision: 1,
    heldClaims: [ORIGINAL_ID],
    createdAt: NOW,
    updatedAt: NOW,
  };

  test('is complete, with what EC2 shows of the original and nothing else', () => {
    const config = aConfig({ launchSpecification: { tags: [{ tagKey: 'team', tagValue: 'a' }] } });

    expect(importedNode(anOriginal(), anImport(), { ...parts, config })).toStrictEqual({
      ...common,
      config,
      appliedTagKeys: ['team'],
      volumeTagKeys: [],
      status: 'ACTIVE',
      identity: {
        interfaceId: INTERFACE_ID,
        subnetId: SUBNET_A,
        availabilityZone: 'eu-west-1a',
        privateIp: '10.0.0.10',
        macAddress: '02:00:00:00:00:01',
        settled: true,
      },
      instance: {
        id: ORIGINAL_ID,
        imageId: 'ami-00000000000000001',
        instanceType: 'm7g.large',
        // Any way of buying but spot costs like on-demand.
        lifeCycle: 'on_demand',
        subnetId: SUBNET_A,
        launchedAt: '2026-11-01T08:00:00.000Z',
        attachment: 'cold',
      },
      adoption: anAdoption({ deletedOnTermination: true }),
    });
  });

  test('has no identity if it does not keep the address', () => {
    expect(importedNode(anOriginal(), anImport({ shouldKeepPrivateIp: false }), parts)).toStrictEqual({
      ...common,
      appliedTagKeys: [],
      status: 'PAUSED',
      identity: { settled: false },
      adoption: anAdoption({ shouldKeepPrivateIp: false, deletedOnTermination: false }),
    });
  });

  test('has nothing to keep of an original without an interface', () => {
    const node = importedNode(anOriginal({ interfaces: [] }), anImport(), parts);

    expect(node).toMatchObject({ status: 'PAUSED', identity: { settled: false } });
    expect(node.adoption).toEqual(anAdoption({ deletedOnTermination: false }));
  });

  test.each([true, false])('remembers whether the interface would be deleted with it: %s', (deleteOnTermination) => {
    const original = anOriginal({ interfaces: [aPrimary({ deleteOnTermination })] });

    expect(importedNode(original, anImport(), parts).adoption).toEqual(
      anAdoption({ deletedOnTermination: deleteOnTermination }),
    );
  });

  test.each([true, false])(
    'has neither if it does not keep the address (original terminated: %s)',
    (shouldTerminateInstance) => {
      const node = importedNode(anOriginal(), anImport({ shouldKeepPrivateIp: false, shouldTerminateInstance }), parts);
      expect(node).toMatchObject({ status: 'PAUSED', identity: { settled: false } });
      expect(node.instance).toBeUndefined();
      expect(node.adoption).toMatchObject({ deletedOnTermination: false, shouldTerminateInstance });
    },
  );

  test('its first operation adopts, and takes the identity from the original', () => {
    const trigger = { kind: 'request', nodeId: NODE_ID, reason: userIntent.reason, requestedAt: NOW } as const;
    const node = importedNode(anOriginal(), anImport(), parts);
    const decision = decideTake(node, { operation: 'replace', executionId: EXECUTION_ID, trigger }, NOW);
    expect(decision).toMatchObject({
      kind: 'take',
      plan: { adopt: true, releaseFirst: true },
      node: { operation: { oldInstanceId: ORIGINAL_ID } },
    });
  });

  test('an original that it does not take the identity from is never an old instance', () => {
    const trigger = { kind: 'request', nodeId: NODE_ID, reason: userIntent.reason, requestedAt: NOW } as const;
    const node = importedNode(anOriginal(), anImport({ shouldKeepPrivateIp: false }), parts);
    const decision = decideTake(node, { operation: 'replace', executionId: EXECUTION_ID, trigger }, NOW);
    expect(decision).toMatchObject({ kind: 'take', plan: { adopt: true } });
    expect(decision).not.toMatchObject({ node: { operation: { oldInstanceId: ORIGINAL_ID } } });
  });

  test('a launch that tries it again leaves the adoption to the end', () => {
    const trigger = { kind: 'request', nodeId: NODE_ID, reason: userIntent.reason, requestedAt: NOW } as const;
    const node = importedNode(anOriginal(), anImport({ shouldKeepPrivateIp: false }), parts);
    const decision = decideTake(node, { operation: 'launch', executionId: EXECUTION_ID, trigger }, NOW);
    expect(decision).toMatchObject({ kind: 'take', plan: { adopt: false, releaseFirst: false } });
  });

  test('the original is claimed for as long as the import lasts', () => {
    const node = importedNode(anOriginal(), anImport(), parts);
    expect(surplusClaims(node)).toEqual([]);
    expect(surplusClaims(imported(node))).toEqual([ORIGINAL_ID]);
  });

  test('its document is one that any node could have', () => {
    expect(parseConfig(documentOf(anOriginal(), anImport()))).toMatchObject({ kind: 'config' });
  });
});

describe('decideAdoption', () => {
  const instance = anInstance({ id: ORIGINAL_ID });
  const ours = { nodeId: NODE_ID };
  const onOriginal = (deleteOnTermination: boolean) =>
    anAttachedInterface({ instanceId: ORIGINAL_ID, deleteOnTermination }, ours);

  test.each([
    { name: 'the original is not to be seen', instance: undefined, eni: undefined, decision: { kind: 'nothing' } },
    {
      name: 'it is terminated',
      instance: { ...instance, state: 'terminated' as const },
      eni: undefined,
      decision: { kind: 'nothing' },
    },
    {
      name: 'neither has the tag',
      instance,
      eni: anInterface(),
      decision: { kind: 'tag', resourceIds: [ORIGINAL_ID, INTERFACE_ID] },
    },
    {
      name: 'one has the tag',
      instance: { ...instance, ...ours },
      eni: anInterface(),
      decision: { kind: 'tag', resourceIds: [INTERFACE_ID] },
    },
    {
      name: 'the interface would be deleted with it',
      instance: { ...instance, ...ours },
      eni: onOriginal(true),
      decision: { kind: 'protect', interfaceId: INTERFACE_ID, attachmentId: 'eni-attach-00000000000000001' },
    },
    {
      name: 'everything is in place',
      instance: { ...instance, ...ours },
      eni: onOriginal(false),
      decision: { kind: 'nothing' },
    },
    {
      name: 'another node has it',
      instance: { ...instance, nodeId: 'smi-ffffffff' },
      eni: undefined,
      decision: { kind: 'refused', because: `${ORIGINAL_ID} now belongs to smi-ffffffff` },
    },
    {
      name: 'another node has the interface',
      instance,
      eni: anInterface({ nodeId: 'smi-ffffffff' }),
      decision: { kind: 'refused', because: `${INTERFACE_ID} now belongs to smi-ffffffff` },
    },
    { name: 'no interface is taken', instance, eni: undefined, decision: { kind: 'tag', resourceIds: [ORIGINAL_ID] } },
    {
      name: 'no interface is taken, and it has the tag',
      instance: { ...instance, ...ours },
      eni: undefined,
      decision: { kind: 'nothing' },
    },
    {
      name: 'the interface is no longer on it',
      instance: { ...instance, ...ours },
      eni: anInterface(ours),
      decision: { kind: 'nothing' },
    },
    {
      name: 'the interface would end with another instance',
      instance: { ...instance, ...ours },
      eni: anAttachedInterface({ instanceId: 'i-00000000000000009', deleteOnTermination: true }, ours),
      decision: { kind: 'nothing' },
    },
  ])('$name', ({ instance: seen, eni, decision }) => {
    expect(decideAdoption(NODE_ID, seen, eni)).toEqual(decision);
  });
});

describe('the cancellation', () => {
  test.each([
    { shouldKeepPrivateIp: true, deletion: { shouldTerminateInstance: false, shouldDeleteNetworkInterfaces: false } },
    { shouldKeepPrivateIp: false, deletion: { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true } },
  ])('removes only what was made (address kept: $shouldKeepPrivateIp)', (row) => {
    const decision = decideCancel(anImportedNode({ shouldKeepPrivateIp: row.shouldKeepPrivateIp }), LATER);
    expect(decision).toMatchObject({
      kind: 'save',
      node: { adoption: { cancelledAt: LATER }, deletion: row.deletion, intents: [{ kind: 'delete' }] },
      start: { kind: 'delete' },
    });
  });

  test('waits for an operation under way', () => {
    const node = { ...anImportedNode({ adoptedAt: NOW }), operation: aBusyNode().operation };
    expect(decideCancel(node, LATER)).toMatchObject({ kind: 'save', start: undefined });
  });

  test.each([
    { name: 'committed', node: anImportedNode({ adoptedAt: NOW, committedAt: NOW }), kind: 'too-late' },
    { name: 'finished', node: aNode(), kind: 'too-late' },
    { name: 'cancelled already', node: anImportedNode({ cancelledAt: NOW }), kind: 'nothing' },
  ])('$name: $kind', ({ node, kind }) => {
    expect(decideCancel(node, LATER).kind).toBe(kind);
  });

  test('is the effect of a deletion before the import is committed, and not after', () => {
    const everything = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
    expect(decideDeletionOf(anImportedNode({ adoptedAt: NOW }), everything, LATER)).toMatchObject({
      node: { adoption: { cancelledAt: LATER }, deletion: { shouldTerminateInstance: false } },
    });
    expect(decideDeletionOf(anImportedNode({ adoptedAt: NOW, committedAt: NOW }), everything, LATER)).toMatchObject({
      node: { deletion: everything, adoption: { adoptedAt: NOW, committedAt: NOW } },
    });
  });

  test('is impossible after the commitment, and prevents it', () => {
    const node = committed(anImportedNode({ adoptedAt: NOW }), LATER);
    expect(node.adoption).toMatchObject({ committedAt: LATER });
    expect(committed(node, MUCH_LATER)).toBe(node);
    expect(() => committed(anImportedNode({ cancelledAt: NOW }), LATER)).toThrow(ImportCancelled);
    expect(() => adopted(anImportedNode({ cancelledAt: NOW }), LATER)).toThrow(ImportCancelled);
  });

  test.each([
    { name: 'committed', write: committed, at: { adoptedAt: LATER, committedAt: LATER } },
    { name: 'adopted', write: adopted, at: { adoptedAt: LATER } },
  ])('$name is written down once, with its time', ({ write, at }) => {
    const before = anImportedNode();
    const after = write(before, LATER);

    expect(after).toEqual({ ...before, adoption: { ...before.adoption, ...at }, updatedAt: LATER });
    expect(write(after, MUCH_LATER)).toBe(after);
  });

  test('is named as the reason why an operation stops', () => {
    const stopped = new ImportCancelled(`the import that makes ${NODE_ID} was cancelled`);

    expect(() => committed(anImportedNode({ cancelledAt: NOW }), LATER)).toThrow(stopped);
  });

  test('has nothing to do if the import is cancelled already', () => {
    expect(decideCancel(anImportedNode({ cancelledAt: NOW }), LATER)).toEqual({
      kind: 'nothing',
      why: 'it is cancelled already',
    });
  });

  test.each([
    { name: 'the original', node: anImportedNode(), instanceId: ORIGINAL_ID, is: true },
    { name: 'another instance', node: anImportedNode(), instanceId: 'i-00000000000000009', is: false },
    { name: 'an instance of a node that is not imported', node: aNode(), instanceId: ORIGINAL_ID, is: false },
  ])('concerns the original alone: $name, $is', ({ node, instanceId, is }) => {
    expect(isOriginal(node, instanceId)).toBe(is);
  });

  test('a node that is not imported has nothing to adopt or commit to', () => {
    const node = aNode();
    expect(adopted(node, LATER)).toBe(node);
    expect(committed(node, LATER)).toBe(node);
  });

  test.each([
    { adoption: anAdoption({ cancelledAt: NOW }), ending: { state: 'MIGRATE_CANCEL' } },
    {
      adoption: anAdoption({ adoptedAt: NOW, committedAt: NOW }),
      ending: { state: 'MIGRATE_ERROR', errorReason: 'The node was deleted before its import had finished.' },
    },
  ])('ends with $ending.state', ({ adoption, ending }) => {
    expect(endingWith(adoption, LATER)).toEqual({ ...ending, at: LATER });
  });
});
