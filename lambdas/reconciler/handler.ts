/**
 * Compares every node with EC2 and starts the repairs. Runs on a schedule, and at once on an event that says that
 * something may be wrong. It relies on nothing that the event says, except for the time of the event, which it measures.
 */
import * as z from 'zod';
import type { MeasurementOf } from '../../domain/monitoring/metrics';
import { createPorts, createReconcilerPorts, type PortClients, type PortRuntime } from '../adapters/create-ports';
import { portClients } from '../clients';
import type { Ports } from '../ports';
import { lambdaHandler, type CreateHandler } from '../runtime';
import { reconcile, type Reconciled } from './reconcile';

const timed = z.object({ time: z.iso.datetime() });
/** The schedule and a person always get a run, if none is under way. Of events there may be thousands in a storm. */
const SCHEDULED = 'Scheduled Event';
const fromBus = z.object({ 'detail-type': z.string() });

export const createHandler: CreateHandler<PortClients> = (runtime) => {
  const ports = createPorts(runtime);
  const { lease, keys } = createReconcilerPorts(runtime);
  const now = (): string => runtime.time.now().toISOString();
  return async (event) => {
    const type = fromBus.safeParse(event).data?.['detail-type'];
    const run = await lease.take(now(), { isPaced: type !== undefined && type !== SCHEDULED });
    if (run === undefined) {
      runtime.log.info('run skipped: another one is under way, or has just begun');
      return { skipped: true };
    }
    try {
      const found = await reconcile(ports);
      const { failures } = await keys.upgrade(now());
      return conclude(runtime, ports, { ...found, failures: [...found.failures, ...failures] }, event);
    } finally {
      // It ends by itself if this fails.
      await Promise.allSettled([lease.release(run)]);
    }
  };
};

function conclude(runtime: PortRuntime, ports: Ports, found: Reconciled, event: unknown) {
  tell(runtime.log, found);
  measure(ports, found, timed.safeParse(event).data?.time);
  // The next run, in a minute, tries again what failed. The operator's alarm counts the function's errors.
  if (found.failures.length > 0) throw found.failures[0];
  return summaryOf(found);
}

export const handler = lambdaHandler(createHandler, portClients);

/** Ids only: with the reasons of a thousand nodes, it would be longer than CloudWatch keeps of a line. */
function summaryOf({ failures: _failures, unreadable, report, ...rest }: Reconciled) {
  return {
    ...rest,
    unreadable: unreadable.map(({ record }) => record.id),
    report: { ...report, missingAddresses: report.missingAddresses.map(({ nodeId }) => nodeId) },
  };
}

function tell(log: PortRuntime['log'], found: Reconciled): void {
  for (const { record, field, message } of found.unreadable) {
    log.error('record unreadable', { nodeId: record.id, field, error: message });
  }
  for (const missing of found.report.missingAddresses) log.warn('node without its address', { ...missing });
  for (const error of found.failures) log.error('repair failed', { error });
  log.info('reconciled', summaryOf(found));
}

/** @param askedAt when the schedule or an event asked for the run; ISO 8601, UTC. Undefined: a person did */
function measure({ measure: put, time }: Ports, found: Reconciled, askedAt: string | undefined): void {
  const now = time.now().getTime();
  const secondsSince = (moment: string) => Math.max(0, (now - Date.parse(moment)) / 1000);
  const { unknown, halted, held, unreadable, report, started, failures } = found;
  const { byStatus, needingAPerson, missingAddresses } = report;
  const values: MeasurementOf<'findings'>['values'] = {
    UnknownResources: unknown.length,
    Halted: halted === undefined ? 0 : 1,
    HealingHeld: held.length,
    UnreadableRecords: unreadable.length,
    NodesNeedingAPerson: needingAPerson.length,
    NodesWithoutAddress: missingAddresses.length,
    LongestWithoutAddress: Math.max(0, ...missingAddresses.map(({ since }) => secondsSince(since))),
    Repairs: started.length,
    FailedRepairs: failures.length,
    ...(askedAt !== undefined && { FindingsAge: secondsSince(askedAt) }),
  };
  put({ group: 'findings', dimensions: {}, values });
  for (const [status, count] of Object.entries(byStatus)) {
    put({ group: 'nodes', dimensions: { Status: status }, values: { Nodes: count } });
  }
}
