/** The promises of `Volumes`: only a free volume is deleted. */
import { NotReady } from '../../domain/errors';
import { EXPIRES_AT_TAG, LEFT_BY_TAG, NODE_ID_TAG } from '../../domain/node/stateful-node';
import { ec2Contract, NODE_ID, UNKNOWN } from './ec2';

const KEPT = [{ deviceName: '/dev/xvda', ebs: { deleteOnTermination: false } }];

ec2Contract('Volumes', (scene) => {
  const volumes = () => scene().ports.volumes;

  /** A volume that outlives its instance. */
  async function attached(): Promise<{ readonly instanceId: string; readonly volumeId: string }> {
    const { id: instanceId } = await scene().launched({ blockDeviceMappings: KEPT });
    return { instanceId, volumeId: scene().account.volumeOf(instanceId) };
  }

  async function left(): Promise<string> {
    const { instanceId, volumeId } = await attached();
    await scene().terminated(instanceId);
    return volumeId;
  }

  test('a volume that EC2 does not know is undefined', async () => {
    await expect(volumes().observe(UNKNOWN.volume)).resolves.toBeUndefined();
  });

  test('a volume in use names its instance, and the node that it is tagged with', async () => {
    const { instanceId, volumeId } = await attached();

    await expect(volumes().observe(volumeId)).resolves.toEqual({
      id: volumeId,
      state: 'in-use',
      nodeId: NODE_ID,
      instanceIds: [instanceId],
      deleteOnTermination: false,
    });
  });

  test('an instance names those of its volumes that outlive it', async () => {
    const { instanceId, volumeId } = await attached();
    const { id: otherId } = await scene().launched();
    const { instances } = scene().ports;

    await expect(instances.observe(instanceId)).resolves.toMatchObject({ keptVolumeIds: [volumeId] });
    expect((await instances.observe(otherId))?.keptVolumeIds).toBeUndefined();
  });

  test('the volumes of a node are listed as a look at each shows them, and no others', async () => {
    const free = await left();
    const { volumeId: used } = await attached();
    const others = [{ key: NODE_ID_TAG, value: 'smi-ffffffff' }];
    const { id: strangerId } = await scene().launched({ tags: others, blockDeviceMappings: KEPT });
    await scene().ports.tags.set([scene().account.volumeOf(strangerId)], others);
    await scene().settle();
    const seen = [await volumes().observe(free), await volumes().observe(used)];

    const listed = await volumes().ofNode(NODE_ID);
    expect(listed).toHaveLength(2);
    expect(listed).toEqual(expect.arrayContaining(seen));
    await expect(volumes().ofNode('smi-00000000')).resolves.toEqual([]);
  });

  test('the volumes that a deletion has left are listed with what the tags say', async () => {
    const volumeId = await left();
    await attached();
    await expect(volumes().left()).resolves.toEqual([]);
    const expiresAt = '2026-11-07T08:00:00.000Z';
    await scene().ports.tags.set(
      [volumeId],
      [
        { key: LEFT_BY_TAG, value: NODE_ID },
        { key: EXPIRES_AT_TAG, value: expiresAt },
      ],
    );
    await scene().settle();

    await expect(volumes().left()).resolves.toMatchObject([{ id: volumeId, leftBy: NODE_ID, expiresAt }]);
    await expect(volumes().observe(volumeId)).resolves.toMatchObject({ leftBy: NODE_ID, expiresAt });
  });

  test('a volume that its instance has left is available', async () => {
    const volumeId = await left();

    await expect(volumes().observe(volumeId)).resolves.toMatchObject({ state: 'available', instanceIds: [] });
  });

  test('a volume that is available is deleted', async () => {
    const volumeId = await left();
    await volumes().delete(volumeId);
    await scene().settle();

    await expect(volumes().observe(volumeId)).resolves.toBeUndefined();
  });

  test('a volume in use is not deleted: the call throws', async () => {
    const { instanceId, volumeId } = await attached();

    await expect(volumes().delete(volumeId)).rejects.toThrow(NotReady);
    await scene().settle();
    await expect(volumes().observe(volumeId)).resolves.toMatchObject({ instanceIds: [instanceId] });
  });

  test('the deletion of a volume that is gone does nothing', async () => {
    const volumeId = await left();
    await volumes().delete(volumeId);
    await scene().settle();

    await expect(volumes().delete(volumeId)).resolves.toBeUndefined();
    await expect(volumes().delete(UNKNOWN.volume)).resolves.toBeUndefined();
  });
});
