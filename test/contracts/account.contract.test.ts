/** The promises of `Account`: what is named and exists is returned, and nothing else. */
import type { NamesInConfig } from '../../domain/node/validate-against-account';
import { ec2Contract, NODE_ID, UNKNOWN } from './ec2';

ec2Contract('Account', (scene) => {
  const observe = (names: Partial<NamesInConfig> = {}) => scene().ports.account.observe({ ...everything(), ...names });

  /** The least that a configuration names. */
  function everything(): NamesInConfig {
    const { vpcId, subnetIds, imageId, securityGroupIds } = scene().account;
    return { vpcId, subnetIds, imageId, instanceTypes: ['m7g.large', 'm6g.large'], securityGroupIds, snapshotIds: [] };
  }

  test('the Region is the same wherever it is read', async () => {
    expect((await observe()).region).toBe(scene().ports.account.region);
  });

  test('everything that is named and exists is returned, in any order', async () => {
    const { vpcId, subnetIds, securityGroupIds, keyPair } = scene().account;
    const elasticIp = await scene().account.allocate();
    const snapshotId = scene().account.addSnapshot(20);
    const seen = await observe({ keyPair, elasticIp, snapshotIds: [snapshotId] });

    expect(seen.vpcIds).toEqual([vpcId]);
    expect(seen.subnets.map(({ id }) => id).sort()).toEqual([...subnetIds].sort());
    expect(seen.subnets.find(({ id }) => id === subnetIds[0])).toMatchObject({ vpcId, cidrBlock: '10.0.0.0/24' });
    expect(seen.subnets.find(({ id }) => id === subnetIds[0])).toMatchObject({ hasIpv6: true });
    expect(seen.subnets.find(({ id }) => id === subnetIds[1])).toMatchObject({ hasIpv6: false });
    expect(seen.image).toEqual({
      architecture: 'arm64',
      state: 'available',
      deviceNames: ['/dev/xvda'],
      platform: 'Linux/UNIX',
    });
    expect(seen.instanceTypes.map(({ name }) => name).sort()).toEqual(['m6g.large', 'm7g.large']);
    expect(seen.securityGroups).toHaveLength(2);
    expect(seen.securityGroups).toEqual(expect.arrayContaining(securityGroupIds.map((id) => ({ id, vpcId }))));
    expect(seen.keyPairs).toEqual([keyPair]);
    expect(seen.snapshots).toEqual([{ id: snapshotId, state: 'completed', sizeGib: 20 }]);
    expect(seen.elasticIp).toMatchObject({ allocationId: elasticIp });
    expect(seen.hasInternetGateway).toBe(true);
  });

  test('the default group of the VPC is returned if no security group is named', async () => {
    const { vpcId, securityGroupIds } = scene().account;
    const { securityGroups } = await observe({ securityGroupIds: undefined });

    expect(securityGroups).toEqual([{ id: expect.stringMatching(/^sg-/) as string, vpcId }]);
    expect(securityGroupIds).not.toContain(securityGroups[0]?.id);
    const unknown = await observe({ securityGroupIds: undefined, vpcId: 'vpc-00000000000000bad' });
    expect(unknown.vpcIds).toEqual([]);
  });

  test('what does not exist is left out, and is no error', async () => {
    const seen = await observe({
      vpcId: 'vpc-00000000000000bad',
      subnetIds: ['subnet-00000000000000bad', scene().account.subnetIds[1]],
      imageId: 'ami-00000000000000bad',
      instanceTypes: ['m99.huge', 'm6g.large'],
      securityGroupIds: ['sg-00000000000000bad', scene().account.securityGroupIds[1]],
      keyPair: 'no-such-key',
      snapshotIds: ['snap-00000000000000bad'],
      elasticIp: UNKNOWN.allocation,
    });

    expect(seen).toMatchObject({ vpcIds: [], image: undefined, keyPairs: [], snapshots: [], elasticIp: undefined });
    expect(seen.subnets.map(({ id }) => id)).toEqual([scene().account.subnetIds[1]]);
    expect(seen.instanceTypes.map(({ name }) => name)).toEqual(['m6g.large']);
    expect(seen.securityGroups.map(({ id }) => id)).toEqual([scene().account.securityGroupIds[1]]);
  });

  test('what exists and is not named is left out', async () => {
    await scene().account.allocate();
    scene().account.addSnapshot(20);
    await scene().made({ privateIp: '10.0.0.77' });
    const [subnetId] = scene().account.subnetIds;
    const [groupId] = scene().account.securityGroupIds;
    const seen = await observe({ subnetIds: [subnetId], securityGroupIds: [groupId], instanceTypes: ['m7g.large'] });

    expect(seen.subnets.map(({ id }) => id)).toEqual([subnetId]);
    expect(seen.securityGroups.map(({ id }) => id)).toEqual([groupId]);
    expect(seen.instanceTypes.map(({ name }) => name)).toEqual(['m7g.large']);
    expect(seen).toMatchObject({ keyPairs: [], snapshots: [], privateIpHolders: [], elasticIp: undefined });
    // It is needed only for an Elastic IP.
    expect(seen.hasInternetGateway).toBe(false);
  });

  test('the holder of a private IP is returned if it is in one of the subnets', async () => {
    const { id: interfaceId, subnetId } = await scene().made({ privateIp: '10.0.0.77' });

    expect((await observe({ privateIp: '10.0.0.77' })).privateIpHolders).toEqual([
      { interfaceId, subnetId, nodeId: NODE_ID },
    ]);
    expect((await observe({ privateIp: '10.0.0.78' })).privateIpHolders).toEqual([]);
    const [, elsewhere] = scene().account.subnetIds;
    expect((await observe({ privateIp: '10.0.0.77', subnetIds: [elsewhere] })).privateIpHolders).toEqual([]);
  });

  test('an Elastic IP is returned with the interface that it is on', async () => {
    const elasticIp = await scene().account.allocate();
    const { id: interfaceId } = await scene().made();
    await scene().ports.elasticIps.associate(elasticIp, interfaceId);
    await scene().settle();

    expect((await observe({ elasticIp })).elasticIp).toMatchObject({ allocationId: elasticIp, interfaceId });
  });
});
