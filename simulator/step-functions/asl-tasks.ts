/** The task resources that are simulated, and the parameters of each. */
import { TASK_TOKEN_PATH } from './asl-paths';
import { isObject } from '../json';

export const INVOKE = 'arn:aws:states:::lambda:invoke';
export const INVOKE_AND_WAIT = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
export const START_EXECUTION = 'arn:aws:states:::states:startExecution';

/** ARNs that a definition may name. */
export interface KnownResources {
  readonly functions: ReadonlySet<string>;
  readonly stateMachines: ReadonlySet<string>;
}

const OWN_STATE_MACHINE = '$$.StateMachine.Id';
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  [INVOKE]: ['FunctionName', 'Payload', 'Payload.$'],
  [INVOKE_AND_WAIT]: ['FunctionName', 'Payload', 'Payload.$'],
  [START_EXECUTION]: ['StateMachineArn', 'StateMachineArn.$', 'Name', 'Name.$', 'Input', 'Input.$'],
};

/** Returns every reason to refuse a Task state's resource and parameters. */
export function refuseTask(
  name: string,
  state: Readonly<Record<string, unknown>>,
  known: KnownResources,
): readonly string[] {
  const resource = String(state['Resource']);
  const fields = PARAMETERS[resource];
  if (fields === undefined)
    return [`${name}.Resource: ${resource} is not supported, only ${Object.keys(PARAMETERS).join(', ')}`];
  const parameters = state['Parameters'];
  if (!isObject(parameters)) return [`${name}: needs Parameters`];
  return [
    ...Object.keys(parameters)
      .filter((field) => !fields.includes(field))
      .map((field) => `${name}.Parameters.${field}: is not supported with ${resource}`),
    ...(resource === START_EXECUTION
      ? refuseStateMachine(name, parameters, known)
      : refuseFunction(name, parameters, known, resource === INVOKE_AND_WAIT)),
  ];
}

function refuseFunction(
  name: string,
  parameters: Readonly<Record<string, unknown>>,
  known: KnownResources,
  waitsForToken: boolean,
): readonly string[] {
  const reasons: string[] = [];
  const functionName = parameters['FunctionName'];
  if (typeof functionName !== 'string' || !known.functions.has(functionName)) {
    reasons.push(`${name}.Parameters.FunctionName: ${JSON.stringify(functionName)} is not the ARN of a function`);
  }
  if (!('Payload' in parameters) && !('Payload.$' in parameters)) reasons.push(`${name}.Parameters: needs Payload`);
  if (waitsForToken && !JSON.stringify(parameters).includes(`"${TASK_TOKEN_PATH}"`)) {
    reasons.push(`${name}: waits for a task token that its Parameters do not pass on`);
  }
  return reasons;
}

function refuseStateMachine(
  name: string,
  parameters: Readonly<Record<string, unknown>>,
  known: KnownResources,
): readonly string[] {
  const arn = parameters['StateMachineArn'];
  const isKnown = typeof arn === 'string' && known.stateMachines.has(arn);
  if (isKnown || parameters['StateMachineArn.$'] === OWN_STATE_MACHINE) return [];
  return [`${name}.Parameters: StateMachineArn must be a known ARN, or StateMachineArn.$ ${OWN_STATE_MACHINE}`];
}
