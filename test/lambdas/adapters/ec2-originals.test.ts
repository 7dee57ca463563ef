/** What the adapter reads of an instance in the simulated EC2. */
import {
  AssociateAddressCommand,
  DescribeInstancesCommand,
  DescribeSpotInstanceRequestsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { ec2Originals } from '../../../lambdas/adapters/ec2-originals';
import { Lab } from '../../simulator/ec2/lab';

const observe = (lab: Lab, instanceId: string) => lab.settle(ec2Originals(lab.ec2.client).observe(instanceId));

describe('an original', () => {
  it('shows everything that a node takes over', async () => {
    const lab = new Lab();
    const userData = Buffer.from('#!/bin/sh\n').toString('base64');
    const instanceId = await lab.launchRunning({
      InstanceMarketOptions: undefined,
      KeyName: lab.account.keyName,
      UserData: userData,
      DisableApiTermination: true,
      EbsOptimized: true,
      Monitoring: { Enabled: true },
      IamInstanceProfile: { Name: 'ledger' },
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 },
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'ledger' }] }],
    });
    const allocationId = await lab.allocate();
    const primary = await lab.primaryOf(instanceId);
    await lab.send(
      new AssociateAddressCommand({ AllocationId: allocationId, NetworkInterfaceId: primary.NetworkInterfaceId }),
    );
    const { PublicIp: elasticIp } = await lab.address(allocationId);

    expect(await observe(lab, instanceId)).toMatchObject({
      id: instanceId,
      state: 'running',
      lifeCycle: 'on_demand',
      instanceType: 'm7g.large',
      tenancy: 'default',
      imageId: lab.account.arm64ImageId,
      vpcId: lab.account.vpcId,
      subnetId: lab.subnetId,
      keyPair: lab.account.keyName,
      userData,
      isTerminationProtected: true,
      hasMetadataService: true,
      isEbsOptimized: true,
      isMonitored: true,
      placementGroup: undefined,
      instanceProfileArn: 'arn:aws:iam::123456789012:instance-profile/ledger',
      metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 2 },
      tags: [{ key: 'Name', value: 'ledger' }],
      interfaces: [
        {
          id: primary.NetworkInterfaceId,
          deviceIndex: 0,
          privateIp: primary.PrivateIpAddress,
          macAddress: primary.MacAddress,
          deleteOnTermination: true,
          allocationId,
          elasticIp,
          otherElasticIps: [],
        },
      ],
    });
  });

  it('distinguishes the public IP of the instance from an Elastic IP', async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    const seen = await observe(lab, instanceId);
    expect(seen).toMatchObject({ lifeCycle: 'spot', userData: undefined, isTerminationProtected: false });
    expect(seen?.interfaces).toMatchObject([
      { transientPublicIp: expect.stringMatching(/^\d/) as unknown, elasticIp: undefined, allocationId: undefined },
    ]);
  });

  it('that is terminated has no network', async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    await lab.terminate(instanceId);
    await lab.passSeconds(60);
    expect(await observe(lab, instanceId)).toMatchObject({ state: 'terminated', interfaces: [] });
  });

  it.each(['i-00000000000000000', 'i-nothing'])('%s is undefined', async (instanceId) => {
    expect(await observe(new Lab(), instanceId)).toBeUndefined();
  });

  it.each([
    { Type: 'persistent', State: 'active', found: 'sir-1' },
    { Type: 'persistent', State: 'cancelled', found: undefined },
    { Type: 'one-time', State: 'active', found: undefined },
  ] as const)('a Spot request that is $Type and $State counts as $found', async ({ found, ...request }) => {
    const ec2 = mockClient(EC2Client);
    ec2.onAnyCommand().resolves({});
    const spot = { InstanceId: 'i-1', InstanceLifecycle: 'spot' as const, SpotInstanceRequestId: 'sir-1' };
    ec2.on(DescribeInstancesCommand).resolves({ Reservations: [{ Instances: [spot] }] });
    ec2.on(DescribeSpotInstanceRequestsCommand).resolves({ SpotInstanceRequests: [request] });
    const seen = await ec2Originals(new EC2Client({ region: 'eu-west-1' })).observe('i-1');
    expect(seen?.persistentSpotRequestId).toBe(found);
  });

  it('that is neither Spot nor on-demand has the life cycle "other"', async () => {
    const ec2 = mockClient(EC2Client);
    ec2.onAnyCommand().resolves({});
    const block = { InstanceId: 'i-1', InstanceLifecycle: 'capacity-block' as const };
    ec2.on(DescribeInstancesCommand).resolves({ Reservations: [{ Instances: [block] }] });
    const seen = await ec2Originals(new EC2Client({ region: 'eu-west-1' })).observe('i-1');
    expect(seen?.lifeCycle).toBe('other');
  });
});
