/** Whose table it is, before the API writes to it. */
import type { Ports } from '../ports';
import { TableInDoubt } from './node-service';

/** @throws TableInDoubt where nothing may be done by the table's word */
export async function refuseDoubt({ ownership }: Pick<Ports, 'ownership'>): Promise<void> {
  const doubt = await ownership.doubt();
  if (doubt !== undefined) throw new TableInDoubt(doubt);
}

/** The first node of a deployment says whose the table is. One that holds nodes already has to say so itself. @throws TableInDoubt */
export async function takePossession(ports: Pick<Ports, 'ownership' | 'nodes' | 'time'>): Promise<void> {
  const { ownership, nodes, time } = ports;
  const isNew = (await ownership.identity()) === undefined && (await nodes.list()).length === 0;
  if (isNew) await ownership.establish(time.now().toISOString());
  await refuseDoubt(ports);
}
