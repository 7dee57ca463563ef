/**
 * Reasons to refuse a launch besides its network: something is missing in the account, or the instance type or the life
 * cycle does not support a setting. If a test lists no instance profiles, all of them exist.
 *
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import { ec2Error } from '../requests/ec2-error';
import { allowOnly, badValue, combination } from '../requests/parameters';
import type { InstanceType, LifeCycle, World } from '../world';

/**
 * A Spot launch needs the role AWSServiceRoleForEC2Spot. If the caller may create it, EC2 has already done so.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
 * @throws AuthFailure.ServiceLinkedRoleCreationNotPermitted
 */
export function checkSpotRole({ hasSpotRole }: World, lifeCycle: LifeCycle): void {
  if (hasSpotRole || lifeCycle !== 'spot') return;
  throw ec2Error(
    'AuthFailure.ServiceLinkedRoleCreationNotPermitted',
    'The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances.',
  );
}

/**
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html
 * @throws UnsupportedOperation if a Spot Instance would be protected from termination
 */
export function checkProtection(lifeCycle: LifeCycle, isProtected: boolean): void {
  if (lifeCycle !== 'spot' || !isProtected) return;
  throw ec2Error('UnsupportedOperation', "Modifying 'disableApiTermination' is not supported for spot instances.");
}

/**
 * Only burstable types, whose names start with a T, have CPU credits.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html
 * @throws InstanceCreditSpecification.NotSupported
 */
export function checkCredits({ id }: InstanceType, credits: RunInstancesRequest['CreditSpecification']): void {
  if (credits === undefined) return;
  allowOnly('RunInstances.CreditSpecification', credits, ['CpuCredits']);
  if (/^t\d/.test(id)) return;
  throw ec2Error('InstanceCreditSpecification.NotSupported', `The ${id} instance type does not support T2 Unlimited.`);
}

/**
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IamInstanceProfileSpecification.html
 * @throws InvalidParameterValue if the account lists profiles, but not this one
 */
export function checkProfile({ instanceProfiles }: World, profile: RunInstancesRequest['IamInstanceProfile']): void {
  if (profile === undefined) return;
  const { Arn: arn, Name: name } = profile;
  if (arn !== undefined && name !== undefined) {
    throw combination(
      "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'",
    );
  }
  const wanted = name ?? arn?.slice(arn.lastIndexOf('/') + 1) ?? '';
  if (instanceProfiles.size === 0 || instanceProfiles.has(wanted)) return;
  throw badValue(
    name === undefined
      ? `Value (${arn}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN`
      : `Value (${name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
  );
}
