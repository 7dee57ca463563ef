/** A page of the list for pages. */
import type { ConfiguredTags, ListedNode } from '../../domain/operation/listed-node';
import type { ApiPorts } from '../ports';

export const NODE_ORDERS = ['id', 'name'] as const;
export type NodeOrder = (typeof NODE_ORDERS)[number];

export interface NodeListQuery {
  readonly order: NodeOrder;
  readonly limit: number;
  /** The last node of the page before. */
  readonly after?: Pick<ListedNode, 'id' | 'name'> | undefined;
  /** Whether the tags are wanted: those that are too large for the index are read from the records. */
  readonly withTags: boolean;
}

export interface NodeListPage {
  readonly nodes: readonly (ListedNode & { readonly tags: ConfiguredTags })[];
  readonly isLast: boolean;
  /** Of the whole list. */
  readonly tag: string;
}

type ListPorts = Pick<ApiPorts, 'listing' | 'nodes'>;

/** In the order of names, all nodes must be read: no index has that order. They are small. */
export async function nodeList({ listing, nodes }: ListPorts, query: NodeListQuery): Promise<NodeListPage> {
  const { order, limit, after, withTags } = query;
  const read = await listing.list(order === 'id' ? { after: after?.id, limit } : {});
  const page = order === 'id' ? read : { ...byName(read.nodes, query), tag: read.tag };
  return { ...page, nodes: await withTheirTags(nodes, page.nodes, withTags) };
}

function byName(
  nodes: readonly ListedNode[],
  { limit, after }: NodeListQuery,
): Pick<NodeListPage, 'isLast'> & { readonly nodes: readonly ListedNode[] } {
  const rest = [...nodes].sort(compareNames).filter((node) => after === undefined || compareNames(node, after) > 0);
  return { nodes: rest.slice(0, limit), isLast: rest.length <= limit };
}

type Named = Pick<ListedNode, 'id' | 'name'>;

/** Whatever the case. Names need not be unique, and ids are. */
function compareNames(one: Named, other: Named): number {
  return compare(one.name.toLowerCase(), other.name.toLowerCase()) || compare(one.id, other.id);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

async function withTheirTags(
  records: ListPorts['nodes'],
  nodes: readonly ListedNode[],
  areWanted: boolean,
): Promise<NodeListPage['nodes']> {
  const unread = areWanted ? nodes.filter(({ tags }) => tags === undefined).map(({ id }) => id) : [];
  const found = unread.length === 0 ? [] : (await records.getAll(unread)).nodes;
  const tagsOf = new Map(found.map(({ id, config }) => [id, config.compute.launchSpecification.tags ?? []]));
  return nodes.map((node) => ({ ...node, tags: node.tags ?? tagsOf.get(node.id) ?? [] }));
}
