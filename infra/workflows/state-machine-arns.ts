import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { OPERATION_KINDS, type OperationKind } from '../../domain/node/stateful-node';
import { deploymentName, stateMachineSuffix } from '../deployment-name';

/**
 * The state machines' names are fixed. The steps start state machines, and state machines run the steps. References in
 * both directions would be a cycle, which CloudFormation refuses.
 */
export function stateMachineName(scope: Construct, kind: OperationKind): string {
  return `${deploymentName(scope)}${stateMachineSuffix(kind)}`;
}

/** The ARN of every operation's state machine. */
export function stateMachineArns(scope: Construct): string[] {
  return OPERATION_KINDS.map((kind) => formatArn(scope, stateMachineName(scope, kind)));
}

/** The ARN of a state machine without its last part: `launch-node`, `replace-node` and so on. */
export function stateMachineArnPrefix(scope: Construct): string {
  return formatArn(scope, `${deploymentName(scope)}-`);
}

/** Every execution of every operation's state machine, for a policy of the scope. */
export function executionArns(scope: Construct): string[] {
  return OPERATION_KINDS.map((kind) => {
    const resourceName = `${stateMachineName(scope, kind)}:*`;
    Validations.of(scope).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${resourceName}]`,
      reason: 'Executions get their names when they start, so the statement names their state machine.',
    });
    const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
    return Stack.of(scope).formatArn({ service: 'states', resource: 'execution', resourceName, arnFormat });
  });
}

function formatArn(scope: Construct, resourceName: string): string {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  return Stack.of(scope).formatArn({ service: 'states', resource: 'stateMachine', resourceName, arnFormat });
}
