/** Finds nodes: by their ids, or by names that only they have. */
import { answerOf, type Api, type NodeStatus } from '../api/client';
import { Failed, Misused, NotFound } from '../failures';
import { printable } from '../output/text';

const NODE_ID = /^smi-[0-9a-f]{8}$/;

/** Returns the id. An id is not looked up: the request for it tells whether the node exists. @throws NotFound, Misused */
export async function nodeIdOf(api: Api, idOrName: string): Promise<string> {
  const [id = ''] = await nodeIdsOf(api, [idOrName]);
  return id;
}

/**
 * Returns each id once, in the order in which the nodes were given. A wrong name fails all of them, so that a command does
 * nothing rather than a part of what was typed.
 * @throws NotFound, Misused with all faults
 */
export async function nodeIdsOf(api: Api, idsOrNames: readonly string[]): Promise<readonly string[]> {
  const isNamed = idsOrNames.some((each) => !NODE_ID.test(each));
  const nodes = isNamed ? await selectedNodes(api, ['id', 'name']) : [];
  const found = [...new Set(idsOrNames)].map((each) => ({
    given: each,
    ids: NODE_ID.test(each) ? [each] : nodes.filter(({ name }) => name === each).map(({ id }) => id),
  }));
  const missing = found.filter(({ ids }) => ids.length === 0);
  const ambiguous = found.filter(({ ids }) => ids.length > 1);
  const lines = [
    ...missing.map(({ given }) => `There is no node with the id or the name ${printable(given)}.`),
    ...ambiguous.map(
      ({ given, ids }) => `${ids.length} nodes have the name ${printable(given)}. Give an id: ${ids.join(', ')}`,
    ),
  ];
  if (ambiguous.length > 0) throw new Misused(lines);
  if (missing.length > 0) throw new NotFound(lines);
  return [...new Set(found.flatMap(({ ids }) => ids))];
}

/** These fields of every node, in the order of the ids. Whole configurations would be megabytes. @throws Failed */
export async function selectedNodes<Field extends keyof NodeStatus>(
  { client }: Api,
  fields: readonly Field[],
): Promise<readonly Pick<NodeStatus, Field>[]> {
  const nodes: Pick<NodeStatus, Field>[] = [];
  const has = (node: object): node is Pick<NodeStatus, Field> => fields.every((field) => field in node);
  let nextToken: string | undefined;
  do {
    const query = { fields: fields.join(','), ...(nextToken !== undefined && { nextToken }) };
    const page = await answerOf(client.GET('/aws/ec2/managedInstance', { params: { query } }));
    for (const node of page.items) {
      if (!has(node)) throw new Failed('The API responded without the fields that were asked for. Is it up to date?');
      nodes.push(node);
    }
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  return nodes;
}
