/**
 * A table of thousands of rows, of which only those in sight are in the document.
 *
 * It is one stop for the Tab key, and arrow keys move inside it (WAI-ARIA, grid pattern). The focus stays on the grid, and
 * `aria-activedescendant` names the cell, because a focused cell that scrolls out of sight would take the focus with it.
 */
import { useCallback, useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { GridHeader } from './grid-header';
import { GridRow } from './grid-row';
import { LEAST_PX, type VirtualGridProps } from './grid-props';
import { moved, type Cell } from './moves';
import './grid.css';

const ROW_PX = { comfortable: 41, dense: 31 };
/** Rows in the document beyond those in sight, so that scrolling shows no gap. */
const OVERSCAN = 8;
const SELECTION_PX = 44;

export function VirtualGrid<Row>(props: VirtualGridProps<Row>): ReactNode {
  const { label, columns, rows, idOf, selected, onSelect, isDense, empty, widths } = props;
  const baseId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  // Row -1 is the header, and column -1 the selection.
  const [active, setActive] = useState<Cell>({ row: -1, column: -1 });
  const rowPx = isDense ? ROW_PX.dense : ROW_PX.comfortable;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
    getItemKey: (index) => idOf(rows[index]!),
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowPx]);

  const latest = useRef({ selected, onSelect });
  latest.current = { selected, onSelect };
  const toggle = useCallback((id: string) => {
    const next = new Set(latest.current.selected);
    if (!next.delete(id)) next.add(id);
    latest.current.onSelect(next);
  }, []);
  const cellId = ({ row, column }: Cell): string => `${baseId}-${row}-${column}`;

  const act = (key: string, event: React.KeyboardEvent): void => {
    const element = document.getElementById(cellId(active));
    if (key === ' ' && active.row >= 0) toggle(idOf(rows[active.row]!));
    else if (active.row < 0 && event.shiftKey && active.column >= 0) return;
    else element?.querySelector<HTMLElement>('a, button, input')?.click();
  };

  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      return act(event.key, event);
    }
    const column = columns[active.column];
    if (active.row < 0 && column !== undefined && event.shiftKey && /^Arrow(Left|Right)$/.test(event.key)) {
      event.preventDefault();
      const step = event.key === 'ArrowRight' ? RESIZE_PX : -RESIZE_PX;
      return props.onResize(column.id, Math.max(LEAST_PX, (widths[column.id] ?? column.width) + step));
    }
    const pageRows = Math.floor((scroller.current?.clientHeight ?? rowPx) / rowPx) - 1;
    const next = moved(active, event, { rows: rows.length, columns: columns.length, pageRows });
    if (next === undefined) return;
    event.preventDefault();
    setActive(next);
    if (next.row >= 0) virtualizer.scrollToIndex(next.row);
    requestAnimationFrame(() =>
      document.getElementById(cellId(next))?.scrollIntoView({ block: 'nearest', inline: 'nearest' }),
    );
  };

  const template = [SELECTION_PX, ...columns.map(({ id, width }) => widths[id] ?? width)]
    .map((px) => `${px}px`)
    .join(' ');
  const allIds = rows.map(idOf);
  return (
    <div
      ref={scroller}
      className={isDense ? 'hf-grid hf-grid-dense' : 'hf-grid'}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      aria-activedescendant={cellId(active)}
      tabIndex={0}
      onKeyDown={onKeyDown}
      style={{ '--hf-columns': template } as React.CSSProperties}
    >
      <GridHeader
        {...props}
        active={active.row < 0 ? active.column : undefined}
        cellId={(column) => cellId({ row: -1, column })}
        isEverySelected={rows.length > 0 && allIds.every((id) => selected.has(id))}
        onSelectAll={(isSelected) => onSelect(new Set(isSelected ? allIds : []))}
      />
      {rows.length === 0 ? (
        <div role="row">
          <div role="gridcell" className="hf-grid-empty">
            {empty}
          </div>
        </div>
      ) : (
        <div role="presentation" className="hf-grid-body" style={{ blockSize: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start, key }) => (
            <GridRow
              key={key}
              row={rows[index]!}
              index={index}
              start={start}
              columns={columns}
              name={props.nameOf(rows[index]!)}
              id={idOf(rows[index]!)}
              isDimmed={props.isDimmed?.(rows[index]!) ?? false}
              isSelected={selected.has(idOf(rows[index]!))}
              active={active.row === index ? active.column : undefined}
              baseId={baseId}
              onToggle={toggle}
            />
          ))}
        </div>
      )}
    </div>
  );
}

/** How much wider a column gets with each key. */
const RESIZE_PX = 16;
