/** Finds a node by its id, or by a name that only it has. */
import { answerOf, type Api, type Node } from '../api/client';
import { Misused, NotFound } from '../failures';
import { printable } from '../output/text';

const NODE_ID = /^smi-[0-9a-f]{8}$/;

/** Returns the id. An id is not looked up: the request for it tells whether the node exists. @throws NotFound, Misused */
export async function nodeIdOf(api: Api, idOrName: string): Promise<string> {
  if (NODE_ID.test(idOrName)) return idOrName;
  const found = (await allNodes(api)).filter(({ name }) => name === idOrName);
  const [first, second] = found;
  if (first === undefined) throw new NotFound([`There is no node with the id or the name ${printable(idOrName)}.`]);
  if (second === undefined) return first.id;
  throw new Misused([
    `${found.length} nodes have the name ${printable(idOrName)}. Give an id: ${found.map(({ id }) => id).join(', ')}`,
  ]);
}

/** The fields that find a node: whole configurations would be megabytes. */
type NamedNode = Pick<Node, 'id' | 'name'>;

/** In the order of their ids. */
export async function allNodes({ client }: Api): Promise<readonly NamedNode[]> {
  const nodes: NamedNode[] = [];
  let nextToken: string | undefined;
  do {
    const query = { fields: 'id,name', ...(nextToken !== undefined && { nextToken }) };
    const page = await answerOf(client.GET('/aws/ec2/managedInstance', { params: { query } }));
    nodes.push(...page.items.filter(isNamed));
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  return nodes;
}

function isNamed(node: Partial<NamedNode>): node is NamedNode {
  return node.id !== undefined && node.name !== undefined;
}
