import type { DefaultAccount } from '../simulator/ec2/default-account';
import type { World } from '../simulator/ec2/world';

/** Returns the default account that a world was created with. @throws Error if it was created with another account */
export function accountOfWorld({ vpcs, subnets, securityGroups, images, keyPairs }: World): DefaultAccount {
  const first = <T>(values: Iterable<T>, what: string): T => {
    const [value] = values;
    if (value === undefined) throw new Error(`The simulated account has no ${what}`);
    return value;
  };
  const three = <T>([one, two, three]: readonly T[]): readonly [T, T, T] => {
    if (one === undefined || two === undefined || three === undefined)
      throw new Error('The simulated account has fewer than three subnets');
    return [one, two, three];
  };
  const imageFor = (architecture: string): string =>
    first(
      [...images.values()].filter((image) => image.architecture === architecture),
      `${architecture} image`,
    ).id;
  const own = three([...subnets.values()]);
  return {
    vpcId: first(vpcs.keys(), 'VPC'),
    subnetIds: three(own.map(({ id }) => id)),
    availabilityZones: three(own.map(({ availabilityZone }) => availabilityZone)),
    // Every VPC comes with a group called default.
    securityGroupId: first(
      [...securityGroups.values()].filter(({ name }) => name !== 'default'),
      'security group',
    ).id,
    arm64ImageId: imageFor('arm64'),
    x86ImageId: imageFor('x86_64'),
    keyName: first(keyPairs.keys(), 'key pair'),
  };
}
