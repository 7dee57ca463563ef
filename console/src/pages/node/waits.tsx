/** Marks a field whose configured value takes effect only with the next instance. The API says which these are. */
import type { ReactNode } from 'react';
import type { NodeDetails } from '../../api/node-types';

interface WaitsProps {
  readonly node: NodeDetails;
  /** Its paths in the document, like `compute.launchSpecification.imageId`. */
  readonly fields: readonly string[];
  /** The configured value, where the page shows that of the running instance. */
  readonly configured?: string | undefined;
}

export function Waits({ node, fields, configured }: WaitsProps): ReactNode {
  if (!node.waitsForLaunch.some(({ field }) => fields.includes(field))) return null;
  return (
    <span className="hf-waits">
      {configured === undefined ? (
        'Waits for the next launch'
      ) : (
        <>
          <span className="hf-mono">{configured}</span> waits for the next launch
        </>
      )}
    </span>
  );
}
