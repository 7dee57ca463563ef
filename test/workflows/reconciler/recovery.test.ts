/** Recovery: records are made and corrected from what EC2 shows, and their nodes work as before. */
import { AttachNetworkInterfaceCommand } from '@aws-sdk/client-ec2';
import type { NodeConfig } from '../../../domain/config/node-config';
import type { Rebuilt, RebuildRequest } from '../../../lambdas/api/recovery-service';
import { addressesOf } from '../../../local/sandbox';
import { beginImport, KEEPING, launchPlain } from '../import-play';
import { createNodes, HOUR_SECONDS, isWhole, WITH_RECONCILER } from '../long-play';
import { emptyTable, everything, itemsOf, restoreTable, withIdentity, type Item } from './lost-tables';
import { identityIn, plays, type Play, type PlayOptions } from '../play';

const open = plays();

const NAMES = ['with-elastic-ip', 'without', 'paused', 'paused-with-elastic-ip'] as const;
type Name = (typeof NAMES)[number];

/** The ids of four nodes, each with an address of its own: two that run, two that are paused. */
async function createFour(play: Play): Promise<Readonly<Record<Name, string>>> {
  const ids: Partial<Record<Name, string>> = {};
  for (const [index, name] of NAMES.entries()) {
    const example = await play.document();
    const { elasticIp, ...compute } = { ...example.compute, privateIp: `10.0.0.${100 + index}` };
    const isPublic = name.endsWith('with-elastic-ip');
    const document = { ...example, name, compute: isPublic ? { ...compute, elasticIp } : compute };
    ids[name] = (await play.ask((service) => service.create(document))).id;
    if (name.startsWith('paused')) await play.ask((service) => service.act(ids[name] ?? '', 'pause'));
  }
  return ids as Record<Name, string>;
}

/** What a person knows of a paused node, and EC2 does not. */
function configurationOf(play: Play): Pick<NodeConfig, 'persistence'> & { readonly compute: object } {
  const { arm64ImageId } = play.sandbox.account;
  const launchSpecification = { imageId: arm64ImageId, instanceTypes: { types: ['m7g.large', 'm6g.large'] } };
  return { persistence: { eniAttachment: play.attachment }, compute: { launchSpecification } };
}

function rebuild(play: Play, request: Partial<RebuildRequest> = {}): Promise<readonly Rebuilt[]> {
  const { recovery } = play.service;
  return play.settle(recovery.rebuild({ isDryRun: false, configurations: new Map(), ...request }));
}

function outcomes(rebuilt: readonly Rebuilt[]): Readonly<Record<string, string>> {
  return Object.fromEntries(rebuilt.map(({ nodeId, outcome }) => [nodeId, outcome]));
}

/** The same outcome for each. */
function each(ids: Readonly<Record<Name, string>>, outcome: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.values(ids).map((id) => [id, outcome]));
}

/** A node's addresses, name and status, from its record. */
async function shown(play: Play, nodeId: string) {
  play.nodeId = nodeId;
  const { identity, status, name, elasticIp } = await play.node().then(({ config, ...node }) => ({
    ...node,
    name: config.name,
    elasticIp: config.compute.elasticIp,
  }));
  const { interfaceId, privateIp, macAddress, publicIp, settled } = identity;
  return { status, name, elasticIp, interfaceId, privateIp, macAddress, publicIp, settled };
}

async function allShown(play: Play, ids: Readonly<Record<Name, string>>) {
  const found = [];
  for (const id of Object.values(ids)) found.push(await shown(play, id));
  return found;
}

/** The items without the reason that the reconciler writes down when it does nothing. */
function withoutHalt(items: readonly Item[]): readonly Item[] {
  return items.map(({ halted: _halted, ...item }) => item);
}

/** Interrupts the node's instance, and expects that the node keeps its addresses. */
async function survivesInterruption(play: Play, nodeId: string): Promise<void> {
  play.nodeId = nodeId;
  const node = await play.node();
  const before = addressesOf(play.sandbox, node);
  await play.interrupt();
  await play.passSeconds(5);
  // The warning finds the node by its instance; the reconciler's next run did not start this.
  expect((await play.node()).operation?.reason).toMatch(/warning/);
  await play.passSeconds(600);
  await play.untilIdle();
  const after = await play.addresses();
  expect(identityIn(after)).toEqual(identityIn(before));
  expect(after?.instanceId).not.toBe(before?.instanceId);
  expect(await isWhole(play)).toBe(true);
}

/** The reconciler runs 1,440 times in a day. */
const A_DAY_OF_RUNS_MS = 300_000;

describe.each(['cold', 'hot'] as const)('%s nodes whose table is empty', (attachment) => {
  const options: PlayOptions = { attachment, controlPlane: WITH_RECONCILER };

  test(
    'are unknown and unchanged a day later, and are nodes again after the rebuild',
    async () => {
      const play = await open(options);
      const ids = await createFour(play);
      const asTheyWere = await allShown(play, ids);
      const before = everything(play);
      await emptyTable(play);
      await play.passSeconds(24 * HOUR_SECONDS);
      expect(everything(play)).toEqual(before);

      const { unknown, doubt, nodes } = await play.settle(play.service.recovery.state());
      expect(nodes).toBe(0);
      expect(doubt).toMatch(/does not say whose it is/);
      expect(unknown.map(({ kind, origin }) => `${kind} ${origin.nodeId}`).sort()).toEqual(
        [
          ...Object.values(ids).map((id) => `interface ${id}`),
          ...[ids['with-elastic-ip'], ids.without].map((id) => `instance ${id}`),
        ].sort(),
      );

      const isMade = { [ids['with-elastic-ip']]: 'made', [ids.without]: 'made' };
      const isRefused = { [ids.paused]: 'refused', [ids['paused-with-elastic-ip']]: 'refused' };
      expect(outcomes(await rebuild(play, { isDryRun: true }))).toEqual({ ...isMade, ...isRefused });
      expect(await itemsOf(play)).toEqual([]);

      expect(outcomes(await rebuild(play))).toEqual({ ...isMade, ...isRefused });
      const configurations = new Map(
        [ids.paused, ids['paused-with-elastic-ip']].map((id) => [id, configurationOf(play)]),
      );
      const again = await rebuild(play, { configurations });
      expect(outcomes(again)).toEqual({
        [ids['with-elastic-ip']]: 'kept',
        [ids.without]: 'kept',
        [ids.paused]: 'made',
        [ids['paused-with-elastic-ip']]: 'made',
      });
      expect(outcomes(await rebuild(play))).toEqual(each(ids, 'kept'));
      expect(await play.settle(play.service.recovery.state())).toMatchObject({
        doubt: undefined,
        nodes: 4,
        unknown: [],
      });

      expect(await allShown(play, ids)).toEqual(asTheyWere);
      await play.passSeconds(HOUR_SECONDS);
      expect(everything(play)).toEqual(before);

      for (const id of [ids.paused, ids['paused-with-elastic-ip']]) {
        play.nodeId = id;
        await play.ask((service) => service.act(id, 'resume'));
        expect(await isWhole(play)).toBe(true);
      }
      for (const id of Object.values(ids)) await survivesInterruption(play, id);
      const addresses = asTheyWere.map(({ interfaceId, privateIp, publicIp }) => ({
        interfaceId,
        privateIp,
        publicIp,
      }));
      expect(await allShown(play, ids)).toMatchObject(addresses);
    },
    A_DAY_OF_RUNS_MS,
  );
});

describe.each(['cold', 'hot'] as const)('%s nodes whose table was restored to a time', (attachment) => {
  const options: PlayOptions = { attachment, controlPlane: WITH_RECONCILER };

  test('before a replacement are not changed until the record is corrected, and work again then', async () => {
    const play = await open(options);
    await play.create();
    const snapshot = await itemsOf(play);
    await play.ask((service) => service.act(play.nodeId, 'recycle'));
    await play.passSeconds(600);
    const asItWas = await play.node();
    const before = everything(play);
    await restoreTable(play, snapshot);
    await play.passSeconds(2 * HOUR_SECONDS);
    expect(everything(play)).toEqual(before);
    expect(await play.settle(play.service.recovery.state())).toMatchObject({
      doubt: expect.stringMatching(/the records are older than what EC2 shows: i-\S+ of smi-/) as unknown,
    });

    const corrected = { [play.nodeId]: 'corrected' };
    expect(outcomes(await rebuild(play, { isDryRun: true }))).toEqual(corrected);
    expect(withoutHalt(await itemsOf(play))).toEqual(withoutHalt(snapshot));
    expect(outcomes(await rebuild(play))).toEqual(corrected);
    expect(outcomes(await rebuild(play))).toEqual({ [play.nodeId]: 'kept' });
    const { instance, identity, config, status, generation } = asItWas;
    expect(await play.node()).toMatchObject({ identity, config, status, generation, instance: { id: instance?.id } });

    await play.passSeconds(HOUR_SECONDS);
    expect(everything(play)).toEqual(before);
    await survivesInterruption(play, play.nodeId);
  });

  test('before their deletion, which left the interface, do not come back', async () => {
    const play = await open(options);
    const { identity } = await play.create();
    const snapshot = await itemsOf(play);
    const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false };
    await play.ask((service) => service.delete(play.nodeId, deletion));
    const before = everything(play);
    await restoreTable(play, snapshot);
    await play.passSeconds(HOUR_SECONDS);
    expect(outcomes(await rebuild(play, { isDryRun: true }))).toEqual({ [play.nodeId]: 'removed' });
    expect(outcomes(await rebuild(play))).toEqual({ [play.nodeId]: 'removed' });
    await play.passSeconds(HOUR_SECONDS);
    expect(everything(play)).toEqual(before);
    expect(before).toEqual([`${identity.interfaceId} on nothing`]);
    expect(await play.settle(play.service.recovery.state())).toMatchObject({ doubt: undefined, nodes: 0, unknown: [] });
    expect(await play.claims()).toEqual([]);
  });
});

describe.each([
  { name: 'a copy of another', change: { tableName: { S: 'the-one-before' } }, because: /is a copy of the-one-before/ },
  {
    name: "another deployment's",
    change: { deployment: { S: 'Staging' } },
    because: /belongs to the deployment Staging/,
  },
])('a table that is $name', ({ change, because }) => {
  test('is in doubt until the records are rebuilt', async () => {
    const play = await open({ controlPlane: WITH_RECONCILER });
    const { instance } = await play.create();
    await restoreTable(play, withIdentity(await itemsOf(play), change));
    const before = everything(play);
    await play.passSeconds(HOUR_SECONDS);
    expect(everything(play)).toEqual(before);
    expect((await play.settle(play.service.recovery.state())).doubt).toMatch(because);
    await expect(play.settle(play.service.act(play.nodeId, 'recycle'))).rejects.toThrow(because);

    expect(outcomes(await rebuild(play))).toEqual({ [play.nodeId]: 'kept' });
    expect((await play.settle(play.service.recovery.state())).doubt).toBeUndefined();
    expect(everything(play)).toEqual(before);
    await survivesInterruption(play, play.nodeId);
    expect((await play.node()).instance?.id).not.toBe(instance?.id);
  });
});

test('a node whose instance ended while the table was in doubt recovers by itself after the rebuild', async () => {
  const play = await open({ controlPlane: WITH_RECONCILER });
  const { instance } = await play.create();
  await restoreTable(play, withIdentity(await itemsOf(play), { tableName: { S: 'the-one-before' } }));
  await play.terminateByHand(instance?.id ?? '');
  await play.passSeconds(600);
  expect(play.liveInstanceIds()).toEqual([]);
  expect(outcomes(await rebuild(play))).toEqual({ [play.nodeId]: 'kept' });
  await play.passSeconds(600);
  expect(await isWhole(play)).toBe(true);
});

test('an interface that a person has attached to another instance comes back, and that instance stays', async () => {
  const play = await open({ attachment: 'hot', controlPlane: WITH_RECONCILER });
  const { ec2 } = play.sandbox;
  const { identity } = await play.create();
  await play.ask((service) => service.act(play.nodeId, 'pause'));
  await emptyTable(play);
  const { instanceId: otherId } = await launchPlain(play);
  const attach = new AttachNetworkInterfaceCommand({
    NetworkInterfaceId: identity.interfaceId,
    InstanceId: otherId,
    DeviceIndex: 1,
  });
  await play.settle(ec2.personClient.send(attach));
  await play.passSeconds(60);

  expect(outcomes(await rebuild(play))).toEqual({ [play.nodeId]: 'refused' });
  const configurations = new Map([[play.nodeId, configurationOf(play)]]);
  expect(await rebuild(play, { configurations })).toMatchObject([{ outcome: 'made', instanceId: undefined }]);
  await play.passSeconds(600);
  expect(play.liveInstanceIds()).toEqual([otherId]);
  expect(await play.node()).toMatchObject({ status: 'PAUSED' });
  await play.ask((service) => service.act(play.nodeId, 'resume'));
  await survivesInterruption(play, play.nodeId);
  expect(play.instanceState(otherId)).toBe('running');
});

test('a rebuild that crashes half-way can be run again', async () => {
  const play = await open({ controlPlane: WITH_RECONCILER });
  const ids = await createNodes(play, 3);
  const before = everything(play);
  await emptyTable(play);
  const { dynamodb } = play.sandbox.plane;
  const send = dynamodb.send.bind(dynamodb);
  // The n-th run crashes at its n-th write; the run without a crash is the last.
  let writes = 0;
  let crashes = true;
  for (let survived = 0; crashes; survived += 1) {
    writes = 0;
    crashes = false;
    dynamodb.send = (async (command: { readonly constructor: { readonly name: string } }) => {
      if (/^(Put|Update|Delete)/.test(command.constructor.name) && (writes += 1) > survived) {
        crashes = true;
        throw new Error('the function has crashed');
      }
      return send(command as never);
    }) as typeof send;
    await rebuild(play).catch(() => undefined);
    expect(survived).toBeLessThan(60);
  }
  dynamodb.send = send;
  expect(outcomes(await rebuild(play))).toEqual(Object.fromEntries(ids.map((id) => [id, 'kept'])));
  expect(await play.settle(play.service.recovery.state())).toMatchObject({ doubt: undefined, unknown: [] });
  expect(everything(play)).toEqual(before);
  for (const id of ids) await survivesInterruption(play, id);
});

test('a configuration for a node that does not exist is refused before anything is written', async () => {
  const play = await open();
  await play.create();
  await emptyTable(play);
  const configurations = new Map([['smi-00000000', configurationOf(play)]]);
  await expect(rebuild(play, { configurations })).rejects.toMatchObject({
    fieldErrors: [{ field: 'configurations.smi-00000000' }],
  });
  expect(await itemsOf(play)).toEqual([]);
});

test('a node that was deleted after the backup, and left nothing, is unseen, and made again', async () => {
  const play = await open({ controlPlane: WITH_RECONCILER });
  const { identity } = await play.create();
  const snapshot = withIdentity(await itemsOf(play), { tableName: { S: 'the-one-before' } });
  const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
  await play.ask((service) => service.delete(play.nodeId, deletion));
  await play.passSeconds(600);
  await restoreTable(play, snapshot);
  expect(await rebuild(play)).toMatchObject([{ nodeId: play.nodeId, outcome: 'unseen', privateIp: '10.0.0.42' }]);
  await play.passSeconds(1200);
  expect(await isWhole(play)).toBe(true);
  const node = await play.node();
  expect(node.identity.privateIp).toBe('10.0.0.42');
  expect(node.identity.interfaceId).not.toBe(identity.interfaceId);
});

test('a node that was paused after the backup gets an instance', async () => {
  const play = await open({ controlPlane: WITH_RECONCILER });
  const { identity } = await play.create();
  const snapshot = withIdentity(await itemsOf(play), { tableName: { S: 'the-one-before' } });
  await play.ask((service) => service.act(play.nodeId, 'pause'));
  await restoreTable(play, snapshot);
  expect(outcomes(await rebuild(play))).toEqual({ [play.nodeId]: 'kept' });
  await play.passSeconds(600);
  expect(await isWhole(play)).toBe(true);
  expect((await play.node()).identity.interfaceId).toBe(identity.interfaceId);
});

test('an imported node comes back with its id as its name, and with the interface of its original', async () => {
  const play = await open({ controlPlane: WITH_RECONCILER });
  await beginImport(play, await launchPlain(play), KEEPING);
  await play.untilIdle();
  const before = everything(play);
  const { id, identity } = await play.node();
  await emptyTable(play);
  const [rebuilt] = await rebuild(play);
  expect(rebuilt).toMatchObject({ nodeId: id, outcome: 'made', name: id, interfaceId: identity.interfaceId });
  expect(rebuilt?.unread).toContain('name');
  await play.passSeconds(HOUR_SECONDS);
  expect(everything(play)).toEqual(before);
  await survivesInterruption(play, id);
});
