/**
 * Compares every node with EC2 and starts the repairs. Runs on a schedule, and at once on an event that says that
 * something may be wrong. It does not rely on what the event says.
 */
import { metricsLine } from '../../domain/node/metrics';
import { createPorts } from '../adapters/create-ports';
import { reconcile } from './reconcile';
import { lambdaHandler, type CreateHandler } from '../runtime';

export const createHandler: CreateHandler = (runtime) => {
  const ports = createPorts(runtime);
  return async () => {
    const { failures, unreadable, ...rest } = await reconcile(ports);
    const outcome = { ...rest, unreadable: unreadable.map(({ record }) => record.id) };
    for (const { record, field, message } of unreadable) runtime.log({ nodeId: record.id, field, error: message });
    const { unknown, halted, held, inError } = outcome;
    runtime.log({ ...outcome, failures: failures.map(String) });
    const counts = {
      UnknownResources: unknown.length,
      Halted: halted === undefined ? 0 : 1,
      HealingHeld: held.length,
      NodesInError: inError,
      UnreadableRecords: unreadable.length,
    };
    runtime.log(metricsLine(ports.deployment, counts, ports.time.now().toISOString()));
    // The next run, in a minute, tries again what failed. The operator's alarm counts the function's errors.
    if (failures.length > 0) throw failures[0];
    return outcome;
  };
};

export const handler = lambdaHandler(createHandler);
