/** What a function's environment names: the table, the state machines and the deployment. */
import type { Operations } from '../ports';
import type { RuntimeWith } from '../runtime';
import type { Table } from './dynamodb-table';
import { operations } from './step-functions';

/** @throws Error if the environment lacks the name of the table */
export function tableOf({ environment, dynamodb }: RuntimeWith<'dynamodb'>): Table {
  return { dynamodb, tableName: required(environment, 'TABLE_NAME') };
}

export function operationsOf({ environment, sfn }: RuntimeWith<'sfn'>): Operations {
  // Lambda sets the trace anew for each invocation.
  return operations(sfn, environment.STATE_MACHINE_ARN_PREFIX ?? '', () => sampledTrace(environment));
}

/**
 * The header of the trace that the invocation is part of. A header without a sample would also keep the execution out of X-Ray.
 * Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
function sampledTrace({ _X_AMZN_TRACE_ID: header }: RuntimeWith<never>['environment']): string | undefined {
  return header?.includes('Sampled=1') === true ? header : undefined;
}

/** @throws Error if the variable is not set, or is empty */
export function required(environment: RuntimeWith<never>['environment'], name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is not set`);
  return value;
}
