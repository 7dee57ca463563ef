/** Which instance carried the node, and when. The steps write it before the record. */
import type { EniAttachment } from '../../../domain/config/node-config';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { usageOf, type Usage } from '../../../domain/costs/usage';
import { confirmNode } from '../../../lambdas/steps/confirm-node';
import { failOperation } from '../../../lambdas/steps/fail-operation';
import { releaseIdentity } from '../../../lambdas/steps/release-identity';
import { settlePause } from '../../../lambdas/steps/settle-pause';
import {
  aBusyNode,
  aConfig,
  aLaunch,
  anAttachedInterface,
  anInstance,
  anInterface,
  aNode,
  INTERFACE_ID,
  NODE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
} from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const input = { nodeId: NODE_ID, generation: 4 };
const noCapacity = { error: { Error: 'NoCapacity', Cause: '' } };

const { launchedAt } = aNode().instance!;
const old = (state: 'running' | 'terminated') => anInstance({ id: OLD_INSTANCE_ID, state, launchedAt });
const oldUsage: Usage = usageOf(old('running'), aConfig());
const newUsage: Usage = usageOf(anInstance(), aConfig());

/** A node whose instance has a usage record. */
function portsOf(node: StatefulNode): InMemoryPorts {
  const ports = new InMemoryPorts(node);
  ports.usageOf.set(NODE_ID, [oldUsage]);
  return ports;
}

function readyToConfirm(eniAttachment: EniAttachment): InMemoryPorts {
  const config = aConfig({ persistence: { persistPrivateIp: true, eniAttachment } });
  const ports = portsOf(aBusyNode({ config }, { launch: aLaunch() }));
  ports.seenInstances.set(REPLACEMENT_ID, anInstance());
  ports.seenInstances.set(OLD_INSTANCE_ID, old('terminated'));
  ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface({ deviceIndex: eniAttachment === 'cold' ? 0 : 1 }));
  return ports;
}

function paused(): InMemoryPorts {
  const ports = portsOf(aBusyNode({}, { kind: 'pause' }));
  ports.seenInstances.set(OLD_INSTANCE_ID, old('terminated'));
  ports.seenInterfaces.set(INTERFACE_ID, anInterface());
  return ports;
}

function deleted(shouldTerminateInstance: boolean): InMemoryPorts {
  const deletion = { shouldTerminateInstance, shouldDeleteNetworkInterfaces: false };
  const ports = portsOf(aBusyNode({ deletion }, { kind: 'delete' }));
  ports.seenInterfaces.set(INTERFACE_ID, anInterface());
  return ports;
}

function failed(survivor: 'old' | 'replacement' | 'none'): InMemoryPorts {
  const ports = portsOf(aBusyNode({}, { launch: aLaunch() }));
  // EC2 answers before the look times out.
  ports.time.sleep = () => new Promise(() => undefined);
  ports.seenInstances.set(OLD_INSTANCE_ID, old(survivor === 'old' ? 'running' : 'terminated'));
  ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state: survivor === 'none' ? 'terminated' : 'running' }));
  const carrier = { old: OLD_INSTANCE_ID, replacement: REPLACEMENT_ID, none: undefined }[survivor];
  const eni = carrier === undefined ? anInterface() : anAttachedInterface({ instanceId: carrier });
  ports.seenInterfaces.set(INTERFACE_ID, eni);
  return ports;
}

type Row = {
  readonly name: string;
  readonly ports: () => InMemoryPorts;
  readonly run: (ports: InMemoryPorts) => Promise<unknown>;
  readonly usage: readonly Usage[];
};

const ended = { ...oldUsage, to: NOW };
const confirm: Row['run'] = (ports) => confirmNode(ports)(input);
const fail: Row['run'] = (ports) => failOperation(ports)({ ...input, ...noCapacity });
const release: Row['run'] = (ports) => releaseIdentity(ports)(input);

const rows: readonly Row[] = [
  {
    name: 'a cold replacement is confirmed, which was launched after the end of the old instance',
    ports: () => readyToConfirm('cold'),
    run: confirm,
    usage: [{ ...oldUsage, to: newUsage.from }, newUsage],
  },
  {
    name: 'a hot replacement is confirmed, which took over from the old instance',
    ports: () => readyToConfirm('hot'),
    run: confirm,
    usage: [ended, newUsage],
  },
  { name: 'a node is paused', ports: paused, run: (ports) => settlePause(ports)(input), usage: [ended] },
  { name: 'a node is deleted', ports: () => deleted(true), run: release, usage: [ended] },
  { name: 'a node is deleted and its instance left', ports: () => deleted(false), run: release, usage: [ended] },
  { name: 'an operation fails and leaves nothing', ports: () => failed('none'), run: fail, usage: [ended] },
  { name: 'an operation fails with the old instance', ports: () => failed('old'), run: fail, usage: [oldUsage] },
  {
    name: 'an operation fails with the replacement',
    ports: () => failed('replacement'),
    run: fail,
    usage: [ended, newUsage],
  },
];

test.each(rows)('$name', async ({ ports: open, run, usage }) => {
  const ports = open();
  await run(ports);

  expect(ports.usageOf.get(NODE_ID)).toEqual(usage);
});

test.each(rows)('$name: written before the record, or by the next try after a crash there', async (row) => {
  const { ports: open, run, usage } = row;
  const ports = open();
  ports.onCall = (entry) => {
    if (!/^(save|remove)/.test(entry)) return;
    expect(ports.usageOf.get(NODE_ID)).toEqual(usage);
    ports.onCall = () => undefined;
    throw new Error('crash');
  };
  await expect(run(ports)).rejects.toThrow('crash');
  ports.sleptMs += 60_000;
  await run(ports);

  expect(ports.usageOf.get(NODE_ID)).toEqual(usage);
});

test('a first launch begins a use and ends none', async () => {
  const { instance: _none, ...node } = aBusyNode({}, { kind: 'launch', oldInstanceId: undefined, launch: aLaunch() });
  const ports = new InMemoryPorts(node);
  ports.seenInstances.set(REPLACEMENT_ID, anInstance());
  ports.seenInterfaces.set(INTERFACE_ID, anAttachedInterface());
  await confirm(ports);

  expect(ports.usageOf.get(NODE_ID)).toEqual([newUsage]);
});

test('a replacement that a failed operation left, and that carries the node already, is one use', async () => {
  const ports = readyToConfirm('cold');
  const instance = { ...aNode().instance!, id: REPLACEMENT_ID, launchedAt: anInstance().launchedAt };
  ports.writeMeanwhile(NODE_ID, { instance });
  ports.usageOf.set(NODE_ID, [newUsage]);
  await confirm(ports);

  expect(ports.usageOf.get(NODE_ID)).toEqual([newUsage]);
});

test('a first launch that fails ends no use', async () => {
  const { instance: _none, ...node } = aBusyNode({}, { kind: 'launch', oldInstanceId: undefined });
  const ports = new InMemoryPorts(node);
  ports.time.sleep = () => new Promise(() => undefined);
  ports.seenInterfaces.set(INTERFACE_ID, anInterface());

  await expect(failOperation(ports)({ ...input, ...noCapacity })).resolves.toMatchObject({ postponed: [] });
  expect(ports.usageOf.size).toBe(0);
});

test('a node without an instance is paused without a use', async () => {
  const { instance: _none, ...node } = aBusyNode({}, { kind: 'pause', oldInstanceId: undefined });
  const ports = new InMemoryPorts(node);
  ports.seenInterfaces.set(INTERFACE_ID, anInterface());
  await settlePause(ports)(input);

  expect(ports.node(NODE_ID).status).toBe('PAUSED');
  expect(ports.usageOf.size).toBe(0);
});

test('an instance that never carried the node is no use of it', async () => {
  const ports = readyToConfirm('cold');
  ports.seenInstances.set(REPLACEMENT_ID, anInstance({ state: 'terminated' }));
  await expect(confirm(ports)).rejects.toThrow('is terminated');

  expect(ports.usageOf.get(NODE_ID)).toEqual([oldUsage]);
});
