import { OwnershipLost, RequestRejected, Throttled } from '../../../domain/errors';
import type { SeenInstance } from '../../../domain/node/observations';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { failOperation } from '../../../lambdas/steps/fail-operation';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anIdentity,
  anInstance,
  anInterface,
  aRequestedLaunch,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const cause = JSON.stringify({ errorType: 'NoCapacity', errorMessage: 'No pool has capacity.', trace: [] });
const input = { nodeId: NODE_ID, generation: 4, error: { Error: 'NoCapacity', Cause: cause } };
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** Ports of an EC2 that answers before the look times out. */
function portsOf(node: StatefulNode): InMemoryPorts {
  const ports = new InMemoryPorts(node);
  ports.time.sleep = never;
  return ports;
}

/** The replacement was launched for nothing: the old instance still has the interface. */
function portsOfVainLaunch(): InMemoryPorts {
  const config = aConfig({ persistence: { eniAttachment: 'hot' } });
  const ports = portsOf(aBusyNode({ config }, { launch: aLaunch() }));
  ports.seenInstances.set(REPLACEMENT_ID, anInstance());
  ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
  ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex: 1 }));
  return ports;
}

const changes = ({ journal }: InMemoryPorts) => journal.filter((entry) => !entry.startsWith('observe'));

describe('failOperation', () => {
  it.each([
    { state: 'terminated', survives: false },
    { state: 'shutting-down', survives: false },
    { state: 'stopping', survives: true },
  ] as const)('believes the end that the operation has seen, although EC2 shows it late: $state', async (row) => {
    const ports = portsOf(aBusyNode());
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    const old = { instanceId: OLD_INSTANCE_ID, role: 'old', state: row.state, at: NOW } as const;
    const { errorReason } = await failOperation(ports)({ ...input, observed: { waits: [], old } });
    expect(ports.node(NODE_ID).instance?.id).toBe(row.survives ? OLD_INSTANCE_ID : undefined);
    expect(errorReason).toContain(row.survives ? 'keeps running' : 'No instance carries it.');
  });

  it('keeps what the surviving old instance was launched with', async () => {
    const outdated = { 'compute.launchSpecification.monitoring': null };
    const { instance } = aBusyNode();
    const ports = portsOf(aBusyNode({ instance: { ...instance!, outdated } }));
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    await failOperation(ports)(input);
    expect(ports.node(NODE_ID).instance).toMatchObject({ id: OLD_INSTANCE_ID, outdated });
  });

  it('believes nothing of another instance', async () => {
    const ports = portsOf(aBusyNode());
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    const old = { instanceId: 'i-another', role: 'old', state: 'terminated', at: NOW } as const;
    await failOperation(ports)({ ...input, observed: { waits: [], old } });
    expect(ports.node(NODE_ID).instance?.id).toBe(OLD_INSTANCE_ID);
  });

  it('leaves a reason that a person can read, and the interface where it is', async () => {
    const ports = portsOf(aBusyNode());
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    const errorReason =
      'replace failed: NoCapacity: No pool has capacity. eni-00000000000000001 (10.0.0.10) is retained. ' +
      'No instance carries it. Next try: 2026-11-03T10:01:00.000Z.';

    await expect(failOperation(ports)(input)).resolves.toEqual({ errorReason, postponed: [] });
    expect(changes(ports)).toEqual(['save ERROR']);
    expect(ports.node(NODE_ID)).toMatchObject({
      status: 'ERROR',
      errorReason,
      identity: { interfaceId: INTERFACE_ID },
    });
    expect(ports.node(NODE_ID).operation).toBeUndefined();
  });

  it('measures the failure, by its error and in all', async () => {
    const ports = portsOf(aBusyNode());
    await failOperation(ports)(input);

    expect(ports.measured).toEqual([
      { group: 'failures', dimensions: {}, values: { RecordedFailures: 1 } },
      { group: 'failure', dimensions: { Error: 'NoCapacity' }, values: { FailedOperations: 1 } },
    ]);
  });

  it.each([
    {
      name: 'a cause in words',
      Cause: 'the state timed out',
      reason: 'replace failed: States.Timeout: the state timed out. ',
    },
    { name: 'no cause', Cause: undefined, reason: 'replace failed: States.Timeout. ' },
    {
      name: 'a document without a message',
      Cause: '{"code":1}',
      reason: 'replace failed: States.Timeout: {"code":1}. ',
    },
    {
      name: 'a message that is no text',
      Cause: '{"errorMessage":1}',
      reason: 'replace failed: States.Timeout: {"errorMessage":1}. ',
    },
  ])('reads $name', async ({ Cause, reason }) => {
    const ports = portsOf(aBusyNode());
    const { errorReason } = await failOperation(ports)({ ...input, error: { Error: 'States.Timeout', Cause } });

    expect(errorReason).toContain(reason);
  });

  it('removes what it has given up after the record says so, and not before', async () => {
    const ports = portsOfVainLaunch();
    await failOperation(ports)(input);

    expect(changes(ports)).toEqual(['save ERROR', `terminate ${REPLACEMENT_ID}`]);
    expect(ports.node(NODE_ID)).toMatchObject({
      instance: { id: OLD_INSTANCE_ID },
      givenUp: [{ kind: 'instance', id: REPLACEMENT_ID, since: NOW }],
    });
  });

  it('keeps a living replacement, so that the next try can continue with it', async () => {
    const ports = portsOf(aBusyNode({}, { launch: aLaunch() }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance());
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface());
    await failOperation(ports)(input);

    expect(changes(ports)).toEqual(['save ERROR']);
    expect(ports.node(NODE_ID)).toMatchObject({
      instance: { id: REPLACEMENT_ID },
      failure: { operation: 'replace', remains: { launch: { instanceId: REPLACEMENT_ID } } },
    });
  });

  it('finds the instance of a launch whose answer was lost', async () => {
    const launch = aRequestedLaunch();
    const ports = portsOf(aBusyNode({}, { launch }));
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    ports.launchedUnder.set(`${NODE_ID}-4-0`, anInstance());
    await failOperation(ports)(input);

    expect(changes(ports)).toEqual(['save ERROR']);
    expect(ports.node(NODE_ID)).toMatchObject({
      instance: { id: REPLACEMENT_ID },
      failure: { remains: { launch: { state: 'launched', instanceId: REPLACEMENT_ID } } },
    });
  });

  describe('if the interface is the primary one of an instance that the record does not name', () => {
    const unnamed = () => aBusyNode({ instance: undefined }, { oldInstanceId: undefined });
    const portsWith = (node: StatefulNode, holder: Partial<SeenInstance>, deviceIndex = 0): InMemoryPorts => {
      const ports = portsOf(node);
      ports.seenInstances.set('i-unnamed', anInstance({ id: 'i-unnamed', nodeId: NODE_ID, ...holder }));
      ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: 'i-unnamed', deviceIndex }));
      return ports;
    };
    const adjusting = () => aBusyNode({ instance: undefined }, { kind: 'adjust', oldInstanceId: undefined });

    it.each([
      { name: 'replacement', node: unnamed },
      { name: 'adjustment', node: adjusting },
    ])('names it after a failed $name, so that the next try can end it', async ({ node }) => {
      const ports = portsWith(node(), {});
      await failOperation(ports)(input);

      expect(changes(ports)).toEqual(['register i-unnamed', 'save ERROR']);
      expect(ports.node(NODE_ID)).toMatchObject({
        instance: { id: 'i-unnamed', attachment: 'cold' },
        errorReason: expect.stringContaining('i-unnamed keeps running.') as string,
      });
    });

    it.each([
      { name: 'was launched for another node', node: unnamed, holder: { nodeId: 'smi-0000000f' }, deviceIndex: 0 },
      { name: 'has ended', node: unnamed, holder: { state: 'terminated' as const }, deviceIndex: 0 },
      { name: 'can be detached from it', node: unnamed, holder: {}, deviceIndex: 1 },
    ])('does not name it if it $name', async ({ node, holder, deviceIndex }) => {
      const ports = portsWith(node(), holder, deviceIndex);
      await failOperation(ports)(input);

      expect(ports.node(NODE_ID)).not.toHaveProperty('instance');
    });

    it('keeps the one that the record names if that lives', async () => {
      const ports = portsWith(aBusyNode(), {});
      ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
      await failOperation(ports)(input);

      expect(changes(ports)).toEqual(['save ERROR']);
      expect(ports.node(NODE_ID)).toMatchObject({ instance: { id: OLD_INSTANCE_ID } });
    });
  });

  it('returns the identity to the old instance if that still has the previous interface', async () => {
    const config = aConfig({ persistence: { eniAttachment: 'hot' }, compute: { elasticIp: ALLOCATION_ID } });
    const identity = anIdentity({ interfaceId: 'eni-made' });
    const ports = portsOf(aBusyNode({ config, identity }, { launch: aLaunch(), retiredInterfaceIds: [INTERFACE_ID] }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance());
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    ports.seenInterfaces.set('eni-made', anInterface({ id: 'eni-made' }));
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex: 1 }));
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: 'eni-made' }));
    await failOperation(ports)(input);

    expect(changes(ports)[0]).toBe('save ERROR');
    expect(changes(ports).slice(1).sort()).toEqual(['delete eni-made', 'save ERROR', `terminate ${REPLACEMENT_ID}`]);
    expect(ports.node(NODE_ID)).toMatchObject({
      instance: { id: OLD_INSTANCE_ID },
      identity: { interfaceId: INTERFACE_ID, privateIp: '10.0.0.10' },
      givenUp: [{ id: REPLACEMENT_ID }],
    });
  });

  it.each([
    { name: 'adjust', kind: 'adjust' as const, failed: 'adjust' },
    { name: 'replace', kind: 'replace' as const, failed: 'replace' },
  ])('terminates no living instance because the address is taken: $name', async ({ kind, failed }) => {
    const ports = portsOf(aBusyNode({}, { kind }));
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    const Cause = JSON.stringify({ errorMessage: '10.0.0.10 is in use' });
    await failOperation(ports)({ ...input, error: { Error: 'AddressTaken', Cause } });

    expect(changes(ports)).toEqual(['save ERROR']);
    expect(ports.node(NODE_ID)).toMatchObject({
      status: 'ERROR',
      instance: { id: OLD_INSTANCE_ID },
      failure: { operation: failed, count: 1, nextTryAt: '2026-11-03T10:01:00.000Z' },
      errorReason:
        `${failed} failed: AddressTaken: 10.0.0.10 is in use. ${INTERFACE_ID} (10.0.0.10) is gone. ` +
        `${OLD_INSTANCE_ID} keeps running. Next try: 2026-11-03T10:01:00.000Z.`,
    });
  });

  it('pauses a node whose address is taken and which has no instance any more', async () => {
    const ports = portsOf(aBusyNode());
    await failOperation(ports)({ ...input, error: { Error: 'AddressTaken', Cause: 'in use' } });

    expect(ports.node(NODE_ID)).toMatchObject({ status: 'PAUSED', failure: { operation: 'launch' } });
    expect(ports.node(NODE_ID)).not.toHaveProperty('instance');
  });

  it.each([
    { name: 'is on nothing', elasticIp: anElasticIp({ interfaceId: undefined }) },
    { name: 'is elsewhere', elasticIp: anElasticIp({ interfaceId: 'eni-of-another' }) },
    { name: 'no longer exists', elasticIp: undefined },
  ])('leaves an Elastic IP that $name to the next try: recording a failure does not depend on EC2', async (row) => {
    const ports = portsOf(aBusyNode({ config: aConfig({ compute: { elasticIp: ALLOCATION_ID } }) }));
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    if (row.elasticIp) ports.seenElasticIps.set(ALLOCATION_ID, row.elasticIp);
    await failOperation(ports)(input);

    expect(changes(ports)).toEqual(['save ERROR']);
  });

  it('changes nothing if another operation owns the node', async () => {
    const ports = portsOf(aBusyNode({}, { generation: 5, launch: aLaunch() }));

    await expect(failOperation(ports)(input)).rejects.toThrow(OwnershipLost);
    expect(ports.journal).toEqual([]);
  });

  it('changes nothing if another operation takes the node during the look', async () => {
    const ports = portsOfVainLaunch();
    ports.onCall = (entry) => {
      if (entry === `observe ${INTERFACE_ID}`) {
        ports.nodeRecords.set(NODE_ID, aBusyNode({ version: 8 }, { generation: 5 }));
      }
    };

    await expect(failOperation(ports)(input)).rejects.toThrow(OwnershipLost);
    expect(changes(ports)).toEqual([]);
  });
});

describe('A failure is recorded', () => {
  /** The record if EC2 did not answer: nothing is given up, and everything is left to the next try. */
  const recordedBlindly = {
    status: 'ERROR',
    instance: { id: OLD_INSTANCE_ID },
    failure: {
      operation: 'replace',
      count: 1,
      remains: { oldInstanceId: OLD_INSTANCE_ID, launch: { instanceId: REPLACEMENT_ID } },
    },
  };

  it('within five seconds, even if EC2 does not answer', async () => {
    const ports = portsOfVainLaunch();
    const waited: number[] = [];
    ports.interfaces.observe = never;
    ports.time.sleep = async (delayMs) => void waited.push(delayMs);

    await expect(failOperation(ports)(input)).resolves.toMatchObject({
      postponed: ['Error: EC2 did not answer within 5000 ms'],
    });
    expect(waited).toEqual([5000]);
    expect(changes(ports)).toEqual(['save ERROR']);
    expect(ports.node(NODE_ID)).toMatchObject(recordedBlindly);
    expect(ports.node(NODE_ID)).not.toHaveProperty('givenUp');
  });

  it.each([
    { name: 'is throttled', error: new Throttled('slow down'), postponed: ['Throttled: slow down'] },
    { name: 'refuses', error: new RequestRejected('no'), postponed: ['RequestRejected: no'] },
  ])('even if EC2 $name', async ({ error, postponed }) => {
    const ports = portsOfVainLaunch();
    ports.instances.observe = () => Promise.reject(error);

    await expect(failOperation(ports)(input)).resolves.toMatchObject({
      postponed,
      errorReason: expect.stringContaining('EC2 could not be asked what carries it.') as string,
    });
    expect(changes(ports)).toEqual(['save ERROR']);
    expect(ports.node(NODE_ID)).toMatchObject(recordedBlindly);
    expect(ports.node(NODE_ID)).not.toHaveProperty('givenUp');
  });

  it.each(['begin', 'end'] as const)('even if the usage cannot be written: %s', async (what) => {
    const ports = portsOf(aBusyNode({}, { launch: aLaunch() }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance());
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface());
    ports.usage[what] = () => Promise.reject(new Throttled('the table is busy'));

    await expect(failOperation(ports)(input)).resolves.toMatchObject({ postponed: ['Throttled: the table is busy'] });
    expect(ports.node(NODE_ID)).toMatchObject({ status: 'ERROR', instance: { id: REPLACEMENT_ID } });
  });

  it('even if what is given up cannot be removed: that is done later', async () => {
    const ports = portsOfVainLaunch();
    ports.instances.terminate = () => Promise.reject(new RequestRejected('it is protected'));

    await expect(failOperation(ports)(input)).resolves.toMatchObject({
      errorReason: expect.stringMatching(/^replace failed: NoCapacity/) as string,
      postponed: ['RequestRejected: it is protected'],
    });
    expect(ports.node(NODE_ID)).toMatchObject({ status: 'ERROR', givenUp: [{ id: REPLACEMENT_ID }] });
  });
});
