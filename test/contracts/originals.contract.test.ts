/** The promises of `Originals`: what an import takes over from an instance. */
import { ec2Contract, UNKNOWN } from './ec2';

ec2Contract('Originals', (scene) => {
  const observe = (instanceId: string) => scene().ports.originals.observe(instanceId);

  test.each([
    { name: 'that EC2 does not know', id: UNKNOWN.instance },
    { name: 'with an id that EC2 never gives', id: 'not an instance' },
  ])('an instance $name is undefined', async ({ id }) => {
    await expect(observe(id)).resolves.toBeUndefined();
  });

  test('an instance has everything that the node takes over from it', async () => {
    const { vpcId, subnetIds, imageId, securityGroupIds, keyPair } = scene().account;
    const { instanceId, interfaceId } = await scene().account.addOriginal();
    const { instanceType, lifeCycle } = await scene().instance(instanceId);
    const { privateIp, macAddress } = await scene().interface(interfaceId);
    const seen = await observe(instanceId);

    expect(seen).toMatchObject({
      id: instanceId,
      state: 'running',
      imageId,
      instanceType,
      lifeCycle,
      vpcId,
      subnetId: subnetIds[0],
      keyPair,
      userData: 'aGVsbG8=',
      tenancy: 'default',
      tags: [{ key: 'Name', value: 'ledger' }],
      isEbsOptimized: false,
      isMonitored: false,
      isTerminationProtected: false,
      hasMetadataService: true,
    });
    expect(seen?.persistentSpotRequestId).toBeUndefined();
    expect(seen?.interfaces).toMatchObject([
      {
        id: interfaceId,
        deviceIndex: 0,
        privateIp,
        macAddress,
        deleteOnTermination: true,
        securityGroupIds: [securityGroupIds[0]],
        otherElasticIps: [],
      },
    ]);
  });

  test('an instance that has ended has no interfaces', async () => {
    const { instanceId } = await scene().account.addOriginal();
    await scene().terminated(instanceId);

    await expect(observe(instanceId)).resolves.toMatchObject({ id: instanceId, state: 'terminated', interfaces: [] });
  });
});
