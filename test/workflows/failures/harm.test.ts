/** Holdfast never harms what its table does not know: with an empty table, an older one, or another deployment's. */
import {
  CreateNetworkInterfaceCommand,
  CreateTagsCommand,
  RunInstancesCommand,
  type RunInstancesCommandOutput,
} from '@aws-sdk/client-ec2';
import { startControlPlane, type ControlPlane } from '../../../local/control-plane';
import { synthesize } from '../../../local/synthesize';
import type { SimulatedEc2 } from '../../../simulator/ec2/ec2';
import { createNodes, HOUR_SECONDS, livingInstances, WITH_RECONCILER } from '../long-play';
import { emptyTable, everything, itemsOf, restoreTable } from '../reconciler/lost-tables';
import { plays, type PlayOptions } from '../play';

const open = plays();

describe.each(['cold', 'hot'] as const)('%s nodes', (attachment) => {
  const options: PlayOptions = { attachment, controlPlane: WITH_RECONCILER };

  test('are intact a day after their table was emptied', async () => {
    const play = await open(options);
    await createNodes(play, 5);
    const before = everything(play);
    await emptyTable(play);
    await play.passSeconds(24 * HOUR_SECONDS);
    expect(everything(play)).toEqual(before);
  });

  test('that were made after the snapshot to which the table is restored are intact', async () => {
    const play = await open(options);
    await createNodes(play, 2);
    const snapshot = await itemsOf(play);
    await createNodes(play, 2, (document) => ({
      ...document,
      compute: { ...document.compute, privateIp: document.compute.privateIp?.replace('10.0.0.1', '10.0.0.2') },
    }));
    const before = everything(play);
    await restoreTable(play, snapshot);
    await play.passSeconds(2 * HOUR_SECONDS);
    expect(everything(play)).toEqual(before);
  });

  test('whose table is restored to a time before a replacement keep a running instance with their interface', async () => {
    const play = await open(options);
    const { instance, identity } = await play.create();
    const snapshot = await itemsOf(play);
    await play.ask((service) => service.act(play.nodeId, 'recycle'));
    const carrierId = (await play.node()).instance?.id;
    await play.passSeconds(600);
    await restoreTable(play, snapshot);
    await play.passSeconds(2 * HOUR_SECONDS);
    expect(carrierId).not.toBe(instance?.id);
    expect(play.interfaceIds()).toContain(identity.interfaceId);
    expect(livingInstances(play).map(({ id }) => id)).toContain(carrierId);
  });

  test('are not changed by another deployment in the Region after their own has stopped', async () => {
    const play = await open({ attachment });
    await createNodes(play, 5);
    const before = everything(play);
    const second: ControlPlane<SimulatedEc2> = await startControlPlane({
      clock: play.clock,
      seed: 2,
      ec2: () => play.sandbox.ec2,
      template: await synthesize(),
    });
    await play.passSeconds(2 * HOUR_SECONDS);
    await second.stop();
    expect(everything(play)).toEqual(before);
  });

  test('do not harm an instance and an interface of others that carry copied tags', async () => {
    const play = await open(options);
    const { instance, identity } = await play.create();
    const { account, ec2 } = play.sandbox;
    const tagsOf = (tags: Readonly<Record<string, string>> = {}) =>
      Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const copied = tagsOf(ec2.world.instances.get(instance?.id ?? '')?.tags.current);
    const { Instances: [launched] = [] }: RunInstancesCommandOutput = await play.settle(
      ec2.personClient.send(
        new RunInstancesCommand({
          ImageId: account.arm64ImageId,
          InstanceType: 'm7g.large',
          MinCount: 1,
          MaxCount: 1,
          SubnetId: account.subnetIds[0],
          TagSpecifications: [{ ResourceType: 'instance', Tags: copied }],
        }),
      ),
    );
    const { NetworkInterface } = await play.settle(
      ec2.personClient.send(new CreateNetworkInterfaceCommand({ SubnetId: account.subnetIds[1] })),
    );
    const otherInterface = NetworkInterface?.NetworkInterfaceId ?? '';
    await play.passSeconds(10);
    const Tags = tagsOf(ec2.world.networkInterfaces.get(identity.interfaceId ?? '')?.tags.current);
    await play.settle(ec2.personClient.send(new CreateTagsCommand({ Resources: [otherInterface], Tags })));
    await play.passSeconds(2 * HOUR_SECONDS);
    expect(play.liveInstanceIds()).toContain(launched?.InstanceId);
    expect(play.interfaceIds()).toContain(otherInterface);
    expect((await play.node()).instance?.id).toBe(instance?.id);
  });
});
