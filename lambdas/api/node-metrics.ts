/** Reads what was measured of the instances that carried a node. */
import {
  decideMetrics,
  periodOf,
  samplesWhileCarrying,
  usageWithin,
  type MeasuredInstance,
  type MetricsQuery,
} from '../../domain/monitoring/instance-metrics';
import type { ApiPorts } from '../ports';
import { InvalidRequest } from './node-service';

/** Newest instance first. @throws InvalidRequest */
export async function nodeMetrics(
  { usage, instanceMetrics }: Pick<ApiPorts, 'usage' | 'instanceMetrics'>,
  nodeId: string,
  { limit, ...asked }: MetricsQuery,
  now: string,
): Promise<readonly MeasuredInstance[]> {
  const decision = decideMetrics(asked, now);
  if (decision.kind === 'invalid') throw new InvalidRequest(decision.fieldErrors);
  const { range } = decision;
  const periodSeconds = periodOf(range, now);
  const usages = usageWithin(await usage.list(nodeId, now), range, now).slice(0, limit);
  const ids = [...new Set(usages.map(({ instanceId }) => instanceId))];
  const measured = await instanceMetrics.read(ids, range, periodSeconds);
  return usages.map((each) => ({
    usage: each,
    periodSeconds,
    samples: samplesWhileCarrying(measured.get(each.instanceId) ?? [], each, periodSeconds),
  }));
}
