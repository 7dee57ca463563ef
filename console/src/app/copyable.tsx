/** A value with a button that copies it. A dash where there is none. */
import type { ReactNode } from 'react';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';

interface CopyableProps {
  readonly value: string | null | undefined;
  /** What it is, for example `Private IP`. */
  readonly name: string;
}

export function Copyable({ value, name }: CopyableProps): ReactNode {
  if (value === null || value === undefined) return '–';
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={value}
      textToDisplay={<span className="hf-mono">{value}</span>}
      copyButtonAriaLabel={`Copy ${name}`}
      copySuccessText="Copied"
      copyErrorText="The browser did not allow copying"
    />
  );
}
