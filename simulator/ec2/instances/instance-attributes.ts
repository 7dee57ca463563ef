/**
 * Attributes of an instance that only DescribeInstanceAttribute returns, one per call.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceAttribute.html
 */
import type { DescribeInstanceAttributeCommandOutput, DescribeInstanceAttributeRequest } from '@aws-sdk/client-ec2';
import { NotSimulated } from '../requests/ec2-error';
import { find } from '../requests/lookup';
import { allowOnly, required, type Without$metadata } from '../requests/parameters';
import type { Simulation } from '../ec2-state';
import type { Instance } from '../world';

export function describeInstanceAttribute(
  simulation: Simulation,
  input: DescribeInstanceAttributeRequest,
): Without$metadata<DescribeInstanceAttributeCommandOutput> {
  allowOnly('DescribeInstanceAttribute', input, ['Attribute', 'DryRun', 'InstanceId']);
  const instance = find(simulation, 'instances', required(input.InstanceId, 'InstanceId'));
  const attribute = required(input.Attribute, 'Attribute');
  switch (attribute) {
    case 'userData':
      return { InstanceId: instance.id, UserData: userDataOf(instance) };
    case 'disableApiTermination':
      return { InstanceId: instance.id, DisableApiTermination: { Value: instance.isTerminationProtected } };
    default:
      throw new NotSimulated(`the instance attribute ${attribute}`);
  }
}

/** In Base64. Empty if there is none. */
function userDataOf({ settings }: Instance): { readonly Value?: string } {
  return typeof settings.UserData === 'string' ? { Value: settings.UserData } : {};
}
