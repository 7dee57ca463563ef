/** The promises of `Volumes`: only a free volume is deleted. */
import { NotReady } from '../../domain/errors';
import { ec2Contract, NODE_ID, UNKNOWN } from './ec2';

ec2Contract('Volumes', (scene) => {
  const volumes = () => scene().ports.volumes;

  /** A volume that outlives its instance. */
  async function attached(): Promise<{ readonly instanceId: string; readonly volumeId: string }> {
    const blockDeviceMappings = [{ deviceName: '/dev/xvda', ebs: { deleteOnTermination: false } }];
    const { id: instanceId } = await scene().launched({ blockDeviceMappings });
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
    });
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
