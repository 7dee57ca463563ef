/**
 * The common part of all Describe calls: ids, filters with wildcards, pages.
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination
 */
import type { Filter } from '@aws-sdk/client-ec2';
import { ec2Error, NotSimulated } from './ec2-error';
import { entitiesOf, find, isVisible, type Collection, type EntityOf } from './lookup';
import { badValue, combination } from './parameters';
import type { Simulation } from '../ec2-state';
import { seenTags } from './tags';
import type { Entity } from '../world';

/** The values of an entity for each filter. The entity matches if one of them does. */
export type FilterTable<E> = Readonly<Record<string, (entity: E) => readonly (string | undefined)[]>>;

export interface Query {
  readonly operation: string;
  readonly ids?: readonly string[] | undefined;
  readonly filters?: readonly Filter[] | undefined;
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
  /** The maximum number of entities in a page if the caller gives none. */
  readonly pageSize: number;
  /** The lowest and highest `MaxResults` that EC2 accepts. */
  readonly maxResultsRange?: readonly [number, number];
}

export interface Page<E> {
  readonly items: readonly E[];
  readonly nextToken?: string;
}

/**
 * Pages are cut in creation order, so entities that appear or vanish between pages do not shift the others.
 *
 * A filtered page may hold fewer entities than requested, even none, and still have a next page. Only a missing token
 * means that no page follows. No two such pages come in a row.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination
 */
export function describe<C extends Collection>(
  simulation: Simulation,
  collection: C,
  query: Query,
  filterTable: FilterTable<EntityOf<C>>,
  /** Returns the entity as describe calls show it now. That may lag its real state. */
  view: (entity: EntityOf<C>) => EntityOf<C> = (entity) => entity,
): Page<EntityOf<C>> {
  checkPaging(query);
  checkFilters(query, filterTable);
  const { afterOrdinal, afterShortPage } = readToken(query.operation, query.nextToken);
  const matching = candidates(simulation, collection, query)
    .map((entity) => view(entity))
    .filter((entity) => (query.filters ?? []).every((filter) => matches(simulation, entity, filter, filterTable)))
    .filter((entity) => entity.ordinal > afterOrdinal);
  const items = matching.slice(0, query.maxResults ?? query.pageSize);
  if (!afterShortPage && isShort(simulation, query)) {
    const fewer = items.slice(0, simulation.drawn('page/length').below(items.length + 1));
    const reached = fewer.at(-1)?.ordinal ?? afterOrdinal;
    return { items: fewer, nextToken: writeToken(query.operation, reached, true) };
  }
  const last = items.at(-1);
  return last === undefined || items.length === matching.length
    ? { items }
    : { items, nextToken: writeToken(query.operation, last.ordinal, false) };
}

/** Only a request with both MaxResults and a filter may get a short page. */
function isShort(simulation: Simulation, { filters = [], maxResults }: Query): boolean {
  if (filters.length === 0 || maxResults === undefined || simulation.shortPageShare === 0) return false;
  return simulation.drawn('page/short').next() < simulation.shortPageShare;
}

function candidates<C extends Collection>(simulation: Simulation, collection: C, query: Query): EntityOf<C>[] {
  const all = [...entitiesOf(simulation.world, collection).values()];
  if (query.ids === undefined || query.ids.length === 0) return all.filter((entity) => isVisible(simulation, entity));
  const wanted = new Set(query.ids.map((id) => find(simulation, collection, id).id));
  return all.filter((entity) => wanted.has(entity.id));
}

function checkPaging({ operation, ids, maxResults, maxResultsRange = [5, 1000] }: Query): void {
  if (maxResults === undefined) return;
  if (ids !== undefined && ids.length > 0) {
    throw combination(`${operation}: MaxResults cannot be used together with ids`);
  }
  const [least, most] = maxResultsRange;
  if (maxResults < least || maxResults > most) {
    throw badValue(`Value ( ${maxResults} ) for parameter maxResults is invalid. Expecting ${least} to ${most}.`);
  }
}

/** Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html */
const MAX_FILTER_VALUES = 200;

/** Runs before any lookup, so that an unknown filter is refused even if there are no entities. */
function checkFilters({ operation, filters = [] }: Query, table: object): void {
  if (filters.reduce((sum, { Values = [] }) => sum + Values.length, 0) > MAX_FILTER_VALUES) {
    throw ec2Error(
      'FilterLimitExceeded',
      `The maximum number of filter values specified on a single call is ${MAX_FILTER_VALUES}`,
    );
  }
  for (const { Name: name = '' } of filters) {
    const isKnown = name === 'tag-key' || name.startsWith('tag:') || Object.hasOwn(table, name);
    if (!isKnown) throw new NotSimulated(`the filter ${name} of ${operation}`);
  }
}

function matches<E extends Entity>(
  simulation: Simulation,
  entity: E,
  { Name: name = '', Values: wanted = [] }: Filter,
  table: FilterTable<E>,
): boolean {
  const values = filterValues(simulation, entity, name, table);
  return wanted.some((pattern) => values.some((value) => value !== undefined && matchesPattern(value, pattern)));
}

function filterValues<E extends Entity>(simulation: Simulation, entity: E, name: string, table: FilterTable<E>) {
  const tags = seenTags(simulation, entity);
  if (name === 'tag-key') return Object.keys(tags);
  if (name.startsWith('tag:')) return [tags[name.slice('tag:'.length)]];
  return table[name]?.(entity) ?? [];
}

/** `*` matches any number of characters, `?` matches one. A backslash escapes them. */
function matchesPattern(value: string, pattern: string): boolean {
  if (!/[*?\\]/.test(pattern)) return value === pattern;
  const source = pattern.replace(/\\?[\s\S]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return part.slice(-1).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 's').test(value);
}

function writeToken(operation: string, afterOrdinal: number, afterShortPage: boolean): string {
  return Buffer.from(`${operation}:${afterOrdinal}:${afterShortPage ? 'short' : 'full'}`).toString('base64url');
}

/** Reads where a page begins. Ordinals start at 1. */
function readToken(operation: string, token: string | undefined): { afterOrdinal: number; afterShortPage: boolean } {
  if (token === undefined) return { afterOrdinal: 0, afterShortPage: false };
  const [from, ordinal, page] = Buffer.from(token, 'base64url').toString().split(':');
  if (from !== operation || !/^\d+$/.test(ordinal ?? '')) {
    throw ec2Error('InvalidNextToken', `The token '${token}' is invalid`);
  }
  return { afterOrdinal: Number(ordinal), afterShortPage: page === 'short' };
}
