import type { NodeConfig } from '../../../domain/config/node-config';
import { ElasticIpMissing, NotReady, OwnershipLost, ReplacementLost, ReplacementStopped } from '../../../domain/errors';
import { confirmNode } from '../../../lambdas/steps/confirm-node';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  ALLOCATION_ID,
  anAttachedInterface,
  anAttachment,
  anElasticIp,
  anInstance,
  anInterface,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  REPLACEMENT_ID,
} from '../../domain/builders';
import { anAdoption, MIGRATION_ID } from '../../domain/import-builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };

const cold = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
const hot: NodeConfig = { ...cold, persistence: { ...cold.persistence, eniAttachment: 'hot' } };

function portsInPlace(retiredInterfaceIds: readonly string[] = [], config = cold): InMemoryPorts {
  const ports = new InMemoryPorts(aBusyNode({ config }, { launch: aLaunch(), retiredInterfaceIds }));
  ports.seenInstances.set(REPLACEMENT_ID, anInstance());
  ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface());
  ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp());
  for (const id of retiredInterfaceIds) ports.seenInterfaces.set(id, anInterface({ id }));
  return ports;
}

const changes = ({ journal }: InMemoryPorts) => journal.filter((entry) => !entry.startsWith('observe'));

describe('confirmNode', () => {
  it('ends the operation with the node on its replacement', async () => {
    const ports = portsInPlace();

    await expect(confirmNode(ports)(input)).resolves.toMatchObject({ instanceId: REPLACEMENT_ID });
    expect(changes(ports)).toEqual(['save ACTIVE']);
    expect(ports.node(NODE_ID)).toMatchObject({
      status: 'ACTIVE',
      instance: { id: REPLACEMENT_ID },
      identity: { settled: true, publicIp: '198.51.100.7' },
    });
    expect(ports.node(NODE_ID).operation).toBeUndefined();
  });

  it.each([
    { reported: 'shutting-down', isLost: true },
    { reported: 'terminated', isLost: true },
    // A stopped instance may be started again, and the last event may be late: what EC2 shows counts.
    { reported: 'stopped', isLost: false },
    { reported: 'pending', isLost: false },
    { reported: undefined, isLost: false },
  ] as const)('EC2 shows the replacement as running, and the last event as $reported: lost $isLost', async (row) => {
    const ports = portsInPlace();
    if (row.reported !== undefined) ports.lastStates.set(REPLACEMENT_ID, row.reported);
    const confirming = confirmNode(ports)(input);

    if (row.isLost)
      await expect(confirming).rejects.toThrow(new ReplacementLost(`${REPLACEMENT_ID} is ${row.reported}`));
    else await expect(confirming).resolves.toMatchObject({ instanceId: REPLACEMENT_ID });
  });

  it('measures the recovery once it is confirmed, and not before', async () => {
    const ports = portsInPlace();
    ports.seenInterfaces.clear();
    await expect(confirmNode(ports)(input)).rejects.toThrow(NotReady);
    expect(ports.measured).toEqual([]);

    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface());
    await confirmNode(ports)(input);
    expect(ports.measured[0]).toMatchObject({ group: 'recovery', values: { Replacements: 1 } });
  });

  describe('after another try', () => {
    const retried = (): InMemoryPorts => {
      const ports = portsInPlace();
      const node = ports.node(NODE_ID);
      const operation = { ...node.operation!, startedBy: 'retry' as const };
      ports.nodeRecords.set(NODE_ID, { ...node, operation });
      return ports;
    };

    it('measures how long the address was away from what the reconciler has seen', async () => {
      const ports = retried();
      ports.awaySince = { [NODE_ID]: '2026-11-03T09:00:00.000Z' };
      await confirmNode(ports)(input);

      expect(ports.measured[0]).toMatchObject({ dimensions: { Cause: 'retry' }, values: { AddressAway: 3600 } });
    });

    it('measures nothing if that cannot be read, and the node is confirmed nevertheless', async () => {
      const ports = retried();
      ports.missingAddresses.read = () => Promise.reject(new Error('the table is busy'));

      await expect(confirmNode(ports)(input)).resolves.toMatchObject({ instanceId: REPLACEMENT_ID });
      expect(ports.measured).toEqual([]);
    });
  });

  it('associates an Elastic IP again that was taken away, and looks again before it confirms', async () => {
    const ports = portsInPlace();
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: 'eni-of-another' }));

    await expect(confirmNode(ports)(input)).rejects.toThrow(new NotReady(`${ALLOCATION_ID} is being associated again`));
    expect(changes(ports)).toEqual([`associate ${ALLOCATION_ID} with ${INTERFACE_ID}`]);
    expect(ports.node(NODE_ID).status).toBe('RECYCLING');
  });

  it('protects an interface that would be deleted with the replacement, and looks again', async () => {
    const ports = portsInPlace();
    const eni = anAttachedInterface({ deleteOnTermination: true });
    ports.seenInterfaces.set(INTERFACE_ID, eni);

    await expect(confirmNode(ports)(input)).rejects.toThrow(
      new NotReady(`${INTERFACE_ID} would still be deleted with the replacement`),
    );
    expect(changes(ports)).toEqual([`keep ${INTERFACE_ID} on ${eni.attachment?.id}`]);
    expect(ports.node(NODE_ID).status).toBe('RECYCLING');
  });

  it('hot: attaches an interface again that was detached, and looks again', async () => {
    const ports = portsInPlace([], hot);
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());

    await expect(confirmNode(ports)(input)).rejects.toThrow(
      new NotReady(`${INTERFACE_ID} is being attached to ${REPLACEMENT_ID} again`),
    );
    expect(changes(ports)).toEqual([`attach ${INTERFACE_ID} to ${REPLACEMENT_ID} at 1`]);
  });

  it('hot: detaches an interface that was moved to another instance, and looks again', async () => {
    const ports = portsInPlace([], hot);
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: 'i-another', deviceIndex: 1 }));

    await expect(confirmNode(ports)(input)).rejects.toThrow(
      new NotReady(`${INTERFACE_ID} is on i-another, and is being detached`),
    );
    expect(changes(ports)).toEqual([`detach ${anAttachment().id}`]);
  });

  it('fails for a person to act if the Elastic IP no longer exists', async () => {
    const ports = portsInPlace();
    ports.seenElasticIps.clear();

    await expect(confirmNode(ports)(input)).rejects.toThrow(ElasticIpMissing.of(ALLOCATION_ID));
    expect(changes(ports)).toEqual([]);
  });

  it('ends the import of a node that is confirmed', async () => {
    const ports = portsInPlace();
    const adoption = anAdoption({ adoptedAt: NOW, committedAt: NOW, originalInstanceId: 'i-original' });
    ports.nodeRecords.set(NODE_ID, { ...ports.node(NODE_ID), adoption });
    await confirmNode(ports)(input);

    expect(changes(ports)).toEqual([`end ${MIGRATION_ID} MIGRATE_FINISH`, 'save ACTIVE']);
    expect(ports.node(NODE_ID)).not.toHaveProperty('adoption');
  });

  it('deletes what it retired while the record still names it', async () => {
    const ports = portsInPlace(['eni-retired-1', 'eni-retired-2']);
    await confirmNode(ports)(input);

    expect(changes(ports)).toEqual(['delete eni-retired-1', 'delete eni-retired-2', 'save ACTIVE']);
  });

  it('does not wait for a retired interface', async () => {
    const ports = portsInPlace(['eni-retired']);
    ports.seenInterfaces.set('eni-retired', anAttachedInterface({}, { id: 'eni-retired' }));
    await confirmNode(ports)(input);

    expect(changes(ports)).toEqual(['save ACTIVE']);
    expect(ports.node(NODE_ID).givenUp).toMatchObject([{ kind: 'interface', id: 'eni-retired' }]);
  });

  it.each([
    { name: 'the replacement has ended', state: 'terminated' as const, attached: true, ErrorClass: ReplacementLost },
    { name: 'the replacement is stopped', state: 'stopped' as const, attached: true, ErrorClass: ReplacementStopped },
    { name: 'the replacement is pending', state: 'pending' as const, attached: true, ErrorClass: NotReady },
    { name: 'cold, the interface is free', state: 'running' as const, attached: false, ErrorClass: NotReady },
  ])('changes nothing if $name', async ({ state, attached, ErrorClass }) => {
    const ports = portsInPlace(['eni-retired']);
    ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state }));
    if (!attached) ports.seenInterfaces.set(INTERFACE_ID, anInterface());

    await expect(confirmNode(ports)(input)).rejects.toThrow(ErrorClass);
    expect(changes(ports)).toEqual([]);
  });

  it('keeps an intent that arrives while it writes', async () => {
    const ports = portsInPlace();
    const intents = [
      { kind: 'replace' as const, reason: 'spot interruption warning', instanceId: REPLACEMENT_ID, requestedAt: 'now' },
    ];
    let saves = 0;
    ports.onCall = (entry) => {
      if (entry.startsWith('save') && (saves += 1) === 1) ports.writeMeanwhile(NODE_ID, { intents });
    };
    await confirmNode(ports)(input);

    expect(ports.node(NODE_ID)).toMatchObject({ status: 'ACTIVE', intents });
  });

  it('confirms nothing for an operation that no longer owns the node', async () => {
    const ports = portsInPlace(['eni-retired']);

    await expect(confirmNode(ports)({ ...input, generation: 3 })).rejects.toThrow(OwnershipLost);
    expect(ports.journal).toEqual([]);
  });
});
