/** How a node's status looks. What the statuses mean is in docs/api.md. */
import type { ReactNode } from 'react';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { NodeStatus } from '../api/connection';

const LOOKS: Readonly<Record<NodeStatus['status'], readonly [StatusIndicatorProps.Type, string]>> = {
  ACTIVE: ['success', 'Active'],
  RESUMING: ['in-progress', 'Resuming'],
  RECYCLING: ['in-progress', 'Recycling'],
  PAUSING: ['in-progress', 'Pausing'],
  PAUSED: ['stopped', 'Paused'],
  DEALLOCATING: ['in-progress', 'Being deleted'],
  ERROR: ['error', 'Error'],
};

export function Status({ status }: { readonly status: NodeStatus['status'] }): ReactNode {
  const [type, label] = LOOKS[status];
  return <StatusIndicator type={type}>{label}</StatusIndicator>;
}
