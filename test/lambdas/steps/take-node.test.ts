import { takeNode } from '../../../lambdas/steps/take-node';
import { aBusyNode, aLaunch, aNode, NODE_ID, OLD_INSTANCE_ID, REPLACEMENT_ID } from '../../domain/builders';
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
  hasInterface: true,
  leaveInstance: false,
};

describe('takeNode', () => {
  it('finds the node of an event by its instance', async () => {
    const ports = new InMemoryPorts(aNode());
    ports.nodeOfInstance.set(OLD_INSTANCE_ID, NODE_ID);
    const trigger = warningAbout(OLD_INSTANCE_ID);

    await expect(takeNode(ports)({ ...replacing, trigger })).resolves.toEqual({ taken: true, ...plan });
    expect(ports.node(NODE_ID).operation).toMatchObject({ executionId: 'execution-1', oldInstanceId: OLD_INSTANCE_ID });
  });

  it('answers the same again where its first answer was lost', async () => {
    const ports = new InMemoryPorts(aNode());
    const take = () => takeNode(ports)({ ...replacing, trigger: { nodeId: NODE_ID } });
    const first = await take();

    await expect(take()).resolves.toEqual(first);
    expect(ports.journal).toEqual(['save RECYCLING']);
  });

  it('leaves a wish with the operation under way', async () => {
    const ports = new InMemoryPorts(aBusyNode({}, { launch: aLaunch() }));
    ports.nodeOfInstance.set(REPLACEMENT_ID, NODE_ID);
    const trigger = warningAbout(REPLACEMENT_ID);

    await expect(takeNode(ports)({ ...replacing, trigger })).resolves.toEqual({
      taken: false,
      why: 'kept for the end of the replace under way',
    });
    expect(ports.node(NODE_ID).intents).toMatchObject([{ kind: 'replace', instanceId: REPLACEMENT_ID }]);
  });

  it('loses to one that was faster, and leaves its wish there', async () => {
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
    { name: 'is none of ours', trigger: warningAbout('i-of-another'), why: 'the instance is not a stateful node' },
    { name: 'says nothing', trigger: {}, why: 'the input is neither a known event nor a request' },
    { name: 'names no node', trigger: { nodeId: 'smi-gone' }, why: 'there is no node smi-gone' },
  ])('takes nothing where the trigger $name', async ({ trigger, why }) => {
    const ports = new InMemoryPorts(aNode());

    await expect(takeNode(ports)({ ...replacing, trigger })).resolves.toEqual({ taken: false, why });
    expect(ports.journal).toEqual([]);
  });
});
