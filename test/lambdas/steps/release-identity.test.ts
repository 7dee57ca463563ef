import { InterfaceNotFree, NotReady, NotYetVisible, OwnershipLost } from '../../../domain/errors';
import {
  DEPLOYMENT_TAG,
  LEFT_BY_TAG,
  NODE_ID_TAG,
  type Deletion,
  type StatefulNode,
} from '../../../domain/node/stateful-node';
import { releaseIdentity } from '../../../lambdas/steps/release-identity';
import {
  aBusyNode,
  aConfig,
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anIdentity,
  anInstance,
  anInterface,
  aNode,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  VPC_ID,
} from '../../domain/builders';
import { anAdoption, MIGRATION_ID } from '../../domain/import-builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const LEAVE_INSTANCE: Deletion = { shouldTerminateInstance: false, shouldDeleteNetworkInterfaces: true };
const changesOf = ({ journal }: InMemoryPorts) => journal.filter((entry) => !entry.startsWith('observe'));
const tagged = (id: string) => `tag ${id} ${LEFT_BY_TAG}=${NODE_ID}`;

it('names what the deletion waits for', async () => {
  const givenUp = [
    { kind: 'instance', since: NOW, id: 'i-given-up' },
    { kind: 'interface', since: NOW, clientToken: 'the-token' },
  ] as const;
  const ports = new InMemoryPorts(aBusyNode({ deletion: LEAVE_INSTANCE, givenUp }, { kind: 'delete' }));
  ports.seenInstances.set('i-given-up', anInstance({ id: 'i-given-up' }));

  await expect(releaseIdentity(ports)(input)).rejects.toThrow(
    new NotReady('not known to be gone: i-given-up, the interface that EC2 may have made for request the-token'),
  );
});

describe('A deletion', () => {
  const CLAIMS = [ALLOCATION_ID, `${VPC_ID}/10.0.0.10`];
  const releases = CLAIMS.map((address) => `release ${address} from ${NODE_ID}`);
  const leavesNothing = tagged('');
  const everything: Deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };

  /** The instance has ended, and the interface is free and has the Elastic IP. */
  function portsOf(node: Partial<StatefulNode> = {}): InMemoryPorts {
    const config = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
    const identity = anIdentity({ allocationId: ALLOCATION_ID });
    const ports = new InMemoryPorts(
      aBusyNode({ config, identity, heldClaims: CLAIMS, deletion: everything, ...node }, { kind: 'delete' }),
    );
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' }));
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ associationId: 'eipassoc-1' }));
    return ports;
  }

  it.each<{
    name: string;
    node?: Partial<StatefulNode>;
    prepare?: (ports: InMemoryPorts) => void;
    changes: readonly string[];
    left?: readonly string[];
  }>([
    {
      name: 'releases the Elastic IP, and deletes the interface',
      changes: ['disassociate eipassoc-1', `delete ${INTERFACE_ID}`, leavesNothing],
    },
    {
      name: 'keeps the interface if asked to, and tags it',
      node: { deletion: { ...everything, shouldDeleteNetworkInterfaces: false } },
      changes: ['disassociate eipassoc-1', tagged(INTERFACE_ID)],
      left: [INTERFACE_ID],
    },
    {
      name: 'keeps the interface if the record does not say what to delete',
      node: { deletion: undefined },
      prepare: (ports) => ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID })),
      changes: ['disassociate eipassoc-1', tagged(INTERFACE_ID)],
      left: [INTERFACE_ID],
    },
    {
      name: 'leaves an Elastic IP that a person has moved',
      prepare: (ports) =>
        ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: 'eni-2', associationId: 'eipassoc-2' })),
      changes: [`delete ${INTERFACE_ID}`, leavesNothing],
    },
    {
      name: 'leaves an Elastic IP that is associated with nothing',
      prepare: (ports) => ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined })),
      changes: [`delete ${INTERFACE_ID}`, leavesNothing],
    },
    {
      name: 'does not mind an Elastic IP that is gone',
      prepare: (ports) => ports.seenElasticIps.clear(),
      changes: [`delete ${INTERFACE_ID}`, leavesNothing],
    },
    {
      name: 'releases the Elastic IP that is configured, if the record has not noted it yet',
      node: { identity: anIdentity() },
      changes: ['disassociate eipassoc-1', `delete ${INTERFACE_ID}`, leavesNothing],
    },
    {
      name: 'releases the Elastic IP that the interface has, if another one is configured since',
      node: { config: aConfig({ compute: { elasticIp: 'eipalloc-new' } }) },
      changes: ['disassociate eipassoc-1', `delete ${INTERFACE_ID}`, leavesNothing],
    },
    {
      name: 'does not mind an interface that is gone',
      prepare: (ports) => ports.seenInterfaces.clear(),
      node: { deletion: { ...everything, shouldDeleteNetworkInterfaces: false } },
      changes: ['disassociate eipassoc-1', leavesNothing],
    },
    {
      name: 'of a node that was never launched has nothing to release',
      node: { identity: { settled: false }, config: aConfig(), instance: undefined },
      changes: [leavesNothing],
    },
    {
      name: 'that must leave the instance deletes the interface if there is no instance',
      node: { deletion: LEAVE_INSTANCE, instance: undefined },
      changes: ['disassociate eipassoc-1', `delete ${INTERFACE_ID}`, leavesNothing],
    },
  ])('$name', async ({ node, prepare, changes, left = [] }) => {
    const ports = portsOf(node);
    prepare?.(ports);

    await expect(releaseIdentity(ports)(input)).resolves.toStrictEqual({ left });
    expect(changesOf(ports)).toEqual([...changes, ...releases, `remove ${NODE_ID}`]);
    expect(ports.nodeRecords.size).toBe(0);
  });

  it('asks EC2 about no interface and no Elastic IP that the node does not have', async () => {
    const ports = portsOf({ identity: { settled: false }, config: aConfig(), instance: undefined });
    await releaseIdentity(ports)(input);

    expect(ports.journal.filter((entry) => entry.startsWith('observe'))).toEqual([]);
  });

  it('waits for the interface to be free, and keeps the record and the claims until then', async () => {
    const ports = portsOf();
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));

    await expect(releaseIdentity(ports)(input)).rejects.toThrow(
      new InterfaceNotFree(`${INTERFACE_ID} is still attached`),
    );
    expect(changesOf(ports)).toEqual(['disassociate eipassoc-1']);
    expect(ports.node(NODE_ID).heldClaims).toEqual(CLAIMS);
  });

  it('releases nothing for an operation that no longer owns the node', async () => {
    const ports = portsOf();

    await expect(releaseIdentity(ports)({ ...input, generation: 3 })).rejects.toThrow(OwnershipLost);
    expect(ports.journal).toEqual([]);
  });

  describe('before an import has finished', () => {
    const restored = `untag ${OLD_INSTANCE_ID},${INTERFACE_ID} ${NODE_ID_TAG},${DEPLOYMENT_TAG}`;
    const untagged = `untag ${OLD_INSTANCE_ID} ${NODE_ID_TAG},${DEPLOYMENT_TAG}`;
    const released = ['disassociate eipassoc-1', `delete ${INTERFACE_ID}`, leavesNothing];

    it.each([
      { adoption: { shouldKeepPrivateIp: true, cancelledAt: NOW }, changes: [restored], state: 'MIGRATE_CANCEL' },
      {
        adoption: { shouldKeepPrivateIp: false, cancelledAt: NOW },
        changes: [untagged, ...released],
        state: 'MIGRATE_CANCEL',
      },
      { adoption: { shouldKeepPrivateIp: false }, changes: [untagged, ...released], state: 'MIGRATE_ERROR' },
      { adoption: { shouldKeepPrivateIp: true }, changes: released, state: 'MIGRATE_ERROR' },
    ])('restores an original that is not the node: $adoption', async ({ adoption, changes, state }) => {
      const ports = portsOf({ adoption: anAdoption({ deletedOnTermination: false, ...adoption }) });
      ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
      ports.seenInterfaces.set(INTERFACE_ID, anInterface());
      if (changes[0] === restored) {
        ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));
      }

      await expect(releaseIdentity(ports)(input)).resolves.toStrictEqual({ left: [] });
      expect(changesOf(ports)).toEqual([...changes, `end ${MIGRATION_ID} ${state}`, ...releases, `remove ${NODE_ID}`]);
    });

    it('names the interface of a cancelled import whose original has ended', async () => {
      const ports = portsOf({ adoption: anAdoption({ cancelledAt: NOW }) });

      await expect(releaseIdentity(ports)(input)).resolves.toStrictEqual({ left: [INTERFACE_ID] });
    });
  });
});

describe('A deletion that must leave the instance', () => {
  it('leaves one that runs, with its interface and its Elastic IP', async () => {
    const config = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
    const ports = new InMemoryPorts(aBusyNode({ config, deletion: LEAVE_INSTANCE }, { kind: 'delete' }));
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ associationId: 'eipassoc-1' }));
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));

    await expect(releaseIdentity(ports)(input)).resolves.toEqual({ left: [OLD_INSTANCE_ID, INTERFACE_ID] });
    expect(changesOf(ports)).toEqual([tagged(`${OLD_INSTANCE_ID},${INTERFACE_ID}`), `remove ${NODE_ID}`]);
  });

  it.each(['shutting-down', 'terminated', undefined] as const)(
    'has nothing to leave if EC2 shows it as %s, and deletes the interface',
    async (state) => {
      const ports = new InMemoryPorts(aBusyNode({ deletion: LEAVE_INSTANCE }, { kind: 'delete' }));
      if (state !== undefined) ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID, state }));
      ports.seenInterfaces.set(INTERFACE_ID, anInterface());

      await expect(releaseIdentity(ports)(input)).resolves.toEqual({ left: [] });
      expect(ports.journal).toContain(`delete ${INTERFACE_ID}`);
    },
  );

  it('leaves a new one that EC2 does not show yet', async () => {
    const launchedAt = new InMemoryPorts().time.now().toISOString();
    const instance = { ...aNode().instance!, launchedAt };
    const ports = new InMemoryPorts(aBusyNode({ deletion: LEAVE_INSTANCE, instance }, { kind: 'delete' }));
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));

    await expect(releaseIdentity(ports)(input)).rejects.toThrow(NotYetVisible);
    expect(ports.journal.at(-1)).toBe(tagged(`${OLD_INSTANCE_ID},${INTERFACE_ID}`));
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    await expect(releaseIdentity(ports)(input)).resolves.toMatchObject({ left: [OLD_INSTANCE_ID, INTERFACE_ID] });
  });
});
