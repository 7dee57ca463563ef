/** The journal has the whole world at every moment, whatever changes it. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../../../local/server/journal';
import { openPersistentSandbox, type PersistentSandbox } from '../../../local/server/persistent-sandbox';
import { control } from '../../../local/server/simulator-control';
import { stateFrom } from '../../../local/server/stored-state';
import { addressesOf, createNode, exampleDocument } from '../../../local/sandbox';
import { worldToJson } from '../../../simulator/ec2/world';

let folder: string;
let kept: PersistentSandbox;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
  kept = await openPersistentSandbox({ path: join(folder, 'data'), speed: 10_000 });
});
afterEach(async () => {
  await kept.close();
  rmSync(folder, { recursive: true });
});

/** What a process that is killed now would leave. */
function storedWorld(): string {
  expect(kept.store()).toBeUndefined();
  const copy = join(folder, 'copy.jsonl');
  cpSync(join(folder, 'data', 'state.jsonl'), copy);
  const journal = new Journal(copy);
  journal.open();
  journal.close();
  return worldToJson(stateFrom(journal.entries()).world);
}

let compared = 0;
function compare(): void {
  compared += 1;
  const [stored, actual] = [storedWorld(), worldToJson(kept.sandbox.ec2.world)];
  if (stored !== actual) expect(JSON.parse(stored)).toEqual(JSON.parse(actual));
  expect(stored).toBe(actual);
}

/** Compares every two simulated seconds until all operations have ended, and no instance starts or stops. */
async function settle(): Promise<void> {
  const { clock, plane, ec2 } = kept.sandbox;
  const isChanging = (): boolean =>
    plane.stepFunctions.isRunning() ||
    [...ec2.world.instances.values()].some(({ state }) => state === 'pending' || state === 'stopping');
  for (let second = 0; second < 20 || isChanging(); second += 2) {
    await clock.sleep(2_000);
    compare();
  }
}

async function act(name: string, body: object = {}): Promise<any> {
  const response = await control(kept.sandbox, 'POST', `/simulator/${name}`, JSON.stringify(body));
  expect({ name, ...response }).toEqual({ name, status: 200, body: expect.anything() as unknown });
  compare();
  return response.body;
}

test('it is stored while nodes are made, interrupted and deleted, and while people change resources', async () => {
  const { sandbox } = kept;
  const token = await sandbox.token();
  const ask = async (method: string, path: string): Promise<void> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const { status } = await sandbox.plane.request({ method, path: `/aws/ec2/managedInstance/${path}`, headers });
    expect({ path, status }).toEqual({ path, status: 200 });
  };
  for (const attachment of ['cold', 'hot'] as const) {
    const { allocationId } = await act('allocate-address');
    const document = exampleDocument(sandbox.account, allocationId, attachment);
    const privateIp = attachment === 'cold' ? '10.0.0.42' : '10.0.0.43';
    const id = await createNode(sandbox, { ...document, compute: { ...document.compute, privateIp } });
    await settle();
    const { instanceId, networkInterfaceId } = addressesOf(sandbox, (await sandbox.node(id))!)!;
    await act('interrupt', { instanceId });
    await settle();
    await act('disassociate-address', { allocationId });
    if (attachment === 'hot') {
      await act('detach-interface', { networkInterfaceId, force: true });
      await settle();
    }
    await ask('PUT', `${id}/pause`);
    await settle();
    await ask('PUT', `${id}/resume`);
    await settle();
    await ask('DELETE', id);
    await settle();
  }
  const plain = await act('launch', { lifeCycle: 'on_demand' });
  await settle();
  await act('impair', { instanceId: plain.instanceId });
  await act('heal', { instanceId: plain.instanceId });
  await act('stop', { instanceId: plain.instanceId });
  await settle();
  await act('start', { instanceId: plain.instanceId });
  await settle();
  await act('capacity', { instanceType: 'm7g.large', availabilityZone: 'us-east-1a', lifeCycle: 'spot', count: 1 });
  await act('capacity', { instanceType: 'm7g.large', availabilityZone: 'us-east-1a', lifeCycle: 'spot', count: null });
  await act('terminate', { instanceId: plain.instanceId });
  await settle();
  expect(compared).toBeGreaterThan(100);
});
