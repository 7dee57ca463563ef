/** Where the arrow keys lead in a grid. */

/** Row -1 is the header, and column -1 the selection. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

interface Extent {
  readonly rows: number;
  readonly columns: number;
  /** Rows in sight. */
  readonly pageRows: number;
}

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
}

/** Returns undefined for a key that does not move. */
export function moved({ row, column }: Cell, { key, ctrlKey }: Key, extent: Extent): Cell | undefined {
  const at = (nextRow: number, nextColumn: number): Cell => ({
    row: Math.max(-1, Math.min(extent.rows - 1, nextRow)),
    column: Math.max(-1, Math.min(extent.columns - 1, nextColumn)),
  });
  switch (key) {
    case 'ArrowDown':
      return at(row + 1, column);
    case 'ArrowUp':
      return at(row - 1, column);
    case 'ArrowRight':
      return at(row, column + 1);
    case 'ArrowLeft':
      return at(row, column - 1);
    case 'PageDown':
      return at(row + extent.pageRows, column);
    case 'PageUp':
      return at(Math.max(0, row - extent.pageRows), column);
    case 'Home':
      return ctrlKey ? at(0, -1) : at(row, -1);
    case 'End':
      return ctrlKey ? at(Infinity, Infinity) : at(row, Infinity);
    default:
      return undefined;
  }
}
