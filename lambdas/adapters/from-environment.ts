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
  return operations(sfn, environment.STATE_MACHINE_ARN_PREFIX ?? '', () => environment._X_AMZN_TRACE_ID);
}

/** @throws Error if the variable is not set, or is empty */
export function required(environment: RuntimeWith<never>['environment'], name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is not set`);
  return value;
}
