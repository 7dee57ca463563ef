/** The columns of the list: what each shows, how it sorts, and what it is called in an export and in the filter. */
import type { ReactNode } from 'react';
import type { GridColumn } from '../grid/grid-props';
import { duration, Time } from '../app/times';
import { MARKETS } from './markets';
import { NodeLink } from './node-link';
import type { NodeRow } from './node-row';
import { Status } from './status';

export interface NodeColumn extends GridColumn<NodeRow> {
  /** For the filter and the export. */
  readonly value: (row: NodeRow) => string | number | null;
  /** @default by value */
  readonly compare?: (one: NodeRow, other: NodeRow) => number;
  /** Whether the filter suggests the values: only where there are few. */
  readonly hasFewValues?: boolean;
  readonly isHiddenAtFirst?: boolean;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
const orDash = (text: string | null): ReactNode => <span>{text ?? '–'}</span>;
const mono = (text: string | null): ReactNode => <span className="hf-mono">{text ?? '–'}</span>;

export const NODE_COLUMNS: readonly NodeColumn[] = [
  {
    id: 'name',
    header: 'Name',
    width: 200,
    value: ({ name }) => name,
    cell: ({ id, name }) => <NodeLink id={id}>{name}</NodeLink>,
  },
  { id: 'id', header: 'ID', width: 130, value: ({ id }) => id, cell: ({ id }) => mono(id) },
  {
    id: 'status',
    header: 'Status',
    width: 140,
    hasFewValues: true,
    value: ({ status }) => status,
    cell: ({ status }) => <Status status={status} />,
  },
  { id: 'privateIp', header: 'Private IP', width: 130, ...ofAddress(({ privateIp }) => privateIp) },
  { id: 'publicIp', header: 'Public IP', width: 140, ...ofAddress(({ publicIp }) => publicIp) },
  { id: 'instanceId', header: 'Instance', width: 190, ...ofText(({ instanceId }) => instanceId, mono) },
  { id: 'instanceType', header: 'Type', width: 120, hasFewValues: true, ...ofText(({ instanceType }) => instanceType) },
  {
    id: 'lifeCycle',
    header: 'Life cycle',
    width: 110,
    hasFewValues: true,
    ...ofText(({ lifeCycle }) => (lifeCycle === null ? null : MARKETS[lifeCycle])),
  },
  {
    id: 'availabilityZone',
    header: 'Availability Zone',
    width: 150,
    hasFewValues: true,
    ...ofText(({ availabilityZone }) => availabilityZone),
  },
  {
    id: 'lastReplacement',
    header: 'Last replacement',
    width: 200,
    value: ({ lastReplacement }) => lastReplacement?.at ?? null,
    cell: ({ lastReplacement }) => (
      <span>
        <Time at={lastReplacement?.at} />
      </span>
    ),
  },
  {
    id: 'away',
    header: 'Address away',
    width: 130,
    value: ({ lastReplacement }) => lastReplacement?.awaySeconds ?? null,
    cell: ({ lastReplacement }) => <span>{duration(lastReplacement?.awaySeconds)}</span>,
  },
  {
    id: 'ipv6Address',
    header: 'IPv6',
    width: 260,
    isHiddenAtFirst: true,
    ...ofText(({ ipv6Address }) => ipv6Address, mono),
  },
  {
    id: 'networkInterfaceId',
    header: 'Network interface',
    width: 200,
    isHiddenAtFirst: true,
    ...ofText(({ networkInterfaceId }) => networkInterfaceId, mono),
  },
  {
    id: 'launchedAt',
    header: 'Launched',
    width: 200,
    isHiddenAtFirst: true,
    ...ofTime(({ launchedAt }) => launchedAt),
  },
  { id: 'createdAt', header: 'Created', width: 200, isHiddenAtFirst: true, ...ofTime(({ createdAt }) => createdAt) },
];

function ofText(
  value: (row: NodeRow) => string | null,
  show: (text: string | null) => ReactNode = orDash,
): Pick<NodeColumn, 'value' | 'cell'> {
  return { value, cell: (row) => show(value(row)) };
}

function ofTime(value: (row: NodeRow) => string | null): Pick<NodeColumn, 'value' | 'cell'> {
  return {
    value,
    cell: (row) => (
      <span>
        <Time at={value(row)} />
      </span>
    ),
  };
}

/** 10.0.0.9 comes before 10.0.0.10. */
function ofAddress(value: (row: NodeRow) => string | null): Pick<NodeColumn, 'value' | 'cell' | 'compare'> {
  return { value, cell: (row) => mono(value(row)), compare: (one, other) => number(value(one)) - number(value(other)) };
}

function number(address: string | null): number {
  return (address ?? '').split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

/** A node without a value comes last. */
export function comparing({ value, compare }: NodeColumn): (one: NodeRow, other: NodeRow) => number {
  return (one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    if (compare !== undefined) return compare(one, other);
    return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
  };
}
