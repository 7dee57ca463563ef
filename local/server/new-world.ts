/** The simulated account of a new folder. */
import { AllocateAddressCommand } from '@aws-sdk/client-ec2';
import { defaultAccount, LARGE_SUBNETS } from '../../simulator/ec2/default-account';
import { SimulatedEc2 } from '../../simulator/ec2/ec2';
import { worldFromJson, worldToJson, type World } from '../../simulator/ec2/world';
import { VirtualClock } from '../../simulator/time/clock';

/** The ids that the examples of docs/api.md use, so that they work here as they are. A test compares them. */
const DOCUMENTED = {
  vpcId: 'vpc-0f1e2d3c4b5a69788',
  subnetId: 'subnet-0a9b8c7d6e5f40312',
  securityGroupId: 'sg-01f2e3d4c5b6a7980',
  arm64ImageId: 'ami-0c1d2e3f4a5b69870',
  allocationId: 'eipalloc-0d4c3b2a19081726f',
} as const;

/** @param nowMs milliseconds since the epoch */
export async function newWorld(seed: number, nowMs: number): Promise<World> {
  const clock = new VirtualClock(nowMs);
  const ec2 = new SimulatedEc2({ clock, seed });
  const { vpcId, subnetIds, securityGroupId, arm64ImageId } = defaultAccount(ec2, LARGE_SUBNETS);
  const allocation = ec2.personClient.send(new AllocateAddressCommand({ Domain: 'vpc' }));
  const { AllocationId: allocationId = '' } = await clock.settle(allocation);
  const drawn = { vpcId, subnetId: subnetIds[0], securityGroupId, arm64ImageId, allocationId };
  // An id occurs in several entities, and only as a whole.
  const json = Object.entries(drawn).reduce(
    (text, [name, id]) => text.replaceAll(id, DOCUMENTED[name as keyof typeof DOCUMENTED]),
    worldToJson(ec2.world),
  );
  return worldFromJson(json);
}
