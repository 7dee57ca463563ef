/** Whose table it is, before the API writes to it. */
import type { Ports } from '../ports';
import { judge, taggedIn } from '../operation/survey';
import { TableInDoubt } from './node-service';

/** @throws TableInDoubt where nothing may be done by the table's word */
export async function refuseDoubt({ ownership }: Pick<Ports, 'ownership'>): Promise<void> {
  const doubt = await ownership.doubt();
  if (doubt !== undefined) throw new TableInDoubt(doubt);
}

/**
 * The first node of a deployment says whose the table is. A table is new where it holds nothing and EC2 shows nothing of the
 * deployment; one that holds nodes has to say so itself, and an empty one whose nodes are in EC2 was lost. @throws TableInDoubt
 */
export async function takePossession(ports: Pick<Ports, 'ownership' | 'nodes' | 'fleet' | 'time'>): Promise<void> {
  const { ownership, nodes, time } = ports;
  const isSilent = (await ownership.identity()) === undefined && (await isEmpty(nodes));
  if (isSilent && (await showsNothing(ports))) await ownership.establish(time.now().toISOString());
  await refuseDoubt(ports);
}

async function isEmpty(records: Ports['nodes']): Promise<boolean> {
  const { nodes, unreadable } = await records.list();
  return nodes.length + unreadable.length === 0;
}

/** Once in the life of a deployment, if all is well. */
async function showsNothing({ fleet }: Pick<Ports, 'fleet'>): Promise<boolean> {
  const [instances, interfaces] = await Promise.all([fleet.instances(), fleet.interfaces()]);
  return judge(taggedIn(instances, interfaces), { nodes: [], unreadable: [] }).unknown.length === 0;
}
