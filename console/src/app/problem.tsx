/** Why something cannot be shown, or is not up to date, and what can be done. */
import type { ReactNode } from 'react';
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import type { ApiError } from '../api/errors';

/** For an alert's icon, which says by its look only how bad it is. */
export const ALERT_ICONS = { errorIconAriaLabel: 'Error', warningIconAriaLabel: 'Warning' };

interface ProblemProps {
  readonly error: ApiError | undefined;
  /** For example `The log cannot be read`. */
  readonly header: string;
  /** Whether what was read before is still shown. */
  readonly isOld?: boolean;
  readonly onRetry?: () => void;
}

/** Nothing without an error, or if the reader has to sign in again: that has a window of its own. */
export function Problem({ error, header, isOld = false, onRetry }: ProblemProps): ReactNode {
  if (error === undefined || error.status === 401) return null;
  return (
    <Alert
      type={isOld ? 'warning' : 'error'}
      i18nStrings={ALERT_ICONS}
      header={error.isOffline ? 'No connection' : header}
      action={onRetry && <Button onClick={onRetry}>Try again</Button>}
    >
      {error.message}
      {isOld && ' What you see is from before.'}
    </Alert>
  );
}
