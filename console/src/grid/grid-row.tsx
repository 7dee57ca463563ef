import { memo, type ReactNode } from 'react';
import type { GridColumn } from './grid-props';

interface GridRowProps<Row> {
  readonly row: Row;
  readonly index: number;
  /** Pixels from the first row. */
  readonly start: number;
  readonly columns: readonly GridColumn<Row>[];
  readonly id: string;
  readonly name: string;
  readonly isDimmed: boolean;
  readonly isSelected: boolean;
  /** The active column, if the row has the active cell. */
  readonly active: number | undefined;
  readonly baseId: string;
  readonly onToggle: (id: string) => void;
}

function Row<Item>(props: GridRowProps<Item>): ReactNode {
  const { row, index, start, columns, id, name, isDimmed, isSelected, active, baseId, onToggle } = props;
  const className = `hf-grid-row${isSelected ? ' hf-selected' : ''}${isDimmed ? ' hf-dimmed' : ''}`;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={className}
      style={{ transform: `translateY(${start}px)` }}
    >
      <div role="gridcell" id={`${baseId}-${index}--1`} aria-colindex={1} className={cellClass(active === -1)}>
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isSelected}
          onChange={() => onToggle(id)}
          aria-label={`Select ${name}`}
        />
      </div>
      {columns.map(({ id: columnId, cell }, column) => (
        <div
          key={columnId}
          role="gridcell"
          id={`${baseId}-${index}-${column}`}
          aria-colindex={column + 2}
          className={cellClass(active === column)}
        >
          {cell(row)}
        </div>
      ))}
    </div>
  );
}

const cellClass = (isActive: boolean): string => (isActive ? 'hf-cell hf-active' : 'hf-cell');

/** Scrolling renders only rows that come into sight. */
export const GridRow = memo(Row) as typeof Row;
