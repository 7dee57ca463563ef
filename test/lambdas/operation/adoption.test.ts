import { ImportCancelled, NotReady, OwnershipLost, RequestRejected } from '../../../domain/errors';
import type { Operation } from '../../../domain/node/stateful-node';
import { adopt, commit, finish, undo } from '../../../lambdas/operation/adoption';
import { adoptInstance } from '../../../lambdas/steps/adopt-instance';
import { releaseIdentity } from '../../../lambdas/steps/release-identity';
import { terminateInstance } from '../../../lambdas/steps/terminate-instance';
import {
  aBusyNode,
  anAttachedInterface,
  anInstance,
  anInterface,
  INTERFACE_ID,
  NODE_ID,
  NOW,
} from '../../domain/builders';
import { anAdoption, MIGRATION_ID, ORIGINAL_ID, type AdoptionOverrides } from '../../domain/import-builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const ours = { nodeId: NODE_ID };
const RENEWING = { shouldKeepPrivateIp: false, deletedOnTermination: false } as const;
const MARKS = `holdfast:node-id=${NODE_ID},holdfast:deployment=Holdfast`;
const MARK_KEYS = 'holdfast:node-id,holdfast:deployment';
const ATTACHMENT_ID = 'eni-attach-00000000000000001';

/** A node that is being imported, and its running original as EC2 shows it, with the node's tags or without. */
function portsWith(
  adoption: AdoptionOverrides = {},
  { isMarked = false, ...operation }: Partial<Operation> & { isMarked?: boolean } = {},
): InMemoryPorts {
  const ports = new InMemoryPorts({ ...aBusyNode({}, operation), adoption: anAdoption(adoption) });
  const tag = isMarked ? ours : {};
  ports.seenInstances.set(ORIGINAL_ID, anInstance({ id: ORIGINAL_ID, ...tag }));
  const attached = { instanceId: ORIGINAL_ID, deleteOnTermination: !isMarked };
  ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface(attached, tag));
  ports.onCall = (entry) => reflect(ports, entry);
  return ports;
}

/** What EC2 shows after it was asked to change something. */
function reflect(ports: InMemoryPorts, entry: string): void {
  const instance = ports.seenInstances.get(ORIGINAL_ID)!;
  const eni = ports.seenInterfaces.get(INTERFACE_ID)!;
  if (entry.startsWith('tag ')) {
    if (entry.includes(ORIGINAL_ID)) ports.seenInstances.set(ORIGINAL_ID, { ...instance, ...ours });
    if (entry.includes(INTERFACE_ID)) ports.seenInterfaces.set(INTERFACE_ID, { ...eni, ...ours });
  }
  if (entry.startsWith('keep ') && eni.attachment !== undefined) {
    const attachment = { ...eni.attachment, deleteOnTermination: false };
    ports.seenInterfaces.set(INTERFACE_ID, { ...eni, attachment });
  }
  if (entry === `terminate ${ORIGINAL_ID}`) {
    ports.seenInstances.set(ORIGINAL_ID, { ...instance, state: 'shutting-down' });
  }
}

const changes = ({ journal }: InMemoryPorts) => journal.filter((entry) => !entry.startsWith('observe'));

describe('adopting', () => {
  it('registers, tags and protects the original, and records the adoption last', async () => {
    const ports = portsWith();
    await expect(adoptInstance(ports)(input)).resolves.toEqual({ instanceId: ORIGINAL_ID });
    expect(changes(ports)).toEqual([
      `register ${ORIGINAL_ID}`,
      `tag ${ORIGINAL_ID},${INTERFACE_ID} ${MARKS}`,
      `keep ${INTERFACE_ID} on ${ATTACHMENT_ID}`,
      'save RECYCLING',
    ]);
    expect(ports.node(NODE_ID).adoption).toMatchObject({ adoptedAt: expect.any(String) as unknown });
  });

  it('changes nothing a second time', async () => {
    const ports = portsWith({ adoptedAt: NOW }, { isMarked: true });
    await adopt(ports, input);
    expect(changes(ports)).toEqual([`register ${ORIGINAL_ID}`]);
  });

  it('tags only the original if its address is not kept', async () => {
    const ports = portsWith(RENEWING);
    await adopt(ports, input);
    expect(changes(ports)).toEqual([`tag ${ORIGINAL_ID} ${MARKS}`, 'save RECYCLING']);
  });

  it('does not touch an original that must keep running', async () => {
    const ports = portsWith({ ...RENEWING, shouldTerminateInstance: false });
    await adopt(ports, input);
    expect(ports.journal).toEqual(['save RECYCLING']);
  });

  it('waits until EC2 shows the tag, and asks for it once', async () => {
    const ports = portsWith();
    ports.onCall = () => undefined;
    ports.showsLate = true;
    await expect(adopt(ports, input)).rejects.toThrow(
      new NotReady(`${ORIGINAL_ID}, ${INTERFACE_ID} does not show its tag yet`),
    );
    expect(changes(ports).filter((entry) => entry.startsWith('tag'))).toHaveLength(1);
    expect(ports.node(NODE_ID).adoption?.adoptedAt).toBeUndefined();
  });

  it('waits until EC2 shows that the interface outlives the original', async () => {
    const ports = portsWith();
    ports.seenInstances.set(ORIGINAL_ID, anInstance({ id: ORIGINAL_ID, ...ours }));
    ports.seenInterfaces.set(
      INTERFACE_ID,
      anAttachedInterface({ instanceId: ORIGINAL_ID, deleteOnTermination: true }, ours),
    );
    ports.onCall = () => undefined;
    ports.showsLate = true;
    await expect(adopt(ports, input)).rejects.toThrow(
      new NotReady(`${INTERFACE_ID} would still be deleted with ${ORIGINAL_ID}`),
    );
    expect(ports.node(NODE_ID).adoption?.adoptedAt).toBeUndefined();
  });

  it('is over once the import is committed', async () => {
    const ports = portsWith({ adoptedAt: NOW, committedAt: NOW });
    await expect(adopt(ports, input)).resolves.toEqual(anAdoption({ adoptedAt: NOW, committedAt: NOW }));
    expect(ports.journal).toEqual([]);
  });

  it('refuses an original that another node has tagged meanwhile', async () => {
    const ports = portsWith();
    ports.seenInstances.set(ORIGINAL_ID, anInstance({ id: ORIGINAL_ID, nodeId: 'smi-ffffffff' }));
    await expect(adopt(ports, input)).rejects.toThrow(RequestRejected);
  });

  it('stops if the import was cancelled', async () => {
    const ports = portsWith({ cancelledAt: NOW });
    await expect(adopt(ports, input)).rejects.toThrow(ImportCancelled);
    expect(ports.journal).toEqual([]);
  });
});

describe('terminating the original', () => {
  it('protects its interface and commits before it ends it', async () => {
    const ports = portsWith();
    await terminateInstance(ports)(input);
    expect(changes(ports)).toEqual([
      `register ${ORIGINAL_ID}`,
      `tag ${ORIGINAL_ID},${INTERFACE_ID} ${MARKS}`,
      `keep ${INTERFACE_ID} on ${ATTACHMENT_ID}`,
      'save RECYCLING',
      'save RECYCLING',
      // When the address was taken.
      'save RECYCLING',
      `terminate ${ORIGINAL_ID}`,
    ]);
    expect(ports.node(NODE_ID).adoption).toMatchObject({ committedAt: expect.any(String) as unknown });
  });

  it('does not happen if the import is cancelled at the last moment', async () => {
    const ports = portsWith({ adoptedAt: NOW }, { isMarked: true });
    ports.onCall = (entry) => {
      if (entry !== `register ${ORIGINAL_ID}`) return;
      ports.writeMeanwhile(NODE_ID, { adoption: anAdoption({ adoptedAt: NOW, cancelledAt: NOW }) });
    };
    await expect(terminateInstance(ports)(input)).rejects.toThrow(ImportCancelled);
    expect(ports.journal).not.toContain(`terminate ${ORIGINAL_ID}`);
  });

  it('is not part of a replacement that does not keep the address', async () => {
    const ports = portsWith(RENEWING, { oldInstanceId: undefined });
    await expect(terminateInstance(ports)(input)).resolves.toEqual({ instanceId: null });
    expect(ports.journal).toEqual([]);
  });
});

describe('finishing', () => {
  it('commits, terminates the original, and records the end once EC2 shows it', async () => {
    const ports = portsWith(RENEWING);
    await expect(finish(ports, input)).rejects.toThrow(new NotReady(`${ORIGINAL_ID} is being terminated`));
    await finish(ports, input);
    expect(changes(ports)).toEqual([
      `tag ${ORIGINAL_ID} ${MARKS}`,
      'save RECYCLING',
      'save RECYCLING',
      `terminate ${ORIGINAL_ID}`,
      `end ${MIGRATION_ID} MIGRATE_FINISH`,
    ]);
  });

  it('leaves an original that must keep running', async () => {
    const ports = portsWith({ ...RENEWING, shouldTerminateInstance: false });
    await finish(ports, input);
    expect(changes(ports)).toEqual(['save RECYCLING', 'save RECYCLING', `end ${MIGRATION_ID} MIGRATE_FINISH`]);
  });

  it('needs no original any more', async () => {
    const ports = portsWith({ ...RENEWING, adoptedAt: NOW, committedAt: NOW });
    ports.seenInstances.clear();
    await finish(ports, input);
    expect(changes(ports)).toEqual([`end ${MIGRATION_ID} MIGRATE_FINISH`]);
  });

  it('does nothing for a node that is not being imported', async () => {
    const ports = new InMemoryPorts(aBusyNode());
    await finish(ports, input);
    await commit(ports, input);
    expect(ports.journal).toEqual([]);
  });

  it('fails for an operation that no longer owns the node', async () => {
    const ports = portsWith(RENEWING);
    await expect(finish(ports, { ...input, generation: 3 })).rejects.toThrow(OwnershipLost);
    await expect(commit(ports, { ...input, generation: 3 })).rejects.toThrow(OwnershipLost);
    expect(ports.journal).toEqual([]);
  });
});

describe('undoing', () => {
  const cancelled = { adoptedAt: NOW, cancelledAt: NOW };
  const undoIn = (ports: InMemoryPorts) => {
    const node = ports.node(NODE_ID);
    return undo(ports, node, node.adoption!);
  };

  it('restores the flag before it removes the tags', async () => {
    const ports = portsWith(cancelled, { isMarked: true });
    await expect(undoIn(ports)).resolves.toEqual([]);
    expect(changes(ports)).toEqual([
      `delete ${INTERFACE_ID} with the instance of ${ATTACHMENT_ID}`,
      `untag ${ORIGINAL_ID},${INTERFACE_ID} ${MARK_KEYS}`,
    ]);
  });

  it('leaves the flag of an interface that would have outlived the original anyway', async () => {
    const ports = portsWith({ ...cancelled, deletedOnTermination: false }, { isMarked: true });
    await undoIn(ports);
    expect(changes(ports)).toEqual([`untag ${ORIGINAL_ID},${INTERFACE_ID} ${MARK_KEYS}`]);
  });

  it('does nothing to an original that was not touched', async () => {
    const ports = portsWith({ ...cancelled, ...RENEWING, shouldTerminateInstance: false });
    await expect(undoIn(ports)).resolves.toEqual([]);
    expect(ports.journal).toEqual([]);
  });

  it('does not set a flag that was never changed', async () => {
    const ports = portsWith(cancelled);
    await undoIn(ports);
    expect(changes(ports)).toEqual([`untag ${ORIGINAL_ID},${INTERFACE_ID} ${MARK_KEYS}`]);
  });

  it('restores the interface of an original that is gone', async () => {
    const ports = portsWith(cancelled, { isMarked: true });
    ports.seenInstances.clear();
    ports.seenInterfaces.set(INTERFACE_ID, anInterface(ours));
    await expect(undoIn(ports)).resolves.toEqual([INTERFACE_ID]);
    expect(changes(ports)).toEqual([`untag ${INTERFACE_ID} ${MARK_KEYS}`]);
  });

  it('says which interface is left without its original', async () => {
    const ports = portsWith(cancelled, { isMarked: true });
    ports.seenInstances.set(ORIGINAL_ID, anInstance({ id: ORIGINAL_ID, state: 'terminated' }));
    ports.seenInterfaces.set(INTERFACE_ID, anInterface(ours));
    await expect(undoIn(ports)).resolves.toEqual([INTERFACE_ID]);
    expect(changes(ports)).toEqual([`untag ${INTERFACE_ID} ${MARK_KEYS}`]);
  });

  it('is all that a deletion does to the addresses that the original kept', async () => {
    const ports = portsWith(cancelled, { isMarked: true, kind: 'delete' });
    await expect(releaseIdentity(ports)(input)).resolves.toEqual({ left: [] });
    expect(changes(ports).filter((entry) => !entry.startsWith('end usage'))).toEqual([
      `delete ${INTERFACE_ID} with the instance of ${ATTACHMENT_ID}`,
      `untag ${ORIGINAL_ID},${INTERFACE_ID} ${MARK_KEYS}`,
      `end ${MIGRATION_ID} MIGRATE_CANCEL`,
      `remove ${NODE_ID}`,
    ]);
  });

  it('restores an original that kept its addresses if the node is deleted after the commit', async () => {
    const ports = portsWith({ ...RENEWING, adoptedAt: NOW, committedAt: NOW }, { isMarked: true, kind: 'delete' });
    await releaseIdentity(ports)(input);
    expect(changes(ports)).toContain(`untag ${ORIGINAL_ID} ${MARK_KEYS}`);
    expect(changes(ports)).not.toContain(`terminate ${ORIGINAL_ID}`);
    expect(changes(ports)).toContain(`end ${MIGRATION_ID} MIGRATE_ERROR`);
  });
});
