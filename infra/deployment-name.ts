/**
 * The name of a deployment is the name of its stack. Everything that has a name of its own, every tag and every policy
 * contains it, so that two deployments in one Region keep apart.
 */
import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { OPERATION_KINDS, type OperationKind } from '../domain/node/stateful-node';

export const DEFAULT_STACK_NAME = 'Holdfast';

/** Characters. https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html */
const LONGEST_STATE_MACHINE_NAME = 80;

/** Characters. Of all names that contain the deployment's, those of the state machines have the least room. */
export const LONGEST_NAME =
  LONGEST_STATE_MACHINE_NAME - Math.max(...OPERATION_KINDS.map((kind) => stateMachineSuffix(kind).length));

/** What a state machine's name has after the deployment's name. */
export function stateMachineSuffix(kind: OperationKind): string {
  return `-${kind}-node`;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html, within our own limit. */
export function isDeploymentName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9-]*$/.test(name) && name.length <= LONGEST_NAME;
}

/** @throws Error if the stack's name cannot name a deployment */
export function deploymentName(scope: Construct): string {
  const { stackName } = Stack.of(scope);
  if (Token.isUnresolved(stackName)) {
    throw new Error(
      `${scope.node.path}: CloudFormation names a nested stack only when it is deployed, and Holdfast's policies and ` +
        'state machines contain the name. Put Holdfast into a stack of its own.',
    );
  }
  if (!isDeploymentName(stackName)) {
    throw new Error(
      `The stack's name ${stackName} has ${stackName.length} characters. Everything that Holdfast names contains it, so ` +
        `it may have at most ${LONGEST_NAME} letters, digits and hyphens: give the stack another \`stackName\`.`,
    );
  }
  return stackName;
}
