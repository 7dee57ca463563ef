import { OwnershipLost } from '../../../domain/errors';
import { INTERFACE_POLL_INTERVAL_MS, INTERFACE_POLLS_A_STEP } from '../../../lambdas/poll';
import { failOperation } from '../../../lambdas/steps/fail-operation';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  ALLOCATION_ID,
  anAttachedInterface,
  anElasticIp,
  anInstance,
  anInterface,
  INTERFACE_ID,
  NODE_ID,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const cause = JSON.stringify({ errorType: 'NoCapacity', errorMessage: 'No pool has capacity.', trace: [] });
const input = { nodeId: NODE_ID, generation: 4, error: { Error: 'NoCapacity', Cause: cause } };

/** The Elastic IP is on nothing when the operation fails. */
function portsOfTakenAddress(): InMemoryPorts {
  const ports = new InMemoryPorts(aBusyNode({ config: aConfig({ compute: { elasticIp: ALLOCATION_ID } }) }));
  ports.seenInterfaces.set(INTERFACE_ID, anInterface());
  ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined }));
  return ports;
}

const changes = ({ journal }: InMemoryPorts) => journal.filter((entry) => !entry.startsWith('observe'));

describe('failOperation', () => {
  it('leaves a reason that a person can read, and the interface where it is', async () => {
    const ports = new InMemoryPorts(aBusyNode());
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    const errorReason =
      'replace failed: NoCapacity: No pool has capacity. eni-00000000000000001 (10.0.0.10) is retained. ' +
      'No instance carries it. Next try: 2026-11-03T10:01:00.000Z.';

    await expect(failOperation(ports)(input)).resolves.toEqual({ errorReason });
    expect(changes(ports)).toEqual(['save ERROR']);
    expect(ports.node(NODE_ID)).toMatchObject({
      status: 'ERROR',
      errorReason,
      identity: { interfaceId: INTERFACE_ID },
    });
    expect(ports.node(NODE_ID).operation).toBeUndefined();
  });

  it.each([
    {
      name: 'a cause in words',
      Cause: 'the state timed out',
      reason: 'replace failed: States.Timeout: the state timed out ',
    },
    { name: 'no cause', Cause: undefined, reason: 'replace failed: States.Timeout:  ' },
    {
      name: 'a document without a message',
      Cause: '{"code":1}',
      reason: 'replace failed: States.Timeout: {"code":1} ',
    },
    {
      name: 'a message that is no text',
      Cause: '{"errorMessage":1}',
      reason: 'replace failed: States.Timeout: {"errorMessage":1} ',
    },
  ])('reads $name', async ({ Cause, reason }) => {
    const ports = new InMemoryPorts(aBusyNode());
    const { errorReason } = await failOperation(ports)({ ...input, error: { Error: 'States.Timeout', Cause } });

    expect(errorReason).toContain(reason);
  });

  it('cleans up before it lets go: the replacement, the Elastic IP, the interfaces', async () => {
    const config = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
    const ports = new InMemoryPorts(aBusyNode({ config }, { launch: aLaunch(), retiredInterfaceIds: ['eni-retired'] }));
    ports.seenInstances.set(REPLACEMENT_ID, anInstance());
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    ports.seenInterfaces.set('eni-retired', anInterface({ id: 'eni-retired' }));
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined }));
    await failOperation(ports)(input);

    expect(changes(ports)).toEqual([
      `terminate ${REPLACEMENT_ID}`,
      `associate ${ALLOCATION_ID} with ${INTERFACE_ID}`,
      'delete eni-retired',
      'save ERROR',
    ]);
  });

  it('gives EC2 time to show the Elastic IP where it has been put', async () => {
    const ports = portsOfTakenAddress();
    const shown = [undefined, undefined, INTERFACE_ID];
    const associated = jest.spyOn(ports.elasticIps, 'associate');
    const observe = ports.elasticIps.observe;
    ports.elasticIps.observe = async (id) =>
      associated.mock.calls.length === 0 ? observe(id) : anElasticIp({ interfaceId: shown.shift() });
    await failOperation(ports)(input);

    expect(ports.sleptMs).toBe(2 * INTERFACE_POLL_INTERVAL_MS);
    expect(changes(ports)).toEqual([`associate ${ALLOCATION_ID} with ${INTERFACE_ID}`, 'save ERROR']);
  });

  it('tells of the failure where EC2 never shows it', async () => {
    const ports = portsOfTakenAddress();
    ports.showsLate = true;
    await failOperation(ports)(input);

    expect(ports.sleptMs).toBe((INTERFACE_POLLS_A_STEP - 1) * INTERFACE_POLL_INTERVAL_MS);
    expect(changes(ports)).toEqual([`associate ${ALLOCATION_ID} with ${INTERFACE_ID}`, 'save ERROR']);
  });

  it('gives the identity back to the old instance where that still has the interface of before', async () => {
    const config = aConfig({ persistence: { eniAttachment: 'hot' }, compute: { elasticIp: ALLOCATION_ID } });
    const identity = { interfaceId: 'eni-made', settled: true };
    const ports = new InMemoryPorts(
      aBusyNode({ config, identity }, { launch: aLaunch(), retiredInterfaceIds: [INTERFACE_ID] }),
    );
    ports.seenInstances.set(REPLACEMENT_ID, anInstance());
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    ports.seenInterfaces.set('eni-made', anInterface({ id: 'eni-made' }));
    ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex: 1 }));
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: 'eni-made' }));
    await failOperation(ports)(input);

    expect(changes(ports)).toEqual([
      `terminate ${REPLACEMENT_ID}`,
      `associate ${ALLOCATION_ID} with ${INTERFACE_ID}`,
      'delete eni-made',
      'save ERROR',
    ]);
    expect(ports.node(NODE_ID)).toMatchObject({
      instance: { id: OLD_INSTANCE_ID },
      identity: { interfaceId: INTERFACE_ID, privateIp: '10.0.0.10' },
    });
  });

  it('ends what a launch has made whose answer was lost', async () => {
    const launch = aLaunch({ state: 'requested', instanceId: undefined });
    const ports = new InMemoryPorts(aBusyNode({}, { launch }));
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    ports.launchedUnder.set(`${NODE_ID}-4-0`, anInstance());
    await failOperation(ports)(input);

    expect(changes(ports)).toEqual([`terminate ${REPLACEMENT_ID}`, 'save ERROR']);
  });

  it('pauses a node whose address is taken while its interface is gone, and ends the instance without it', async () => {
    const config = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
    const ports = new InMemoryPorts(aBusyNode({ config }, { kind: 'adjust' }));
    ports.seenInstances.set(OLD_INSTANCE_ID, anInstance({ id: OLD_INSTANCE_ID }));
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined }));
    const Cause = JSON.stringify({ errorMessage: '10.0.0.10 is in use' });
    await failOperation(ports)({ ...input, error: { Error: 'AddressTaken', Cause } });

    expect(changes(ports)).toEqual([`terminate ${OLD_INSTANCE_ID}`, 'save PAUSED']);
    expect(ports.node(NODE_ID)).toMatchObject({
      status: 'PAUSED',
      failure: { operation: 'launch', count: 1, nextTryAt: '2026-11-03T10:01:00.000Z' },
      errorReason:
        `adjust failed: AddressTaken: 10.0.0.10 is in use ${INTERFACE_ID} (10.0.0.10) is gone. ` +
        'No instance carries it. Next try: 2026-11-03T10:01:00.000Z.',
    });
    expect(ports.node(NODE_ID)).not.toHaveProperty('instance');
  });

  it.each([
    {
      name: 'keeps it',
      shouldKeepElasticIpOnPause: true,
      changed: [`associate ${ALLOCATION_ID} with ${INTERFACE_ID}`],
    },
    { name: 'gives it up', shouldKeepElasticIpOnPause: false, changed: [] },
  ])('leaves the Elastic IP of a node without an instance as a pause does: $name', async (row) => {
    const { shouldKeepElasticIpOnPause } = row;
    const config = aConfig({ compute: { elasticIp: ALLOCATION_ID }, persistence: { shouldKeepElasticIpOnPause } });
    const ports = new InMemoryPorts(aBusyNode({ config }));
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    ports.seenElasticIps.set(ALLOCATION_ID, anElasticIp({ interfaceId: undefined }));
    await failOperation(ports)(input);

    expect(changes(ports)).toEqual([...row.changed, 'save ERROR']);
  });

  it.each([
    { name: 'is where it belongs', elasticIp: anElasticIp() },
    { name: 'no longer exists', elasticIp: undefined },
  ])('leaves an Elastic IP alone that $name', async ({ elasticIp }) => {
    const config = aConfig({ compute: { elasticIp: ALLOCATION_ID } });
    const ports = new InMemoryPorts(aBusyNode({ config }));
    ports.seenInterfaces.set(INTERFACE_ID, anInterface());
    if (elasticIp) ports.seenElasticIps.set(ALLOCATION_ID, elasticIp);
    await failOperation(ports)(input);

    expect(changes(ports)).toEqual(['save ERROR']);
  });

  it('touches nothing of a node that another operation owns', async () => {
    const ports = new InMemoryPorts(aBusyNode({}, { generation: 5, launch: aLaunch() }));

    await expect(failOperation(ports)(input)).rejects.toThrow(OwnershipLost);
    expect(ports.journal).toEqual([]);
  });
});
