/** The promises of `Fleet`: everything that the deployment has made, and its origin. */
import {
  EXPIRES_AT_TAG,
  GENERATION_TAG,
  LEFT_BY_TAG,
  NODE_ID_TAG,
  NODE_NAME_TAG,
} from '../../domain/node/stateful-node';
import { ec2Contract, NODE_ID } from './ec2';

ec2Contract('Fleet', (scene) => {
  const fleet = () => scene().ports.fleet;
  const idsOf = (listed: readonly { readonly id: string }[]) => listed.map(({ id }) => id).sort();
  const tags = [
    { key: NODE_ID_TAG, value: NODE_ID },
    { key: NODE_NAME_TAG, value: 'ledger' },
    { key: GENERATION_TAG, value: '4' },
  ];
  const origin = { nodeId: NODE_ID, nodeName: 'ledger', generation: 4, isLeft: false };

  test('an account without resources of the deployment has empty lists', async () => {
    await scene().account.addOriginal();

    await expect(fleet().instances()).resolves.toEqual([]);
    await expect(fleet().interfaces()).resolves.toEqual([]);
    await expect(fleet().elasticIps()).resolves.toEqual([]);
    await expect(fleet().impairments()).resolves.toEqual([]);
  });

  test('instances are listed as a look at each shows them, with their origin', async () => {
    const request = scene().launchRequest({ tags });
    const seen = await scene().launched(request);

    await expect(fleet().instances()).resolves.toEqual([
      { ...seen, origin: { ...origin, clientToken: request.clientToken } },
    ]);
  });

  test('interfaces are listed as a look at each shows them, with their origin', async () => {
    const request = scene().interfaceRequest({ tags });
    const { id } = await scene().made(request);
    await scene().launched({ interfaceId: id });
    const seen = await scene().interface(id);

    await expect(fleet().interfaces()).resolves.toEqual([
      { ...seen, origin: { ...origin, clientToken: request.clientToken } },
    ]);
  });

  test('all of them are listed, each once', async () => {
    const instances = [];
    const interfaces = [];
    for (let each = 0; each < 7; each += 1) {
      instances.push(await scene().launched());
      interfaces.push(await scene().made());
    }

    expect(idsOf(await fleet().instances())).toEqual(idsOf(instances));
    expect(idsOf(await fleet().interfaces())).toEqual(idsOf(interfaces));
  });

  test('those of one node are listed without those of others', async () => {
    const mine = [await scene().launched(), await scene().made()] as const;
    const others = [{ key: NODE_ID_TAG, value: 'smi-ffffffff' }];
    await scene().launched({ tags: others });
    await scene().made({ tags: others });

    expect(idsOf(await fleet().instances(NODE_ID))).toEqual([mine[0].id]);
    expect(idsOf(await fleet().interfaces(NODE_ID))).toEqual([mine[1].id]);
    await expect(fleet().instances('smi-00000000')).resolves.toEqual([]);
  });

  test('an instance that has ended is still listed, and an interface that is gone is not', async () => {
    const { id: instanceId } = await scene().launched();
    const { id: interfaceId } = await scene().made();
    await scene().terminated(instanceId);
    await scene().ports.interfaces.delete(interfaceId);
    await scene().settle();

    await expect(fleet().instances()).resolves.toMatchObject([{ id: instanceId, state: 'terminated' }]);
    await expect(fleet().interfaces()).resolves.toEqual([]);
  });

  test('the origin says what a deleted node has left, and has no generation if the tag is not a number', async () => {
    const { id: instanceId } = await scene().launched({ tags });
    const { id: interfaceId } = await scene().made({ tags });
    const expiresAt = '2026-11-07T08:00:00.000Z';
    const left = [
      { key: LEFT_BY_TAG, value: NODE_ID },
      { key: EXPIRES_AT_TAG, value: expiresAt },
      { key: GENERATION_TAG, value: 'four' },
    ];
    await scene().ports.tags.set([instanceId, interfaceId], left);
    await scene().settle();

    const [instance] = await fleet().instances();
    const [networkInterface] = await fleet().interfaces();
    for (const listed of [instance, networkInterface]) {
      expect(listed?.origin).toMatchObject({ nodeId: NODE_ID, nodeName: 'ledger', isLeft: true });
      expect(listed?.origin).toMatchObject({ leftBy: NODE_ID, expiresAt });
      expect(listed?.origin.generation).toBeUndefined();
    }
  });

  test('the Elastic IPs of the account are listed, with the interfaces that they are on', async () => {
    const [free, used] = [await scene().account.allocate(), await scene().account.allocate()];
    const { id: interfaceId } = await scene().made();
    await scene().ports.elasticIps.associate(used, interfaceId);
    await scene().settle();
    const seen = [await scene().ports.elasticIps.observe(free), await scene().ports.elasticIps.observe(used)];

    const listed = await fleet().elasticIps();
    expect(listed).toHaveLength(2);
    expect(listed).toEqual(expect.arrayContaining(seen));
    expect(listed.find(({ allocationId }) => allocationId === used)).toMatchObject({ interfaceId });
  });

  test('an instance is listed with the time since when a status check of it fails', async () => {
    const { id: instanceId } = await scene().launched();
    await scene().launched();
    scene().account.impair(instanceId, true);
    await scene().settle();

    const [impaired, ...others] = await fleet().impairments();
    expect(others).toEqual([]);
    expect(impaired?.instanceId).toBe(instanceId);
    expect(new Date(impaired?.since ?? '').toISOString()).toBe(impaired?.since);
    scene().account.impair(instanceId, false);
    await scene().settle();
    await expect(fleet().impairments()).resolves.toEqual([]);
  });
});
