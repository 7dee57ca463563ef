/** What a month costs in which nothing happens, beyond what is paid for in any case. */
import { idleBill, usdOf, type Inventory } from '../costs/bill';
import { reconcileMany } from './scale';

export interface IdleCost {
  readonly nodes: number;
  /** A month, in US dollars: what grows with the nodes or with what the reconciler does. */
  readonly usd: number;
}

/** Its metrics, the alarms and the dashboard, the key and the secret cost the same for any number of nodes. */
const NO_INVENTORY = { alarmMetrics: 0, dashboards: 0, keys: 0, secrets: 0 };

/** @param template synthesised */
export async function measureIdle(nodes: number, template: unknown, inventory: Inventory): Promise<IdleCost> {
  const { readUnits, writes, seconds, cpuSeconds, logBytes } = await reconcileMany(nodes, template);
  const run = {
    invocations: 1,
    lambdaSeconds: seconds + cpuSeconds,
    transitions: 0,
    traces: 0,
    reads: readUnits,
    writes,
    events: 0,
    logBytes,
    metrics: 0,
  };
  const usd = idleBill(run, { ...inventory, ...NO_INVENTORY }).reduce((sum, line) => sum + usdOf(line), 0);
  return { nodes, usd };
}
