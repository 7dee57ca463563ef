/** Filters and sorts the list. */
import type { PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import { comparing, NODE_COLUMNS, type NodeColumn } from './columns';
import type { NodeRow } from './node-row';
import type { Sorting } from '../grid/grid-props';

export const FILTERING_PROPERTIES: PropertyFilterProps.FilteringProperty[] = NODE_COLUMNS.map(({ id, header }) => ({
  key: id,
  propertyLabel: header,
  groupValuesLabel: `Values of ${header}`,
  operators: ['=', '!=', ':', '!:', '^'],
}));

const OF_FEW_VALUES = NODE_COLUMNS.filter(({ hasFewValues }) => hasFewValues);

/** Suggestions for columns with few values only: 5,000 addresses are no help, and slow. */
export function filteringOptions(rows: readonly NodeRow[]): PropertyFilterProps.FilteringOption[] {
  return OF_FEW_VALUES.flatMap(({ id, value }) => {
    const values = new Set(rows.map(value).filter((each) => each !== null));
    return [...values].sort().map((each) => ({ propertyKey: id, value: String(each) }));
  });
}

type Token = PropertyFilterProps.Query['tokens'][number];

export function filtered(
  rows: readonly NodeRow[],
  { tokens, operation }: PropertyFilterProps.Query,
): readonly NodeRow[] {
  if (tokens.length === 0) return rows;
  const tests = tokens.map(testOf);
  return rows.filter((row) =>
    operation === 'and' ? tests.every((test) => test(row)) : tests.some((test) => test(row)),
  );
}

function testOf({ propertyKey, operator, value }: Token): (row: NodeRow) => boolean {
  const wanted = String(value).toLowerCase();
  const columns = propertyKey === undefined ? NODE_COLUMNS : NODE_COLUMNS.filter(({ id }) => id === propertyKey);
  const any = (is: (text: string) => boolean) => (row: NodeRow) => columns.some((column) => is(textOf(column, row)));
  const none = (is: (text: string) => boolean) => (row: NodeRow) => !any(is)(row);
  switch (operator) {
    case '=':
      return any((text) => text === wanted);
    case '!=':
      return none((text) => text === wanted);
    case '!:':
      return none((text) => text.includes(wanted));
    case '^':
      return any((text) => text.startsWith(wanted));
    default:
      return any((text) => text.includes(wanted));
  }
}

const textOf = ({ value }: NodeColumn, row: NodeRow): string => String(value(row) ?? '').toLowerCase();

export function sorted(rows: readonly NodeRow[], { columnId, isDescending }: Sorting): readonly NodeRow[] {
  const column = NODE_COLUMNS.find(({ id }) => id === columnId);
  if (column === undefined) return rows;
  const compare = comparing(column);
  return [...rows].sort((one, other) => (isDescending ? compare(other, one) : compare(one, other)));
}
