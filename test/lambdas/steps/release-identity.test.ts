import { InterfaceNotFree, NotReady, NotYetVisible, OwnershipLost } from '../../../domain/errors';
import {
  DEPLOYMENT_TAG,
  EXPIRES_AT_TAG,
  LEFT_BY_TAG,
  NODE_ID_TAG,
  type Deletion,
  type StatefulNode,
} from '../../../domain/node/stateful-node';
import type { SeenVolume } from '../../../domain/node/observations';
import { refuseAwaited } from '../../../lambdas/operation/awaited-nodes';
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
  aVolume,
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
  const releases = [...CLAIMS.map((address) => `release ${address} from ${NODE_ID}`), 'save RECYCLING'];
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

  it('takes nothing from the node that has claimed an address meanwhile, if it crashes before it writes the release', async () => {
    const ports = portsOf();
    const taken = { holder: 'smi-waiting', claimedAt: NOW };
    ports.onCall = (entry) => {
      if (!entry.startsWith('save')) return;
      ports.claimedBy.set(ALLOCATION_ID, taken);
      throw new Error('the function crashes');
    };

    await expect(releaseIdentity(ports)(input)).rejects.toThrow('the function crashes');
    expect(ports.node(NODE_ID).heldClaims).toEqual(CLAIMS);
    ports.onCall = () => undefined;
    await releaseIdentity(ports)(input);
    expect(ports.claimedBy.get(ALLOCATION_ID)).toEqual(taken);
    expect(ports.nodeRecords.size).toBe(0);
  });

  it('asks EC2 about no interface and no Elastic IP that the node does not have', async () => {
    const ports = portsOf({ identity: { settled: false }, config: aConfig(), instance: undefined });
    await releaseIdentity(ports)(input);

    expect(ports.journal.filter((entry) => entry.startsWith('observe'))).toEqual([`observe volumes of ${NODE_ID}`]);
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

describe('A deletion that leaves the interface for some hours', () => {
  const deletion: Deletion = {
    shouldTerminateInstance: true,
    shouldDeleteNetworkInterfaces: false,
    interfacesTtlHours: 1,
  };
  const expiry = new Date(Date.parse(NOW) + 60 * 60 * 1000).toISOString();
  const expires = `${tagged(INTERFACE_ID)},${EXPIRES_AT_TAG}=${expiry}`;

  it('tags it with the time', async () => {
    const ports = new InMemoryPorts(aBusyNode({ deletion }, { kind: 'delete' }));
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());

    await expect(releaseIdentity(ports)(input)).resolves.toEqual({ left: [INTERFACE_ID] });
    expect(changesOf(ports)).toEqual([tagged(INTERFACE_ID), expires, `remove ${NODE_ID}`]);
  });

  it('gives no time to an instance that is left running', async () => {
    const node = { deletion: { ...deletion, shouldTerminateInstance: false } };
    const ports = new InMemoryPorts(aBusyNode(node, { kind: 'delete' }));
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID }));

    await expect(releaseIdentity(ports)(input)).resolves.toEqual({ left: [OLD_INSTANCE_ID, INTERFACE_ID] });
    expect(changesOf(ports).filter((entry) => entry.includes(EXPIRES_AT_TAG))).toEqual([expires]);
  });
});

describe('The volumes of a deleted node', () => {
  const DELETE: Deletion = { ...LEAVE_INSTANCE, shouldTerminateInstance: true, shouldDeleteVolumes: true };
  const LEAVE: Deletion = { ...DELETE, shouldDeleteVolumes: false };

  /** The instance has ended, and the node has nothing but these volumes. */
  function portsWith(deletion: Deletion, ...volumes: readonly SeenVolume[]): InMemoryPorts {
    const node = { identity: { settled: false }, heldClaims: [ALLOCATION_ID], deletion } as const;
    const ports = new InMemoryPorts(aBusyNode(node, { kind: 'delete' }));
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID, state: 'terminated' }));
    for (const volume of volumes) ports.seenVolumes.set(volume.id, volume);
    return ports;
  }
  const ofVolumes = (ports: InMemoryPorts) => changesOf(ports).filter((entry) => entry.includes('vol-'));

  it('are deleted if the deletion says so, with an entry in the log, before the record is removed', async () => {
    const ports = portsWith(DELETE, aVolume({ id: 'vol-1' }), aVolume({ id: 'vol-2' }));

    await expect(releaseIdentity(ports)(input)).resolves.toEqual({ left: [] });
    expect(changesOf(ports).slice(-5)).toEqual([
      `release ${ALLOCATION_ID} from ${NODE_ID}`,
      'save RECYCLING',
      'delete vol-1',
      'delete vol-2',
      `remove ${NODE_ID}`,
    ]);
    expect(ports.logEntries.get(NODE_ID)?.map(({ message }) => message)).toEqual([
      'vol-1 is deleted, as the deletion asks',
      'vol-2 is deleted, as the deletion asks',
    ]);
  });

  it.each([LEAVE, { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true }])(
    'are tagged as left otherwise: %j',
    async (deletion) => {
      const ports = portsWith(deletion, aVolume({ id: 'vol-1' }), aVolume({ id: 'vol-2' }));

      await expect(releaseIdentity(ports)(input)).resolves.toEqual({ left: ['vol-1', 'vol-2'] });
      expect(ofVolumes(ports)).toEqual([tagged('vol-1,vol-2')]);
    },
  );

  it('expire after the time that the deletion says, and a repeat does not postpone that', async () => {
    const ports = portsWith({ ...LEAVE, volumesTtlHours: 96 }, aVolume({ id: 'vol-1' }));
    ports.onCall = (entry) => {
      if (entry.startsWith('remove')) throw new Error('the function crashes');
    };
    const expiry = new Date(Date.parse(NOW) + 96 * 60 * 60 * 1000).toISOString();

    await expect(releaseIdentity(ports)(input)).rejects.toThrow('the function crashes');
    ports.onCall = () => undefined;
    await ports.time.sleep(60_000);
    await releaseIdentity(ports)(input);
    expect(ofVolumes(ports)).toEqual([`${tagged('vol-1')},${EXPIRES_AT_TAG}=${expiry}`]);
  });

  it('are not touched if they are of another node', async () => {
    const ports = portsWith(DELETE, aVolume({ id: 'vol-1', nodeId: 'smi-ffffffff' }), aVolume({ nodeId: undefined }));

    await expect(releaseIdentity(ports)(input)).resolves.toEqual({ left: [] });
    expect(ofVolumes(ports)).toEqual([]);
  });

  it('do not keep a node waiting for the address that the record had', async () => {
    const ports = portsWith(DELETE, aVolume({ id: 'vol-1', state: 'in-use', instanceIds: [OLD_INSTANCE_ID] }));
    const waiting = { awaitedNodeIds: [NODE_ID] };
    const awaited = { kind: 'elastic-ip', address: ALLOCATION_ID } as const;

    await expect(refuseAwaited(ports.nodes, waiting, awaited)).rejects.toThrow(NotReady);
    await expect(releaseIdentity(ports)(input)).rejects.toThrow(NotReady);
    await expect(refuseAwaited(ports.nodes, waiting, awaited)).resolves.toBeUndefined();
  });

  it('are waited for while the instance that has ended still holds them', async () => {
    const held = aVolume({ id: 'vol-1', state: 'in-use', instanceIds: [OLD_INSTANCE_ID] });
    const ports = portsWith(DELETE, held, aVolume({ id: 'vol-2' }));

    await expect(releaseIdentity(ports)(input)).rejects.toThrow(
      new NotReady('1 volumes are not deleted yet: vol-1 is one'),
    );
    expect(ofVolumes(ports)).toEqual(['delete vol-2']);
    expect(ports.nodeRecords.size).toBe(1);

    ports.seenVolumes.set('vol-1', aVolume({ id: 'vol-1' }));
    await expect(releaseIdentity(ports)(input)).resolves.toEqual({ left: [] });
    expect(ofVolumes(ports)).toEqual(['delete vol-2', 'delete vol-1']);
    expect(ports.nodeRecords.size).toBe(0);
  });

  it('stay if a person has attached them to another instance', async () => {
    const ports = portsWith(DELETE, aVolume({ id: 'vol-1', state: 'in-use', instanceIds: ['i-of-a-person'] }));
    ports.seenInstances.set('i-of-a-person', anInstance({ id: 'i-of-a-person', nodeId: undefined }));

    await expect(releaseIdentity(ports)(input)).resolves.toEqual({ left: ['vol-1'] });
    expect(ofVolumes(ports)).toEqual([tagged('vol-1')]);
  });

  it('stay on an instance that is left running, even before EC2 shows it', async () => {
    const deletion = { ...DELETE, shouldTerminateInstance: false };
    const volume = aVolume({ id: 'vol-1', state: 'in-use', instanceIds: [OLD_INSTANCE_ID], deleteOnTermination: true });
    const ports = portsWith(deletion, volume, aVolume({ id: 'vol-2' }));
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));

    await expect(releaseIdentity(ports)(input)).resolves.toEqual({ left: [OLD_INSTANCE_ID, 'vol-1'] });
    expect(ofVolumes(ports)).toEqual(['delete vol-2', tagged('vol-1')]);
  });

  it('are deleted a hundred at a time, and the step is tried again for the others', async () => {
    const volumes = Array.from({ length: 205 }, (_, number) => aVolume({ id: `vol-${number}` }));
    const ports = portsWith(DELETE, ...volumes);

    await expect(releaseIdentity(ports)(input)).rejects.toThrow(/^105 volumes are not deleted yet/);
    await expect(releaseIdentity(ports)(input)).rejects.toThrow(/^5 volumes are not deleted yet/);
    await expect(releaseIdentity(ports)(input)).resolves.toEqual({ left: [] });
    expect(ports.seenVolumes.size).toBe(0);
  });

  it('are tagged two hundred at a time, and not again if the step is repeated', async () => {
    const volumes = Array.from({ length: 201 }, (_, number) => aVolume({ id: `vol-${number}` }));
    const ports = portsWith(LEAVE, ...volumes);
    ports.onCall = (entry) => {
      if (entry.startsWith('remove')) throw new Error('the function crashes');
    };

    await expect(releaseIdentity(ports)(input)).rejects.toThrow('the function crashes');
    expect(ofVolumes(ports)).toHaveLength(2);
    ports.onCall = () => undefined;
    await releaseIdentity(ports)(input);
    expect(ofVolumes(ports)).toHaveLength(2);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('are released by a repeat after a crash at call %i', async (crashesAt) => {
    const held = aVolume({ id: 'vol-1', state: 'in-use', instanceIds: ['i-of-a-person'] });
    const ports = portsWith(DELETE, held, aVolume({ id: 'vol-2' }), aVolume({ id: 'vol-3' }));
    ports.seenInstances.set('i-of-a-person', anInstance({ id: 'i-of-a-person' }));
    let calls = 0;
    ports.onCall = () => {
      calls += 1;
      if (calls === crashesAt + 1) throw new Error('the function crashes');
    };

    await expect(releaseIdentity(ports)(input)).rejects.toThrow('the function crashes');
    await expect(releaseIdentity(ports)(input)).resolves.toEqual({ left: ['vol-1'] });
    expect([...ports.seenVolumes.values()]).toMatchObject([{ id: 'vol-1', leftBy: NODE_ID }]);
    expect(ports.nodeRecords.size).toBe(0);
  });
});
