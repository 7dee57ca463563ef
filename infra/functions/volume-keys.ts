import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * To launch instances whose volumes a customer-managed key encrypts. EC2 uses the key in the caller's name, so the rights
 * are limited to calls that come through EC2 in this Region, and grants to those that EC2 makes for its own resources.
 * Re-encryption is for an image whose snapshots another key encrypts.
 *
 * A spot instance is launched by the service-linked role of Spot, which needs a grant of its own on each key:
 * docs/deploy.md has the command.
 *
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
 */
export function volumeKeyStatements(scope: Construct, keyArns: readonly string[]): PolicyStatement[] {
  if (keyArns.length === 0) return [];
  const throughEc2 = { StringEquals: { 'kms:ViaService': `ec2.${Stack.of(scope).region}.amazonaws.com` } };
  return [
    new PolicyStatement({
      actions: [
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
      ],
      resources: [...keyArns],
      conditions: throughEc2,
    }),
    new PolicyStatement({
      actions: ['kms:CreateGrant'],
      resources: [...keyArns],
      conditions: { ...throughEc2, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    }),
  ];
}
