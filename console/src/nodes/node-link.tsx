import type { ReactNode } from 'react';
import { Link } from 'wouter';

/** Not a stop for the Tab key: it is in a cell of the grid. */
export function NodeLink({ id, children }: { readonly id: string; readonly children: ReactNode }): ReactNode {
  return (
    <Link href={`/nodes/${id}`} tabIndex={-1}>
      {children}
    </Link>
  );
}
