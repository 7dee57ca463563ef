/** A small table of facts. On a narrow screen each row becomes a block, with the name of the column before each value. */
import type { ReactNode } from 'react';
import './facts-table.css';

export interface FactsColumn<Row> {
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
}

interface FactsTableProps<Row> {
  readonly label: string;
  readonly columns: readonly FactsColumn<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row, index: number) => string;
  readonly empty: ReactNode;
}

export function FactsTable<Row>({ label, columns, rows, idOf, empty }: FactsTableProps<Row>): ReactNode {
  if (rows.length === 0) return <p className="hf-facts-empty">{empty}</p>;
  // The roles are given because a table that is laid out otherwise loses them in some browsers.
  return (
    <table className="hf-facts" aria-label={label} role="table">
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ header }) => (
            <th key={header} scope="col" role="columnheader">
              {header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row, index) => (
          <tr key={idOf(row, index)} role="row">
            {columns.map(({ header, cell }) => (
              <td key={header} role="cell" data-header={header}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
