import type { ReactNode } from 'react';

/** The least width of a column, in pixels. */
export const LEAST_PX = 64;

export interface GridColumn<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Pixels, until the reader chooses another. */
  readonly width: number;
  readonly isSortable?: boolean;
}

export interface Sorting {
  readonly columnId: string;
  readonly isDescending: boolean;
}

export interface VirtualGridProps<Row> {
  readonly label: string;
  readonly columns: readonly GridColumn<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  readonly nameOf: (row: Row) => string;
  readonly isDimmed?: (row: Row) => boolean;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
  readonly widths: Readonly<Record<string, number>>;
  readonly onResize: (columnId: string, width: number) => void;
  readonly isDense: boolean;
  /** Instead of rows, if there are none. */
  readonly empty: ReactNode;
}
