/** The tags of the document: on the instance, and on what else `resourceTagSpecification` names. */
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { presentKey } from '../../domain/records/node-keys';
import { plays, type Play } from './play';

const open = plays();

const TEAM = [{ tagKey: 'team', tagValue: 'ledger' }];

interface Specification {
  readonly volumes?: { readonly shouldTag: boolean };
  readonly enis?: { readonly shouldTag: boolean };
}

const everywhere: Specification = { volumes: { shouldTag: true }, enis: { shouldTag: true } };
const nowhere: Specification = { volumes: { shouldTag: false }, enis: { shouldTag: false } };

async function created(play: Play, resourceTagSpecification?: Specification): Promise<void> {
  await play.create((document) => ({
    ...document,
    compute: {
      ...document.compute,
      launchSpecification: {
        ...document.compute.launchSpecification,
        tags: TEAM,
        ...(resourceTagSpecification && { resourceTagSpecification }),
      },
    },
  }));
}

const update = (play: Play, launchSpecification: object) =>
  play.ask((service) => service.update(play.nodeId, { compute: { launchSpecification } }));

/** The team that each part names. */
async function teams(play: Play): Promise<object> {
  const { world } = play.sandbox.ec2;
  const { identity, instance } = await play.node();
  const used = [...world.volumes.values()].filter(({ attachment }) => attachment?.instanceId === instance?.id);
  expect(used.length).toBe(instance === undefined ? 0 : 1);
  return {
    instance: world.instances.get(instance?.id ?? '')?.tags.current['team'],
    volumes: used.map(({ tags }) => tags.current['team']),
    interface: world.networkInterfaces.get(identity.interfaceId ?? '')?.tags.current['team'],
  };
}

async function loseRecord(play: Play): Promise<void> {
  const { dynamodb, tableNames } = play.sandbox.plane;
  const Key = marshall(presentKey(play.nodeId));
  await play.settle(dynamodb.send(new DeleteItemCommand({ TableName: tableNames[0], Key })));
}

/** Everything of the node still has the tags that its ownership depends on. */
async function expectOwn(play: Play): Promise<void> {
  const { world } = play.sandbox.ec2;
  const { identity } = await play.node();
  const own = { 'holdfast:node-id': play.nodeId, 'holdfast:deployment': expect.any(String) as string };
  expect(world.networkInterfaces.get(identity.interfaceId ?? '')?.tags.current).toMatchObject(own);
  for (const { tags } of world.volumes.values()) expect(tags.current).toMatchObject(own);
}

describe.each(['cold', 'hot'] as const)('%s', (attachment) => {
  test('without a word about it, only the instance has them', async () => {
    const play = await open({ attachment });
    await created(play);

    expect(await teams(play)).toEqual({ instance: 'ledger', volumes: [undefined], interface: undefined });
    await expectOwn(play);
  });

  test('a launch puts them on everything, and so does an update, at once', async () => {
    const play = await open({ attachment });
    await created(play, everywhere);
    expect(await teams(play)).toEqual({ instance: 'ledger', volumes: ['ledger'], interface: 'ledger' });

    await update(play, { tags: [{ tagKey: 'team', tagValue: 'books' }] });
    expect(await teams(play)).toEqual({ instance: 'books', volumes: ['books'], interface: 'books' });
    expect(play.callsOf('RunInstances')).toHaveLength(1);
    await play.ask((service) => service.act(play.nodeId, 'recycle'));
    expect(await teams(play)).toEqual({ instance: 'books', volumes: ['books'], interface: 'books' });

    await update(play, { tags: null });
    expect(await teams(play)).toEqual({ instance: undefined, volumes: [undefined], interface: undefined });
    await expectOwn(play);
  });

  test('an update takes them off again, and puts them on', async () => {
    const play = await open({ attachment });
    await created(play, everywhere);

    await update(play, { resourceTagSpecification: nowhere });
    expect(await teams(play)).toEqual({ instance: 'ledger', volumes: [undefined], interface: undefined });
    await expectOwn(play);
    await update(play, { resourceTagSpecification: everywhere });
    expect(await teams(play)).toEqual({ instance: 'ledger', volumes: ['ledger'], interface: 'ledger' });
    await update(play, { resourceTagSpecification: null });
    expect(await teams(play)).toEqual({ instance: 'ledger', volumes: [undefined], interface: undefined });
  });

  test('the interface of a paused node gets and loses them too', async () => {
    const play = await open({ attachment });
    await created(play);
    await play.ask((service) => service.act(play.nodeId, 'pause'));

    await update(play, { resourceTagSpecification: everywhere });
    expect(await teams(play)).toMatchObject({ interface: 'ledger' });
    await update(play, { resourceTagSpecification: null });
    expect(await teams(play)).toMatchObject({ interface: undefined });
  });

  test('an update during a transition is applied at its end', async () => {
    const play = await open({ attachment });
    await created(play);
    await play.settle(play.service.act(play.nodeId, 'recycle'));
    await play.passSeconds(40);
    await update(play, { resourceTagSpecification: everywhere });

    expect(await teams(play)).toEqual({ instance: 'ledger', volumes: ['ledger'], interface: 'ledger' });
  });

  test('a record that is made anew names what has them, and a later update takes them off', async () => {
    const play = await open({ attachment });
    await created(play, everywhere);
    await loseRecord(play);
    await play.ask((service) => service.recovery.rebuild({ isDryRun: false, configurations: new Map() }));

    const { config } = await play.node();
    expect(config.compute.launchSpecification).toMatchObject({ tags: TEAM, resourceTagSpecification: everywhere });
    await update(play, { resourceTagSpecification: nowhere });
    expect(await teams(play)).toEqual({ instance: 'ledger', volumes: [undefined], interface: undefined });
  });
});

test('an interface that is made in another subnet has them', async () => {
  const play = await open();
  await created(play, everywhere);
  const { identity: before } = await play.node();
  await update(play, {});
  await play.ask((service) => service.update(play.nodeId, { compute: { privateIp: '10.0.0.99' } }));
  await play.ask((service) => service.act(play.nodeId, 'recycle'));

  const { identity } = await play.node();
  expect(identity.interfaceId).not.toBe(before.interfaceId);
  expect(await teams(play)).toEqual({ instance: 'ledger', volumes: ['ledger'], interface: 'ledger' });
  await update(play, { resourceTagSpecification: null });
  expect(await teams(play)).toMatchObject({ interface: undefined });
});
