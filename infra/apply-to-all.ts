/** The choices that concern every resource of a kind, wherever a construct makes it. */
import { AspectPriority, Aspects, RemovalPolicies, type IAspect, type RemovalPolicy } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

export interface AppliedToAll {
  /** The managed policy that limits every role. */
  readonly permissionsBoundaryArn?: string | undefined;
  /** Days for which every log is kept. */
  readonly logRetentionDays?: number | undefined;
  /** What becomes of the table, the token and the logs when the stack is deleted. */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/** What holds data. Everything else can be made again. */
const STORES = [CfnTable, CfnSecret, CfnLogGroup].map(({ CFN_RESOURCE_TYPE_NAME }) => CFN_RESOURCE_TYPE_NAME);

export function applyToAll(scope: Construct, choices: AppliedToAll): void {
  const { permissionsBoundaryArn, logRetentionDays, removalPolicy } = choices;
  if (permissionsBoundaryArn !== undefined) {
    const boundary = ManagedPolicy.fromManagedPolicyArn(scope, 'PermissionsBoundary', permissionsBoundaryArn);
    PermissionsBoundary.of(scope).apply(boundary);
  }
  if (logRetentionDays !== undefined) {
    Aspects.of(scope).add(keepLogsFor(logRetentionDays), { priority: AspectPriority.MUTATING });
  }
  if (removalPolicy !== undefined) RemovalPolicies.of(scope).apply(removalPolicy, { applyToResourceTypes: STORES });
}

function keepLogsFor(days: number): IAspect {
  return {
    visit: (construct) => {
      if (construct instanceof CfnLogGroup) construct.retentionInDays = days;
    },
  };
}
