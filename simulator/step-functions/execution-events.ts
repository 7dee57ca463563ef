/**
 * The events that Step Functions puts on the bus when an execution begins or ends.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
import type { EventBridgeEvent } from '../events';
import type { Random } from '../time/random';
import type { Execution } from './step-functions';
import { ACCOUNT_ID, REGION } from '../cloudformation/template-values';

/** @param atMs milliseconds since the epoch */
export function executionStatusEvent(execution: Execution, random: Random, atMs: number): EventBridgeEvent {
  const { arn, name, stateMachineArn, status, startedAt, stoppedAt, input, output, error, cause } = execution;
  return {
    version: '0',
    id: [8, 4, 4, 4, 12].map((digits) => random.hex(digits)).join('-'),
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: ACCOUNT_ID,
    time: new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: REGION,
    resources: [arn],
    detail: {
      executionArn: arn,
      stateMachineArn,
      name,
      status,
      startDate: startedAt,
      stopDate: stoppedAt ?? null,
      input: JSON.stringify(input),
      output: output === undefined ? null : JSON.stringify(output),
      error: error ?? null,
      cause: cause ?? null,
    },
  };
}
