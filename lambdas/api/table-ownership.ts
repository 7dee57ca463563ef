/** Checks whose the table is, before the API writes to it. */
import type { Ports } from '../ports';
import { judge, taggedIn } from '../operation/survey';
import { TableInDoubt } from './node-service';

/** @throws TableInDoubt if the table is in doubt */
export async function refuseDoubt({ ownership }: Pick<Ports, 'ownership'>): Promise<void> {
  const doubt = await ownership.doubt();
  if (doubt !== undefined) throw new TableInDoubt(doubt);
}

/**
 * Marks a new table as this deployment's when its first node is created. A table is new if it holds nothing and EC2 has
 * nothing of the deployment. A table with nodes must already have the mark, and an empty one whose nodes are in EC2 has
 * lost its records.
 * @throws TableInDoubt
 */
export async function takePossession(ports: Pick<Ports, 'ownership' | 'nodes' | 'fleet' | 'time'>): Promise<void> {
  const { ownership, nodes, time } = ports;
  const isUnmarked = (await ownership.identity()) === undefined && (await isEmpty(nodes));
  if (isUnmarked && (await hasNothingInEc2(ports))) await ownership.establish(time.now().toISOString());
  await refuseDoubt(ports);
}

async function isEmpty(records: Ports['nodes']): Promise<boolean> {
  const { nodes, unreadable } = await records.list();
  return nodes.length + unreadable.length === 0;
}

/** Called once in the life of a deployment, unless its table is lost. */
async function hasNothingInEc2({ fleet }: Pick<Ports, 'fleet'>): Promise<boolean> {
  const [instances, interfaces] = await Promise.all([fleet.instances(), fleet.interfaces()]);
  return judge(taggedIn(instances, interfaces), { nodes: [], unreadable: [] }).unknown.length === 0;
}
