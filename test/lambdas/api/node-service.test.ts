/** Nodes on in-memory ports: what the service checks, claims, writes, logs and starts, and in which order. */
import { completed } from '../../../domain/config/complete-config';
import type { NodeDocument } from '../../../domain/config/node-config';
import { ServiceUnavailable, RecordContended } from '../../../domain/errors';
import type { LogEntry } from '../../../domain/node/node-log';
import type { Intent, StatefulNode } from '../../../domain/node/stateful-node';
import type { Action } from '../../../domain/operation/requests';
import { createNodeService } from '../../../lambdas/api/create-node-service';
import { InvalidRequest, NodeMissing } from '../../../lambdas/api/node-service';
import {
  aBusyNode,
  aConfig,
  ALLOCATION_ID,
  aNode,
  anUnreadableRecord,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  SUBNET_A,
  SUBNET_B,
  VPC_ID,
} from '../../domain/builders';
import { DEFAULT_GROUP_ID } from '../in-memory-ec2';
import { InMemoryPorts } from '../in-memory-ports';
import { OTHER_ID } from './requests';

const MADE_NODE = 'smi-01234567';
const DIGITS = '20261103100000000';
/** A document with nothing that may be left out. */
const WITHOUT_IMPLIED: NodeDocument = (() => {
  const { region: _region, compute, ...others } = aConfig();
  const { securityGroupIds: _groups, ...specification } = compute.launchSpecification;
  const launchSpecification = { ...specification, instanceTypes: { preferredType: 'm7g.large' } };
  return { ...others, compute: { ...compute, launchSpecification } };
})();
const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false };
const withElasticIp = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
const pause: Intent = { kind: 'pause', reason: 'pause requested', requestedAt: NOW };

const logOf = (ports: InMemoryPorts, nodeId = NODE_ID): readonly LogEntry[] => ports.logEntries.get(nodeId) ?? [];
const logged = (message: string): readonly LogEntry[] => [{ createdAt: NOW, severity: 'INFO', message }];
const startOf = (kind: string, nodeId: string, reason: string): string =>
  `start ${kind} ${nodeId}-${kind}-${DIGITS} ${JSON.stringify({ nodeId, reason, requestedAt: NOW })}`;

/** Changes the record when the service makes its first call that starts like this. */
function meanwhile(ports: InMemoryPorts, call: string, change: () => void): void {
  ports.onCall = (entry) => {
    if (!entry.startsWith(call)) return;
    ports.onCall = () => undefined;
    change();
  };
}

describe('creating a node', () => {
  it('claims its addresses, writes its record, logs that, and starts its launch', async () => {
    const config = aConfig({ compute: { elasticIp: ALLOCATION_ID, privateIp: '10.0.0.20', subnetIds: [SUBNET_A] } });
    const ports = new InMemoryPorts();
    const heldClaims = [ALLOCATION_ID, `${VPC_ID}/10.0.0.20`];
    const node: StatefulNode = {
      id: MADE_NODE,
      version: 1,
      config,
      eligibleSubnetIds: [SUBNET_A],
      status: 'PAUSED',
      identity: { settled: false },
      generation: 0,
      intents: [{ kind: 'launch', reason: 'created', requestedAt: NOW }],
      configRevision: 1,
      appliedRevision: 1,
      appliedTagKeys: [],
      heldClaims,
      createdAt: NOW,
      updatedAt: NOW,
    };

    await expect(createNodeService(ports).create(config)).resolves.toStrictEqual(node);
    expect(ports.node(MADE_NODE)).toStrictEqual(node);
    expect(ports.journal).toEqual([
      ...heldClaims.map((address) => `claim ${address} for ${MADE_NODE}`),
      `create ${MADE_NODE}`,
      startOf('launch', MADE_NODE, 'created'),
    ]);
    expect(logOf(ports, MADE_NODE)).toEqual(logged('created'));
  });

  it('refuses an invalid configuration with every error, and writes nothing', async () => {
    const ports = new InMemoryPorts();
    const document = { ...aConfig({ region: 'us-west-2' }), compute: { ...aConfig().compute, vpcId: 'vpc-none' } };

    await expect(createNodeService(ports).create(document)).rejects.toThrow(InvalidRequest);
    await expect(createNodeService(ports).create(aConfig({ region: 'us-west-2' }))).rejects.toMatchObject({
      fieldErrors: [{ field: 'region' }],
    });
    expect(ports.journal).toEqual([]);
  });

  it('fills in what the document may leave out, and keeps in mind what that was', async () => {
    const ports = new InMemoryPorts();
    await createNodeService(ports).create(WITHOUT_IMPLIED);

    expect(ports.node(MADE_NODE)).toMatchObject({
      config: {
        region: 'eu-west-1',
        compute: {
          launchSpecification: {
            securityGroupIds: [DEFAULT_GROUP_ID],
            instanceTypes: { preferredType: 'm7g.large', types: ['m7g.large'] },
          },
        },
      },
      impliedFields: [
        'region',
        'compute.launchSpecification.securityGroupIds',
        'compute.launchSpecification.instanceTypes.types',
      ],
    });
  });

  it('waits for a node that is being deleted and has the address, and logs that', async () => {
    const ports = new InMemoryPorts(aNode({ id: OTHER_ID, heldClaims: [ALLOCATION_ID], deletion }));
    ports.claimedBy.set(ALLOCATION_ID, { holder: OTHER_ID, claimedAt: NOW });

    await createNodeService(ports).create(withElasticIp);
    expect(ports.node(MADE_NODE)).toMatchObject({ heldClaims: [ALLOCATION_ID], awaitedNodeIds: [OTHER_ID] });
    expect(logOf(ports, MADE_NODE)).toEqual([
      ...logged('created'),
      ...logged(`waits until ${OTHER_ID}, which is being deleted, has released ${ALLOCATION_ID}`),
    ]);
  });

  it('names the node that an address belongs to, and writes nothing', async () => {
    const ports = new InMemoryPorts(aNode({ id: OTHER_ID, heldClaims: [ALLOCATION_ID] }));
    ports.claimedBy.set(ALLOCATION_ID, { holder: OTHER_ID, claimedAt: NOW });

    await expect(createNodeService(ports).create(withElasticIp)).rejects.toMatchObject({
      name: 'InvalidRequest',
      fieldErrors: [
        {
          field: 'compute.elasticIp',
          message: `${ALLOCATION_ID} belongs to ${OTHER_ID}: use another one, or remove it there`,
        },
      ],
    });
    expect(ports.journal).toEqual([`claim ${ALLOCATION_ID} for ${MADE_NODE}`]);
    expect(ports.logEntries.size).toBe(0);
  });
});

describe('reading nodes', () => {
  const nodes = ['smi-1', 'smi-2', 'smi-3', 'smi-4'].map((id) => aNode({ id, ...(id === 'smi-2' && { deletion }) }));
  const idsAfter = async (after?: string): Promise<readonly string[]> => {
    const ids: string[] = [];
    for await (const { id } of createNodeService(new InMemoryPorts(...nodes)).list(after)) ids.push(id);
    return ids;
  };

  it('lists those that are not being deleted, from the start or after a node', async () => {
    await expect(idsAfter()).resolves.toEqual(['smi-1', 'smi-3', 'smi-4']);
    await expect(idsAfter('smi-1')).resolves.toEqual(['smi-3', 'smi-4']);
  });

  it.each([
    { name: 'a node that is being deleted', nodeId: 'smi-2' },
    { name: 'a node that does not exist', nodeId: 'smi-5' },
  ])('finds neither $name nor its log', async ({ nodeId }) => {
    const service = createNodeService(new InMemoryPorts(...nodes));

    await expect(service.get(nodeId)).rejects.toThrow(new NodeMissing(nodeId));
    await expect(service.log(nodeId, { limit: 10 })).rejects.toThrow(new NodeMissing(nodeId));
    await expect(service.deleteVolume(nodeId, 'vol-1')).rejects.toThrow(new NodeMissing(nodeId));
  });

  const ENTRIES: readonly LogEntry[] = ['08', '09', '10'].map((hour) => ({
    createdAt: `2026-11-03T${hour}:00:00.000Z`,
    severity: 'INFO',
    message: `at ${hour}`,
  }));

  it.each([
    { name: 'has no bounds', query: {}, messages: ['at 08', 'at 09', 'at 10'] },
    { name: 'has no end', query: { fromDate: ENTRIES[1]!.createdAt }, messages: ['at 09', 'at 10'] },
    { name: 'has no start', query: { toDate: ENTRIES[1]!.createdAt }, messages: ['at 08', 'at 09'] },
  ])('reads the log in a range that $name', async ({ query, messages }) => {
    const ports = new InMemoryPorts(aNode());
    ports.logEntries.set(NODE_ID, [...ENTRIES]);
    const { entries } = await createNodeService(ports).log(NODE_ID, { limit: 10, ...query });

    expect(entries.map(({ message }) => message)).toEqual(messages);
  });
});

describe('updating a node', () => {
  const patch = { compute: { elasticIp: ALLOCATION_ID }, strategy: { drainingTimeout: 60 } };
  const config = aConfig({
    compute: { elasticIp: ALLOCATION_ID },
    strategy: { ...aConfig().strategy, drainingTimeout: 60 },
  });
  const ADJUST = `start adjust ${NODE_ID}-adjust-2 ${JSON.stringify({ nodeId: NODE_ID, reason: 'settings updated' })}`;
  const CLAIM = `claim ${ALLOCATION_ID} for ${NODE_ID}`;

  it('claims its addresses, writes the record, logs that, and starts an adjustment', async () => {
    const node = aNode({ eligibleSubnetIds: [], heldClaims: ['eipalloc-before', ALLOCATION_ID] });
    const ports = new InMemoryPorts(node);
    const updated = { ...node, config, eligibleSubnetIds: [SUBNET_A, SUBNET_B], configRevision: 2, updatedAt: NOW };

    await expect(createNodeService(ports).update(NODE_ID, patch)).resolves.toEqual(updated);
    expect(ports.node(NODE_ID)).toEqual({ ...updated, version: node.version + 1 });
    expect(ports.journal).toEqual([CLAIM, 'save ACTIVE', CLAIM, ADJUST]);
    expect(logOf(ports)).toEqual(logged('configuration updated'));
  });

  it('holds the claims of both the old and the new configuration, until an operation has applied the new one', async () => {
    const ports = new InMemoryPorts(aNode({ heldClaims: ['eipalloc-before'] }));
    const { heldClaims } = await createNodeService(ports).update(NODE_ID, patch);

    expect(heldClaims).toEqual(['eipalloc-before', ALLOCATION_ID]);
  });

  it('has the claims in the end, even if an operation that ended meanwhile has released them', async () => {
    const ports = new InMemoryPorts(aNode());
    meanwhile(ports, 'save', () => ports.claimedBy.delete(ALLOCATION_ID));
    await createNodeService(ports).update(NODE_ID, patch);

    expect(ports.claimedBy.get(ALLOCATION_ID)?.holder).toBe(NODE_ID);
  });

  describe('of a node whose document left something out', () => {
    const implied = () => {
      const { config, impliedFields } = completed(WITHOUT_IMPLIED, {
        region: 'eu-west-1',
        securityGroupIds: [DEFAULT_GROUP_ID],
      });
      return aNode({ config, impliedFields });
    };
    const specificationOf = (ports: InMemoryPorts) => ports.node(NODE_ID).config.compute.launchSpecification;

    it('fills it in anew: a preferred type alone is replaced', async () => {
      const ports = new InMemoryPorts(implied());
      const instanceTypes = { preferredType: 'm6g.large' };
      await createNodeService(ports).update(NODE_ID, { compute: { launchSpecification: { instanceTypes } } });

      expect(specificationOf(ports).instanceTypes).toEqual({ preferredType: 'm6g.large', types: ['m6g.large'] });
      expect(ports.node(NODE_ID).impliedFields).toHaveLength(3);
    });

    it('no longer implies what the update gives', async () => {
      const ports = new InMemoryPorts(implied());
      const { region, compute } = aConfig();
      const { securityGroupIds, instanceTypes } = compute.launchSpecification;
      await createNodeService(ports).update(NODE_ID, {
        region,
        compute: { launchSpecification: { securityGroupIds, instanceTypes } },
      });

      expect(ports.node(NODE_ID).config).toEqual(aConfig());
      expect(ports.node(NODE_ID)).not.toHaveProperty('impliedFields');
    });

    it('implies what the update removes', async () => {
      const ports = new InMemoryPorts(aNode());
      await createNodeService(ports).update(NODE_ID, {
        compute: { launchSpecification: { securityGroupIds: null } },
      });

      expect(specificationOf(ports).securityGroupIds).toEqual([DEFAULT_GROUP_ID]);
      expect(ports.node(NODE_ID).impliedFields).toEqual(['compute.launchSpecification.securityGroupIds']);
    });
  });

  it('changes the newest record if another writer was faster', async () => {
    const ports = new InMemoryPorts(aNode());
    meanwhile(ports, 'claim', () => ports.writeMeanwhile(NODE_ID, { configRevision: 5, heldClaims: ['eipalloc-new'] }));
    await createNodeService(ports).update(NODE_ID, patch);

    expect(ports.node(NODE_ID)).toMatchObject({
      config,
      configRevision: 6,
      heldClaims: ['eipalloc-new', ALLOCATION_ID],
    });
  });

  it('is applied to what another update has written meanwhile, and undoes none of it', async () => {
    const ports = new InMemoryPorts(aNode());
    meanwhile(ports, 'claim', () =>
      ports.writeMeanwhile(NODE_ID, { config: { ...aNode().config, name: 'books' }, configRevision: 2 }),
    );
    await createNodeService(ports).update(NODE_ID, patch);

    expect(ports.node(NODE_ID)).toMatchObject({
      config: { name: 'books', compute: { elasticIp: ALLOCATION_ID } },
      configRevision: 3,
      heldClaims: [ALLOCATION_ID],
    });
  });

  it('gives up if other updates are always faster, and keeps no claim', async () => {
    const ports = new InMemoryPorts(aNode());
    ports.onCall = (entry) => {
      if (entry.startsWith('claim'))
        ports.writeMeanwhile(NODE_ID, { configRevision: ports.node(NODE_ID).configRevision + 1 });
    };

    await expect(createNodeService(ports).update(NODE_ID, patch)).rejects.toThrow(RecordContended);
    expect(ports.node(NODE_ID)).toMatchObject({ config: aNode().config, configRevision: 6 });
    expect(ports.claimedBy.size).toBe(0);
  });

  it.each([
    { name: 'is gone', change: (ports: InMemoryPorts) => ports.nodeRecords.delete(NODE_ID) },
    { name: 'is being deleted', change: (ports: InMemoryPorts) => ports.writeMeanwhile(NODE_ID, { deletion }) },
  ])('fails if the node $name meanwhile, and releases its claims', async ({ change }) => {
    const ports = new InMemoryPorts(aNode());
    meanwhile(ports, 'claim', () => change(ports));

    await expect(createNodeService(ports).update(NODE_ID, patch)).rejects.toThrow(new NodeMissing(NODE_ID));
    expect(ports.claimedBy.size).toBe(0);
    expect(ports.journal).toEqual([CLAIM, `release ${ALLOCATION_ID} from ${NODE_ID}`]);
    expect(logOf(ports)).toEqual([]);
  });

  it.each([
    { name: 'owns the node', node: aBusyNode() },
    { name: 'is about to take the node', node: aNode({ intents: [pause] }) },
  ])('starts nothing if an operation $name, because that one applies the settings', async ({ node }) => {
    const ports = new InMemoryPorts(node);
    await createNodeService(ports).update(NODE_ID, { name: 'books' });

    expect(ports.journal).toEqual([`save ${node.status}`]);
    expect(ports.node(NODE_ID)).toMatchObject({ config: { name: 'books' }, configRevision: 2 });
  });

  it('shortens the drain that is under way', async () => {
    const draining = aConfig({ strategy: { drainingTimeout: 600 } });
    const ports = new InMemoryPorts(aBusyNode({ config: draining }));
    ports.waiters.set(OLD_INSTANCE_ID, { taskToken: 'the-token', awaited: 'drained' });
    await createNodeService(ports).update(NODE_ID, { strategy: { drainingTimeout: 60 } });

    expect(ports.journal).toEqual(['save RECYCLING', 'succeed the-token {"seconds":60}']);
  });

  it.each([
    { name: 'a node that does not exist', nodes: [], error: NodeMissing },
    { name: 'a node that is being deleted', nodes: [aNode({ deletion })], error: NodeMissing },
    {
      name: 'settings that are invalid',
      nodes: [aNode()],
      patch: { compute: { elasticIp: 'mine' } },
      error: InvalidRequest,
    },
  ])('refuses $name, and changes nothing', async ({ nodes, patch: given = patch, error }) => {
    const ports = new InMemoryPorts(...nodes);

    await expect(createNodeService(ports).update(NODE_ID, given)).rejects.toThrow(error);
    expect(ports.journal).toEqual([]);
  });

  it("does not count the node's own Elastic IP and private IP as taken", async () => {
    const own = aConfig({ compute: { elasticIp: ALLOCATION_ID, privateIp: '10.0.0.10', subnetIds: [SUBNET_A] } });
    const ports = new InMemoryPorts(aNode({ config: own }));
    const { interfaceId } = aNode().identity;
    ports.seenAccount = { ...ports.seenAccount, privateIpHolders: [{ interfaceId: interfaceId!, subnetId: SUBNET_A }] };

    await expect(createNodeService(ports).update(NODE_ID, { name: 'books' })).resolves.toMatchObject({
      config: { name: 'books' },
    });
  });
});

describe('a request for an operation', () => {
  it.each<{ action: Action; kind: string; node: StatefulNode }>([
    { action: 'pause', kind: 'pause', node: aNode() },
    { action: 'recycle', kind: 'replace', node: aNode() },
    { action: 'resume', kind: 'launch', node: aNode({ status: 'PAUSED', instance: undefined }) },
  ])('to $action writes the user intent, logs it, and starts the operation', async ({ action, kind, node }) => {
    const ports = new InMemoryPorts(node);
    await createNodeService(ports).act(NODE_ID, action);

    const reason = `${action} requested`;
    expect(ports.journal).toEqual([`save ${node.status}`, startOf(kind, NODE_ID, reason)]);
    expect(ports.node(NODE_ID).intents).toEqual([{ kind, reason, requestedAt: NOW }]);
    expect(logOf(ports)).toEqual(logged(reason));
  });

  it('is kept for the end of the operation under way', async () => {
    const ports = new InMemoryPorts(aBusyNode());
    await createNodeService(ports).act(NODE_ID, 'pause');

    expect(ports.journal).toEqual(['save RECYCLING']);
    expect(ports.node(NODE_ID).intents).toEqual([pause]);
    expect(logOf(ports)).toEqual(logged('pause requested: kept for the end of the replace under way'));
  });

  it('that only withdraws an earlier one is written and logged, and starts nothing', async () => {
    const ports = new InMemoryPorts(aNode({ intents: [pause] }));
    await createNodeService(ports).act(NODE_ID, 'resume');

    expect(ports.journal).toEqual(['save ACTIVE']);
    expect(ports.node(NODE_ID).intents).toEqual([]);
    expect(logOf(ports)).toEqual(logged('resume requested'));
  });

  it('changes and logs nothing if the node is in that state already', async () => {
    const ports = new InMemoryPorts(aNode());
    await createNodeService(ports).act(NODE_ID, 'resume');

    expect(ports.journal).toEqual([]);
    expect(logOf(ports)).toEqual([]);
  });

  it('to delete hides the node at once', async () => {
    const ports = new InMemoryPorts(aNode());
    const service = createNodeService(ports);
    await service.delete(NODE_ID, deletion);

    expect(ports.journal).toEqual(['save ACTIVE', startOf('delete', NODE_ID, 'deletion requested')]);
    expect(ports.node(NODE_ID)).toMatchObject({ deletion, intents: [{ kind: 'delete' }] });
    expect(logOf(ports)).toEqual(logged('deletion requested'));
    await expect(service.get(NODE_ID)).rejects.toThrow(new NodeMissing(NODE_ID));
  });

  it('decides again on the record that another writer wrote meanwhile', async () => {
    const ports = new InMemoryPorts(aNode());
    meanwhile(ports, 'save', () => ports.nodeRecords.set(NODE_ID, aBusyNode({ version: 8 })));
    await createNodeService(ports).act(NODE_ID, 'pause');

    expect(ports.journal).toEqual(['save ACTIVE', 'save RECYCLING']);
    expect(ports.node(NODE_ID)).toMatchObject({ operation: { kind: 'replace' }, intents: [pause] });
  });

  it.each([
    { name: 'is gone', change: (ports: InMemoryPorts) => ports.nodeRecords.delete(NODE_ID) },
    { name: 'is being deleted', change: (ports: InMemoryPorts) => ports.writeMeanwhile(NODE_ID, { deletion }) },
  ])('fails if the node $name meanwhile', async ({ change }) => {
    for (const run of [
      (ports: InMemoryPorts) => createNodeService(ports).act(NODE_ID, 'pause'),
      (ports: InMemoryPorts) => createNodeService(ports).delete(NODE_ID, deletion),
    ]) {
      const ports = new InMemoryPorts(aNode());
      meanwhile(ports, 'save', () => change(ports));
      await expect(run(ports)).rejects.toThrow(new NodeMissing(NODE_ID));
      expect(ports.journal).toEqual(['save ACTIVE']);
      expect(logOf(ports)).toEqual([]);
    }
  });
});

describe('requests for several nodes', () => {
  it('each have their outcome', async () => {
    const ports = new InMemoryPorts(aNode(), aNode({ id: OTHER_ID, deletion }));
    const unreadable = anUnreadableRecord('smi-00000001');
    ports.unreadable = [unreadable];
    const outcomes = await createNodeService(ports).actInBulk(
      [NODE_ID, OTHER_ID, 'smi-00000001'].map((id) => ({ id, action: 'pause' })),
    );

    expect(outcomes).toEqual([
      { id: NODE_ID, fieldErrors: [] },
      { id: OTHER_ID, fieldErrors: [{ field: 'id', message: `There is no stateful node ${OTHER_ID}.` }] },
      { id: 'smi-00000001', fieldErrors: [], unreadable },
    ]);
    expect(ports.node(NODE_ID).intents).toEqual([pause]);
  });

  it('fail together if the table fails, because some outcomes are not known', async () => {
    const ports = new InMemoryPorts(aNode());
    ports.nodes.save = () => Promise.reject(new ServiceUnavailable('DynamoDB did not answer'));

    await expect(createNodeService(ports).actInBulk([{ id: NODE_ID, action: 'pause' }])).rejects.toThrow(
      ServiceUnavailable,
    );
  });
});
