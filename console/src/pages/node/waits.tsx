/** Marks a field whose configured value takes effect only with the next instance. */
import type { ReactNode } from 'react';

interface WaitsProps {
  /** Undefined: not known yet. */
  readonly configured: string | undefined;
  readonly running: string;
}

export function Waits({ configured, running }: WaitsProps): ReactNode {
  if (configured === undefined || configured === running) return null;
  return (
    <span className="hf-waits">
      <span className="hf-mono">{configured}</span> waits for the next launch
    </span>
  );
}
