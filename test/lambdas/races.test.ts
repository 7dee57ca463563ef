/** What arrives between two writes must not be lost, and must not block what comes after it. */
import { decideFailure } from '../../domain/operation/fail-operation';
import { followUp, liveIntents } from '../../domain/operation/intents';
import { decideTake } from '../../domain/operation/ownership';
import { parseTrigger } from '../../domain/operation/trigger';
import { windUp } from '../../lambdas/steps/wind-up';
import { takeNode } from '../../lambdas/steps/take-node';
import { confirmNode } from '../../lambdas/steps/confirm-node';
import { failOperation } from '../../lambdas/steps/fail-operation';
import * as b from '../domain/builders';
import { InMemoryPorts } from '../lambdas/in-memory-ports';

const input = { nodeId: b.NODE_ID, generation: 4 };

it('hot: leaves the old instance to the next try to end if the replacement carries the identity', () => {
  const config = b.aConfig({ persistence: { persistPrivateIp: true, eniAttachment: 'hot' } });
  const owned = b.anOwnedNode({ config }, { launch: b.aLaunch() });
  const decision = decideFailure(
    owned,
    {
      replacement: b.anInstance(),
      old: b.anInstance({ id: b.OLD_INSTANCE_ID }),
      interface: b.anAttachedInterface({ deviceIndex: 1 }),
      elasticIp: undefined,
      retired: [],
    },
    { name: 'NoCapacity', message: 'No pool has capacity.' },
    b.NOW,
  );
  expect(decision).toMatchObject({ survivor: { id: b.REPLACEMENT_ID }, remains: { oldInstanceId: b.OLD_INSTANCE_ID } });
});

it('records the failure even if the cause is a truncated document', async () => {
  const ports = new InMemoryPorts(b.aBusyNode());
  await failOperation(ports)({ ...input, error: { Error: 'NoCapacity', Cause: '{"errorMessage":"No po' } });
  expect(ports.node(b.NODE_ID).status).toBe('ERROR');
});

it('a kept launch is dropped once an instance carries the node, and hides no warning', async () => {
  const launch = { kind: 'launch' as const, reason: 'requested', requestedAt: b.NOW };
  const warned = { kind: 'replace' as const, reason: 'warning', instanceId: b.REPLACEMENT_ID, requestedAt: b.NOW };
  expect(liveIntents(b.aBusyNode({ intents: [launch, warned] }), b.REPLACEMENT_ID)).toEqual([warned]);
});

it('a warning kept for the end of an operation still ends the drain', async () => {
  const config = b.aConfig({ strategy: { drainingTimeout: 3600 } });
  const ports = new InMemoryPorts(b.aBusyNode({ config }, { launch: b.aLaunch() }));
  ports.nodeOfInstance.set(b.REPLACEMENT_ID, b.NODE_ID);
  ports.seenInstances.set(b.REPLACEMENT_ID, b.anInstance());
  ports.seenInterfaces.set(b.INTERFACE_ID, b.anAttachedInterface());
  const warning = {
    source: 'aws.ec2',
    'detail-type': 'EC2 Spot Instance Interruption Warning',
    time: b.NOW,
    detail: { 'instance-id': b.REPLACEMENT_ID, 'instance-action': 'terminate' },
  };
  await takeNode(ports)({ operation: 'replace', executionId: 'second', trigger: warning });
  await confirmNode(ports)(input);
  await windUp(ports)(input);
  const started = ports.journal.find((entry) => entry.startsWith('start'))!;
  const trigger: unknown = JSON.parse(started.slice(started.indexOf('{')));
  const taken = await takeNode(ports)({ operation: 'replace', executionId: 'third', trigger });
  expect(taken).toMatchObject({ taken: true });
  expect((taken as { drainSeconds: number }).drainSeconds).toBeLessThanOrEqual(120);
});

it('the latest possible time does not throw', () => {
  const event = {
    source: 'aws.ec2',
    'detail-type': 'EC2 Spot Instance Interruption Warning',
    time: '+275760-09-13T00:00:00.000Z',
    detail: { 'instance-id': 'i-1' },
  };
  expect(() => parseTrigger(event)).not.toThrow();
});

it('a warning about a replacement that is registered but not yet recorded is not lost', async () => {
  const launch = b.aRequestedLaunch();
  const ports = new InMemoryPorts(b.aBusyNode({}, { launch }));
  ports.nodeOfInstance.set(b.REPLACEMENT_ID, b.NODE_ID);
  const trigger = {
    source: 'aws.ec2',
    'detail-type': 'EC2 Spot Instance Interruption Warning',
    time: b.NOW,
    detail: { 'instance-id': b.REPLACEMENT_ID },
  };
  await takeNode(ports)({ operation: 'replace', executionId: 'second', trigger });
  expect(ports.node(b.NODE_ID).intents).toHaveLength(1);
});

it('an operation started by an event does not take over a user intent', () => {
  const pause = { kind: 'pause' as const, reason: 'pause requested', requestedAt: b.NOW };
  const trigger = { kind: 'warning' as const, instanceId: b.OLD_INSTANCE_ID, reason: 'warning', endsAt: b.NOW };
  const decision = decideTake(
    b.aNode({ intents: [pause] }),
    { operation: 'replace', executionId: 'e', trigger },
    b.NOW,
  );
  expect(decision).toMatchObject({ kind: 'take', node: { intents: [pause] } });
  expect(decision.kind === 'take' && followUp(decision.node)).toMatchObject({ kind: 'pause' });
});

it('an address that is asked for again while the wind-up releases it still belongs to the node', async () => {
  const again = 'eipalloc-0000000000000000a';
  const node = b.aNode({ heldClaims: [again] });
  const ports = new InMemoryPorts(node);
  ports.claimedBy.set(again, { holder: node.id, claimedAt: b.NOW });
  // The update is written between the wind-up's look at the record and its own write.
  const { release } = ports.claims;
  ports.claims.release = async (address, nodeId) => {
    await release(address, nodeId);
    const latest = ports.node(node.id);
    const config = b.aConfig({ compute: { elasticIp: again } });
    ports.nodeRecords.set(node.id, { ...latest, version: latest.version + 1, config });
  };
  await windUp(ports)({ nodeId: node.id, generation: node.generation });
  expect(ports.node(node.id).heldClaims).toEqual([again]);
});
