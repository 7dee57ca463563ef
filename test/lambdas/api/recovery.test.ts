/** The routes of the deployment, and the requests that are refused while its table is in doubt. */
import type { TableIdentity } from '../../../domain/reconciliation/deployment';
import { ServiceUnavailable } from '../../../domain/errors';
import { usageOf } from '../../../domain/costs/usage';
import { createNodeService } from '../../../lambdas/api/create-node-service';
import { errorEnvelopeSchema } from '../../../lambdas/api/envelope';
import type { Rebuilt } from '../../../lambdas/api/recovery-service';
import {
  aConfig,
  anAccount,
  anAttachedInterface,
  anElasticIp,
  anInstance,
  anInterface,
  aNode,
  anUnreadableRecord,
  ALLOCATION_ID,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  VPC_ID,
} from '../../domain/builders';
import { anOriginal } from '../../domain/import-builders';
import { InMemoryPorts } from '../in-memory-ports';
import { anApi, NODE, NODES, OTHER_ID, type HttpRequest } from './requests';

const DEPLOYMENT: HttpRequest = { method: 'GET', path: '/holdfast/deployment' };
const rebuild = (body?: unknown): HttpRequest => ({ method: 'POST', path: '/holdfast/rebuild', body });

/** EC2 shows a running node, which has no record unless one is given. */
function portsWithout(...nodes: readonly ReturnType<typeof aNode>[]): InMemoryPorts {
  const ports = new InMemoryPorts(...nodes);
  const origin = { nodeId: NODE_ID, nodeName: 'ledger', generation: 3, isLeft: false };
  const seen = anInstance({ id: OLD_INSTANCE_ID });
  ports.listedInstances = [{ ...seen, origin }];
  ports.seenInstances.set(seen.id, seen);
  const eni = { vpcId: VPC_ID, allocationId: ALLOCATION_ID };
  ports.listedInterfaces = [{ ...anAttachedInterface({ instanceId: OLD_INSTANCE_ID }, eni), origin }];
  ports.listedElasticIps = [anElasticIp()];
  ports.seenAccount = anAccount({ region: 'us-east-1', elasticIp: anElasticIp() });
  ports.seenOriginals.set(OLD_INSTANCE_ID, anOriginal({ lifeCycle: 'spot' }));
  return ports;
}

function apiOn(ports: InMemoryPorts) {
  return anApi({ service: createNodeService(ports) });
}

/** Returns the changes in the ports' journal. */
function changesOf({ journal }: InMemoryPorts): readonly string[] {
  return journal.filter((entry) => !/^(list|observe|look)/.test(entry));
}

describe('GET /holdfast/deployment', () => {
  const unknown = [
    { id: OLD_INSTANCE_ID, kind: 'instance', managedInstanceId: NODE_ID, managedInstanceName: 'ledger' },
    { id: INTERFACE_ID, kind: 'interface', managedInstanceId: NODE_ID, managedInstanceName: 'ledger' },
  ];
  const silent = expect.stringMatching(
    /^the table Nodes does not say whose it is: rebuild the records with/,
  ) as unknown;

  it.each<{ name: string; ports: InMemoryPorts; identity?: TableIdentity | undefined; item: object }>([
    { name: 'a new deployment', ports: new InMemoryPorts(), item: { inDoubt: null, nodeCount: 0, unknown: [] } },
    {
      name: 'one whose records are correct',
      ports: portsWithout(aNode()),
      identity: own(),
      item: { inDoubt: null, nodeCount: 1, unknown: [] },
    },
    { name: 'one whose table is empty', ports: portsWithout(), item: { inDoubt: silent, nodeCount: 0, unknown } },
    {
      name: 'one whose table does not say whose its records are',
      ports: portsWithout(aNode()),
      item: { inDoubt: silent, nodeCount: 1, unknown: [] },
    },
    {
      name: 'one whose table has only some of the records',
      ports: portsWithout(aNode({ id: OTHER_ID })),
      identity: own(),
      item: { inDoubt: null, nodeCount: 1, unknown },
    },
  ])('shows $name', async ({ ports, identity, item }) => {
    ports.tableIdentity = identity;
    const { status, body } = await apiOn(ports).send(DEPLOYMENT);
    expect(status).toBe(200);
    expect(body.response).toMatchObject({ kind: 'holdfast:deployment', count: 1 });
    expect(body.response.items).toEqual([{ deployment: 'Holdfast', unreadable: [], ...item }]);
    expect(changesOf(ports)).toEqual([]);
  });

  it('shows the records that cannot be read, and does not count their nodes as unknown', async () => {
    const ports = portsWithout(aNode({ id: OTHER_ID }));
    ports.unreadable = [anUnreadableRecord()];
    const { body } = await apiOn(ports).send(DEPLOYMENT);
    expect(body.response.items).toEqual([
      {
        deployment: 'Holdfast',
        inDoubt: null,
        nodeCount: 2,
        unknown: [],
        unreadable: [
          {
            managedInstanceId: NODE_ID,
            field: 'identity.privateIp',
            message: `The record NODE ${NODE_ID} cannot be read: identity.privateIp: expected string, received number`,
          },
        ],
      },
    ]);
  });

  it('gives no name if the tags have none', async () => {
    const ports = portsWithout();
    ports.listedInstances = [];
    ports.listedInterfaces = [{ ...anInterface(), origin: { nodeId: NODE_ID, isLeft: false } }];
    const { body } = await apiOn(ports).send(DEPLOYMENT);
    expect(body.response.items[0].unknown).toEqual([
      { id: INTERFACE_ID, kind: 'interface', managedInstanceId: NODE_ID, managedInstanceName: null },
    ]);
  });
});

function own(change: Partial<TableIdentity> = {}): TableIdentity {
  return { deployment: 'Holdfast', tableName: 'Nodes', createdAt: NOW, ...change };
}

describe('POST /holdfast/rebuild', () => {
  const made = {
    managedInstanceId: NODE_ID,
    outcome: 'made',
    name: 'ledger',
    networkInterfaceId: INTERFACE_ID,
    privateIp: '10.0.0.10',
    publicIp: '198.51.100.7',
    instanceId: OLD_INSTANCE_ID,
    unread: expect.arrayContaining(['strategy', 'compute.subnetIds']) as unknown,
    others: [],
    errors: [],
  };

  it.each<{ name: string; body: unknown }>([
    { name: 'without a body', body: undefined },
    { name: 'with an empty body', body: {} },
    { name: 'as a dry run', body: { dryRun: true } },
  ])('$name only shows what it would do', async ({ body }) => {
    const ports = portsWithout();
    ports.tableIdentity = undefined;
    const answer = await apiOn(ports).send(rebuild(body));
    expect(answer.status).toBe(200);
    expect(answer.body.response).toMatchObject({ kind: 'holdfast:rebuild', count: 1 });
    expect(answer.body.response.items).toEqual([made]);
    expect(changesOf(ports)).toEqual([]);
    expect(ports.nodeRecords.size).toBe(0);
  });

  it("makes the record, and then marks the table as the deployment's", async () => {
    const ports = portsWithout();
    ports.tableIdentity = undefined;
    const { body } = await apiOn(ports).send(rebuild({ dryRun: false }));
    expect(body.response.items).toEqual([made]);
    expect(changesOf(ports)).toEqual([
      `claim ${ALLOCATION_ID} for ${NODE_ID}`,
      `claim ${VPC_ID}/10.0.0.10 for ${NODE_ID}`,
      // Before the record, so that every event about the instance finds its node.
      `register ${OLD_INSTANCE_ID}`,
      `create ${NODE_ID}`,
      'adopt the table',
    ]);
    expect(ports.usageOf.get(NODE_ID)).toMatchObject([{ instanceId: OLD_INSTANCE_ID }]);
    expect(ports.node(NODE_ID).heldClaims).toEqual([ALLOCATION_ID, `${VPC_ID}/10.0.0.10`]);
    const unread: readonly string[] = body.response.items[0].unread;
    expect(ports.logEntries.get(NODE_ID)).toEqual([
      { createdAt: NOW, severity: 'WARN', message: `rebuilt from what EC2 shows; not read: ${unread.join(', ')}` },
    ]);
    expect(unread.length).toBeGreaterThan(1);
  });

  it.each([
    { name: 'is not attached', state: undefined },
    { name: 'is on an instance that is terminating', state: 'shutting-down' as const },
    { name: 'is on an instance that has ended', state: 'terminated' as const },
  ])('makes the record of a paused node if its interface $name', async ({ state }) => {
    const ports = portsWithout();
    if (state === undefined) {
      ports.listedInstances = [];
      ports.listedInterfaces = ports.listedInterfaces.map((each) => ({ ...each, attachment: undefined }));
    } else {
      ports.seenOriginals.set(OLD_INSTANCE_ID, anOriginal({ state }));
    }
    const launchSpecification = { imageId: 'ami-00000000000000001', instanceTypes: { types: ['m7g.large'] } };
    const configurations = { [NODE_ID]: { compute: { launchSpecification } } };
    const { body } = await apiOn(ports).send(rebuild({ dryRun: false, configurations }));
    expect(body.response.items).toMatchObject([{ outcome: 'made', instanceId: null, publicIp: '198.51.100.7' }]);
    expect(ports.node(NODE_ID).status).toBe('PAUSED');
    expect(ports.journal.filter((entry) => entry.startsWith('observe'))).toEqual(
      state === undefined ? [] : [`observe original ${OLD_INSTANCE_ID}`],
    );
    expect(ports.nodeOfInstance.size).toBe(0);
    expect(ports.usageOf.size).toBe(0);
  });

  it('says what to add to the configuration of a node whose instance is gone', async () => {
    const ports = portsWithout();
    ports.seenOriginals.clear();
    const { body } = await apiOn(ports).send(rebuild());
    expect(body.response.items).toMatchObject([{ outcome: 'refused', instanceId: null, publicIp: '198.51.100.7' }]);
  });

  it('registers an instance that EC2 does not show by itself yet, without usage', async () => {
    const ports = portsWithout();
    ports.seenInstances.clear();
    await apiOn(ports).send(rebuild({ dryRun: false }));
    expect(ports.nodeOfInstance.get(OLD_INSTANCE_ID)).toBe(NODE_ID);
    expect(ports.usageOf.size).toBe(0);
    expect(ports.node(NODE_ID).instance?.id).toBe(OLD_INSTANCE_ID);
  });

  it('finds the Elastic IP of the interface among those of the account', async () => {
    const ports = portsWithout();
    const elsewhere = anElasticIp({ allocationId: 'eipalloc-2', publicIp: '198.51.100.8', interfaceId: 'eni-2' });
    ports.listedElasticIps = [elsewhere, anElasticIp()];
    const { body } = await apiOn(ports).send(rebuild());
    expect(body.response.items).toMatchObject([{ publicIp: '198.51.100.7' }]);
  });

  it('stops if the table fails, and leaves it in doubt', async () => {
    const ports = portsWithout();
    ports.tableIdentity = undefined;
    ports.claims.claim = () => Promise.reject(new ServiceUnavailable('DynamoDB did not answer'));
    const { status } = await apiOn(ports).send(rebuild({ dryRun: false }));
    expect(status).toBe(503);
    expect(ports.nodeRecords.size).toBe(0);
    expect(ports.tableIdentity).toBeUndefined();
  });

  it('uses the fields of the configuration that a person gives', async () => {
    const ports = portsWithout();
    const configurations = { [NODE_ID]: { name: 'books', strategy: { lifeCycle: 'on_demand' } } };
    const { body } = await apiOn(ports).send(rebuild({ dryRun: false, configurations }));
    expect(body.response.items).toMatchObject([{ outcome: 'made', name: 'books' }]);
    expect(ports.node(NODE_ID).config).toMatchObject({ name: 'books', strategy: { lifeCycle: 'on_demand' } });
  });

  it('names what would make the next launch fail, and makes the record all the same', async () => {
    const ports = portsWithout();
    ports.seenAccount = { ...ports.seenAccount, securityGroups: [] };
    const { body } = await apiOn(ports).send(rebuild({ dryRun: false }));
    expect(body.response.items).toMatchObject([
      {
        outcome: 'made',
        errors: [{ code: 'VALIDATION_ERROR', field: 'compute.launchSpecification.securityGroupIds.0' }],
      },
    ]);
    expect(ports.node(NODE_ID).status).toBe('ACTIVE');
  });

  it('makes no record with an invalid configuration, and says why', async () => {
    const ports = portsWithout();
    const configurations = { [NODE_ID]: { compute: { launchSpecification: { imageId: 'mine' } } } };
    const { body } = await apiOn(ports).send(rebuild({ dryRun: false, configurations }));
    expect(body.response.items).toMatchObject([
      {
        outcome: 'refused',
        name: 'ledger',
        privateIp: '10.0.0.10',
        publicIp: '198.51.100.7',
        errors: [{ code: 'VALIDATION_ERROR', field: 'compute.launchSpecification.imageId' }],
      },
    ]);
    expect(changesOf(ports)).toEqual(['adopt the table']);
  });

  it('makes no record if another node has the address', async () => {
    const ports = portsWithout(aNode({ id: OTHER_ID, heldClaims: [ALLOCATION_ID] }));
    ports.claimedBy.set(ALLOCATION_ID, { holder: OTHER_ID, claimedAt: NOW });
    const { body } = await apiOn(ports).send(rebuild({ dryRun: false }));
    expect(body.response.items[0]).toMatchObject({
      outcome: 'refused',
      errors: [{ field: 'compute.elasticIp', message: expect.stringContaining(`belongs to ${OTHER_ID}`) as unknown }],
    });
    expect(ports.nodeRecords.has(NODE_ID)).toBe(false);
    expect([...ports.claimedBy.keys()]).toEqual([ALLOCATION_ID]);
  });

  it.each<{ name: string; node: ReturnType<typeof aNode>; outcome: string; changes: readonly string[] }>([
    { name: 'keeps a correct record', node: aNode(), outcome: 'kept', changes: [] },
    {
      name: 'corrects a record that is older than what EC2 shows',
      node: aNode({ generation: 2 }),
      outcome: 'corrected',
      changes: [`register ${OLD_INSTANCE_ID}`, 'save ACTIVE'],
    },
  ])('$name', async ({ node, outcome, changes }) => {
    const ports = portsWithout(node);
    ports.tableIdentity = own({ tableName: 'Before' });
    const dry = await apiOn(ports).send(rebuild());
    expect(dry.body.response.items).toMatchObject([{ managedInstanceId: NODE_ID, outcome, unread: [], errors: [] }]);
    expect(changesOf(ports)).toEqual([]);
    const { body } = await apiOn(ports).send(rebuild({ dryRun: false }));
    expect(body.response).toEqual(dry.body.response);
    expect(changesOf(ports)).toEqual([...changes, 'adopt the table']);
    const message = 'the record was older than what EC2 shows, and was corrected';
    expect(ports.logEntries.get(NODE_ID)).toEqual(
      outcome === 'kept' ? undefined : [{ createdAt: NOW, severity: 'WARN', message }],
    );
  });

  it('removes the record of a paused node that was deleted after the record was written', async () => {
    const ports = portsWithout(aNode({ status: 'PAUSED', instance: undefined }));
    ports.listedInstances = [];
    ports.listedInterfaces = [{ ...anInterface(), origin: { nodeId: NODE_ID, generation: 3, isLeft: true } }];
    const { body } = await apiOn(ports).send(rebuild({ dryRun: false }));
    expect(body.response.items).toEqual([
      {
        ...made,
        outcome: 'removed',
        publicIp: null,
        instanceId: null,
        unread: [],
      },
    ]);
    expect(changesOf(ports)).toEqual([`remove ${NODE_ID}`, 'adopt the table']);
    expect(ports.usageOf.size).toBe(0);
  });

  it('removes the record and the claims of a node that was deleted after the record was written', async () => {
    const ports = portsWithout(aNode({ heldClaims: [ALLOCATION_ID] }));
    ports.listedInstances = [];
    ports.listedInterfaces = [{ ...anInterface(), origin: { nodeId: NODE_ID, generation: 3, isLeft: true } }];
    const { launchedAt } = aNode().instance!;
    const usage = usageOf(anInstance({ id: OLD_INSTANCE_ID, launchedAt }), aConfig());
    ports.usageOf.set(NODE_ID, [usage]);
    const dry = await apiOn(ports).send(rebuild());
    expect(dry.body.response.items).toMatchObject([{ outcome: 'removed', networkInterfaceId: INTERFACE_ID }]);
    expect(changesOf(ports)).toEqual([]);
    expect(ports.usageOf.get(NODE_ID)).toEqual([usage]);
    await apiOn(ports).send(rebuild({ dryRun: false }));
    expect(changesOf(ports)).toEqual([
      `release ${ALLOCATION_ID} from ${NODE_ID}`,
      `remove ${NODE_ID}`,
      'adopt the table',
    ]);
    expect(ports.usageOf.get(NODE_ID)).toEqual([{ ...usage, to: NOW }]);
  });

  it('lists the records whose nodes EC2 does not show, and leaves them as they are', async () => {
    const ports = portsWithout(aNode({ id: OTHER_ID, identity: { settled: false } }));
    const { body } = await apiOn(ports).send(rebuild({ dryRun: false }));
    expect(
      body.response.items.map((item: Rebuilt & { managedInstanceId: string }) => [
        item.managedInstanceId,
        item.outcome,
      ]),
    ).toEqual([
      [NODE_ID, 'made'],
      [OTHER_ID, 'unseen'],
    ]);
    expect(body.response.items[1]).toMatchObject({ networkInterfaceId: null, privateIp: null, publicIp: null });
    expect(ports.nodeRecords.size).toBe(2);
  });

  it('does not replace a record that cannot be read, and says why', async () => {
    const ports = portsWithout();
    ports.unreadable = [anUnreadableRecord()];
    const { body } = await apiOn(ports).send(rebuild({ dryRun: false, managedInstanceIds: [NODE_ID] }));
    expect(body.response.items).toEqual([
      {
        managedInstanceId: NODE_ID,
        outcome: 'unreadable',
        name: null,
        networkInterfaceId: null,
        privateIp: null,
        publicIp: null,
        instanceId: null,
        unread: [],
        others: [],
        errors: [
          {
            code: 'VALIDATION_ERROR',
            field: 'identity.privateIp',
            message: `The record NODE ${NODE_ID} cannot be read: identity.privateIp: expected string, received number`,
          },
        ],
      },
    ]);
    expect(changesOf(ports)).toEqual([]);
  });

  it('of some nodes does not change the others, and leaves the table in doubt', async () => {
    const ports = portsWithout();
    ports.tableIdentity = undefined;
    const [eni] = ports.listedInterfaces;
    const other = { ...anInterface({ id: 'eni-00000000000000002' }), origin: { ...eni!.origin, nodeId: OTHER_ID } };
    ports.listedInterfaces = [...ports.listedInterfaces, other];
    const { body } = await apiOn(ports).send(rebuild({ dryRun: false, managedInstanceIds: [NODE_ID] }));
    expect(body.response.items).toMatchObject([{ managedInstanceId: NODE_ID, outcome: 'made' }]);
    expect([...ports.nodeRecords.keys()]).toEqual([NODE_ID]);
    expect(ports.tableIdentity).toBeUndefined();
  });

  it('of some nodes names and removes nothing of the others', async () => {
    const ports = portsWithout(aNode({ id: OTHER_ID }), aNode({ id: 'smi-0000000e', identity: { settled: false } }));
    ports.unreadable = [anUnreadableRecord('smi-0000000f')];
    ports.listedInterfaces.push({
      ...anInterface({ id: 'eni-left' }),
      origin: { nodeId: OTHER_ID, generation: 3, isLeft: true },
    });
    const { body } = await apiOn(ports).send(rebuild({ dryRun: false, managedInstanceIds: [NODE_ID] }));
    expect(body.response.items).toMatchObject([{ managedInstanceId: NODE_ID, outcome: 'made' }]);
    const unseen = await apiOn(ports).send(rebuild({ managedInstanceIds: ['smi-0000000e'] }));
    expect(unseen.body.response.items).toMatchObject([{ managedInstanceId: 'smi-0000000e', outcome: 'unseen' }]);
    const all = await apiOn(ports).send(rebuild());
    expect(
      all.body.response.items.map((item: Rebuilt & { managedInstanceId: string }) => [
        item.managedInstanceId,
        item.outcome,
      ]),
    ).toEqual([
      ['smi-0000000e', 'unseen'],
      ['smi-0000000f', 'unreadable'],
      [NODE_ID, 'kept'],
      [OTHER_ID, 'removed'],
    ]);
  });

  it("keeps the records of a table that is not in doubt, because EC2's listings may be older", async () => {
    const { instance, ...paused } = aNode();
    const ports = portsWithout(paused);
    const { body } = await apiOn(ports).send(rebuild({ dryRun: false }));
    expect(body.response.items).toMatchObject([{ outcome: 'kept', instanceId: null }]);
    expect(ports.node(NODE_ID)).toEqual(paused);
    ports.tableIdentity = own({ tableName: 'Before' });
    const again = await apiOn(ports).send(rebuild({ dryRun: false }));
    expect(again.body.response.items).toMatchObject([{ outcome: 'corrected', instanceId: instance?.id }]);
  });

  it('makes no further calls to EC2 for a node whose record it keeps', async () => {
    const ports = portsWithout(aNode());
    ports.tableIdentity = own({ tableName: 'Before' });
    ports.seenOriginals.clear();
    await apiOn(ports).send(rebuild({ dryRun: false }));
    expect(ports.journal).toEqual(['list instances', 'list interfaces', 'list elastic ips', 'adopt the table']);
  });

  it('does not overwrite what was written meanwhile', async () => {
    const ports = portsWithout(aNode({ generation: 2 }));
    ports.onCall = (entry) => {
      if (entry.startsWith('register')) ports.writeMeanwhile(NODE_ID, { status: 'RECYCLING' });
    };
    const { status, body } = await apiOn(ports).send(rebuild({ dryRun: false }));
    expect([status, body.response.errors[0].code]).toEqual([409, 'RECORD_CONTENDED']);
    expect(ports.node(NODE_ID).status).toBe('RECYCLING');
    expect(ports.journal).not.toContain('adopt the table');
  });

  const absent = 'has neither a record nor an interface in EC2';

  it.each<{ name: string; body: unknown; field: string; message?: string }>([
    { name: 'an empty list of nodes', body: { managedInstanceIds: [] }, field: 'managedInstanceIds' },
    {
      name: 'the choice of a node that does not exist',
      body: { managedInstanceIds: [OTHER_ID] },
      field: 'managedInstanceIds.0',
      message: absent,
    },
    {
      name: 'a configuration under a malformed node id',
      body: { configurations: { mine: {} } },
      field: 'configurations.mine',
    },
    {
      name: 'a configuration of a node that does not exist',
      body: { configurations: { [OTHER_ID]: {} } },
      field: `configurations.${OTHER_ID}`,
      message: absent,
    },
    { name: 'an unknown field', body: { force: true }, field: 'force' },
    { name: 'a dryRun that is not a boolean', body: { dryRun: 'no' }, field: 'dryRun' },
  ])('refuses $name', async ({ body, field, message }) => {
    const ports = portsWithout();
    const answer = await apiOn(ports).send(rebuild({ dryRun: false, ...(body as object) }));
    expect(answer.status).toBe(400);
    expect(answer.body.response.errors).toMatchObject([
      { code: 'VALIDATION_ERROR', field, ...(message && { message }) },
    ]);
    expect(changesOf(ports)).toEqual([]);
  });
});

describe('while the table is in doubt', () => {
  const migration = { originalInstanceId: OLD_INSTANCE_ID, region: 'us-east-1' };
  const began = { shouldKeepPrivateIp: true, shouldTerminateInstance: true };
  const requests: readonly (HttpRequest & { readonly name: string })[] = [
    { name: 'a creation', method: 'POST', path: NODES, body: { managedInstance: aConfig() } },
    { name: 'an update', method: 'PUT', path: NODE, body: { managedInstance: { name: 'books' } } },
    ...['pause', 'resume', 'recycle'].map((action) => ({
      name: `a ${action}`,
      method: 'PUT',
      path: `${NODE}/${action}`,
    })),
    { name: 'a deletion', method: 'DELETE', path: NODE },
    { name: 'an import', method: 'POST', path: `${NODES}/migration`, body: { migration: { ...migration, ...began } } },
  ];

  describe.each<{ name: string; identity: TableIdentity | undefined; message: string }>([
    { name: 'it does not say whose it is', identity: undefined, message: 'does not say whose it is' },
    { name: "it is another deployment's", identity: own({ deployment: 'Staging' }), message: 'the deployment Staging' },
    { name: 'it is a copy', identity: own({ tableName: 'Before' }), message: 'is a copy of Before' },
    { name: 'it is older', identity: own({ halted: { since: NOW, because: 'it is older' } }), message: 'it is older' },
  ])('because $name', ({ identity, message }) => {
    it.each(requests)('$name is refused', async ({ name: _name, ...request }) => {
      const ports = portsWithout(aNode());
      ports.tableIdentity = identity;
      const { status, body } = await apiOn(ports).send(request);
      expect(status).toBe(409);
      errorEnvelopeSchema.parse(body);
      expect(body.response.errors).toEqual([
        { code: 'TABLE_IN_DOUBT', message: expect.stringContaining(message) as unknown },
      ]);
      expect(body.response.errors[0].message).toContain('POST /holdfast/rebuild');
      expect(changesOf(ports)).toEqual([]);
    });

    it('nodes can be read', async () => {
      const ports = portsWithout(aNode());
      ports.tableIdentity = identity;
      expect((await apiOn(ports).send({ method: 'GET', path: NODE })).status).toBe(200);
    });
  });
});

describe('the first node', () => {
  it("marks an empty table as the deployment's", async () => {
    const ports = new InMemoryPorts();
    ports.tableIdentity = undefined;
    ports.seenAccount = anAccount({ region: 'us-east-1' });
    const body = { managedInstance: aConfig({ region: 'us-east-1' }) };
    // What an earlier deployment has left on purpose no longer belongs to it.
    ports.listedInterfaces = [{ ...anInterface(), origin: { nodeId: NODE_ID, isLeft: true } }];
    const { status } = await apiOn(ports).send({ method: 'POST', path: NODES, body });
    expect(status).toBe(200);
    expect(changesOf(ports)[0]).toBe('establish the table');
    expect(ports.tableIdentity).toEqual(own());
  });

  it('does not mark an empty table while its nodes are in EC2', async () => {
    const ports = portsWithout();
    ports.tableIdentity = undefined;
    const body = { managedInstance: aConfig({ region: 'us-east-1' }) };
    const { status } = await apiOn(ports).send({ method: 'POST', path: NODES, body });
    expect(status).toBe(409);
    expect(changesOf(ports)).toEqual([]);
  });

  it.each([
    { name: 'a record', unreadable: [] },
    { name: 'a record, and one that cannot be read', unreadable: [anUnreadableRecord()] },
  ])('does not mark a table with $name, although EC2 shows nothing', async ({ unreadable }) => {
    const ports = new InMemoryPorts(aNode({ id: OTHER_ID }));
    ports.unreadable = unreadable;
    ports.tableIdentity = undefined;
    const { status } = await apiOn(ports).send({ method: 'POST', path: NODES, body: { managedInstance: aConfig() } });
    expect(status).toBe(409);
    expect(changesOf(ports)).toEqual([]);
  });

  it("does not mark another deployment's table, although it is empty", async () => {
    const ports = new InMemoryPorts();
    ports.tableIdentity = own({ deployment: 'Staging' });
    const { status } = await apiOn(ports).send({ method: 'POST', path: NODES, body: { managedInstance: aConfig() } });
    expect(status).toBe(409);
    expect(changesOf(ports)).toEqual([]);
  });
});
