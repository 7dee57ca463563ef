/** The role with which FIS interrupts one instance. */
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { Failed } from '../../../cli/failures';
import { RUN_TAG } from '../tag';
import { unlessMissing } from './aws-error';
import type { Clients } from './clients';

export interface RoleOptions {
  readonly name: string;
  readonly runId: string;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly instanceArn: string;
}

const POLICY_NAME = 'interrupt-one-instance';

/** Returns the role's ARN. IAM needs some seconds until other services can assume it. @throws an error of the SDK */
export async function createRole({ iam }: Pick<Clients, 'iam'>, options: RoleOptions): Promise<string> {
  const { name, runId, instanceArn } = options;
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: name,
      Description: 'Made by the smoke test of Holdfast, which removes it',
      AssumeRolePolicyDocument: JSON.stringify(trustPolicy(options)),
      Tags: [{ Key: RUN_TAG, Value: runId }],
    }),
  );
  if (Role?.Arn === undefined) throw new Failed('CreateRole returned no role.');
  const PolicyDocument = JSON.stringify(permissions(instanceArn));
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: POLICY_NAME, PolicyDocument }));
  return Role.Arn;
}

/** Source: https://docs.aws.amazon.com/fis/latest/userguide/getting-started-iam-service-role.html */
function trustPolicy({ partition, region, accountId }: RoleOptions): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'fis.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: { 'aws:SourceAccount': accountId },
          ArnLike: { 'aws:SourceArn': `arn:${partition}:fis:${region}:${accountId}:experiment/*` },
        },
      },
    ],
  };
}

/** Source: https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html#send-spot-instance-interruptions */
function permissions(instanceArn: string): object {
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'ec2:SendSpotInstanceInterruptions', Resource: instanceArn },
      { Effect: 'Allow', Action: 'ec2:DescribeInstances', Resource: '*' },
    ],
  };
}

const MISSING = 'NoSuchEntityException';

/** @throws an error of the SDK if the role still exists after that */
export async function removeRole({ iam }: Pick<Clients, 'iam'>, name: string): Promise<void> {
  await unlessMissing(iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: POLICY_NAME })), MISSING);
  await unlessMissing(iam.send(new DeleteRoleCommand({ RoleName: name })), MISSING);
}

/** The commands that remove the role by hand. */
export function roleRemovalCommand(name: string): string {
  return `aws iam delete-role-policy --role-name ${name} --policy-name ${POLICY_NAME}; aws iam delete-role --role-name ${name}`;
}
