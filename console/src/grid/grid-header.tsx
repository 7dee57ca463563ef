import { useRef, type PointerEvent, type ReactNode } from 'react';
import { LEAST_PX, type VirtualGridProps } from './grid-props';

interface GridHeaderProps<Row> extends VirtualGridProps<Row> {
  /** The active column, if the header has the active cell. */
  readonly active: number | undefined;
  readonly cellId: (column: number) => string;
  readonly isEverySelected: boolean;
  readonly onSelectAll: (isSelected: boolean) => void;
}

export function GridHeader<Row>(props: GridHeaderProps<Row>): ReactNode {
  const { columns, sorting, onSort, widths, onResize, active, cellId, isEverySelected, onSelectAll, selected } = props;
  return (
    <div role="row" aria-rowindex={1} className="hf-grid-header">
      <div role="columnheader" id={cellId(-1)} aria-colindex={1} className={cellClass(active === -1)}>
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label="Select all"
          checked={isEverySelected}
          ref={(box) => {
            if (box !== null) box.indeterminate = selected.size > 0 && !isEverySelected;
          }}
          onChange={({ target }) => onSelectAll(target.checked)}
        />
      </div>
      {columns.map(({ id, header, width, isSortable = true }, column) => {
        const isSorted = sorting.columnId === id;
        const direction = sorting.isDescending ? 'descending' : 'ascending';
        return (
          <div
            key={id}
            role="columnheader"
            id={cellId(column)}
            aria-colindex={column + 2}
            aria-sort={isSorted ? direction : 'none'}
            className={cellClass(active === column)}
          >
            {isSortable ? (
              <button
                type="button"
                tabIndex={-1}
                onClick={() => onSort({ columnId: id, isDescending: isSorted && !sorting.isDescending })}
              >
                {header}
                <span aria-hidden="true" className="hf-sort">
                  {isSorted ? (sorting.isDescending ? '▼' : '▲') : ''}
                </span>
              </button>
            ) : (
              header
            )}
            <Resizer width={widths[id] ?? width} onResize={(px) => onResize(id, px)} />
          </div>
        );
      })}
    </div>
  );
}

const cellClass = (isActive: boolean): string => (isActive ? 'hf-cell hf-active' : 'hf-cell');

interface ResizerProps {
  readonly width: number;
  readonly onResize: (width: number) => void;
}

/** For the pointer. With the keyboard, Shift and an arrow on the header do the same. */
function Resizer({ width, onResize }: ResizerProps): ReactNode {
  const from = useRef<{ readonly x: number; readonly width: number } | undefined>(undefined);
  const onPointerDown = (event: PointerEvent<HTMLSpanElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, width };
  };
  const onPointerMove = (event: PointerEvent<HTMLSpanElement>): void => {
    if (from.current === undefined) return;
    onResize(Math.max(LEAST_PX, Math.round(from.current.width + event.clientX - from.current.x)));
  };
  return (
    <span
      aria-hidden="true"
      className="hf-resizer"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => (from.current = undefined)}
    />
  );
}
