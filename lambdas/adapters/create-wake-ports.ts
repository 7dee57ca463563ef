/** Connects the ports of the function that wakes executions. It is bundled without what these adapters do not import. */
import type { RuntimeWith } from '../runtime';
import { nodeReader } from './dynamodb-node-reader';
import { instanceIndex } from './dynamodb-table';
import { operationsOf, tableOf } from './from-environment';
import { waitingTasks } from './step-functions';

/** @throws Error if the environment lacks the name of the table */
export function createWakePorts(runtime: RuntimeWith<'dynamodb' | 'sfn'>) {
  const table = tableOf(runtime);
  return {
    index: instanceIndex(table),
    nodes: nodeReader(table),
    waitingTasks: waitingTasks(runtime.sfn),
    operations: operationsOf(runtime),
    time: runtime.time,
  };
}
