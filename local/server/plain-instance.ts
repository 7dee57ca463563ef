/** Launches an instance by hand, as a console user would. An import starts from such an instance. */
import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { launchRequest, parseRequest } from './simulator-requests';
import type { Sandbox } from '../sandbox';

const DEFAULT_TYPE = 'm7g.large';

export async function launchPlainInstance({ ec2, account }: Sandbox, body: string): Promise<object> {
  const { instanceType = DEFAULT_TYPE, lifeCycle = 'on_demand', name } = parseRequest(launchRequest(ec2.world), body);
  const isArm = ec2.world.instanceTypes.get(instanceType)?.architectures.includes('arm64') === true;
  const command = new RunInstancesCommand({
    MinCount: 1,
    MaxCount: 1,
    InstanceType: instanceType as typeof DEFAULT_TYPE,
    ImageId: isArm ? account.arm64ImageId : account.x86ImageId,
    KeyName: account.keyName,
    SubnetId: account.subnetIds[0],
    SecurityGroupIds: [account.securityGroupId],
    ...(lifeCycle === 'spot' && { InstanceMarketOptions: { MarketType: 'spot' } }),
    ...(name !== undefined && {
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: name }] }],
    }),
  });
  const { Instances: [launched] = [] } = await ec2.personClient.send(command);
  const [primary] = launched?.NetworkInterfaces ?? [];
  return {
    instanceId: launched?.InstanceId,
    networkInterfaceId: primary?.NetworkInterfaceId,
    privateIp: launched?.PrivateIpAddress,
  };
}
