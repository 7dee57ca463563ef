import { PACED_ACTIONS } from '../../../domain/throttling/paced-actions';
import { takeNode } from '../../../lambdas/steps/take-node';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  aNode,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const warningAbout = (instanceId: string) => ({
  source: 'aws.ec2',
  'detail-type': 'EC2 Spot Instance Interruption Warning',
  time: '2026-11-03T10:00:00Z',
  detail: { 'instance-id': instanceId, 'instance-action': 'terminate' },
});
const replacing = { operation: 'replace', executionId: 'execution-1' } as const;
const plan = {
  nodeId: NODE_ID,
  generation: 4,
  reason: 'spot interruption warning (terminate)',
  attachment: 'cold',
  releaseFirst: true,
  adopt: false,
  drainSeconds: 0,
  endsInTurn: true,
  hasInterface: true,
  prepare: false,
  leaveInstance: false,
};

describe('takeNode', () => {
  it('finds the node of an event by its instance', async () => {
    const ports = new InMemoryPorts(aNode());
    ports.nodeOfInstance.set(OLD_INSTANCE_ID, NODE_ID);
    const trigger = warningAbout(OLD_INSTANCE_ID);

    await expect(takeNode(ports)({ ...replacing, trigger })).resolves.toEqual({
      taken: true,
      drain: { seconds: 0 },
      ...plan,
    });
    expect(ports.node(NODE_ID).operation).toMatchObject({ executionId: 'execution-1', oldInstanceId: OLD_INSTANCE_ID });
  });

  it('returns the same result again if the first result was lost', async () => {
    const ports = new InMemoryPorts(aNode());
    const take = () => takeNode(ports)({ ...replacing, trigger: { nodeId: NODE_ID } });
    const first = await take();

    await expect(take()).resolves.toEqual(first);
    expect(ports.journal).toEqual(['save RECYCLING']);
  });

  it('leaves a user intent with the operation under way', async () => {
    const ports = new InMemoryPorts(aBusyNode({}, { launch: aLaunch() }));
    ports.nodeOfInstance.set(REPLACEMENT_ID, NODE_ID);
    const trigger = warningAbout(REPLACEMENT_ID);

    await expect(takeNode(ports)({ ...replacing, trigger })).resolves.toEqual({
      taken: false,
      why: 'kept for the end of the replace under way',
      drain: { seconds: 0 },
    });
    expect(ports.node(NODE_ID).intents).toMatchObject([{ kind: 'replace', instanceId: REPLACEMENT_ID }]);
  });

  it('does not take the node if another operation was faster, and leaves its user intent there', async () => {
    const ports = new InMemoryPorts(aNode());
    let saves = 0;
    ports.onCall = (entry) => {
      const isFirstSave = entry.startsWith('save') && (saves += 1) === 1;
      if (isFirstSave)
        ports.writeMeanwhile(NODE_ID, { operation: { ...aBusyNode().operation, executionId: 'faster' } });
    };
    const taken = await takeNode(ports)({ ...replacing, trigger: { nodeId: NODE_ID } });

    expect(taken.taken).toBe(false);
    expect(ports.node(NODE_ID)).toMatchObject({ operation: { executionId: 'faster' }, intents: [{ kind: 'replace' }] });
  });

  it.each([
    { name: 'is unknown', trigger: warningAbout('i-of-another'), why: 'the instance is not a stateful node' },
    { name: 'says nothing', trigger: {}, why: 'the input is neither a known event nor a request' },
    { name: 'names no node', trigger: { nodeId: 'smi-gone' }, why: 'there is no node smi-gone' },
  ])('takes nothing if the trigger $name', async ({ trigger, why }) => {
    const ports = new InMemoryPorts(aNode());

    await expect(takeNode(ports)({ ...replacing, trigger })).resolves.toEqual({
      taken: false,
      why,
      drain: { seconds: 0 },
    });
    expect(ports.journal).toEqual([]);
  });

  it.each([
    { name: 'has no identity', identity: undefined, why: 'the table Nodes does not say whose it is' },
    {
      name: 'belongs to another deployment',
      identity: { deployment: 'Staging', tableName: 'Nodes', createdAt: NOW },
      why: 'the table Nodes belongs to the deployment Staging, not to Holdfast',
    },
    {
      name: 'is a copy',
      identity: { deployment: 'Holdfast', tableName: 'Before', createdAt: NOW },
      why: 'the table Nodes is a copy of Before',
    },
  ])('takes nothing if the table is in doubt: it $name', async ({ identity, why }) => {
    const ports = new InMemoryPorts(aNode());
    ports.tableIdentity = identity;
    const taken = await takeNode(ports)({ ...replacing, trigger: { nodeId: NODE_ID } });

    expect(taken).toMatchObject({ taken: false, why: expect.stringContaining(why) as string });
    expect(ports.journal).toEqual([]);
  });

  it('says how long the old instance drains', async () => {
    const config = aConfig({ strategy: { drainingTimeout: 90 } });
    const taken = await takeNode(new InMemoryPorts(aNode({ config })))({ ...replacing, trigger: { nodeId: NODE_ID } });

    expect(taken).toMatchObject({ taken: true, drain: { seconds: 90 } });
  });

  it('ends the drain if a warning about the instance comes meanwhile', async () => {
    const config = aConfig({ strategy: { drainingTimeout: 3600 } });
    const ports = new InMemoryPorts(aBusyNode({ config }));
    ports.nodeOfInstance.set(OLD_INSTANCE_ID, NODE_ID);
    ports.waiters.set(OLD_INSTANCE_ID, { taskToken: 'the-token', awaited: 'drained' });
    const taken = await takeNode(ports)({ ...replacing, trigger: warningAbout(OLD_INSTANCE_ID) });

    expect(taken).toEqual({
      taken: false,
      why: 'the instance is being replaced already',
      drain: { seconds: 0 },
    });
    expect(ports.journal).toEqual(['save RECYCLING', 'succeed the-token {"seconds":120}']);
    expect(ports.node(NODE_ID).operation?.endsAt).toBe('2026-11-03T10:02:00.000Z');
  });

  it('says until when a node waits whose instances keep ending, for its log', async () => {
    const instance = { ...aNode().instance!, activeAt: '2026-11-03T09:59:00.000Z' };
    const ports = new InMemoryPorts(aNode({ instance, restarts: 2 }));
    const trigger = { nodeId: NODE_ID, reason: 'it has ended', instanceId: OLD_INSTANCE_ID, cause: 'lost' };
    const taken = await takeNode(ports)({ ...replacing, trigger });

    expect(taken).toEqual({
      taken: false,
      why: 'the next try is at 2026-11-03T10:01:00.000Z',
      drain: { seconds: 0 },
      nodeId: NODE_ID,
      errorReason: ports.node(NODE_ID).errorReason,
    });
    expect(ports.node(NODE_ID)).toMatchObject({ status: 'ERROR', restarts: 3 });
  });

  describe('among many others', () => {
    const interrupted = async (waiting: number, node = aNode()) => {
      const ports = new InMemoryPorts(node);
      ports.nodeOfInstance.set(OLD_INSTANCE_ID, NODE_ID);
      for (let taken = 0; taken < waiting; taken += 1) await ports.pacer.take('TerminateInTime', NOW);
      const found = await takeNode(ports)({ ...replacing, trigger: warningAbout(OLD_INSTANCE_ID) });
      return { ports, found };
    };
    const { burst, intervalMs } = PACED_ACTIONS.TerminateInTime;

    it.each([
      { waiting: 0, seconds: 0 },
      { waiting: burst + 2, seconds: 0 },
      { waiting: burst + 3, seconds: 2 },
      { waiting: burst + 99, seconds: 50 },
      // EC2 has announced the end.
      { waiting: burst + 999, seconds: 120 },
    ])(
      'lets the instance serve until its successor is launched: after $waiting others',
      async ({ waiting, seconds }) => {
        const { ports, found } = await interrupted(waiting);
        expect(found).toMatchObject({ taken: true, drain: { seconds }, drainSeconds: seconds });
        const waitMs = Math.max(0, (waiting - burst + 1) * intervalMs);
        const terminateAt = seconds === 0 ? undefined : new Date(Date.parse(NOW) + waitMs).toISOString();
        expect(ports.node(NODE_ID).operation?.terminateAt).toBe(terminateAt);
      },
    );

    it('takes no turn again if it runs again', async () => {
      const { ports } = await interrupted(burst + 99);
      await takeNode(ports)({ ...replacing, trigger: warningAbout(OLD_INSTANCE_ID) });
      expect(ports.pacer.turns.get('TerminateInTime')).toMatchObject({ issued: burst + 100 });
    });

    it('takes no turn for a hot node, whose instance ends last', async () => {
      const config = aConfig({ persistence: { eniAttachment: 'hot' } });
      const instance = { ...aNode().instance!, attachment: 'hot' as const };
      const { ports } = await interrupted(0, aNode({ config, instance }));
      expect(ports.pacer.turns.get('TerminateInTime')).toBeUndefined();
    });
  });
});
